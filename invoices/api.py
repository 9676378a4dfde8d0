"""REST endpoints for documents and payments."""

from typing import Any, cast

from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.response import Response

from documents.models import Document
from invoices import services
from invoices.filters import InvoiceFilter, PaymentFilter
from invoices.models import Invoice, Payment
from invoices.serializers import (
    BillOnSerializer,
    InvoiceSerializer,
    InvoiceStatisticsSerializer,
    InvoiceSummarySerializer,
    PaymentSerializer,
)
from workmate.api import BaseViewSet, asks_inline, router
from workmate.files import StoredFileResponse, send_file
from workmate.serializers import ErrorBody
from workmate.services import acting

# What a list does not show, and what is dear to read.
LEFT_OUT = ("seller", "buyer", "tax_breakdown", "introduction", "exemption_reason")


class InvoiceViewSet(BaseViewSet):
    """Invoices, quotes and their kin; DELETE of drafts only."""

    queryset = Invoice.objects.all()
    serializer_class = InvoiceSerializer
    filterset_class = InvoiceFilter
    nested_under = {"customers": "customer", "projects": "project"}
    own_perms = {
        "pdf": "invoices.view_invoice",
        "statistics": "invoices.view_invoice",
        "bill_on": "invoices.change_invoice",
    }
    filtered_actions = frozenset({"list", "statistics"})

    def get_serializer_class(self) -> Any:
        """Lists go without lines."""
        return InvoiceSummarySerializer if self.action == "list" else InvoiceSerializer

    def get_queryset(self) -> Any:
        """Without the joins of the pages: JSON names related rows by id only."""
        rows = super().get_queryset().select_related(None)
        return rows.defer(*LEFT_OUT) if self.action == "list" else rows

    def perform_content_negotiation(self, request: Any, force: bool = False) -> Any:
        """A PDF is a PDF, whatever a client says that it accepts."""
        return super().perform_content_negotiation(request, force or self.action == "pdf")

    @extend_schema(
        summary="Add documents up",
        responses=InvoiceStatisticsSerializer,
        filters=True,
    )
    @action(detail=False, methods=["get"], pagination_class=None)
    def statistics(self, request: Any) -> Response:
        rows = self.filter_queryset(self.get_queryset())
        figures = {**rows.figures(), "by_year": list(rows.by_year())}
        return Response(InvoiceStatisticsSerializer(figures).data)

    @extend_schema(
        summary="Download the PDF of an invoice",
        parameters=[
            OpenApiParameter("inline", OpenApiTypes.BOOL, description="To be shown, not saved.")
        ],
        responses={(200, "application/pdf"): OpenApiTypes.BINARY, 400: ErrorBody},
    )
    @action(detail=True, methods=["get"], filter_backends=[], pagination_class=None)
    def pdf(self, request: Any, pk: Any) -> StoredFileResponse:
        invoice = self.get_object()
        if invoice.is_draft:
            raise NotFound(_("A draft has no PDF: finalize it first."))
        pdf = cast(Document, services.store_pdf(invoice).pdf)
        return send_file(
            pdf.file,
            filename=pdf.original_name,
            content_type=pdf.mime_type,
            inline=asks_inline(request),
        )

    # No declared verb: pages have the editor's list for it, and a verb's form takes no lists.
    @extend_schema(
        summary="Put unbilled hours and expenses on a draft",
        description="Approved billable ones of its project, or else of its customer; all or none.",
        request=BillOnSerializer,
        responses={200: InvoiceSerializer, 400: ErrorBody, 409: ErrorBody},
    )
    @action(
        detail=True,
        methods=["post"],
        url_path="bill-on",
        filter_backends=[],
        pagination_class=None,
    )
    def bill_on(self, request: Any, pk: Any) -> Response:
        invoice = self.get_object()
        body = BillOnSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        found = dict(body.validated_data)
        rows = {
            "entries": found.pop("time_entry_ids", []),
            "expenses": found.pop("expense_ids", []),
        }

        def bill() -> Invoice:
            with acting(request.user):
                return services.bill_on(invoice, by=request.user, **rows, **found)

        return self.answer(self.perform(bill))


class PaymentViewSet(BaseViewSet):
    """Payments: recorded once, taken back by `reverse`."""

    queryset = Payment.objects.all()
    serializer_class = PaymentSerializer
    filterset_class = PaymentFilter
    nested_under = {"invoices": "invoice"}
    writes = ("create",)

    def get_queryset(self) -> Any:
        """Without the joins of the pages, save for whether it was taken back."""
        return super().get_queryset().select_related(None).select_related("reversal")


router.register("invoices", InvoiceViewSet, basename="invoice")
router.register("payments", PaymentViewSet, basename="payment")
