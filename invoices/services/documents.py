"""A document's life: draft, finalized, cancelled."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from employees.models import Employee
from invoices.models import BilledTime, Invoice, InvoiceLineItem
from invoices.models.amounts import TaxCategory, sums_of
from invoices.querysets import frozen
from invoices.services.parties import buyer_of, missing_for, seller_of
from system.models import Company
from timetracking.models import TimeEntry
from timetracking.services import release_invoiced
from workmate import services
from workmate.errors import Conflict
from workmate.events import emit
from workmate.models import draw_number
from workmate.services import Actor
from workmate.verbs import verb

LINE_FIELDS = (
    "description", "quantity", "unit", "unit_price", "discount_percent", "tax_category",
    "tax_rate",
)
COPIED = (
    "customer", "project", "title", "introduction", "buyer_reference", "language",
    "exemption_reason", "terms", "service_date", "service_start", "service_end",
)
MAX_LINES = 1000


@verb(Invoice, "create", permission="add_invoice", label=_("Create"))
@transaction.atomic
def create_invoice(
    *, by: Actor | None, line_items: Sequence[Mapping[str, Any]] = (), **data: Any
) -> Invoice:
    """Make a draft with its lines. Refuses a cancellation: that comes about by cancelling."""
    if data.get("document_type") == Invoice.DocumentType.CANCELLATION:
        raise ValidationError(
            {"document_type": _("A cancellation is made by cancelling the document.")}
        )
    invoice = Invoice(**data)
    customer = invoice.customer if invoice.customer_id else None
    if customer is not None and "language" not in data:
        invoice.language = customer.language
    invoice.full_clean()
    invoice.save()
    _write_lines(invoice, line_items)
    emit("created", invoice, by=by, about=invoice.event_subjects())
    return invoice


@verb(Invoice, "change", permission="change_invoice", label=_("Save"))
@transaction.atomic
def change_invoice(
    invoice: Invoice,
    *,
    by: Actor | None,
    line_items: Sequence[Mapping[str, Any]] | None = None,
    **data: Any,
) -> Invoice:
    """Change a draft; of a finalized document only the internal notes. Raises Conflict.

    `line_items` replaces the lines: those with an `id` are changed, those left out are removed,
    and the hours on removed lines can be billed again.
    """
    invoice = services.lock(invoice)
    if invoice.is_frozen and (line_items is not None or set(data) - {"notes"}):
        if line_items is not None or any(getattr(invoice, name) != data[name] for name in data
                                         if name != "notes"):
            raise frozen()
        data = {name: value for name, value in data.items() if name == "notes"}
    if data.get("document_type") == Invoice.DocumentType.CANCELLATION:
        raise ValidationError(
            {"document_type": _("A cancellation is made by cancelling the document.")}
        )
    for name, value in data.items():
        setattr(invoice, name, value)
    invoice.full_clean()
    invoice.save()
    if line_items is not None:
        _write_lines(invoice, line_items)
    emit("changed", invoice, by=by, about=invoice.event_subjects())
    return invoice


@verb(Invoice, "delete", permission="delete_invoice", label=_("Delete"))
@transaction.atomic
def delete_invoice(invoice: Invoice, *, by: Actor | None) -> None:
    """Delete a draft; its hours can be billed again. Refuses finalized documents."""
    invoice = services.lock(invoice)
    if invoice.is_frozen:
        raise frozen()
    _free_hours(BilledTime.objects.filter(line_item__invoice=invoice), by=by)
    emit("deleted", invoice, by=by, about=invoice.event_subjects())
    invoice.delete()


@verb(
    Invoice,
    "finalize",
    permission="finalize_invoice",
    label=_("Finalize"),
    icon="lock",
    when=lambda invoice: invoice.is_draft,
    primary=True,
    confirm=_("The document gets its number and can no longer be changed."),
)
@transaction.atomic
def finalize_invoice(invoice: Invoice, *, by: Actor | None) -> Invoice:
    """Freeze a draft: set its dates, draw its number, keep both parties and the VAT as they are.

    Refuses what is no draft, has no lines, or lacks what §14(4) UStG demands; the error names
    each missing thing. The number is drawn last, so that its row is locked most briefly; it is
    unique and gapless because it is drawn in this very transaction.
    """
    invoice = services.lock(invoice)
    if not invoice.is_draft:
        raise Conflict(_("Only a draft can be finalized."), code="not_a_draft")
    company = Company.current()
    lines = list(invoice.line_items.all())
    sums = sums_of(lines)
    invoice.subtotal, invoice.tax_amount, invoice.total = (
        sums.subtotal, sums.tax_amount, sums.total,
    )
    invoice.tax_breakdown = [row.as_json() for row in sums.rows]
    _set_dates(invoice, company)
    missing = missing_for(invoice, lines, company)
    if missing:
        raise ValidationError(cast(dict[str, Any], missing))
    invoice.seller, invoice.buyer = (
        seller_of(company, invoice.issued_date), buyer_of(invoice),
    )
    if not invoice.terms and invoice.is_claim:
        invoice.terms = company.default_terms
    return _freeze(invoice, by=by)


@verb(
    Invoice,
    "cancel",
    permission="cancel_invoice",
    label=_("Cancel"),
    icon="undo-2",
    tone="danger",
    takes={"reason": models.CharField(_("reason"), max_length=300)},
    when=lambda invoice: invoice.is_claim and invoice.is_frozen
    and invoice.status != Invoice.Status.CANCELLED,
    creates=True,
)
@transaction.atomic
def cancel_invoice(invoice: Invoice, *, by: Actor | None, reason: str) -> Invoice:
    """Cancel a finalized document by a second one that mirrors it with negative amounts.

    Returns the cancellation, which has a number of its own and refers to the first (BT-25). The
    hours on it can be billed again; payments stay, to be reversed or paid out. Refuses drafts
    (they are deleted), quotes, cancellations, and what is cancelled already.
    """
    original = services.lock(invoice)
    if not original.is_claim or original.is_draft:
        raise Conflict(_("Only a finalized invoice can be cancelled."), code="not_cancellable")
    if original.status == Invoice.Status.CANCELLED:
        raise Conflict(_("This document is cancelled already."), code="cancelled")
    mirror = Invoice(
        document_type=Invoice.DocumentType.CANCELLATION,
        refers_to=original,
        notes=reason,
        subtotal=-original.subtotal,
        tax_amount=-original.tax_amount,
        total=-original.total,
        tax_breakdown=[
            {**row, "base": str(-Decimal(row["base"])), "tax": str(-Decimal(row["tax"]))}
            for row in original.tax_breakdown
        ],
        seller=original.seller,
        buyer=original.buyer,
        **{name: getattr(original, name) for name in COPIED if name != "terms"},
    )
    mirror.issued_date = mirror.due_date = timezone.localdate()
    mirror.save()
    _copy_lines(original, mirror, sign=-1)
    mirror = _freeze(mirror, by=by)
    Invoice.objects.filter(pk=original.pk).update(status=Invoice.Status.CANCELLED)
    _free_hours(BilledTime.objects.filter(line_item__invoice=original), by=by)
    emit("cancelled", original, by=by, about=original.event_subjects(), reason=reason,
         number=mirror.invoice_number)
    return mirror


@verb(
    Invoice,
    "duplicate",
    permission="add_invoice",
    label=_("Copy as draft"),
    icon="copy",
    bulk=False,
    creates=True,
)
@transaction.atomic
def duplicate_invoice(
    invoice: Invoice, *, by: Actor | None, document_type: str = "", **data: Any
) -> Invoice:
    """A new draft with the same customer, texts and lines; hours do not go along."""
    kind = document_type or invoice.document_type
    if kind == Invoice.DocumentType.CANCELLATION:
        kind = Invoice.DocumentType.INVOICE
    copy = Invoice(
        document_type=kind, **{name: getattr(invoice, name) for name in COPIED}, **data
    )
    copy.full_clean()
    copy.save()
    sign = -1 if invoice.document_type == Invoice.DocumentType.CANCELLATION else 1
    _copy_lines(invoice, copy, sign=sign)
    copy.recalculate_totals()
    emit("created", copy, by=by, about=copy.event_subjects())
    return copy


def _freeze(invoice: Invoice, *, by: Actor | None) -> Invoice:
    """Draw the number and store the document as finalized."""
    kind = invoice.document_type
    invoice.invoice_number = draw_number(
        f"invoices.{kind}", pattern=Invoice.NUMBER_PATTERNS[kind], on=invoice.issued_date
    )
    invoice.status = Invoice.Status.FINALIZED
    if invoice.is_claim and invoice.total == 0:
        invoice.status = Invoice.Status.PAID  # nothing is open
    invoice.finalized_at = timezone.now()
    invoice.finalized_by = by if isinstance(by, Employee) else None
    invoice.full_clean()
    invoice.save()
    emit("finalized", invoice, by=by, about=invoice.event_subjects(),
         number=invoice.invoice_number)
    return invoice


def _set_dates(invoice: Invoice, company: Company) -> None:
    today = timezone.localdate()
    invoice.issued_date = invoice.issued_date or today
    newest: dt.date | None = (
        Invoice.objects.filter(document_type=invoice.document_type)
        .exclude(status=Invoice.Status.DRAFT)
        .aggregate(day=Max("issued_date"))["day"]
    )
    if invoice.issued_date > today:
        raise ValidationError({"issued_date": _("The date lies in the future.")})
    if newest and invoice.issued_date < newest:
        message = _("The last number of this series is dated %(day)s: not before that day.")
        raise ValidationError({"issued_date": message % {"day": f"{newest:%d.%m.%Y}"}})
    if invoice.is_quote:
        days = company.quote_valid_days
        invoice.valid_until = invoice.valid_until or invoice.issued_date + dt.timedelta(days)
        return
    if invoice.due_date is None:
        days = invoice.customer.payment_days
        days = company.default_payment_days if days is None else days
        invoice.due_date = invoice.issued_date + dt.timedelta(days)
    if invoice.due_date < invoice.issued_date:
        raise ValidationError(
            {"due_date": _("The due date lies before the date of the document.")}
        )


def _write_lines(invoice: Invoice, given: Sequence[Mapping[str, Any]]) -> None:
    """Make the document's lines those given; errors name the line."""
    if len(given) > MAX_LINES:
        raise ValidationError({"line_items": _("At most 1,000 lines.")})
    kept = {line.pk: line for line in invoice.line_items.all()}
    lines, errors = [], []
    for position, values in enumerate(given, start=1):
        line = _line(invoice, kept, values)
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
        hours = BilledTime.objects.filter(line_item__in=gone)
        _free_hours(hours, by=None)
        InvoiceLineItem.objects.filter(pk__in=[line.pk for line in gone]).delete()
    new = [line for line in lines if line._state.adding]
    InvoiceLineItem.objects.bulk_create(new)
    for line in lines:
        if line not in new:
            line.save()
    invoice.recalculate_totals()


def _line(
    invoice: Invoice, kept: dict[Any, InvoiceLineItem], values: Mapping[str, Any]
) -> InvoiceLineItem:
    known = values.get("id")
    if known is not None and known not in kept:
        raise ValidationError({"line_items": _("A line does not belong to this document.")})
    line = kept.pop(known) if known is not None else InvoiceLineItem(invoice=invoice)
    for name in LINE_FIELDS:
        if name in values:
            setattr(line, name, values[name])
    if values.get("tax_category", "S") != TaxCategory.STANDARD and "tax_rate" not in values:
        line.tax_rate = Decimal("0.00")
    return line


def _named(error: ValidationError, position: int) -> list[ValidationError]:
    """A line's errors, each beginning with the line and the field that it is about."""
    found = []
    for name, items in error.error_dict.items():
        label = (
            str(InvoiceLineItem._meta.get_field(name).verbose_name) + ": "
            if name != "__all__" else ""
        )
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


def _copy_lines(source: Invoice, target: Invoice, *, sign: int) -> None:
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


def _free_hours(billed: "models.QuerySet[Any]", *, by: Actor | None) -> None:
    """Let hours be billed again; on drafts the rows go, else they stay as released."""
    rows = list(billed.filter(released_at=None).select_related("line_item__invoice"))
    if not rows:
        return
    ids: Iterable[Any] = [row.time_entry_id for row in rows]
    BilledTime.objects.filter(pk__in=[row.pk for row in rows]).update(released_at=timezone.now())
    release_invoiced(TimeEntry.objects.filter(pk__in=ids), by=by)
