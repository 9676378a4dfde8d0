"""The PDF, and the e-mail that carries it."""

import hashlib
from typing import cast

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.mail import EmailMessage
from django.db import models, transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from employees.models import Employee
from invoices.models import Invoice, InvoiceMail
from invoices.pdf import render_pdf, title_of
from invoices.querysets import OPEN_STATES
from workmate import services
from workmate.errors import Conflict
from workmate.events import emit
from workmate.services import Actor
from workmate.verbs import verb


def store_pdf(invoice: Invoice) -> Invoice:
    """Make and keep a finalized document's PDF, once: a second call changes no byte.

    Refuses drafts.
    """
    with transaction.atomic():
        invoice = services.lock(invoice)
        if invoice.is_draft:
            raise Conflict(_("A draft has no PDF."), code="draft")
        if invoice.pdf_path and invoice.pdf_path.storage.exists(invoice.pdf_path.name):
            return invoice
        content = render_pdf(invoice)
        invoice.pdf_path.save("", ContentFile(content), save=False)
        invoice.pdf_sha256 = hashlib.sha256(content).hexdigest()
        Invoice.objects.filter(pk=invoice.pk).update(
            pdf_path=invoice.pdf_path.name, pdf_sha256=invoice.pdf_sha256
        )
    return invoice


@verb(
    Invoice,
    "send",
    permission="send_invoice",
    label=_("Send"),
    icon="send",
    takes={
        "to": models.EmailField(
            _("to"), blank=True, help_text=_("Left empty: the customer's address for invoices.")
        ),
        "message": models.TextField(
            _("message"), blank=True, max_length=5000, help_text=_("Left empty: a short letter.")
        ),
    },
    when=lambda invoice: invoice.is_frozen,
)
@transaction.atomic
def send_invoice(
    invoice: Invoice, *, by: Actor | None, to: str = "", message: str = ""
) -> Invoice:
    """Queue the e-mail with the PDF; status `sent` follows when the mail server took it.

    Refuses drafts, and when no address is known. What was sent to whom is kept (C11).
    """
    invoice = services.lock(invoice)
    if invoice.is_draft:
        raise Conflict(_("A draft is not sent: finalize it first."), code="draft")
    address = to or default_address(invoice)
    if not address:
        raise ValidationError({"to": _("No e-mail address is known for this customer.")})
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
    when=lambda invoice: invoice.status == Invoice.Status.FINALIZED,
)
@transaction.atomic
def mark_sent(invoice: Invoice, *, by: Actor | None) -> Invoice:
    """It left by post or portal. Refuses drafts and what is sent already."""
    invoice = services.lock(invoice)
    if invoice.is_draft or invoice.sent_at is not None:
        raise Conflict(_("Only a finalized document that was not sent yet."), code="not_sendable")
    return _note_sent(invoice, to="", by=by)


def default_address(invoice: Invoice) -> str:
    """Where a document goes: the address for invoices, the customer's, the primary contact's."""
    customer = invoice.customer
    contact = customer.primary_contact
    return customer.invoice_email or customer.email or (contact.email if contact else "")


def deliver_mail(mail: InvoiceMail) -> InvoiceMail:
    """Send a waiting dispatch over SMTP; what was sent is never sent again.

    A failure is kept with its reason; the sweep tries again, for a day.
    """
    with transaction.atomic():
        locked = InvoiceMail.objects.select_for_update(skip_locked=True)
        found = locked.filter(pk=mail.pk, state=InvoiceMail.State.WAITING).first()
        if found is None:
            return mail
        mail = cast(InvoiceMail, found)
        invoice = store_pdf(mail.invoice)
        mail.attempts += 1
        try:
            _message(mail, invoice).send()
        except OSError as error:  # smtplib's errors are OSErrors, too
            mail.error = str(error)[:1000]
            if mail.attempts >= InvoiceMail.MAX_ATTEMPTS:
                mail.state = InvoiceMail.State.FAILED
            mail.save()
            return mail
        mail.state, mail.error, mail.sent_at = InvoiceMail.State.SENT, "", timezone.now()
        mail.save()
        _note_sent(services.lock(invoice), to=mail.to, by=mail.sent_by)
    return mail


def _note_sent(invoice: Invoice, *, to: str, by: Actor | None) -> Invoice:
    invoice.sent_at = invoice.sent_at or timezone.now()
    invoice.sent_to = to or invoice.sent_to
    if invoice.is_claim and invoice.status in OPEN_STATES:
        invoice.status = invoice.status_by_money()
    elif invoice.status == Invoice.Status.FINALIZED:
        invoice.status = Invoice.Status.SENT
    Invoice.objects.filter(pk=invoice.pk).update(
        sent_at=invoice.sent_at, sent_to=invoice.sent_to, status=invoice.status
    )
    emit("sent", invoice, by=by, about=invoice.event_subjects(), to=to,
         number=invoice.invoice_number)
    return invoice


def _message(mail: InvoiceMail, invoice: Invoice) -> EmailMessage:
    with override(invoice.language):
        title = title_of(invoice)
        context = {
            "invoice": invoice, "seller": invoice.seller, "title": title, "message": mail.message,
        }
        subject = f"{title} {invoice.invoice_number} · {invoice.seller.get('name', '')}"
        body = render_to_string("invoices/email/invoice_sent.txt", context)
    message = EmailMessage(
        subject=subject,
        body=body,
        to=[mail.to],
        reply_to=[invoice.seller["email"]] if invoice.seller.get("email") else None,
        headers={"Message-ID": f"<{mail.pk}@workmate>"},
    )
    with invoice.pdf_path.open("rb") as file:
        message.attach(f"{invoice.invoice_number}.pdf", file.read(), "application/pdf")
    return message
