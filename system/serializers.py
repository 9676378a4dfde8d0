"""Company, VAT rates and activity as JSON."""

from rest_framework import serializers

from system.models import ActivityEntry, Company, TaxRate
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
