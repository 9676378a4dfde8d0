"""What becomes of a quote: accepted, declined, expired, converted."""

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from invoices.models import Invoice
from invoices.services.documents import draft_from, supply_of
from workmate import services
from workmate.errors import Conflict
from workmate.events import emit
from workmate.services import Actor
from workmate.verbs import verb

UNDECIDED = ("finalized", "sent", "expired")


def is_undecided(invoice: Invoice) -> bool:
    """Whether it is a quote on which the customer has not decided."""
    return invoice.is_quote and invoice.status in UNDECIDED


@verb(
    Invoice,
    "accept",
    permission="convert_invoice",
    label=_("Accepted"),
    icon="thumbs-up",
    when=is_undecided,
    done=_("%(name)s was accepted."),
    done_many=_("%(n)s quotes were accepted."),
)
def accept_quote(invoice: Invoice, *, by: Actor | None) -> Invoice:
    """The customer accepted. Refuses anything but a finalized quote without a decision."""
    return _decide(invoice, Invoice.Status.ACCEPTED, by=by)


@verb(
    Invoice,
    "decline",
    permission="convert_invoice",
    label=_("Declined"),
    icon="thumbs-down",
    when=is_undecided,
    done=_("%(name)s was declined."),
    done_many=_("%(n)s quotes were declined."),
)
def decline_quote(invoice: Invoice, *, by: Actor | None) -> Invoice:
    """The customer declined. Refuses anything but a finalized quote without a decision."""
    return _decide(invoice, Invoice.Status.DECLINED, by=by)


@verb(
    Invoice,
    "convert",
    permission="convert_invoice",
    label=_("Make an invoice of it"),
    icon="file-output",
    when=lambda invoice: (
        invoice.is_quote and invoice.status in (*UNDECIDED, Invoice.Status.ACCEPTED)
    ),
    bulk=False,
    creates=True,
    primary=True,
    done=_("A draft invoice was made of %(original)s."),
    words=lambda invoice: {"original": invoice.refers_to},
)
@services.acted
def convert_quote(invoice: Invoice, *, by: Actor | None) -> Invoice:
    """A draft invoice with the quote's lines that refers to it; the quote is accepted by that.

    Refuses drafts and declined quotes, and a second conversion while the first invoice stands.
    """
    quote = services.lock(invoice)
    if not quote.is_quote or quote.status not in (*UNDECIDED, Invoice.Status.ACCEPTED):
        raise Conflict(_("Only a finalized quote can be converted."), code="not_convertible")
    if quote.followers.exclude(status=Invoice.Status.CANCELLED).exists():
        raise Conflict(_("An invoice was made of this quote already."), code="converted")
    draft = draft_from(
        quote,
        by=by,
        document_type=Invoice.DocumentType.INVOICE,
        refers_to=quote,
        **supply_of(quote),
    )
    if quote.status != Invoice.Status.ACCEPTED:
        _decide(quote, Invoice.Status.ACCEPTED, by=by)
    emit("converted", quote, by=by, about=quote.event_subjects())
    return draft


@services.acted
def _decide(invoice: Invoice, status: Invoice.Status, *, by: Actor | None) -> Invoice:
    quote = services.lock(invoice)
    if not is_undecided(quote):
        raise Conflict(
            _("Only a finalized quote without a decision can be decided on."), code="decided"
        )
    quote.trace(status=status)
    emit(str(status), quote, by=by, about=quote.event_subjects())
    return quote


def expire_quotes(*, today: dt.date | None = None) -> int:
    """Set undecided quotes whose validity has passed to expired; returns how many."""
    day = today or timezone.localdate()
    late = Invoice.objects.quotes().filter(status__in=["finalized", "sent"], valid_until__lt=day)
    count = 0
    with services.acting(None):
        for quote in late.select_for_update(of=("self",), skip_locked=True, no_key=True):
            quote.trace(status=Invoice.Status.EXPIRED)
            emit("expired", quote, by=None, about=quote.event_subjects())
            count += 1
    return count
