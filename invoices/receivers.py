"""What follows an event: PDFs and e-mails in the background, a note in the project's chat."""

import logging
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from kombu.exceptions import OperationalError

from chat.services import post_system_message
from invoices.models import Invoice, InvoiceMail
from invoices.tasks import deliver_mail, render_pdf
from workmate.events import Event, on

log = logging.getLogger("workmate.invoices")


@on(Invoice, "finalized")
def make_pdf(event: Event) -> None:
    """Queue the PDF; whoever finalized it sees on their pages that it is there."""
    _queue(render_pdf, event, *([str(event.by.pk)] if event.by is not None else []))


@on(InvoiceMail, "queued")
def send_mail(event: Event) -> None:
    """Queue the e-mail."""
    _queue(deliver_mail, event)


@on(Invoice, "finalized")
def note_finalized(event: Event) -> None:
    """Tell the project's room."""
    _note(event, _("{document} finalized"))


@on(Invoice, "sent")
def note_sent(event: Event) -> None:
    """Tell the project's room."""
    _note(event, _("{document} sent"))


@on(Invoice, "paid")
def note_paid(event: Event) -> None:
    """Tell the project's room."""
    _note(event, _("{document} paid"))


def _note(event: Event, text: Any) -> None:
    """The kind and number of the document, never its amounts: members may read it."""
    invoice: Any = event.target
    if invoice.project_id:
        label = Invoice.DocumentType(invoice.document_type).label
        document = format_lazy("{} {}", label, invoice.invoice_number)
        filled = format_lazy(text, document=document)
        post_system_message(invoice.project, filled, by=event.by)


def _queue(task: Any, event: Event, *more: str) -> None:
    """Hand it to a worker. While the broker is down the sweep of the next minutes does it."""
    try:
        task.delay(str(event.target.pk), *more)
    except OperationalError:
        log.warning("not_queued", exc_info=True, extra={"task": task.name})
