"""Company, VAT rates, activity and watched services as JSON."""

from typing import Any

from rest_framework import serializers

from system.models import ActivityEntry, Company, InfraCheck, InfraService, TaxRate
from workmate.serializers import BaseSerializer


class CompanySerializer(BaseSerializer):
    """The own legal data. The logo is changed on the company's page."""

    logo_url = serializers.CharField(read_only=True, help_text="Address of the logo, or empty.")
    missing_for_invoices = serializers.ListField(
        child=serializers.CharField(),
        read_only=True,
        help_text="What the law asks of the seller on an invoice and is not here.",
    )

    class Meta:
        model = Company
        fields = [
            "id",
            "name",
            "legal_form",
            "street",
            "zip_code",
            "city",
            "country",
            "contact_name",
            "email",
            "phone",
            "website",
            "tax_number",
            "vat_id",
            "register_court",
            "register_number",
            "managing_directors",
            "bank_name",
            "iban",
            "bic",
            "logo_url",
            "small_business_since",
            "default_payment_days",
            "quote_valid_days",
            "default_terms",
            "invoice_footer",
            "missing_for_invoices",
            "created_at",
            "updated_at",
        ]


class TaxRateSerializer(BaseSerializer):
    """A VAT rate."""

    label = serializers.CharField(read_only=True)

    class Meta:
        model = TaxRate
        fields = [
            "id",
            "rate",
            "category",
            "name",
            "label",
            "valid_from",
            "valid_until",
            "is_default",
            "created_at",
            "updated_at",
        ]


class ActivityEntrySerializer(BaseSerializer):
    """One thing that happened."""

    sentence = serializers.CharField(read_only=True)

    class Meta:
        model = ActivityEntry
        fields = [
            "id",
            "actor_id",
            "verb",
            "target_type",
            "target_id",
            "target_label",
            "targets",
            "data",
            "sentence",
            "created_at",
        ]
        read_only_fields = fields


class SealedUrlValue(serializers.CharField):
    """An address whose secrets are masked; sent back as it was read, it keeps them."""

    def to_representation(self, value: Any) -> str:
        """Masked."""
        return str(value)


class InfraServiceSerializer(BaseSerializer):
    """A service that is watched. `activate` and `deactivate` change its status."""

    connection_url = SealedUrlValue(
        max_length=2000,
        help_text="With user and password where needed; read, its secrets are masked.",
    )

    class Meta:
        model = InfraService
        fields = [
            "id",
            "name",
            "type",
            "connection_url",
            "status",
            "last_sync",
            "managed_by",
            "timeout_seconds",
            "expected_status",
            "checked_at",
            "response_ms",
            "last_error",
            "failures",
            "certificate_expires",
            "created_at",
            "updated_at",
        ]
        read_only_fields = [
            "status",
            "last_sync",
            "checked_at",
            "response_ms",
            "last_error",
            "failures",
            "certificate_expires",
        ]


class InfraCheckSerializer(BaseSerializer):
    """One check of a service."""

    class Meta:
        model = InfraCheck
        fields = ["id", "service_id", "checked_at", "ok", "response_ms", "error"]
        read_only_fields = fields
