"""Work in the background: PDFs, e-mails, the nightly job."""

import datetime as dt
import logging
from collections.abc import Iterable
from uuid import UUID

from celery import shared_task
from django.utils import timezone
from kombu.exceptions import OperationalError

from invoices import services
from invoices.models import Invoice, InvoiceMail
from workmate.consumers import push
from workmate.schedule import LATER
from workmate.services import Actor

log = logging.getLogger("workmate.invoices")
GRACE = dt.timedelta(minutes=2)
BATCH = 200


@shared_task(name="invoices.render_pdf", autoretry_for=(OSError,), retry_backoff=True)
def render_pdf(invoice_id: str, person_id: str = "") -> None:
    """Make one document's PDF, and let the pages of whoever waits for it look again."""
    services.store_pdf(Invoice.objects.get(pk=invoice_id))
    if person_id:
        push(UUID(person_id), "pdfs")


def queue_pdfs(keys: Iterable[UUID], *, by: Actor) -> None:
    """Hand documents to the workers. While the broker is down the sweep makes them."""
    try:
        for key in keys:
            render_pdf.apply_async([str(key), str(by.pk)], priority=LATER)
    except OperationalError:
        log.warning("not_queued", exc_info=True, extra={"task": render_pdf.name})


@shared_task(name="invoices.render_missing_pdfs")
def render_missing_pdfs() -> int:
    """Make what a crash left out; returns how many."""
    late = Invoice.objects.exclude(status=Invoice.Status.DRAFT).filter(
        pdf=None, finalized_at__lt=timezone.now() - GRACE
    )
    # A task each: one that fails does not hold up the others.
    found = list(late.order_by("finalized_at").values_list("pk", flat=True)[:BATCH])
    for key in found:
        render_pdf.apply_async([str(key)], priority=LATER)
    return len(found)


@shared_task(name="invoices.deliver_mail")
def deliver_mail(mail_id: str) -> None:
    """Send one dispatch."""
    services.deliver_mail(InvoiceMail.objects.get(pk=mail_id))


@shared_task(name="invoices.deliver_waiting")
def deliver_waiting() -> int:
    """Try again what is still waiting; returns how many."""
    waiting = InvoiceMail.objects.filter(
        state=InvoiceMail.State.WAITING, created_at__lt=timezone.now() - GRACE
    )
    found = list(waiting.order_by("created_at").values_list("pk", flat=True)[:BATCH])
    for key in found:
        deliver_mail.apply_async([str(key)], priority=LATER)
    return len(found)


@shared_task(name="invoices.mark_overdue")
def mark_overdue() -> int:
    """The nightly job: overdue invoices and expired quotes; returns how many invoices."""
    services.expire_quotes()
    return services.mark_overdue()
