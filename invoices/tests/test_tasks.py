"""What runs in the background: e-mails that can never arrive."""

import pytest
from django.core import mail

from invoices.models import InvoiceMail
from invoices.services import deliver_mail, send_invoice
from invoices.tests.factories import make_finalized

# Valid by its form; but as ASCII, the name of its host is longer than names may be.
NO_HOST = f"info@{'ü' * 60}.example"


def test_an_address_that_no_mail_can_carry_fails_for_good(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("invoices.services.dispatch.store_pdf", lambda invoice: invoice)
    monkeypatch.setattr("invoices.services.dispatch.EmailMessage.attach", lambda *args: None)
    invoice = make_finalized()
    send_invoice(invoice, by=None, to=NO_HOST)
    letter = deliver_mail(InvoiceMail.objects.get())
    assert (letter.state, letter.attempts) == (InvoiceMail.State.FAILED, 1)
    assert letter.error
    assert not mail.outbox
    invoice.refresh_from_db()
    assert invoice.sent_at is None
