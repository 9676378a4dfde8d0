"""Forms for the company, VAT rates, watched services and imports."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse_lazy
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from system.imports.reading import MAX_FILE_BYTES, MAX_LINES, MEGABYTE
from system.models import Company, Import, InfraService, TaxRate
from system.services import CHECKED, change_import, check_import, importable
from workmate import services
from workmate.forms import BaseForm, show_errors
from workmate.templatetags.workmate import format_number


class CompanyForm(BaseForm):
    """The own legal data."""

    judges_each_field_alone = True
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


TOO_LARGE = _("The file is too large: at most 10 MB.")
ACCEPT = ".csv,.txt,.tsv,.xlsx"


class ImportForm(BaseForm):
    """A file, and what it holds."""

    kind = forms.ChoiceField(label=_("What does the file hold?"), widget=forms.RadioSelect)
    file = forms.FileField(label=_("File"), widget=forms.FileInput(attrs={"accept": ACCEPT}))

    class Meta(BaseForm.Meta):
        model = Import
        fields: list[str] = []

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        kind: Any = self.fields["kind"]
        kind.choices = [
            (item.key, capfirst(str(item.model._meta.verbose_name_plural)))
            for item in importable(user)
        ]
        file = self.fields["file"]
        file.widget.attrs |= {"data-most": MAX_FILE_BYTES, "data-too-large": TOO_LARGE}
        file.error_messages["required"] = gettext("Choose a file.")
        words = {"n": format_number(MAX_LINES), "mb": MAX_FILE_BYTES // MEGABYTE}
        file.help_text = (
            gettext(
                "CSV or XLSX with headings in its first line; at most %(mb)s MB and %(n)s lines."
            )
            % words
        )


class ColumnsForm(forms.Form):
    """A select of targets beside each column of the file."""

    parts: list[Any] = []
    stamp = ""

    def __init__(self, data: Any = None, *, instance: Import, user: Any) -> None:
        super().__init__(data)
        self.instance, self.user = instance, user
        self.targets = instance.importer.work.targets(user)
        choices = [
            ("", _("– not imported –")),
            *((item.name, f"{item.label} *" if item.is_needed else item.label)
              for item in self.targets),
        ]  # fmt: skip
        for number, column in enumerate(instance.columns):
            self.fields[f"column-{number}"] = forms.ChoiceField(
                label=column["name"],
                choices=choices,
                required=False,
                initial=instance.mapping.get(column["name"], ""),
            )
        known = instance.importer.work.choices
        self.fields["on_existing"] = forms.ChoiceField(
            label=_("Rows that are here already"),
            choices=[item for item in Import.Existing.choices if item[0] in known],
            widget=forms.RadioSelect,
            initial=instance.on_existing,
        )

    def columns(self) -> Iterator[dict[str, Any]]:
        """Each column with its first values and its select."""
        for number, column in enumerate(self.instance.columns):
            yield {**column, "field": self[f"column-{number}"]}

    def mapping(self) -> dict[str, str]:
        """What was chosen: `{heading: target}`."""
        chosen = {
            column["name"]: self.cleaned_data[f"column-{number}"]
            for number, column in enumerate(self.instance.columns)
        }
        return {name: target for name, target in chosen.items() if target}

    def write(self, *, by: Any) -> Any:
        """Keep the mapping and begin the check; None where the services refuse."""
        try:
            with services.acting(by):
                data = {"mapping": self.mapping(), "on_existing": self.cleaned_data["on_existing"]}
                return check_import(change_import(self.instance, by=by, **data), by=by)
        except ValidationError as error:
            show_errors(self, self._told(error))
            return None

    def _told(self, error: ValidationError) -> ValidationError:
        """A target that is chosen twice, at the second select; the rest above the form."""
        chosen = [name for name in self.fields if self.cleaned_data.get(name)]
        values = [self.cleaned_data[name] for name in chosen]
        twice = [name for place, name in enumerate(chosen) if values[place] in values[:place]]
        if twice and "mapping" in getattr(error, "error_dict", {}):
            return ValidationError({twice[0]: error.error_dict["mapping"]})
        return (
            ValidationError([item for items in error.error_dict.values() for item in items])
            if (hasattr(error, "error_dict"))
            else error
        )
