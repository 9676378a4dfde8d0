"""How documents and payments are filtered."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django_filters import ChoiceFilter

from crm.models import Customer
from invoices.models import Invoice, Payment
from projects.models import Project
from workmate.filters import (
    BaseFilter,
    DateFilter,
    NumberFilter,
    Ordering,
    RelationFilter,
    WordFilter,
)

AGE_LABELS = [
    ("not_due", _("not due yet")),
    ("late_14", _("1 to 14 days")),
    ("late_30", _("15 to 30 days")),
    ("later", _("more than 30 days")),
]


class InvoiceFilter(BaseFilter):
    """Documents. What a figure above the list adds up is a filter, too, so that it can link."""

    narrowed = {"project_id": "customer_id"}

    customer_id = RelationFilter(Customer, field_name="customer")
    project_id = RelationFilter(Project, field_name="project")
    issued_from = DateFilter(field_name="issued_date", lookup_expr="gte", label=_("Dated from"))
    issued_to = DateFilter(field_name="issued_date", lookup_expr="lte", label=_("Dated to"))
    due_from = DateFilter(field_name="due_date", lookup_expr="gte", label=_("Due from"))
    due_to = DateFilter(field_name="due_date", lookup_expr="lte", label=_("Due to"))
    min_total = NumberFilter(field_name="total", lookup_expr="gte", label=_("Gross from"))
    max_total = NumberFilter(field_name="total", lookup_expr="lte", label=_("Gross to"))
    issued = WordFilter("claims", label=_("Issued"))
    paid = WordFilter("with_payments", label=_("With payments"))
    outstanding = WordFilter(label=_("Open"))
    overdue = WordFilter(label=_("Overdue"))
    overpaid = WordFilter(label=_("Paid though cancelled"))
    undecided = WordFilter(label=_("Quotes without an answer"))
    age = ChoiceFilter(method="by_age", choices=AGE_LABELS, label=_("Overdue for"))
    ordering = Ordering("created_at", "issued_date", "due_date", "total", "invoice_number")

    class Meta:
        model = Invoice
        fields = ["status", "document_type"]

    def by_age(self, queryset: Any, name: str, value: str) -> Any:
        """The open ones that are as long overdue; as the board of open items has them."""
        return queryset.filter(pk__in=Invoice.objects.aged(value).order_by().values("pk"))


class PaymentFilter(BaseFilter):
    """Payments."""

    invoice_id = RelationFilter(Invoice, field_name="invoice")
    customer_id = RelationFilter(Customer, field_name="invoice__customer")
    paid_from = DateFilter(field_name="payment_date", lookup_expr="gte", label=_("Paid from"))
    paid_to = DateFilter(field_name="payment_date", lookup_expr="lte", label=_("Paid to"))
    ordering = Ordering("payment_date", "amount", "created_at")

    class Meta:
        model = Payment
        fields = ["payment_method"]
