"""From draft to document: finalized under a number, corrected by a second document."""

import datetime as dt
from collections import defaultdict
from decimal import Decimal
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Max
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from employees.models import Employee
from invoices.models import Invoice, InvoiceLineItem
from invoices.models.amounts import sums_of
from invoices.querysets import ZERO
from invoices.services.documents import COPIED, draft_from, supply_of
from invoices.services.lines import copy_lines, free_billed
from invoices.services.money import offset_credit, take_back_offset
from invoices.services.parties import buyer_of, missing_for, seller_of
from system.models import Company
from workmate import services
from workmate.errors import Conflict
from workmate.events import emit
from workmate.models import NumberSequence, draw_number
from workmate.services import Actor
from workmate.templatetags.workmate import format_money
from workmate.verbs import verb

# An older date is a slip of the pen, and would begin a count of its own.
FIRST_DAY = dt.date(2000, 1, 1)
Missing = dict[str, list[Any]]


@verb(
    Invoice,
    "finalize",
    permission="finalize_invoice",
    label=_("Finalize"),
    icon="lock",
    when=lambda invoice: invoice.is_draft,
    primary=True,
    confirm=_("The document gets its number and can no longer be changed."),
    done=_("%(number)s over %(amount)s is finalized."),
    done_many=_("%(name)s were finalized."),
    words=lambda invoice: {
        "number": invoice.invoice_number,
        "amount": format_money(invoice.total),
    },
)
@services.acted
def finalize_invoice(invoice: Invoice, *, by: Actor | None) -> Invoice:
    """Freeze a draft: set its dates, draw its number, keep both parties and the VAT as they are.

    Refuses what is no draft, has no lines, or lacks what §14(4) UStG demands; the error names
    each missing thing at its field. The number is drawn last, so that its row is locked most
    briefly; it is unique and gapless because it is drawn in this very transaction. A credit note
    is set off against what is open of the invoice that it corrects.
    """
    invoice = services.lock(invoice)
    if not invoice.is_draft:
        raise Conflict(_("Only a draft can be finalized."), code="not_a_draft")
    corrected = _corrected_by(invoice)
    missing = complete_draft(invoice, list(invoice.line_items.all()))
    if corrected is not None:
        _refuse_wrong_credit(invoice, corrected, missing)
    if missing:
        raise ValidationError(cast(dict[str, Any], missing))
    invoice = _freeze(invoice, by=by)
    if corrected is not None:
        offset_credit(invoice, corrected, by=by)
    return invoice


@verb(
    Invoice,
    "cancel",
    permission="cancel_invoice",
    label=pgettext_lazy("document", "Cancel"),
    icon="undo-2",
    tone="danger",
    takes={"reason": models.CharField(_("reason"), max_length=300)},
    confirm=_(
        "A cancellation with a number of its own is issued. Hours and expenses that were billed"
        " can be billed again."
    ),
    when=lambda invoice: (
        invoice.is_claim and invoice.is_frozen and invoice.status != Invoice.Status.CANCELLED
    ),
    creates=True,
    done=_("%(original)s over %(amount)s is cancelled by %(number)s."),
    words=lambda mirror: {
        "original": mirror.refers_to,
        "amount": format_money(-mirror.total),
        "number": mirror.invoice_number,
    },
)
@services.acted
def cancel_invoice(invoice: Invoice, *, by: Actor | None, reason: str) -> Invoice:
    """Cancel a finalized document by a second one that mirrors it with negative amounts.

    Returns the cancellation, which has a number of its own and refers to the first (BT-25). The
    hours and expenses on it can be billed again; payments stay, to be paid back or taken back.
    Refuses drafts (they are deleted), quotes, cancellations, what is cancelled already, and an
    invoice that a credit note corrects: that one is to be cancelled first.
    """
    if not reason.strip():
        raise ValidationError({"reason": _("Say why.")})
    original = services.lock(invoice)
    if not original.is_claim or original.is_draft:
        raise Conflict(_("Only a finalized invoice can be cancelled."), code="not_cancellable")
    if original.status == Invoice.Status.CANCELLED:
        raise Conflict(_("This document is cancelled already."), code="cancelled")
    if credit := original.followers.credits().first():
        message = _("%(number)s corrects this document: cancel that first.")
        raise Conflict(message, code="credited", params={"number": credit.invoice_number})
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
        **supply_of(original),
    )
    mirror.issued_date = mirror.due_date = legal_today()
    mirror.save()
    copy_lines(original, mirror, sign=-1)
    mirror = _freeze(mirror, by=by)
    take_back_offset(original, by=by, reason=reason)
    original.trace(status=Invoice.Status.CANCELLED)
    free_billed(original.line_items.all(), by=by)
    emit(
        "cancelled",
        original,
        by=by,
        about=original.event_subjects(),
        reason=reason,
        number=mirror.invoice_number,
    )
    return mirror


@verb(
    Invoice,
    "credit",
    permission="add_invoice",
    label=_("Credit note"),
    icon="file-minus",
    when=lambda invoice: invoice.is_creditable,
    bulk=False,
    creates=True,
    done=_("A draft credit note for %(original)s was made."),
    words=lambda credit: {"original": credit.refers_to},
    summary=_("Make a draft credit note that corrects an invoice"),
)
@services.acted
def credit_invoice(invoice: Invoice, *, by: Actor | None) -> Invoice:
    """A draft credit note with the invoice's lines that refers to it (§31(5) UStDV).

    What stays on it is taken off the invoice once it is finalized. Refuses drafts, cancelled
    documents, and whatever is neither invoice nor deposit invoice.
    """
    original = services.lock(invoice)
    if not original.is_creditable:
        raise Conflict(_("Only a finalized invoice can be corrected."), code="not_creditable")
    return draft_from(
        original,
        by=by,
        document_type=Invoice.DocumentType.CREDIT_NOTE,
        refers_to=original,
        terms="",
        **supply_of(original),
    )


def complete_draft(invoice: Invoice, lines: list[InvoiceLineItem]) -> Missing:
    """Give a draft what it will say once it is final, but its number: sums, dates, both parties.

    Writes nothing, so that it also serves the preview of a document that was never saved. Returns
    what still lacks, by field; {} when it may be finalized.
    """
    company = Company.current()
    invoice.take_sums(sums_of(lines))
    missing: Missing = defaultdict(list)
    if invoice.customer_id is None:
        missing["customer"].append(_("Whom is it for?"))
        invoice.issued_date = invoice.issued_date or legal_today()
    else:
        _set_dates(invoice, company, missing)
        for field, found in missing_for(invoice, lines, company).items():
            missing[field] += found
        invoice.buyer = buyer_of(invoice)
    invoice.seller = seller_of(company, invoice.supply_day)
    if not invoice.terms and invoice.is_claim:
        invoice.terms = company.default_terms
    return missing


def _freeze(invoice: Invoice, *, by: Actor | None) -> Invoice:
    """Draw the number and store the document as finalized."""
    kind = invoice.document_type
    invoice.invoice_number = _next_number(invoice)
    # Once more, now that the series' lock keeps others from being dated later meanwhile.
    if message := _backdated(invoice):
        raise ValidationError({"issued_date": message})
    invoice.status = Invoice.Status.FINALIZED
    if invoice.is_claim and invoice.total == 0:
        invoice.status = Invoice.Status.PAID  # nothing is open
    invoice.finalized_at = timezone.now()
    invoice.finalized_by = by if isinstance(by, Employee) else None
    if kind == Invoice.DocumentType.CANCELLATION:
        # It says what its document said, whatever has become of the project since.
        invoice.clean_fields()
    else:
        invoice.full_clean()
    invoice.save()
    emit(
        "finalized",
        invoice,
        by=by,
        about=invoice.event_subjects(),
        number=invoice.invoice_number,
    )
    return invoice


def _next_number(invoice: Invoice) -> str:
    """The next number of its series.

    What an earlier pattern gave is passed over: else the series would stand still for good.
    """
    kind = invoice.document_type
    while True:
        number = draw_number(
            series_of(kind), pattern=Invoice.NUMBER_PATTERNS[kind], on=invoice.issued_date
        )
        if not Invoice.objects.filter(invoice_number=number).exists():
            return number


def series_of(kind: str) -> str:
    """The key of a kind's number series."""
    return f"invoices.{kind}"


def _backdated(invoice: Invoice) -> Any:
    """What is wrong with a date before the last number's, in its series and count (B12)."""
    kind, day = invoice.document_type, cast(dt.date, invoice.issued_date)
    patterns = NumberSequence.objects.filter(key=series_of(kind)).values_list("pattern", flat=True)
    pattern = patterns.first() or Invoice.NUMBER_PATTERNS[kind]
    rows = Invoice.objects.filter(document_type=kind).exclude(status=Invoice.Status.DRAFT)
    if "{year" in pattern:  # a new year starts a new count
        rows = rows.filter(issued_date__year=day.year)
    newest: dt.date | None = rows.aggregate(day=Max("issued_date"))["day"]
    if newest is None or day >= newest:
        return None
    message = _("The last number of this series is dated %(day)s: not before that day.")
    return message % {"day": date_format(newest, "SHORT_DATE_FORMAT")}


def legal_today() -> dt.date:
    """Today where the company is, wherever the person sits who finalizes."""
    return timezone.localdate(timezone=timezone.get_default_timezone())


def _set_dates(invoice: Invoice, company: Company, missing: Missing) -> None:
    today = legal_today()
    day = invoice.issued_date = invoice.issued_date or today
    if day > today:
        missing["issued_date"].append(_("The date lies in the future."))
        return
    if day < FIRST_DAY:
        missing["issued_date"].append(_("The date lies too far back."))
        return
    if message := _backdated(invoice):
        missing["issued_date"].append(message)
    if invoice.is_quote:
        days = company.quote_valid_days
        invoice.valid_until = invoice.valid_until or day + dt.timedelta(days)
        if invoice.valid_until < day:
            missing["valid_until"].append(_("The quote would be invalid before it is written."))
        return
    if invoice.due_date is None:
        own = invoice.customer.payment_days
        days = company.default_payment_days if own is None else own
        invoice.due_date = day + dt.timedelta(days)
    if invoice.due_date < day:
        missing["due_date"].append(_("The due date lies before the date of the document."))


def _corrected_by(invoice: Invoice) -> Invoice | None:
    """The invoice that a credit note corrects, locked; None where it corrects no single one."""
    if not invoice.is_credit or invoice.refers_to is None:
        return None
    return services.lock(invoice.refers_to)


def _refuse_wrong_credit(credit: Invoice, corrected: Invoice, missing: Missing) -> None:
    if not corrected.is_creditable:
        raise Conflict(_("The document that this one corrects is cancelled."), code="cancelled")
    if credit.customer_id != corrected.customer_id:
        missing["customer"].append(_("The invoice that this one corrects is another customer's."))
    before = corrected.followers.credits().aggregate(sum=models.Sum("total", default=ZERO))["sum"]
    if credit.total > corrected.total - before:
        missing["line_items"].append(
            _("Of the invoice, at most %(rest)s can be taken back.")
            % {"rest": format_money(corrected.total - before)}
        )
