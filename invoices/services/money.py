"""Payments, their reversal, and what follows for the status."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from employees.models import Employee
from invoices.models import Invoice, Payment
from invoices.querysets import OPEN_STATES, ZERO
from workmate import services
from workmate.errors import Conflict
from workmate.events import emit
from workmate.fields import MoneyField
from workmate.services import Actor
from workmate.templatetags.workmate import format_money
from workmate.verbs import verb

OFFSET = Payment.Method.OFFSET
PAYMENT_INPUT = {
    "amount": MoneyField(
        _("amount"), null=True, blank=True, help_text=_("Left empty: all that is open.")
    ),
    "payment_date": models.DateField(
        _("date of payment"), null=True, blank=True, help_text=_("Left empty: today.")
    ),
    "payment_method": models.CharField(
        _("method"),
        max_length=20,
        choices=[choice for choice in Payment.Method.choices if choice[0] != OFFSET],
        default=Payment.Method.BANK_TRANSFER,
    ),
    "reference": models.CharField(_("reference"), max_length=200, blank=True),
    "notes": models.TextField(_("notes"), blank=True),
}


@verb(
    Invoice,
    "pay",
    permission="add_payment",
    label=_("Record payment"),
    icon="banknote",
    takes=PAYMENT_INPUT,
    when=lambda invoice: invoice.is_open,
    primary=True,
    summary=_("Record a payment"),
    done=_("A payment for %(name)s was recorded."),
)
def pay_invoice(invoice: Invoice, *, by: Actor | None, **data: Any) -> Invoice:
    """Record a payment, by default all that is open; returns the document. As `record_payment`."""
    return record_payment(invoice=invoice, by=by, **data).invoice


@verb(Payment, "create", permission="add_payment", label=_("Record payment"))
@services.acted
def record_payment(
    *,
    invoice: Invoice,
    by: Actor | None,
    amount: Decimal | None = None,
    payment_date: dt.date | None = None,
    **data: Any,
) -> Payment:
    """Record money that came in; the document's status follows.

    Without an amount, all that is open. Refuses 0 and less, more than is open, a day in the
    future, and documents that ask for no money. The document's row is locked meanwhile, so that
    two payments at once never come to more than is open.
    """
    invoice = services.lock(invoice)
    if not invoice.is_open:
        raise Conflict(
            _("Payments are recorded for finalized, unpaid invoices."), code="not_payable"
        )
    amount = invoice.outstanding_amount if amount is None else amount
    if amount > invoice.outstanding_amount:
        left = format_money(invoice.outstanding_amount)
        raise ValidationError({"amount": _("At most %(open)s is open.") % {"open": left}})
    day = payment_date or timezone.localdate()
    if day > timezone.localdate():
        raise ValidationError({"payment_date": _("The date lies in the future.")})
    if data.get("payment_method") == OFFSET:
        raise ValidationError({"payment_method": _("Only a credit note is set off.")})
    return _book(invoice, by=by, amount=amount, payment_date=day, **data)


@verb(
    Payment,
    "reverse",
    permission="reverse_payment",
    label=_("Reverse"),
    icon="undo-2",
    tone="danger",
    takes={"reason": models.CharField(_("reason"), max_length=300)},
    when=lambda payment: not (payment.reverses_id or payment.is_reversed or payment.is_offset),
    creates=True,
    done=_("The payment of %(amount)s for %(number)s was reversed."),
    words=lambda counter: {
        "amount": format_money(-counter.amount),
        "number": counter.invoice,
    },
)
@services.acted
def reverse_payment(payment: Payment, *, by: Actor | None, reason: str) -> Payment:
    """Take a payment back by a second one of the same amount below 0; the status follows.

    Refuses a reversal, what is reversed already, and what a credit note set off.
    """
    if not reason.strip():
        raise ValidationError({"reason": _("Say why.")})
    invoice = services.lock(payment.invoice)
    if payment.reverses_id is not None:
        raise Conflict(_("A reversal is not reversed."), code="reversal")
    if Payment.objects.filter(reverses=payment).exists():
        raise Conflict(_("This payment is reversed already."), code="reversed")
    if payment.is_offset:
        raise Conflict(_("A credit note did this: cancel the credit note."), code="offset")
    return _take_back(payment, invoice, by=by, reason=reason)


def offset_credit(credit: Invoice, corrected: Invoice, *, by: Actor | None) -> None:
    """Set a credit note off against what is open of the invoice that it corrects (D09).

    The caller holds the locks of both. What the invoice no longer owes stays open on the credit
    note, to be paid back.
    """
    open_amount = corrected.outstanding_amount if corrected.is_open else ZERO
    amount = min(open_amount, credit.outstanding_amount)
    if amount <= 0:
        return
    for one, other in ((corrected, credit), (credit, corrected)):
        _book(
            one,
            by=by,
            amount=amount,
            payment_date=timezone.localdate(),
            payment_method=OFFSET,
            reference=str(other.invoice_number),
        )


def take_back_offset(credit: Invoice, *, by: Actor | None, reason: str) -> None:
    """Let the invoice owe again what a credit note, now cancelled, was set off against."""
    if not credit.is_credit or credit.refers_to is None:
        return
    corrected = services.lock(credit.refers_to)
    for one, other in ((corrected, credit), (credit, corrected)):
        standing = one.payments.filter(
            payment_method=OFFSET,
            reference=other.invoice_number,
            reverses=None,
            reversal=None,
        )
        for payment in standing:
            _take_back(payment, one, by=by, reason=reason)


def _book(invoice: Invoice, *, by: Actor | None, amount: Decimal, **data: Any) -> Payment:
    payment = Payment(
        invoice=invoice,
        amount=amount,
        recorded_by=by if isinstance(by, Employee) else None,
        **data,
    )
    payment.full_clean()
    payment.save()
    _follow(invoice, amount)
    emit("created", payment, by=by, about=payment.event_subjects())
    if invoice.status == Invoice.Status.PAID:
        emit("paid", invoice, by=by, about=invoice.event_subjects())
    return payment


def _take_back(payment: Payment, invoice: Invoice, *, by: Actor | None, reason: str) -> Payment:
    counter = Payment(
        invoice=invoice,
        amount=-payment.amount,
        payment_date=timezone.localdate(),
        payment_method=payment.payment_method,
        reference=payment.reference,
        notes=reason,
        reverses=payment,
        recorded_by=by if isinstance(by, Employee) else None,
    )
    counter.full_clean()
    counter.save()
    _follow(invoice, -payment.amount)
    emit("reversed", payment, by=by, about=payment.event_subjects(), reason=reason)
    return counter


def _follow(invoice: Invoice, amount: Decimal) -> None:
    """Bring the paid amount and the status up to date; a cancelled document stays cancelled."""
    paid = invoice.paid_amount = invoice.paid_amount + amount
    cancelled = invoice.status == Invoice.Status.CANCELLED
    invoice.trace(
        paid_amount=paid, status=invoice.status if cancelled else invoice.status_by_money()
    )


def mark_overdue(*, today: dt.date | None = None) -> int:
    """Set every open claim whose due date has passed to overdue; returns how many.

    Rows that somebody is just paying are left for the next night; a second run changes nothing.
    """
    late = Invoice.objects.overdue(today).filter(status__in=set(OPEN_STATES) - {"overdue"})
    count = 0
    with services.acting(None):
        for invoice in late.select_for_update(of=("self",), skip_locked=True, no_key=True):
            invoice.trace(status=Invoice.Status.OVERDUE)
            emit("overdue", invoice, by=None, about=invoice.event_subjects())
            count += 1
    return count
