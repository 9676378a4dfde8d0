"""A draft's life: made, changed, copied, deleted."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from invoices.models import Invoice
from invoices.querysets import frozen
from invoices.services.lines import (
    copy_lines,
    free_billed,
    is_billing,
    same_lines,
    write_lines,
)
from workmate import services
from workmate.errors import Conflict
from workmate.events import emit
from workmate.services import Actor
from workmate.verbs import verb

SUPPLY = ("service_date", "service_start", "service_end")
COPIED = (
    "customer",
    "project",
    "title",
    "introduction",
    "buyer_reference",
    "language",
    "exemption_reason",
    "terms",
)
# With hours or expenses on its lines, a draft stays what it is and with whom it is.
BOUND = ("customer", "project", "document_type")


@verb(Invoice, "create", permission="add_invoice", label=_("Create"))
@services.acted
def create_invoice(
    *, by: Actor | None, line_items: Sequence[Mapping[str, Any]] = (), **data: Any
) -> Invoice:
    """Make a draft with its lines; language and reference are the customer's unless given.

    Refuses a cancellation: that comes about by cancelling.
    """
    _refuse_cancellation(data)
    invoice = Invoice(**data)
    customer = invoice.customer if invoice.customer_id else None
    if customer is not None:
        for name in ("language", "buyer_reference"):
            if name not in data:
                setattr(invoice, name, getattr(customer, name))
    invoice.full_clean()
    invoice.save()
    write_lines(invoice, line_items, by=by)
    emit("created", invoice, by=by, about=invoice.event_subjects())
    return invoice


@verb(Invoice, "change", permission="change_invoice", label=_("Save"))
@services.acted
def change_invoice(
    invoice: Invoice,
    *,
    by: Actor | None,
    line_items: Sequence[Mapping[str, Any]] | None = None,
    **data: Any,
) -> Invoice:
    """Change a draft; of a finalized document only the internal notes. Raises Conflict.

    `line_items` replaces the lines: those with an `id` are changed, those left out are removed,
    and the hours and expenses on removed lines can be billed again. While any are on its lines, a
    draft stays with its customer and project.
    """
    invoice = services.lock(invoice)
    if invoice.is_frozen:
        return _change_notes(invoice, line_items, data, by=by)
    _refuse_cancellation(data)
    moved = [name for name in BOUND if name in data and getattr(invoice, name) != data[name]]
    for name, value in data.items():
        setattr(invoice, name, value)
    invoice.full_clean()
    invoice.save()
    if line_items is not None:
        write_lines(invoice, line_items, by=by)
    if moved and is_billing(invoice):
        message = _("Hours or expenses of the project stand on this document: remove their lines.")
        raise ValidationError(dict.fromkeys(moved, message))
    emit("changed", invoice, by=by, about=invoice.event_subjects())
    return invoice


@verb(Invoice, "delete", permission="delete_invoice", label=_("Delete"))
@services.acted
def delete_invoice(invoice: Invoice, *, by: Actor | None) -> None:
    """Delete a draft; its hours and expenses can be billed again. Refuses finalized documents."""
    invoice = services.lock(invoice)
    if invoice.is_frozen:
        raise frozen()
    free_billed(invoice.line_items.all(), by=by)
    emit("deleted", invoice, by=by, about=invoice.event_subjects())
    invoice.delete()


@verb(
    Invoice,
    "duplicate",
    permission="add_invoice",
    label=_("Copy as draft"),
    icon="copy",
    bulk=False,
    creates=True,
)
@services.acted
def duplicate_invoice(invoice: Invoice, *, by: Actor | None) -> Invoice:
    """A new draft with the same customer, texts and lines.

    Neither hours, nor expenses, nor the date of supply go along: they are another supply's.
    """
    kind = invoice.document_type
    if kind == Invoice.DocumentType.CANCELLATION:
        kind = Invoice.DocumentType.INVOICE
    return draft_from(invoice, by=by, document_type=kind)


def draft_from(source: Invoice, *, by: Actor | None, **data: Any) -> Invoice:
    """A draft with the lines, customer and texts of another document, and `data` on top."""
    copied = {name: getattr(source, name) for name in COPIED}
    draft = Invoice(**copied | data)
    draft.full_clean()
    draft.save()
    sign = -1 if source.document_type == Invoice.DocumentType.CANCELLATION else 1
    copy_lines(source, draft, sign=sign)
    draft.recalculate_totals()
    emit("created", draft, by=by, about=draft.event_subjects())
    return draft


def supply_of(invoice: Invoice) -> dict[str, Any]:
    """The day or period of supply, for a document over the very same supply."""
    return {name: getattr(invoice, name) for name in SUPPLY}


def _change_notes(
    invoice: Invoice,
    line_items: Sequence[Mapping[str, Any]] | None,
    data: Mapping[str, Any],
    *,
    by: Actor | None,
) -> Invoice:
    """What is sent back as it was read is no change."""
    others = [name for name in data if name != "notes"]
    if any(getattr(invoice, name) != data[name] for name in others):
        raise frozen()
    if line_items is not None and not same_lines(invoice, line_items):
        raise frozen()
    if data.get("notes", invoice.notes) != invoice.notes:
        invoice.trace(notes=data["notes"])
        emit("changed", invoice, by=by, about=invoice.event_subjects())
    return invoice


def _refuse_cancellation(data: Mapping[str, Any]) -> None:
    if data.get("document_type") == Invoice.DocumentType.CANCELLATION:
        raise ValidationError(
            {"document_type": _("A cancellation is made by cancelling the document.")}
        )


def refuse_draft(invoice: Invoice) -> None:
    """Raise Conflict for a document that is not finalized."""
    if invoice.is_draft:
        raise Conflict(_("This is a draft: finalize it first."), code="draft")
