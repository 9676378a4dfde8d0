"""REST endpoints for customers, contacts and activities."""

from typing import Any, cast

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from crm.filters import ActivityFilter, ContactFilter, CustomerFilter
from crm.models import Activity, Contact, Customer
from crm.serializers import (
    ActivitySerializer,
    ContactSerializer,
    ContactSummarySerializer,
    CustomerSerializer,
    CustomerStatisticsSerializer,
    CustomerSummarySerializer,
    TimelineLineSerializer,
)
from crm.statistics import statistics_of
from crm.timeline import Timeline
from workmate.api import BaseViewSet, router
from workmate.serializers import ErrorBody


class CustomerViewSet(BaseViewSet):
    """Customers; DELETE only without projects and invoices."""

    queryset = Customer.objects.all()
    serializer_class = CustomerSerializer
    filterset_class = CustomerFilter
    own_perms = {"statistics": "crm.view_customer", "timeline": "crm.view_customer"}

    def get_serializer_class(self) -> Any:
        """Lists go without the look for duplicates."""
        return CustomerSummarySerializer if self.action == "list" else CustomerSerializer

    def get_queryset(self) -> Any:
        """Without the contacts, which the pages show."""
        return super().get_queryset().prefetch_related(None)

    def fresh(self, obj: Any) -> Any:
        """The customer as it stands now, for the answer."""
        return Customer.objects.get(pk=obj.pk)

    @extend_schema(summary="Add a customer up", responses=CustomerStatisticsSerializer)
    @action(detail=True, methods=["get"], filter_backends=[], pagination_class=None)
    def statistics(self, request: Any, pk: Any) -> Response:
        found = statistics_of(self.get_object(), request.user)
        return Response(CustomerStatisticsSerializer(found).data)

    @extend_schema(
        summary="Show what happened with a customer",
        responses={200: TimelineLineSerializer(many=True), 400: ErrorBody},
    )
    @action(detail=True, methods=["get"], filter_backends=[])
    def timeline(self, request: Any, pk: Any) -> Response:
        lines = self.paginate_queryset(cast(Any, Timeline(self.get_object(), request.user)))
        return self.get_paginated_response(TimelineLineSerializer(lines, many=True).data)


class ContactViewSet(BaseViewSet):
    """Contacts."""

    queryset = Contact.objects.all()
    serializer_class = ContactSerializer
    filterset_class = ContactFilter
    nested_under = {"customers": "customer"}

    def get_serializer_class(self) -> Any:
        """Lists go without the look for duplicates."""
        return ContactSummarySerializer if self.action == "list" else ContactSerializer

    def get_queryset(self) -> Any:
        """Without the joins of the pages: JSON names related rows by id only."""
        return super().get_queryset().select_related(None)


class ActivityViewSet(BaseViewSet):
    """Calls, meetings, mails and notes."""

    queryset = Activity.objects.all()
    serializer_class = ActivitySerializer
    filterset_class = ActivityFilter
    nested_under = {"customers": "customer"}

    def get_queryset(self) -> Any:
        """Without the joins of the pages: JSON names related rows by id only."""
        return super().get_queryset().select_related(None)


router.register("customers", CustomerViewSet, basename="customer")
router.register("contacts", ContactViewSet, basename="contact")
router.register("activities", ActivityViewSet, basename="activity")
