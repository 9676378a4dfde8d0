"""The lines of a draft: written, copied, taxed; and the hours and expenses on them."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from finance.models import Expense
from finance.services import release_invoiced as release_expenses
from invoices.models import BilledExpense, BilledTime, Invoice, InvoiceLineItem
from system.models import Company, TaxRate
from timetracking.models import TimeEntry
from timetracking.services import release_invoiced
from workmate.display import label_of
from workmate.services import Actor

LINE_FIELDS = (
    "description",
    "quantity",
    "unit",
    "unit_price",
    "discount_percent",
    "tax_category",
    "tax_rate",
)
MAX_LINES = 1000
Taxation = tuple[str, Decimal]


def taxation_of(invoice: Invoice) -> Taxation | None:
    """How a new line is taxed unless somebody says otherwise: by the law of the day of supply.

    None where no rate is set for that day.
    """
    day = invoice.supply_day
    if Company.current().is_small_business(day):
        return TaxRate.Category.EXEMPT, Decimal(0)
    start = TaxRate.objects.default_on(day)
    return (start.category, start.rate) if start else None


def write_lines(invoice: Invoice, given: Sequence[Mapping[str, Any]], *, by: Actor | None) -> None:
    """Make the document's lines those given, and bring its sums up to date.

    Lines with an `id` are changed, those left out are removed, and the hours and expenses on them
    freed. The error names each line and field that is wrong.
    """
    if len(given) > MAX_LINES:
        raise ValidationError({"line_items": _("At most 1,000 lines.")})
    kept = {line.pk: line for line in invoice.line_items.all()}
    start = taxation_of(invoice) if any(_is_untaxed(values) for values in given) else None
    lines, errors = [], []
    for position, values in enumerate(given, start=1):
        line = _line(invoice, kept, values, start)
        line.position = position
        try:
            line.full_clean(exclude=["id", "invoice"])
        except ValidationError as error:
            errors += _named(error, position)
        lines.append(line)
    if errors:
        raise ValidationError({"line_items": errors})
    gone = list(kept.values())
    if gone:
        free_billed(gone, by=by)
        InvoiceLineItem.objects.filter(pk__in=[line.pk for line in gone]).delete()
    now = timezone.now()
    old = [line for line in lines if not line._state.adding]
    for line in old:
        line.updated_at = now
    InvoiceLineItem.objects.bulk_update(old, [*LINE_FIELDS, "position", "total", "updated_at"])
    InvoiceLineItem.objects.bulk_create([line for line in lines if line._state.adding])
    invoice.recalculate_totals()


def _line(
    invoice: Invoice,
    kept: dict[Any, InvoiceLineItem],
    values: Mapping[str, Any],
    start: Taxation | None,
) -> InvoiceLineItem:
    known = values.get("id")
    if known is not None and known not in kept:
        raise ValidationError({"line_items": _("A line does not belong to this document.")})
    line = kept.pop(known) if known is not None else InvoiceLineItem(invoice=invoice)
    if start is not None and _is_untaxed(values):
        line.tax_category, line.tax_rate = start
    for name in LINE_FIELDS:
        if name in values:
            setattr(line, name, values[name])
    if "tax_rate" not in values and line.tax_category != TaxRate.Category.STANDARD:
        line.tax_rate = Decimal("0.00")
    return line


def _is_untaxed(values: Mapping[str, Any]) -> bool:
    """Whether it is a new line of which nobody said how it is taxed."""
    return not {"id", "tax_category", "tax_rate"} & set(values)


def _named(error: ValidationError, position: int) -> list[ValidationError]:
    """A line's errors, each beginning with the line and the field that it is about."""
    found = []
    for name, items in error.error_dict.items():
        label = "" if name == "__all__" else f"{label_of(InvoiceLineItem, name)}: "
        for item in items:
            text = " ".join(item.messages)
            found.append(
                ValidationError(
                    _("Line %(n)s: %(text)s"),
                    code=item.code,
                    params={"n": position, "text": f"{label}{text}"},
                )
            )
    return found


def same_lines(invoice: Invoice, given: Sequence[Mapping[str, Any]]) -> bool:
    """Whether lines that came back are the document's own, as they are."""
    lines = list(invoice.line_items.all())
    return len(given) == len(lines) and all(
        values.get("id", line.pk) == line.pk
        and all(values[name] == getattr(line, name) for name in LINE_FIELDS if name in values)
        for line, values in zip(lines, given, strict=True)
    )


def copy_lines(source: Invoice, target: Invoice, *, sign: int) -> None:
    """Give a document the lines of another one; `sign` -1 turns them round to the cent."""
    copies = []
    for line in source.line_items.all():
        copy = InvoiceLineItem(
            invoice=target,
            position=line.position,
            **{name: getattr(line, name) for name in LINE_FIELDS},
        )
        copy.quantity = sign * copy.quantity
        copy.total = sign * line.total
        copies.append(copy)
    InvoiceLineItem.objects.bulk_create(copies)


def is_billing(invoice: Invoice) -> bool:
    """Whether hours or expenses of the project stand on the document."""
    return any(
        billed.objects.current().filter(line_item__invoice=invoice).exists()
        for billed in (BilledTime, BilledExpense)
    )


def free_billed(lines: Iterable[InvoiceLineItem], *, by: Actor | None) -> None:
    """Let hours and expenses of lines be billed again; the rows stay, as released."""
    ids = [line.pk for line in lines]
    if times := _release(BilledTime.objects.filter(line_item__in=ids), "time_entry_id"):
        release_invoiced(TimeEntry.objects.filter(pk__in=times), by=by)
    if expenses := _release(BilledExpense.objects.filter(line_item__in=ids), "expense_id"):
        release_expenses(Expense.objects.filter(pk__in=expenses), by=by)


def _release(billed: "models.QuerySet[Any]", column: str) -> list[UUID]:
    """Mark the rows as released; what stood on the lines."""
    rows = dict(billed.filter(released_at=None).values_list("pk", column))
    if rows:
        billed.filter(pk__in=rows).update(released_at=timezone.now())
    return list(rows.values())
