"""Documents, their lines and payments as JSON."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from invoices.models import Invoice, InvoiceLineItem, Payment
from invoices.services import GROUPS, MAX_LINES
from workmate.serializers import (
    AnyObject,
    BaseSerializer,
    MoneyValue,
    VerbInput,
    YearSerializer,
    unknown_field,
)


class InvoiceLineItemSerializer(BaseSerializer):
    """A line. With an `id` it is one that the document has already; amounts are computed."""

    id = serializers.UUIDField(required=False)
    subtotal = MoneyValue(help_text="Quantity x unit price, before the discount.")
    tax_amount = MoneyValue(help_text="For information: VAT is rounded once per rate.")

    class Meta:
        model = InvoiceLineItem
        fields = [
            "id",
            "position",
            "description",
            "quantity",
            "unit",
            "unit_price",
            "discount_percent",
            "tax_category",
            "tax_rate",
            "subtotal",
            "tax_amount",
            "total",
        ]
        # The order of the list is the order of the lines.
        read_only_fields = ["position"]

    def to_internal_value(self, data: Any) -> Any:
        """The line's values; refuses unknown fields, passes over computed ones."""
        if isinstance(data, Mapping):
            wrong = {str(name): [unknown_field()] for name in data if name not in self.fields}
            if wrong:
                raise serializers.ValidationError(wrong)
        return super().to_internal_value(data)


class TaxRowSerializer(serializers.Serializer):  # type: ignore[type-arg]
    """One VAT breakdown (BG-23): what is taxed at one category and rate."""

    category = serializers.CharField()
    rate = serializers.CharField(help_text="In percent: 19.00.")
    base = serializers.CharField(help_text="In EUR.")
    tax = serializers.CharField(help_text="In EUR.")


class InvoiceSummarySerializer(BaseSerializer):
    """A document in a list: all but its lines, its texts and the parties as they were."""

    outstanding_amount = MoneyValue(help_text="Total less payments; 0 for what asks for no money.")
    overpaid_amount = MoneyValue(help_text="Paid for a document that was cancelled.")
    is_fully_paid = serializers.BooleanField(read_only=True)
    days_overdue = serializers.IntegerField(read_only=True)
    pdf_path = serializers.CharField(
        read_only=True, help_text="The app's address of the PDF; empty at first."
    )

    class Meta:
        model = Invoice
        fields = [
            "id",
            "customer_id",
            "project_id",
            "invoice_number",
            "document_type",
            "status",
            "title",
            "total",
            "subtotal",
            "tax_amount",
            "paid_amount",
            "outstanding_amount",
            "overpaid_amount",
            "is_fully_paid",
            "days_overdue",
            "currency",
            "issued_date",
            "due_date",
            "valid_until",
            "service_date",
            "service_start",
            "service_end",
            "refers_to_id",
            "pdf_path",
            "notes",
            "terms",
            "sent_at",
            "created_at",
            "updated_at",
        ]


class InvoiceSerializer(InvoiceSummarySerializer):
    """A document with its lines. Where `line_items` is left out, the lines stay as they are."""

    line_items = InvoiceLineItemSerializer(many=True, required=False)
    tax_breakdown = TaxRowSerializer(many=True, read_only=True)
    seller = AnyObject(read_only=True)
    buyer = AnyObject(read_only=True)

    class Meta(InvoiceSummarySerializer.Meta):
        fields = [
            *InvoiceSummarySerializer.Meta.fields,
            "introduction",
            "buyer_reference",
            "language",
            "exemption_reason",
            "tax_breakdown",
            "seller",
            "buyer",
            "finalized_at",
            "sent_to",
            "line_items",
        ]


class BillOnSerializer(VerbInput):
    """What is put on a draft."""

    time_entry_ids = serializers.ListField(
        child=serializers.UUIDField(), required=False, max_length=MAX_LINES
    )
    expense_ids = serializers.ListField(
        child=serializers.UUIDField(), required=False, max_length=MAX_LINES
    )
    group_by = serializers.ChoiceField(
        choices=GROUPS, required=False, help_text="How hours at one rate share lines."
    )


class InvoiceStatisticsSerializer(serializers.Serializer):  # type: ignore[type-arg]
    """Sums over the documents that the filters leave; credit notes count against them."""

    count = serializers.IntegerField()
    overdue_count = serializers.IntegerField()
    issued = MoneyValue(help_text="Gross; neither drafts nor cancelled documents nor quotes.")
    issued_net = MoneyValue()
    paid = MoneyValue()
    outstanding = MoneyValue()
    overdue = MoneyValue()
    overpaid = MoneyValue(help_text="Paid for documents that were cancelled.")
    drafts = MoneyValue()
    by_year = YearSerializer(many=True)


class PaymentSerializer(BaseSerializer):
    """A payment; a reversal has an amount below 0 and names what it takes back."""

    is_reversed = serializers.BooleanField(read_only=True)

    class Meta:
        model = Payment
        fields = [
            "id",
            "invoice_id",
            "amount",
            "payment_date",
            "payment_method",
            "reference",
            "notes",
            "reverses_id",
            "is_reversed",
            "recorded_by_id",
            "created_at",
        ]
        extra_kwargs = {
            "amount": {"required": False, "help_text": "Left out: all that is open."},
            "payment_date": {"required": False, "help_text": "Left out: today."},
        }
