"""Expenses as JSON, and as a form with the file of the receipt."""

from collections.abc import Mapping
from typing import Any

import orjson
from django.utils.translation import gettext as _
from rest_framework import serializers

from finance.models import Expense, ExpenseTax
from workmate.serializers import BaseSerializer, MoneyValue, unknown_field


class ExpenseTaxSerializer(BaseSerializer):
    """The part of an expense that is taxed at one VAT rate; net and VAT are worked out."""

    net = MoneyValue()
    tax = MoneyValue()

    class Meta:
        model = ExpenseTax
        fields = ["tax_rate", "gross", "net", "tax"]

    def to_internal_value(self, data: Any) -> Any:
        """The part's values; refuses unknown fields, passes over computed ones."""
        if isinstance(data, Mapping):
            wrong = {str(name): [unknown_field()] for name in data if name not in self.fields}
            if wrong:
                raise serializers.ValidationError(wrong)
        return super().to_internal_value(data)


class ExpenseSerializer(BaseSerializer):
    """An expense. Where `taxes` is left out, `amount` alone counts as without VAT."""

    taxes = ExpenseTaxSerializer(many=True, required=False)
    net_amount = MoneyValue(help_text="`amount` less the VAT in it.")
    tax_amount = MoneyValue(help_text="The VAT of all rates.")
    receipt_url = serializers.CharField(
        read_only=True, help_text="The app's address of the receipt; empty without one."
    )
    receipt_file = serializers.FileField(
        write_only=True,
        required=False,
        help_text="The receipt itself, in multipart/form-data. It becomes a document.",
    )
    is_reimbursed = serializers.BooleanField(read_only=True)

    class Meta:
        model = Expense
        fields = [
            "id",
            "project_id",
            "employee_id",
            "category",
            "description",
            "amount",
            "net_amount",
            "tax_amount",
            "currency",
            "taxes",
            "expense_date",
            "supplier",
            "guests",
            "receipt_id",
            "receipt_url",
            "receipt_file",
            "no_receipt_reason",
            "billable",
            "is_invoiced",
            "status",
            "is_reimbursed",
            "submitted_by_id",
            "submitted_at",
            "approved_by_id",
            "approved_at",
            "rejected_by_id",
            "rejected_at",
            "rejection_reason",
            "reimbursed_by_id",
            "reimbursed_at",
            "notes",
            "created_at",
            "updated_at",
        ]
        extra_kwargs = {
            "employee_id": {"required": False, "help_text": "Left out: oneself."},
            "amount": {"required": False, "help_text": "Gross; may be left out beside `taxes`."},
        }

    def to_internal_value(self, data: Any) -> Any:
        """The values; in a form with a file, `taxes` is JSON text."""
        if hasattr(data, "getlist"):
            data = {name: data[name] for name in data}
            if isinstance(data.get("taxes"), str):
                try:
                    data["taxes"] = orjson.loads(data["taxes"])
                except orjson.JSONDecodeError as error:
                    message = _("This is no JSON: %(reason)s") % {"reason": error}
                    raise serializers.ValidationError({"taxes": [message]}) from error
        return super().to_internal_value(data)
