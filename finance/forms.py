"""The form for expenses: what is on the receipt, and the receipt itself."""

import datetime as dt
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from documents.models import Document
from documents.services import MOST_FILE_BYTES
from finance.models import MOST, Expense
from finance.services import NO_TAX, keep_file, may_write, waiting_receipts
from projects.models import Project
from system.models import TaxRate
from workmate.fields import CENT
from workmate.forms import BaseForm, LocalDateField, LocalDecimalField

# Phones offer their camera for these.
ACCEPTED = "application/pdf,image/jpeg,image/png"


class ReceiptInput(forms.FileInput):
    """Takes a photo, or a file: with scripts two buttons, and a look at what was chosen."""

    template_name = "finance/receipt_input.html"
    kept: Document | None = None

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """Also what was taken in before."""
        return {**super().get_context(name, value, attrs), "kept": self.kept}


class ExpenseForm(BaseForm):
    """An expense with one field for the gross amount at each VAT rate of its day.

    The file of a receipt is kept when something else is not right yet.
    """

    class Meta(BaseForm.Meta):
        model = Expense
        fields = [
            "expense_date",
            "category",
            "description",
            "supplier",
            "guests",
            "no_receipt_reason",
            "project",
            "billable",
            "employee",
            "notes",
        ]

    receipt_file = forms.FileField(
        label=gettext_lazy("Receipt"),
        required=False,
        widget=ReceiptInput(attrs={"accept": ACCEPTED, "data-receipt": MOST_FILE_BYTES}),
        help_text=gettext_lazy("A photo (JPG, PNG) or a PDF, at most 50 MB."),
    )
    kept_receipt = forms.UUIDField(required=False, widget=forms.HiddenInput())

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"expense_date": timezone.localdate(), **(kwargs.get("initial") or {})}
        if kwargs.get("instance") is not None:
            del kwargs["initial"]["expense_date"]
        super().__init__(*args, user=user, **kwargs)
        self.rates = self._add_amounts()
        project: Any = self.fields["project"]
        booked = Q(pk=self.instance.project_id)
        project.queryset = project.queryset.filter(~Q(status=Project.Status.CANCELLED) | booked)
        project.empty_label = _("No project")
        if self.instance.receipt_id:
            field = self.fields["receipt_file"]
            field.label = _("Another receipt")
            field.help_text = _("Only to replace the one that is there.")
        if may_write(None, user):
            self.fields["employee"].required = False
            self.fields["employee"].initial = user.pk
        else:
            del self.fields["employee"]
        self.parts = [
            (
                _("Receipt"),
                _("Take its photo, or choose a file. It is kept while you fill in the rest."),
                ["receipt_file", "no_receipt_reason"],
            ),
            (
                _("Expense"),
                "",
                ["expense_date", "category", "supplier", "description", "guests"],
            ),
            (
                _("Amount"),
                _("Gross, as it stands on the receipt, at its VAT rate; one at least."),
                list(self.rates),
            ),
            (_("Project"), "", ["project", "billable"]),
            (_("More"), "", ["employee", "notes"]),
        ]

    def _add_amounts(self) -> dict[str, Decimal]:
        """One field for each rate that holds on the day, or that the expense has."""
        now = {row.tax_rate: row.gross for row in self._taxes()}
        known = TaxRate.objects.valid_on(self._day()).values_list("rate", flat=True)
        rates = sorted({NO_TAX, *known, *now}, reverse=True)
        names = {}
        for rate in rates:
            name = f"gross_{rate:.2f}".replace(".", "_")
            percent = number_format(rate.normalize(), use_l10n=True)
            label = _("with %(rate)s %% VAT") % {"rate": percent} if rate else _("without VAT")
            self.fields[name] = LocalDecimalField(
                label=label,
                required=False,
                max_digits=10,
                decimal_places=2,
                validators=[MinValueValidator(0), MaxValueValidator(MOST)],
            )
            self.initial[name] = now.get(rate)
            names[name] = rate.quantize(CENT)
        return names

    def _taxes(self) -> list[Any]:
        return [] if self.instance._state.adding else list(self.instance.taxes.all())

    def _day(self) -> dt.date:
        """The day of the expense as typed, else as it stands."""
        day = self.instance.expense_date or timezone.localdate()
        if self.is_bound:
            try:
                day = LocalDateField(required=False).clean(self.data.get("expense_date", "")) or day
            except ValidationError:  # said at its field
                return day
        return day

    def kept(self) -> Document | None:
        """The file that was taken in when the form came before; None where there is none."""
        found = str(self["kept_receipt"].value() or "") if self.is_bound else ""
        try:
            return waiting_receipts(self.user).filter(pk=UUID(found)).first() if found else None
        except ValueError:
            return None

    def keep(self) -> None:
        """Take the file in before the form is shown again. What is refused stands at its field."""
        file = self.files.get("receipt_file")
        kept = self.kept()
        if file and not self.has_error("receipt_file"):
            try:
                kept = keep_file(file, by=self.user)
            except ValidationError as error:
                self.take_errors(error)
            else:
                self.files = MultiValueDict()
        self.data = self.data.copy()
        self.data["kept_receipt"] = str(kept.pk) if kept else ""
        cast(ReceiptInput, self.fields["receipt_file"].widget).kept = kept

    def clean(self) -> dict[str, Any]:
        """Make parts of the amounts; the file that was kept becomes the receipt."""
        typed = super().clean()
        typed.pop("kept_receipt", None)
        gross = {rate: typed.pop(name, None) for name, rate in self.rates.items()}
        taxes = [{"tax_rate": rate, "gross": value} for rate, value in gross.items() if value]
        if not taxes and not set(self.rates) & set(self.errors):
            self.add_error(next(iter(self.rates)), _("How much was it?"))
        typed["taxes"] = taxes
        if not typed.get("receipt_file"):
            typed.pop("receipt_file", None)
            if kept := self.kept():
                typed["kept_receipt"] = kept
        return typed

    def take_errors(self, error: ValidationError) -> None:
        """Show the services' errors at the form's own fields."""
        if hasattr(error, "error_dict"):
            first = next(iter(self.rates))
            names = {"taxes": first, "amount": first, "receipt": "receipt_file"}
            found = error.error_dict.items()
            error = ValidationError({names.get(name, name): list(e) for name, e in found})
        super().take_errors(error)
