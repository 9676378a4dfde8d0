"""The PDF, and the e-mail that carries it."""

import logging
from typing import cast

from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.mail import EmailMessage
from django.db import models, transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from documents.models import Document
from documents.services import bind_pdf, remake_file
from employees.models import Employee
from invoices.models import Invoice, InvoiceMail
from invoices.pdf import render_pdf, title_of
from invoices.querysets import OPEN_STATES
from invoices.services.documents import refuse_draft
from reminders.services import notify, world_of
from workmate import services
from workmate.consumers import push
from workmate.errors import Conflict
from workmate.events import emit
from workmate.services import Actor
from workmate.verbs import verb

log = logging.getLogger("workmate.invoices")


def store_pdf(invoice: Invoice) -> Invoice:
    """Make a finalized document's PDF and keep it as a document of `documents`, once.

    A second call changes no byte; a file that was lost is made anew. Refuses drafts.
    """
    with transaction.atomic():
        # Two workers at once: the second waits here, and finds what the first has made.
        invoice = services.lock(invoice)
        refuse_draft(invoice)
        if invoice.pdf_id is None:
            invoice.pdf = _bound_pdf(invoice)
            invoice.trace(pdf_id=invoice.pdf.pk)
            return invoice
        # Without its words, which only the search reads.
        invoice.pdf = Document.objects.defer("text").get(pk=invoice.pdf_id)
        if not default_storage.exists(str(invoice.pdf.file.name)) and not remake_file(
            invoice.pdf, render_pdf(invoice)
        ):
            # The app has learned to draw otherwise since.
            log.warning("pdf_made_anew_differs", extra={"invoice": str(invoice.pk)})
    return invoice


def _bound_pdf(invoice: Invoice) -> Document:
    with override(invoice.language):
        title = f"{title_of(invoice)} {invoice.invoice_number} · {invoice.buyer.get('name', '')}"
        category = title_of(invoice)
    return bind_pdf(
        render_pdf(invoice),
        to=invoice,
        name=invoice.pdf_name,
        title=title.removesuffix(" · ")[:200],
        category=category,
        # An invoice is a voucher, a quote a letter (§147(3) AO).
        retention_class=Document.Retention.SIX if invoice.is_quote else Document.Retention.EIGHT,
        since=invoice.kept_since,
    )


@verb(
    Invoice,
    "send",
    permission="send_invoice",
    label=_("Send"),
    icon="send",
    takes={
        "to": models.EmailField(
            _("recipient"),
            blank=True,
            help_text=_("Left empty: the customer's address for invoices."),
        ),
        "message": models.TextField(
            _("message"), blank=True, max_length=5000, help_text=_("Left empty: a short letter.")
        ),
    },
    when=lambda invoice: invoice.is_frozen,
    primary=lambda invoice: is_unsent(invoice),
    done=_("%(number)s is on its way to %(address)s."),
    words=lambda invoice: {
        "number": invoice.invoice_number,
        "address": invoice.mails.latest("created_at").to,
    },
)
@services.acted
def send_invoice(invoice: Invoice, *, by: Actor | None, to: str = "", message: str = "") -> Invoice:
    """Queue the e-mail with the PDF; status `sent` follows when the mail server took it.

    Refuses drafts, when no address is known, and while it is still on its way to that address.
    What was sent to whom is kept (C11).
    """
    invoice = services.lock(invoice)
    refuse_draft(invoice)
    address = to or default_address(invoice)
    if not address:
        raise ValidationError({"to": _("No e-mail address is known for this customer.")})
    if invoice.mails.filter(to=address, state=InvoiceMail.State.WAITING).exists():
        raise Conflict(
            _("It is on its way to %(address)s already."),
            code="waiting",
            params={"address": address},
        )
    mail = InvoiceMail(
        invoice=invoice,
        to=address,
        message=message,
        sent_by=by if isinstance(by, Employee) else None,
    )
    mail.full_clean()
    mail.save()
    emit("queued", mail, by=by, about=[invoice])
    return invoice


@verb(
    Invoice,
    "mark_sent",
    permission="send_invoice",
    label=_("Mark as sent"),
    icon="mail-check",
    when=lambda invoice: (
        invoice.is_frozen and invoice.sent_at is None and invoice.status != Invoice.Status.CANCELLED
    ),
    done=_("%(name)s counts as sent."),
    done_many=_("%(name)s count as sent."),
)
@services.acted
def mark_sent(invoice: Invoice, *, by: Actor | None) -> Invoice:
    """It left by post or portal. Refuses drafts and what is sent already."""
    invoice = services.lock(invoice)
    if invoice.is_draft or invoice.sent_at is not None:
        raise Conflict(_("Only a finalized document that was not sent yet."), code="not_sendable")
    return _note_sent(invoice, to="", by=by)


def is_unsent(invoice: Invoice) -> bool:
    """Whether a document that counts neither left nor is on its way."""
    return (
        invoice.is_frozen
        and invoice.sent_at is None
        and invoice.status != Invoice.Status.CANCELLED
        and not invoice.mails.filter(state=InvoiceMail.State.WAITING).exists()
    )


def default_address(invoice: Invoice) -> str:
    """Where a document goes: the address for invoices, the customer's, the primary contact's."""
    customer = invoice.customer
    contact = customer.primary_contact
    return customer.invoice_email or customer.email or (contact.email if contact else "")


def deliver_mail(mail: InvoiceMail) -> InvoiceMail:
    """Send a waiting dispatch over SMTP; what was sent is never sent again.

    A failure is kept with its reason; the sweep tries again, for a day. The document itself is
    not locked meanwhile: a slow mail server holds up no payment. The pages of whoever sent it show
    how it stands.
    """
    invoice = store_pdf(mail.invoice)
    with transaction.atomic():
        locked = InvoiceMail.objects.select_for_update(skip_locked=True)
        found = locked.filter(pk=mail.pk, state=InvoiceMail.State.WAITING).first()
        if found is None:
            return mail
        mail = cast(InvoiceMail, found)
        if mail.sent_by_id:
            push(mail.sent_by_id, "mails")
        mail.attempts += 1
        try:
            _message(mail, invoice).send()
        except (OSError, ValueError) as error:  # smtplib's errors are OSErrors, too
            mail.error = str(error)[:1000]
            # No mail can carry such an address, tomorrow neither.
            is_final = not isinstance(error, OSError)
            if is_final or mail.attempts >= InvoiceMail.MAX_ATTEMPTS:
                mail.state = InvoiceMail.State.FAILED
                _tell_sender(mail, invoice)
            mail.save()
            return mail
        mail.state, mail.error, mail.sent_at = InvoiceMail.State.SENT, "", timezone.now()
        mail.save()
        _note_sent(services.lock(invoice), to=mail.to, by=mail.sent_by)
    return mail


def _tell_sender(mail: InvoiceMail, invoice: Invoice) -> None:
    if mail.sent_by is None:
        return
    with world_of(mail.sent_by):
        title = gettext("%(number)s could not be sent to %(to)s") % {
            "number": invoice.invoice_number,
            "to": mail.to,
        }
    notify(
        mail.sent_by,
        kind="invoice_not_sent",
        title=title,
        body=mail.error,
        url=invoice.get_absolute_url(),
    )


def _note_sent(invoice: Invoice, *, to: str, by: Actor | None) -> Invoice:
    invoice.sent_at = invoice.sent_at or timezone.now()
    status = invoice.status
    if invoice.is_claim and status in OPEN_STATES:
        status = invoice.status_by_money()
    elif status == Invoice.Status.FINALIZED:
        status = Invoice.Status.SENT
    invoice.trace(sent_at=invoice.sent_at, sent_to=to or invoice.sent_to, status=status)
    emit(
        "sent", invoice, by=by, about=invoice.event_subjects(), to=to, number=invoice.invoice_number
    )
    return invoice


def _message(mail: InvoiceMail, invoice: Invoice) -> EmailMessage:
    with override(invoice.language):
        title = title_of(invoice)
        context = {
            "invoice": invoice,
            "seller": invoice.seller,
            "title": title,
            "message": mail.message,
        }
        subject = f"{title} {invoice.invoice_number} · {invoice.seller.get('name', '')}"
        body = render_to_string("invoices/email/invoice_sent.txt", context)
    message = EmailMessage(
        subject=" ".join(subject.split()),
        body=body,
        to=[mail.to],
        reply_to=[invoice.seller["email"]] if invoice.seller.get("email") else None,
        headers={"Message-ID": f"<{mail.pk}@workmate>"},
    )
    _attach_pdf(message, invoice)
    return message


def _attach_pdf(message: EmailMessage, invoice: Invoice) -> None:
    pdf = cast(Document, invoice.pdf)
    with pdf.file.open("rb") as file:
        message.attach(pdf.original_name, file.read(), pdf.mime_type)
