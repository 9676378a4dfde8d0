"""How lists and pages show what a document holds."""

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from invoices.around import due_in_words
from invoices.models import Invoice
from invoices.services import is_undecided
from workmate.templatetags.workmate import NOTHING, format_ago, format_date, format_money

# What is due within a week is worth a second look.
SOON_DAYS = 7


def number_of(invoice: Invoice) -> str:
    """The number; a draft has none."""
    if invoice.invoice_number:
        return format_html('<span class="nowrap">{}</span>', invoice.invoice_number)
    plain = invoice.document_type == Invoice.DocumentType.INVOICE
    return format_html('<span class="muted">{}</span>', _("Draft") if plain else invoice)


def total_of(invoice: Invoice) -> str:
    """Gross; below 0 on credit notes."""
    return format_money(invoice.signed(invoice.total))


def open_of(invoice: Invoice) -> str:
    """What is open: plain ink, unless it is late."""
    if not invoice.open_amount:
        return NOTHING
    text = format_money(invoice.open_amount)
    return format_html('<span class="danger">{}</span>', text) if invoice.days_overdue else text


def due_of(invoice: Invoice) -> str:
    """When it is due (a quote: how long it is valid), and how far away that is while it counts."""
    day = invoice.valid_until if invoice.is_quote else invoice.due_date
    if day is None:
        return NOTHING
    counts = invoice.outstanding_amount or is_undecided(invoice)
    if not counts:
        return format_date(day)
    text, tone = age_of(invoice, day)
    if tone is None:
        return format_html('{}<span class="sub">{}</span>', format_date(day), text)
    chip = '{}<span class="sub"><span class="count nowrap" data-tone="{}">{}</span></span>'
    return format_html(chip, format_date(day), tone, text)


def age_of(invoice: Invoice, day: dt.date) -> tuple[str, str | None]:
    """How far away its day is, and the tone of the chip that says so; None: no chip."""
    if invoice.days_overdue:
        return due_in_words(invoice), "danger"
    left = (day - timezone.localdate()).days
    if not invoice.is_claim or not 0 <= left <= SOON_DAYS:
        return format_ago(day), None
    if not left:
        return _("due today"), "warn"
    return ngettext("due in %(n)s day", "due in %(n)s days", left) % {"n": left}, ""


def address_of(invoice: Invoice) -> str:
    """The recipient's address: as it stands on the document once that is finalized."""
    buyer = invoice.buyer
    if not buyer:
        return str(invoice.customer.full_address)
    city = f"{buyer.get('zip_code', '')} {buyer.get('city', '')}".strip()
    lines = [buyer.get("street", ""), city]
    return format_html_join(mark_safe("<br>"), "{}", ((line,) for line in lines if line))


def supplied_on(invoice: Invoice) -> str:
    """The day or period of supply in words."""
    if invoice.service_date:
        return _("Supplied on %(day)s") % {"day": format_date(invoice.service_date)}
    if invoice.service_start:
        days = {
            "first": format_date(invoice.service_start),
            "last": format_date(invoice.service_end),
        }
        return _("Supplied %(first)s – %(last)s") % days
    return ""


def links_to(documents: Any) -> str:
    """Other documents as links."""
    return format_html_join(
        ", ", '<a href="{}">{}</a>', ((other.get_absolute_url(), other) for other in documents)
    )
