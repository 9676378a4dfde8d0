"""Forms for the company, VAT rates and watched services."""

from typing import Any

from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from system.models import Company, InfraService, TaxRate
from system.services import CHECKED
from workmate.forms import BaseForm


class CompanyForm(BaseForm):
    """The own legal data."""

    parts = [
        (
            _("Company"),
            _("As it stands in the register and on invoices."),
            ["name", "legal_form", "street", "zip_code", "city", "country", "logo"],
        ),
        (
            _("Contact"),
            _("Stands on invoices; e-invoices need all three."),
            ["contact_name", "email", "phone", "website"],
        ),
        (
            _("Taxes and register"),
            _("An invoice needs the tax number or the VAT id."),
            [
                "tax_number",
                "vat_id",
                "small_business_since",
                "register_court",
                "register_number",
                "managing_directors",
            ],
        ),
        (
            _("Bank"),
            _("Where customers pay to; the GiroCode is made of it."),
            ["bank_name", "iban", "bic"],
        ),
        (
            _("Invoices and quotes"),
            _("What new documents start with."),
            ["default_payment_days", "quote_valid_days", "default_terms", "invoice_footer"],
        ),
    ]

    class Meta(BaseForm.Meta):
        model = Company
        fields = [
            "name",
            "legal_form",
            "street",
            "zip_code",
            "city",
            "country",
            "logo",
            "contact_name",
            "email",
            "phone",
            "website",
            "tax_number",
            "vat_id",
            "small_business_since",
            "register_court",
            "register_number",
            "managing_directors",
            "bank_name",
            "iban",
            "bic",
            "default_payment_days",
            "quote_valid_days",
            "default_terms",
            "invoice_footer",
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in CHECKED:
            attrs = self.fields[name].widget.attrs
            attrs |= {"data-check": reverse_lazy("system:company-check"), "autocomplete": "off"}


class TaxRateForm(BaseForm):
    """A VAT rate."""

    class Meta(BaseForm.Meta):
        model = TaxRate
        fields = ["rate", "category", "name", "valid_from", "valid_until", "is_default"]


# By type, as the address is written.
EXAMPLES = {
    "database": "postgresql://name:password@db.example.org/shop",
    "auth": "https://id.example.org/realms/company",
    "mail": "smtp://name:password@mail.example.org:587",
    "chat": "https://matrix.example.org",
    "storage": "s3://key:secret@s3.example.org/bucket",
    "external_api": "https://shop.example.org/health",
}


class InfraServiceForm(BaseForm):
    """A service that is watched. Its secrets are masked; left as shown, they stay."""

    parts = [
        (_("Service"), "", ["name", "type", "manager"]),
        (
            _("How it is checked"),
            _(
                "Every minute. Secrets in the address are kept encrypted. Such as "
                "https://example.org/health, smtp://mail.example.org:587, "
                "postgresql://name:password@db/shop, s3://…/bucket or file:///srv."
            ),
            ["connection_url", "timeout_seconds", "expected_status"],
        ),
    ]

    class Meta(BaseForm.Meta):
        model = InfraService
        fields = [
            "name",
            "type",
            "manager",
            "connection_url",
            "timeout_seconds",
            "expected_status",
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["type"].widget.attrs["data-decides"] = "type"
        # Without scripts every field is there, and its help says for which type it is.
        self.fields["expected_status"].widget.attrs["data-for"] = InfraService.Type.EXTERNAL_API
        address = self.fields["connection_url"].widget.attrs
        address |= {f"data-example-{key}": text for key, text in EXAMPLES.items()}
