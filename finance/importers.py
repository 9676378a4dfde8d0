"""How expenses come from files."""

from collections.abc import Hashable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import DecimalValidator
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from finance.forms import ExpenseForm
from finance.models import HUNDRED, Expense, ExpenseTax
from finance.services import NO_TAX
from system.models import TaxRate
from workmate.fields import CENT, round_money
from workmate.forms import LocalDateField, parse_decimal
from workmate.importers import CREATE, SKIP, BaseImporter, LineWriter

# What is longer is no amount, and could not be reckoned with.
DIGITS = DecimalValidator(max_digits=15, decimal_places=None)


class ExpenseImporter(BaseImporter):
    """Expenses with one VAT rate each; the receipt is added to each one by hand.

    One is here already when the person has one of that day, amount and description.
    """

    form_class = ExpenseForm
    choices = (SKIP, CREATE)
    references = {
        "project": ("project_number", "title"),
        "employee": ("employee_code", "email"),
    }
    owner = "employee"
    foreign = gettext_lazy("You may write your own expenses only.")
    needed = frozenset({"expense_date", "amount"})
    left_out = frozenset({"receipt_file"})
    headings = {
        "expense_date": ("Datum", "Belegdatum", "Date"),
        "amount": ("Brutto", "Bruttobetrag", "Gross"),
        "tax_rate": ("Steuersatz", "USt-Satz", "MwSt-Satz", "MwSt %", "VAT %"),
        "tax_amount": ("MwSt", "Steuer", "Tax"),
        "description": ("Beschreibung", "Zweck", "Verwendungszweck", "Text", "Purpose"),
        "supplier": ("Lieferant", "Händler", "Vendor"),
        "employee": ("Person", "Personalnummer", "Kürzel"),
        "project": ("Projektnummer", "Project number"),
        "notes": ("Notiz", "Bemerkung"),
    }
    parts = (ExpenseTax,)

    def leaves_out(self, name: str) -> bool:
        """Also the fields of the single rates: a file has one amount and its rate."""
        return name.startswith("gross_") or super().leaves_out(name)

    def further(self, user: Any) -> dict[str, forms.Field]:
        """The gross amount, and its VAT as a rate or as an amount."""
        names = {"amount": Expense, "tax_rate": ExpenseTax, "tax_amount": Expense}
        return {
            name: forms.CharField(
                label=capfirst(str(model._meta.get_field(name).verbose_name)),
                required=name == "amount",
                help_text=str(model._meta.get_field(name).help_text),  # type: ignore[union-attr]
            )
            for name, model in names.items()
        }

    def blame(self, name: str) -> Sequence[str]:
        """What the form says of a single rate is about the amount."""
        return ("amount",) if name.startswith("gross_") or name == "taxes" else (name,)

    def fill(self, typed: dict[str, str], line: LineWriter) -> dict[str, str]:
        """The gross amount at its rate: as named, as the VAT tells, else without VAT."""
        amount, rate, tax = (typed.pop(name, "") for name in ("amount", "tax_rate", "tax_amount"))
        day = typed.get("expense_date", "")
        gross = _number(amount, "amount")
        if gross is None:
            raise ValidationError({"amount": _("How much was it?")})
        known = line.remember(("rates", day), lambda: _rates_of(day))
        wanted = NO_TAX
        if (named := _number(rate, "tax_rate")) is not None:
            wanted = named * HUNDRED if 0 < named < 1 else named
            if wanted not in known:
                text = _("%(rate)s %% is no VAT rate of this day. Foreign VAT is entered as 0 %%.")
                raise ValidationError({"tax_rate": text % {"rate": rate.strip(" %")}})
        elif part := _number(tax, "tax_amount"):
            fits = [one for one in known if round_money(gross * one / (HUNDRED + one)) == part]
            if not fits:
                message = _("At no VAT rate of this day would this be the VAT of the amount.")
                raise ValidationError({"tax_amount": message})
            wanted = fits[0]
        typed[f"gross_{wanted:.2f}".replace(".", "_")] = amount
        return typed

    def keys(self, typed: Mapping[str, str], line: LineWriter) -> list[Hashable]:
        """The person, the day, the amount and the description."""
        try:
            day = LocalDateField().clean(typed.get("expense_date", ""))
            gross = _number(typed.get("amount", ""), "amount")
        except ValidationError:  # said when the form is filled in
            return []
        person = typed.get("employee") or str(line.by.pk)
        return [(person, day, gross, typed.get("description", "").strip())]

    def row_of(self, rows: Any, typed: Mapping[str, str], line: LineWriter) -> Any:
        """The person's expense of that day, amount and description."""
        for person, day, gross, text in self.keys(typed, line):  # type: ignore[misc]
            rows = rows.filter(employee=person, expense_date=day, amount=gross)
            return rows.filter(description=text).first()
        return None


def _number(text: str, name: str) -> Decimal | None:
    """A number; None for nothing. Raises ValidationError."""
    if not text.strip():
        return None
    try:
        number = parse_decimal(text.replace("EUR", ""))
    except InvalidOperation as error:
        message = _("“%(value)s” is not a number.") % {"value": text[:40]}
        raise ValidationError({name: message}) from error
    try:
        DIGITS(number)
    except ValidationError as error:
        raise ValidationError({name: error}) from error
    return number


def _rates_of(day: str) -> list[Decimal]:
    """The VAT rates of a day, as far as it can be read; the form says where it cannot."""
    try:
        found = LocalDateField(required=False).clean(day)
    except ValidationError:
        found = None
    rates = TaxRate.objects.valid_on(found).values_list("rate", flat=True)
    return [rate.quantize(CENT) for rate in sorted({NO_TAX, *rates}, reverse=True)]
