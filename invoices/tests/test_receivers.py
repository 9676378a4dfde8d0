"""What follows when a document is finalized or a dispatch is queued."""

from typing import Any

import pytest
from django.db import transaction
from kombu.exceptions import OperationalError

from invoices import receivers
from invoices.models import Invoice, InvoiceMail
from invoices.services import finalize_invoice, send_invoice
from invoices.tests.factories import make_finalized, make_invoice


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """The tasks that were handed to the broker, with what they are about."""
    found: list[tuple[str, str]] = []
    for name in ("render_pdf", "deliver_mail"):
        task = getattr(receivers, name)
        monkeypatch.setattr(task, "delay", lambda key, name=name: found.append((name, key)))
    return found


def test_the_pdf_is_queued_once_the_number_is_committed(
    queued: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    draft = make_invoice()
    with django_capture_on_commit_callbacks(execute=True):
        finalize_invoice(draft, by=None)
        assert queued == []
    assert queued == [("render_pdf", str(draft.pk))]


def test_nothing_is_queued_for_what_was_rolled_back(
    queued: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    draft = make_invoice()
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        finalize_invoice(draft, by=None)
        transaction.set_rollback(True)
    assert queued == []


def test_a_dispatch_is_queued_with_its_own_key(
    queued: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    invoice = make_finalized()
    with django_capture_on_commit_callbacks(execute=True):
        send_invoice(invoice, by=None)
    assert queued == [("deliver_mail", str(InvoiceMail.objects.get().pk))]


def test_a_broker_that_is_down_stops_neither_finalizing_nor_sending(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    def down(*args: Any) -> None:
        raise OperationalError("Connection refused")

    monkeypatch.setattr(receivers.render_pdf, "delay", down)
    monkeypatch.setattr(receivers.deliver_mail, "delay", down)
    with django_capture_on_commit_callbacks(execute=True):
        invoice = make_finalized()
        send_invoice(invoice, by=None)
    assert Invoice.objects.get().invoice_number == invoice.invoice_number
    assert InvoiceMail.objects.get().state == InvoiceMail.State.WAITING


def test_finalizing_through_the_api_answers_while_the_broker_is_down(
    clerk: Any,
    api_of: Any,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    def down(*args: Any) -> None:
        raise OperationalError("Connection refused")

    monkeypatch.setattr(receivers.render_pdf, "delay", down)
    draft = make_invoice()
    with django_capture_on_commit_callbacks(execute=True):
        response = api_of(clerk).post(f"/api/invoices/{draft.pk}/finalize")
    assert response.status_code == 200, response.content
