"""How documents react to events: PDFs and e-mails are made in the background."""

from invoices.models import Invoice, InvoiceMail
from invoices.tasks import deliver_mail, render_pdf
from workmate.events import Event, on


@on(Invoice, "finalized")
def make_pdf(event: Event) -> None:
    """Queue the PDF."""
    render_pdf.delay(str(event.target.pk))


@on(InvoiceMail, "queued")
def send_mail(event: Event) -> None:
    """Queue the e-mail."""
    deliver_mail.delay(str(event.target.pk))
