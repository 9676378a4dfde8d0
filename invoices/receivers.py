"""How documents react to events: PDFs and e-mails are made in the background."""

import logging
from typing import Any

from kombu.exceptions import OperationalError

from invoices.models import Invoice, InvoiceMail
from invoices.tasks import deliver_mail, render_pdf
from workmate.events import Event, on

log = logging.getLogger("workmate.invoices")


@on(Invoice, "finalized")
def make_pdf(event: Event) -> None:
    """Queue the PDF."""
    _queue(render_pdf, event)


@on(InvoiceMail, "queued")
def send_mail(event: Event) -> None:
    """Queue the e-mail."""
    _queue(deliver_mail, event)


def _queue(task: Any, event: Event) -> None:
    """Hand it to a worker. While the broker is down the sweep of the next minutes does it."""
    try:
        task.delay(str(event.target.pk))
    except OperationalError:
        log.warning("not_queued", exc_info=True, extra={"task": task.name})
