"""What runs in the background: PDFs, e-mails, the nightly job."""

import datetime as dt
import hashlib
import smtplib
from decimal import Decimal
from email.message import EmailMessage
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone
from django.utils.timezone import localdate

from invoices import tasks
from invoices.models import Invoice, InvoiceMail
from invoices.services import (
    cancel_invoice,
    deliver_mail,
    finalize_invoice,
    send_invoice,
    store_pdf,
)
from invoices.tests.factories import make_buyer, make_finalized, make_invoice, make_payment
from reminders.models import Notification, Reminder
from reminders.services import reconcile
from workmate.tests.threads import at_once, failures

LATER = tasks.GRACE + dt.timedelta(minutes=1)


def make_older(model: Any, **fields: dt.datetime) -> None:
    """Let rows seem to be from before the sweep's grace."""
    model._base_manager.update(**fields)


# Valid by its form; but as ASCII, the name of its host is longer than names may be.
NO_HOST = f"info@{'ü' * 60}.example"


def test_an_address_that_no_mail_can_carry_fails_for_good(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("invoices.services.dispatch.store_pdf", lambda invoice: invoice)
    monkeypatch.setattr("invoices.services.dispatch._attach_pdf", lambda *args: None)
    invoice = make_finalized()
    send_invoice(invoice, by=None, to=NO_HOST)
    letter = deliver_mail(InvoiceMail.objects.get())
    assert (letter.state, letter.attempts) == (InvoiceMail.State.FAILED, 1)
    assert letter.error
    assert not mail.outbox
    invoice.refresh_from_db()
    assert invoice.sent_at is None


# --- PDFs ---------------------------------------------------------------------------------------
def test_the_task_makes_the_pdf_once_and_keeps_its_hash() -> None:
    invoice = make_finalized()
    tasks.render_pdf.delay(str(invoice.pk))
    invoice.refresh_from_db()
    content = invoice.pdf.file.read()
    assert content.startswith(b"%PDF-")
    assert invoice.pdf.checksum == hashlib.sha256(content).hexdigest()
    tasks.render_pdf.delay(str(invoice.pk))
    assert Invoice.objects.get().updated_at == invoice.updated_at


def test_the_sweep_makes_what_a_crash_left_out_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_invoice()
    left_out, made = make_finalized(), store_pdf(make_finalized())
    monkeypatch.setattr(tasks, "GRACE", -dt.timedelta(minutes=1))
    asked: list[str] = []
    monkeypatch.setattr(tasks.render_pdf, "apply_async", lambda told, priority: asked.extend(told))
    assert tasks.render_missing_pdfs() == 1
    assert asked == [str(left_out.pk)]
    assert str(made.pk) not in asked


def test_the_sweep_waits_for_the_task_that_was_queued_just_now() -> None:
    make_finalized()
    assert tasks.render_missing_pdfs() == 0


def test_a_pdf_that_was_lost_is_made_anew_with_the_same_bytes() -> None:
    """Also when money came in and the document was cancelled meanwhile."""
    invoice = store_pdf(make_finalized())
    first = invoice.pdf.file.read()
    make_payment(invoice=invoice, amount=Decimal(190))
    cancel_invoice(invoice, by=None, reason="x")
    invoice.pdf.file.storage.delete(invoice.pdf.file.name)
    again = store_pdf(invoice)
    assert again.pdf.file.read() == first
    assert again.pdf.checksum == invoice.pdf.checksum
    with timezone.override("Pacific/Auckland"):
        again.pdf.file.storage.delete(again.pdf.file.name)
        assert store_pdf(invoice).pdf.file.read() == first


# --- E-mails ------------------------------------------------------------------------------------
def pdf_in(message: EmailMessage) -> tuple[str | None, bytes]:
    """The one attachment: its name and its bytes."""
    (part,) = message.iter_attachments()
    assert part.get_content_type() == "application/pdf"
    return part.get_filename(), part.get_content()


def test_the_mail_carries_the_very_bytes_that_are_stored(
    mailbox: list[EmailMessage], clerk: Any
) -> None:
    invoice = make_finalized(customer=make_buyer(invoice_email="rechnung@foerde.example"))
    send_invoice(invoice, by=clerk)
    tasks.deliver_mail.delay(str(InvoiceMail.objects.get().pk))
    (message,) = mailbox
    invoice.refresh_from_db()
    name, content = pdf_in(message)
    assert name == f"{invoice.invoice_number}.pdf"
    assert content == invoice.pdf.file.read()
    assert hashlib.sha256(content).hexdigest() == invoice.pdf.checksum
    assert message["To"] == message["X-Rcpt-To"] == "rechnung@foerde.example"
    assert message["Reply-To"] == "rechnung@firma.example"
    assert str(invoice.invoice_number) in message["Subject"]
    body = message.get_body()
    assert body is not None
    assert "1.190,00" in body.get_content()
    assert (invoice.status, invoice.sent_to) == ("sent", "rechnung@foerde.example")
    letter = InvoiceMail.objects.get()
    assert (letter.state, letter.attempts, letter.sent_by) == ("sent", 1, clerk)


def test_an_english_customer_gets_an_english_mail_and_an_own_message_stands_alone(
    mailbox: list[EmailMessage],
) -> None:
    send_invoice(make_finalized(customer=make_buyer(language="en")), by=None)
    send_invoice(make_finalized(), by=None, message="Moin <Karin> & Co.")
    for letter in InvoiceMail.objects.order_by("created_at"):
        deliver_mail(letter)
    english, own = (message.get_body() for message in mailbox)
    assert english is not None
    assert own is not None
    assert "please find attached" in english.get_content()
    assert "€1,190.00" in english.get_content()
    assert own.get_content().startswith("Moin <Karin> & Co.")


def test_a_resend_carries_the_same_bytes(mailbox: list[EmailMessage]) -> None:
    invoice = make_finalized()
    for _time in range(2):
        send_invoice(invoice, by=None)
        deliver_mail(InvoiceMail.objects.get(state="waiting"))
        make_payment(invoice=invoice, amount=Decimal(1))
    assert pdf_in(mailbox[0]) == pdf_in(mailbox[1])
    assert mailbox[0]["Message-ID"] != mailbox[1]["Message-ID"]


def test_a_failed_mail_waits_and_the_sweep_sends_it_once(
    mailbox: list[EmailMessage], monkeypatch: pytest.MonkeyPatch
) -> None:
    invoice = make_finalized()
    send_invoice(invoice, by=None)
    with monkeypatch.context() as broken:

        def refuse(*args: Any, **kwargs: Any) -> None:
            raise smtplib.SMTPServerDisconnected("Try later")

        broken.setattr("django.core.mail.EmailMessage.send", refuse)
        tasks.deliver_mail.delay(str(InvoiceMail.objects.get().pk))
    letter = InvoiceMail.objects.get()
    assert (letter.state, letter.attempts, letter.error) == ("waiting", 1, "Try later")
    invoice.refresh_from_db()
    assert (invoice.status, invoice.sent_at) == ("finalized", None)
    assert tasks.deliver_waiting() == 0  # within the grace: a worker may be at it
    make_older(InvoiceMail, created_at=timezone.now() - LATER)
    assert tasks.deliver_waiting() == 1
    assert tasks.deliver_waiting() == 0
    letter.refresh_from_db()
    assert (letter.state, letter.attempts, letter.error) == ("sent", 2, "")
    assert len(mailbox) == 1
    tasks.deliver_mail.delay(str(letter.pk))
    assert len(mailbox) == 1


def test_after_a_day_of_failures_a_mail_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    send_invoice(make_finalized(), by=None)
    InvoiceMail.objects.update(attempts=InvoiceMail.MAX_ATTEMPTS - 1)

    def refuse(*args: Any, **kwargs: Any) -> None:
        raise ConnectionRefusedError("nobody there")

    monkeypatch.setattr("django.core.mail.EmailMessage.send", refuse)
    letter = deliver_mail(InvoiceMail.objects.get())
    assert (letter.state, letter.error) == ("failed", "nobody there")


@pytest.mark.django_db(transaction=True)
def test_two_workers_with_one_mail_send_it_once(mailbox: list[EmailMessage]) -> None:
    invoice = store_pdf(make_finalized())
    letter = InvoiceMail.objects.create(invoice=invoice, to="info@foerde.example")
    assert failures(at_once(*[lambda: deliver_mail(letter)] * 3)) == []
    assert len(mailbox) == 1
    assert InvoiceMail.objects.get().attempts == 1


@pytest.mark.django_db(transaction=True)
def test_two_clicks_on_send_queue_one_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("invoices.receivers.deliver_mail.delay", lambda key: None)
    monkeypatch.setattr("invoices.receivers.render_pdf.delay", lambda key: None)
    invoice = make_finalized()
    results = at_once(*[lambda: send_invoice(invoice, by=None)] * 2)
    assert len(failures(results)) == 1
    assert InvoiceMail.objects.count() == 1


# --- The nightly job ----------------------------------------------------------------------------
def test_the_nightly_job_changes_nothing_when_it_runs_twice() -> None:
    today = localdate()
    past = {"issued_date": today - dt.timedelta(30), "due_date": today - dt.timedelta(1)}
    late = make_finalized(document_type="deposit", **past)
    quote = make_finalized(document_type="quote", valid_until=today)
    in_time = make_finalized()
    assert tasks.mark_overdue() == 1
    late.refresh_from_db()
    before = list(Invoice.objects.order_by("pk").values())
    assert late.status == "overdue"
    assert tasks.mark_overdue() == 0
    assert list(Invoice.objects.order_by("pk").values()) == before
    assert {Invoice.objects.get(pk=one.pk).status for one in (quote, in_time)} == {"finalized"}


def test_whoever_sent_it_is_told_that_it_failed(
    admin: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("invoices.services.dispatch.store_pdf", lambda invoice: invoice)
    monkeypatch.setattr("invoices.services.dispatch._attach_pdf", lambda *args: None)
    invoice = make_finalized()
    send_invoice(invoice, by=admin, to=NO_HOST)
    deliver_mail(InvoiceMail.objects.get())
    note = Notification.objects.get(recipient=admin, kind="invoice_not_sent")
    assert invoice.invoice_number in note.title
    assert note.url == invoice.get_absolute_url()


def test_an_overdue_invoice_is_a_reminder_until_it_is_cancelled(
    admin: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    invoice = finalize_invoice(make_invoice(), by=admin)
    reconcile()
    assert not Reminder.objects.exists()
    day_after = invoice.due_date + dt.timedelta(days=1)
    monkeypatch.setattr(timezone, "localdate", lambda *args, **kwargs: day_after)
    reconcile()
    reminder = Reminder.objects.get(rule="invoice_overdue")
    assert (reminder.owner, reminder.linked_entity_id) == (admin, invoice.pk)
    assert (reminder.due_date, reminder.linked_entity_type) == (invoice.due_date, "Invoice")
    cancel_invoice(invoice, by=admin, reason="Wrong customer")
    reconcile()
    reminder.refresh_from_db()
    assert reminder.is_done


def test_a_quote_that_expires_is_a_reminder_three_days_before(admin: Any) -> None:
    until = localdate() + dt.timedelta(days=10)
    quote = make_invoice(document_type="quote", valid_until=until)
    finalize_invoice(quote, by=admin)
    reconcile()
    reminder = Reminder.objects.get(rule="quote_expiring")
    assert reminder.due_date == until - dt.timedelta(days=3)
