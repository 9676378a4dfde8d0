"""Forms for documents and their lines."""

import datetime as dt
from decimal import Decimal
from math import inf
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import construct_instance
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from invoices.models import Invoice, InvoiceLineItem
from invoices.models.amounts import Sums, sums_of
from system.models import Company, TaxRate
from workmate.forms import BaseForm, LocalDateField

PREFIX = "line_items"
SPARE_LINES = 3
MAX_LINES = 1000
# What a line's net, and the VAT on it, are made of.
RECKONED = {"quantity", "unit_price", "discount_percent", "tax"}


class InvoiceForm(BaseForm):
    """A document without its lines; once finalized only the internal notes."""

    narrowed = {"project": "customer"}

    parts = [
        (
            _("Recipient and dates"),
            "",
            [
                "customer",
                "project",
                "document_type",
                "title",
                "issued_date",
                "due_date",
                "valid_until",
                "service_date",
                "service_start",
                "service_end",
            ],
        ),
        (_("Texts"), "", ["introduction", "terms", "exemption_reason"]),
        (_("More"), "", ["buyer_reference", "language", "notes"]),
    ]

    class Meta(BaseForm.Meta):
        model = Invoice
        fields = [
            "customer",
            "project",
            "document_type",
            "title",
            "issued_date",
            "due_date",
            "valid_until",
            "service_date",
            "service_start",
            "service_end",
            "introduction",
            "terms",
            "exemption_reason",
            "buyer_reference",
            "language",
            "notes",
        ]

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        if self.instance.is_frozen:
            self.fields = {"notes": self.fields["notes"]}
            return
        kind: Any = self.fields["document_type"]
        kind.choices = [
            (value, label)
            for value, label in Invoice.DocumentType.choices
            if value != Invoice.DocumentType.CANCELLATION
        ]
        if self.instance._state.adding:
            language: Any = self.fields["language"]
            language.required = False
            language.choices = [("", _("that of the customer")), *language.choices]
            self.initial["language"] = ""

    def typed(self) -> Invoice:
        """The document as it stands in the form, unsaved; what is unreadable stays as it was."""
        self.is_valid()
        names = self._meta.fields
        invoice: Invoice = construct_instance(self, self.instance, names, self._meta.exclude)
        if invoice._state.adding and invoice.customer_id and "language" not in self.cleaned_data:
            invoice.language = invoice.customer.language
        return invoice

    def clean(self) -> dict[str, Any]:
        """Leave the language to the customer where none was chosen."""
        cleaned = super().clean()
        if "language" in cleaned and not cleaned["language"]:
            del cleaned["language"]
        return cleaned


class InvoiceLineItemForm(BaseForm):
    """A line. VAT is one choice, so that rate and category always fit."""

    id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    tax = forms.ChoiceField(label=_("VAT"))

    class Meta(BaseForm.Meta):
        model = InvoiceLineItem
        fields = ["description", "quantity", "unit", "unit_price", "discount_percent"]

    def __init__(
        self, *args: Any, rates: list[TaxRate], start: TaxRate | None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        line, adding = self.instance, self.instance._state.adding
        if adding and start is not None:
            line.tax_category, line.tax_rate = start.category, start.rate
        choices = {tax_key(item.category, item.rate): item.label for item in rates}
        # A line keeps the rate that it has, also when that is no longer offered.
        mine = tax_key(line.tax_category, line.tax_rate)
        choices.setdefault(mine, TaxRate(category=line.tax_category, rate=line.tax_rate).label)
        field: Any = self.fields["tax"]
        field.choices = list(choices.items())
        self.initial |= {"id": None if adding else line.pk, "tax": mine}
        text: Any = self.fields["description"].widget
        text.attrs["rows"] = 1

    def has_changed(self) -> bool:
        """A new line without words and price is an empty one, whatever else stands in it."""
        if self.instance._state.adding:
            return bool({"description", "unit_price"} & set(self.changed_data))
        return super().has_changed()

    def _post_clean(self) -> None:
        """Ask the line's own rules, so that an error stands at its line."""
        self.instance = construct_instance(
            self, self.instance, self._meta.fields, self._meta.exclude
        )
        category, _sign, rate = self.cleaned_data.get("tax", "").partition("-")
        if rate:
            self.instance.tax_category, self.instance.tax_rate = category, Decimal(rate)
        checked = {name for name in self._meta.fields or () if name in self.cleaned_data}
        rest = {field.name for field in self.instance._meta.fields} - checked
        try:
            self.instance.clean_fields(exclude=rest)
        except ValidationError as error:
            self.take_errors(error)
        self.instance.compute()

    @property
    def net(self) -> Decimal | None:
        """What the line comes to; None where something that it is made of cannot be read."""
        return None if RECKONED & self.errors.keys() else self.instance.total

    @property
    def is_unreadable(self) -> bool:
        """Whether it has no net because of what was typed, not because it is still empty."""
        return any(self.has_error(name) and self[name].data for name in RECKONED)

    def values(self) -> dict[str, Any]:
        """What the services write."""
        known = {} if self.instance._state.adding else {"id": self.instance.pk}
        names = [*(self._meta.fields or ()), "tax_category", "tax_rate"]
        return known | {name: getattr(self.instance, name) for name in names}


class BaseLineFormSet(forms.BaseFormSet):  # type: ignore[type-arg]
    """The lines of a document. Works without scripts: spare lines, and a box that removes."""

    def __init__(self, data: Any = None, *, invoice: Invoice | None, user: Any) -> None:
        self.lines = list(invoice.line_items.all()) if invoice is not None else []
        self.by_key: dict[UUID, InvoiceLineItem] = {line.pk: line for line in self.lines}
        self.user = user
        self.day = day_of_supply(data, invoice)
        super().__init__(data, prefix=PREFIX, initial=[{} for _line in self.lines])
        if self.lines:
            self.extra = 1

    @cached_property
    def rates(self) -> list[TaxRate]:
        """The VAT rates of the day of supply, and of today while that is not settled."""
        found = dict.fromkeys(TaxRate.objects.valid_on(self.day))
        if self.day != timezone.localdate():
            found |= dict.fromkeys(TaxRate.objects.valid_on())
        return list(found)

    @cached_property
    def start(self) -> TaxRate | None:
        """The rate that a new line starts with: none is shown by small businesses."""
        if Company.current().is_small_business(self.day):
            exempt = [rate for rate in self.rates if rate.category == TaxRate.Category.EXEMPT]
            return exempt[0] if exempt else None
        return next((rate for rate in self.rates if rate.is_default), None)

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        """Each form's line: by its id when it comes back, by its place at first."""
        line = None
        if index is not None and self.is_bound:
            line = self._line_of(self.data.get(f"{self.prefix}-{index}-id", ""))
        elif index is not None and index < len(self.lines):
            line = self.lines[index]
        return {"instance": line, "user": self.user, "rates": self.rates, "start": self.start}

    def _line_of(self, key: str) -> InvoiceLineItem | None:
        try:
            return self.by_key.get(UUID(key))
        except ValueError:
            return None

    def total_form_count(self) -> int:
        """As many as came: a count that promises more would only make empty forms."""
        count = super().total_form_count()
        if not self.is_bound:
            return count
        start = len(f"{self.prefix}-")
        sent = {name[start:].partition("-")[0] for name in self.data if name.startswith(PREFIX)}
        return min(count, max((int(n) + 1 for n in sent if n.isdecimal()), default=0))

    @property
    def rows(self) -> list[Any]:
        """The forms for the page. With scripts, empty ones wait out of sight after the first."""
        for index, form in enumerate(self.forms):
            empty = form.instance._state.adding and not (self.is_bound and form.has_changed())
            form.is_filled = not empty
            form.is_spare = empty and index > 0
        return self.forms

    @property
    def shown(self) -> list[Any]:
        """The forms that were not removed and are not empty, in the order that was asked for."""
        kept = [form for form in self.forms if not (self.is_bound and self.is_removed(form))]
        kept = [form for form in kept if form.has_changed() or not form.instance._state.adding]
        return sorted(kept, key=self.place) if self.is_bound else kept

    @staticmethod
    def is_removed(form: Any) -> bool:
        """Whether its box is ticked, whatever else stands in it."""
        form.is_valid()
        return bool(form.cleaned_data.get("DELETE"))

    @staticmethod
    def place(form: Any) -> float:
        """Where a line was moved to; one that was not asked about stays behind the others."""
        wanted = getattr(form, "cleaned_data", {}).get("ORDER")
        return inf if wanted is None else wanted

    def get_ordering_widget(self) -> Any:
        """A small field for who has no scripts."""
        return forms.TextInput(attrs={"inputmode": "numeric"})

    def add_fields(self, form: Any, index: int | None) -> None:
        """With the line's place, which is empty until somebody moves lines."""
        super().add_fields(form, index)
        form.fields["ORDER"].initial = None
        form.fields["ORDER"].label = _("Place")

    def values(self) -> list[dict[str, Any]]:
        """What the services write."""
        return [form.values() for form in self.shown]

    def typed(self) -> list[InvoiceLineItem]:
        """The lines as they stand on the page, unsaved; what is unreadable is left out."""
        lines = [form.instance for form in self.shown if form.net is not None]
        for position, line in enumerate(lines, start=1):
            line.position = position
        return lines

    def sums(self) -> Sums:
        """What the lines come to as they stand on the page; what is unreadable counts nothing."""
        return sums_of(self.typed())

    @property
    def unreadable(self) -> list[int]:
        """Which lines the sums leave out because of what was typed there."""
        return [n for n, form in enumerate(self.shown, start=1) if form.is_unreadable]


InvoiceLineFormSet = forms.formset_factory(
    InvoiceLineItemForm,
    formset=BaseLineFormSet,
    extra=SPARE_LINES,
    can_delete=True,
    can_order=True,
    max_num=MAX_LINES,
    absolute_max=MAX_LINES,
    validate_max=True,
)


def day_of_supply(data: Any, invoice: Invoice | None) -> dt.date:
    """The day whose rates the lines start with: as typed, else as it stands in the draft."""
    if data is not None:
        field = LocalDateField(required=False)
        for name in ("service_date", "service_end", "issued_date"):
            try:
                if day := field.clean(data.get(name, "")):
                    return day
            except ValidationError:  # said at its field
                continue
        return timezone.localdate()
    return invoice.supply_day if invoice is not None else timezone.localdate()


def tax_key(category: str, rate: Decimal) -> str:
    """A category with its rate as one word: `S-19.00`."""
    return f"{category}-{rate:.2f}"
