"""Customers, contacts and activities as JSON."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from crm.models import Activity, Contact, Customer
from crm.services import duplicates_of
from workmate.serializers import BaseSerializer, HoursValue, MoneyValue, YearSerializer


class CustomerSummarySerializer(BaseSerializer):
    """A customer in a list."""

    full_address = serializers.CharField(read_only=True)

    class Meta:
        model = Customer
        fields = [
            "id",
            "customer_number",
            "name",
            "type",
            "email",
            "phone",
            "website",
            "tax_id",
            "vat_id",
            "street",
            "zip_code",
            "city",
            "country",
            "full_address",
            "notes",
            "status",
            "pipeline_stage",
            "payment_days",
            "invoice_email",
            "language",
            "buyer_reference",
            "leitweg_id",
            "created_at",
            "updated_at",
        ]


@extend_schema_field(serializers.ListField(child=serializers.UUIDField()))
class DuplicatesField(serializers.Field):  # type: ignore[type-arg]
    """The ids of rows that may be the same, of those that the person sees."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(source="*", read_only=True, **kwargs)

    def to_representation(self, value: Any) -> list[str]:
        """The ids; one query."""
        by = self.context["request"].user
        return [str(row.pk) for row in duplicates_of(value, by=by)]


class CustomerSerializer(CustomerSummarySerializer):
    """A customer. `duplicates` are customers with a name like it, its e-mail or VAT id."""

    duplicates = DuplicatesField(help_text="Ids of customers that may be the same.")

    class Meta(CustomerSummarySerializer.Meta):
        fields = [*CustomerSummarySerializer.Meta.fields, "duplicates"]


class ContactSummarySerializer(BaseSerializer):
    """A person at a customer's. `is_primary` takes the mark from the one that had it."""

    full_name = serializers.CharField(read_only=True)
    display_name = serializers.CharField(read_only=True, help_text="The name with the position.")

    class Meta:
        model = Contact
        fields = [
            "id",
            "customer_id",
            "firstname",
            "lastname",
            "full_name",
            "display_name",
            "email",
            "phone",
            "mobile",
            "position",
            "department",
            "is_primary",
            "notes",
            "created_at",
            "updated_at",
        ]


class ContactSerializer(ContactSummarySerializer):
    """A contact. `duplicates` have its e-mail address, or its name at the same customer."""

    duplicates = DuplicatesField(help_text="Ids of contacts that may be the same.")

    class Meta(ContactSummarySerializer.Meta):
        fields = [*ContactSummarySerializer.Meta.fields, "duplicates"]


class ActivitySerializer(BaseSerializer):
    """What happened with a customer, and when. Its author is whoever recorded it."""

    class Meta:
        model = Activity
        fields = [
            "id",
            "customer_id",
            "contact_id",
            "type",
            "description",
            "occurred_at",
            "author_id",
            "created_at",
            "updated_at",
        ]
        extra_kwargs = {"occurred_at": {"help_text": "Left out: now."}}


class TimelineLineSerializer(serializers.Serializer):  # type: ignore[type-arg]
    """Something that happened with a customer: a talk, or an event of a row that belongs to it."""

    when = serializers.DateTimeField(read_only=True)
    verb = serializers.CharField(read_only=True, help_text="Of a talk: its kind.")
    what = serializers.CharField(read_only=True, help_text="In words.")
    more = serializers.CharField(read_only=True, help_text="How the description begins.")
    who = serializers.CharField(read_only=True)
    target_type = serializers.CharField(read_only=True)
    target_id = serializers.UUIDField(read_only=True)


class CustomerStatisticsSerializer(serializers.Serializer):  # type: ignore[type-arg]
    """What a customer comes to. Null where the person may see no invoices, or no projects."""

    total_revenue = MoneyValue(allow_null=True, help_text="Paid invoices, gross.")
    net_revenue = MoneyValue(allow_null=True, help_text="Paid invoices, without VAT.")
    outstanding_amount = MoneyValue(allow_null=True, help_text="What is still to be paid.")
    overdue_amount = MoneyValue(allow_null=True, help_text="Of this, what is past its due date.")
    average_days_to_pay = serializers.DecimalField(
        max_digits=8,
        decimal_places=1,
        read_only=True,
        allow_null=True,
        help_text="From the date of an invoice to its last payment; null before the first.",
    )
    total_hours_tracked = HoursValue(allow_null=True, help_text="On all projects.")
    billable_hours = HoursValue(allow_null=True, help_text="Of these, what the customer pays.")
    projects_count = serializers.IntegerField(read_only=True, allow_null=True)
    active_projects_count = serializers.IntegerField(read_only=True, allow_null=True)
    by_year = YearSerializer(
        many=True, read_only=True, help_text="By year of issue: all invoices, paid or not."
    )
