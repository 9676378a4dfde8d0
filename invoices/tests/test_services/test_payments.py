"""Payments."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils.timezone import localdate

from invoices.models import Invoice, Payment
from invoices.services import (
    accept_quote,
    cancel_invoice,
    mark_overdue,
    mark_sent,
    record_payment,
    reverse_payment,
)
from invoices.services.money import pay_invoice
from invoices.tests.factories import (
    make_finalized,
    make_invoice,
    make_payment,
)
from invoices.tests.test_services import refused
from workmate.errors import Conflict


def test_the_status_follows_the_payments(clerk, events):
    invoice = make_finalized()
    first = record_payment(invoice=invoice, by=clerk, amount=Decimal(190), reference="E-1")
    assert first.invoice.status == "partial"
    assert first.recorded_by == clerk
    second = record_payment(invoice=invoice, by=clerk)
    assert second.amount == Decimal(1000)
    assert second.invoice.status == "paid"
    assert ("Invoice", "paid") in events
    with pytest.raises(Conflict, match="unpaid"):
        record_payment(invoice=invoice, by=clerk, amount=Decimal(1))


def test_it_refuses_more_than_is_open_nothing_and_less():
    invoice = make_finalized()
    assert "€1,190.00" in refused(
        "amount", record_payment, invoice=invoice, by=None, amount=Decimal("1190.01")
    )
    for amount in [Decimal(0), Decimal(-5)]:
        with pytest.raises(ValidationError, match="above 0"):
            record_payment(invoice=invoice, by=None, amount=amount)
    with pytest.raises(ValidationError):
        record_payment(invoice=invoice, by=None, amount=Decimal("0.001"))
    invoice.refresh_from_db()
    assert (invoice.paid_amount, invoice.payments.count()) == (0, 0)


def test_it_refuses_a_payment_in_the_future():
    assert refused(
        "payment_date", record_payment,
        invoice=make_finalized(), by=None, payment_date=localdate() + dt.timedelta(1),
    )  # fmt: skip


@pytest.mark.parametrize("kind", ["draft", "quote", "cancellation"])
def test_it_refuses_payments_for_what_asks_for_no_money(kind):
    if kind == "draft":
        invoice = make_invoice()
    elif kind == "quote":
        invoice = make_finalized(document_type="quote")
    else:
        invoice = cancel_invoice(make_finalized(), by=None, reason="x")
    with pytest.raises(Conflict):
        record_payment(invoice=invoice, by=None, amount=Decimal(1))


def test_paying_from_the_document_gives_the_document_back():
    invoice = pay_invoice(make_finalized(), by=None, payment_method="cash")
    assert invoice.status == "paid"
    assert invoice.payments.get().payment_method == "cash"


def test_a_reversal_takes_the_payment_back_and_the_status_with_it():
    payment = make_payment()
    counter = reverse_payment(payment, by=None, reason="returned debit")
    invoice = Invoice.objects.get(pk=payment.invoice_id)
    assert counter.amount == -payment.amount
    assert counter.reverses == payment
    assert (invoice.status, invoice.paid_amount) == ("finalized", 0)
    assert Payment.objects.get(pk=payment.pk).is_reversed
    with pytest.raises(Conflict, match="already"):
        reverse_payment(payment, by=None, reason="again")
    with pytest.raises(Conflict, match="reversal"):
        reverse_payment(counter, by=None, reason="again")


def test_after_a_reversal_an_invoice_is_sent_or_overdue_again():
    sent = mark_sent(make_finalized(), by=None)
    reverse_payment(make_payment(invoice=sent), by=None, reason="x")
    sent.refresh_from_db()
    assert sent.status == "sent"
    late = make_late()
    payment = make_payment(invoice=late, amount=Decimal(5))
    assert payment.invoice.status == "overdue"
    assert make_payment(invoice=late).invoice.status == "paid"


def make_late(days: int = 1) -> Invoice:
    """An open invoice whose due date has passed."""
    return make_finalized(
        issued_date=localdate() - dt.timedelta(30), due_date=localdate() - dt.timedelta(days),
        document_type="deposit",
    )  # fmt: skip


def test_the_nightly_job_marks_what_is_overdue_and_does_nothing_twice(events):
    late, paid, in_time = make_late(), make_late(), make_finalized()
    make_payment(invoice=paid)
    events.clear()
    assert mark_overdue() == 1
    assert mark_overdue() == 0
    assert events == [("Invoice", "overdue")]
    found = {Invoice.objects.get(pk=one.pk).status for one in (paid, in_time)}
    assert found == {"paid", "finalized"}
    late.refresh_from_db()
    assert late.status == "overdue"


def test_on_the_due_date_nothing_is_overdue_yet():
    make_finalized(due_date=localdate())
    assert mark_overdue() == 0
    assert mark_overdue(today=localdate() + dt.timedelta(1)) == 1


def test_credit_notes_and_drafts_are_never_overdue():
    day = localdate() - dt.timedelta(9)
    make_finalized(document_type="credit_note", issued_date=day, due_date=day)
    make_invoice(issued_date=day, due_date=day)
    assert mark_overdue() == 0


def test_marking_as_sent_happens_once():
    invoice = mark_sent(make_finalized(), by=None)
    assert invoice.status == "sent"
    assert invoice.sent_at is not None
    with pytest.raises(Conflict):
        mark_sent(invoice, by=None)
    with pytest.raises(Conflict):
        mark_sent(make_invoice(), by=None)
    part = make_payment(amount=Decimal(5)).invoice
    assert mark_sent(part, by=None).status == "partial"
    paid = make_payment().invoice
    assert mark_sent(paid, by=None).status == "paid"
    quote = mark_sent(make_finalized(document_type="quote"), by=None)
    assert quote.status == "sent"
    assert accept_quote(quote, by=None).status == "accepted"
