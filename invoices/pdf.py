"""The paper: a finalized document as PDF/A-3b, from its own frozen words alone."""

import calendar
import datetime as dt
import os
import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import segno
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext, pgettext_lazy

from invoices.models import Invoice, InvoiceLineItem
from invoices.models.amounts import TaxRow
from invoices.querysets import ZERO
from system.models import TaxRate
from workmate.templatetags.workmate import NBSP, decimals_of, format_money, format_number
from workmate.text import in_fours

# "Gutschrift" is the buyer's own invoice (§14(2) UStG): a correction never bears that word.
TITLES = {
    "invoice": pgettext_lazy("document title", "Invoice"),
    "quote": pgettext_lazy("document title", "Quote"),
    "deposit": pgettext_lazy("document title", "Deposit invoice"),
    "credit_note": pgettext_lazy("document title", "Invoice correction"),
    "cancellation": pgettext_lazy("document title", "Cancellation invoice"),
}
# The very words of §14a(5) UStG, in any language.
REVERSE_CHARGE = "Steuerschuldnerschaft des Leistungsempfängers"
FONT_SCHEME = "font:"
FONTS = {"latin": "vendor/inter-latin.woff2", "latin-ext": "vendor/inter-latin-ext.woff2"}
# What the window of an envelope shows: 27.3 mm, at the normal and at the small size.
ADDRESS_LINES, ADDRESS_WIDTH = 6, 40
GIRO_MAX_BYTES, GIRO_MAX_AMOUNT = 331, Decimal("999999999.99")
UMLAUTS = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss", "–": "-",
     "—": "-", "’": "'", "„": "'", "“": "'", "”": "'", "€": "EUR", "æ": "ae", "ø": "oe",
     "Æ": "Ae", "Ø": "Oe", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D"}
)  # fmt: skip


Lines = Sequence[InvoiceLineItem]


def render_pdf(invoice: Invoice, lines: Lines | None = None) -> bytes:
    """The document's PDF, in its own language; a draft's says so across each page.

    Seller, buyer and VAT are taken as kept on finalizing: never of today's company or customer.
    Nothing is read while rendering but the two fonts that come with the app. `lines` are those of
    a draft that is not saved.
    """
    # The moment that fontTools would write into the fonts: without it no two PDFs are alike.
    os.environ.setdefault("SOURCE_DATE_EPOCH", "0")
    # Loads late: it takes 1.4 s, and fails where Pango is not installed.
    from weasyprint import HTML
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class OwnFonts(URLFetcher):  # type: ignore[misc]
        """Gives the fonts, and refuses every file and every address in the world."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            """A font's bytes. Raises ValueError for anything else."""
            name = url.removeprefix(FONT_SCHEME)
            if not url.startswith(FONT_SCHEME) or name not in font_files():
                raise ValueError(f"not to be fetched: {url}")
            body = font_files()[name].read_bytes()
            return URLFetcherResponse(url, body, {"Content-Type": "font/woff2"})

    document = HTML(string=page_html(invoice, lines), url_fetcher=OwnFonts())
    pdf: bytes = document.write_pdf(
        pdf_variant="pdf/a-3b", pdf_identifier=str(invoice.pk).encode(), full_fonts=False
    )
    return pdf


def page_html(invoice: Invoice, lines: Lines | None = None, *, on_screen: bool = False) -> str:
    """The page of which the PDF is made; `on_screen` as a sheet that a browser shows."""
    # In the company's time, whoever has it made: the same document has the same bytes.
    here = timezone.override(timezone.get_default_timezone())
    if lines is None:
        lines = invoice.line_items.all()
    with override(invoice.language), here:
        context = _context(invoice, list(lines)) | {"on_screen": on_screen}
        return render_to_string("invoices/invoice_pdf.html", context)


def title_of(invoice: Invoice) -> str:
    """What the document calls itself, in the language that is active."""
    return str(TITLES[invoice.document_type])


@cache
def font_files() -> dict[str, Path]:
    """Where Inter lies; {} without node packages: then DejaVu Sans of the system is taken."""
    found = {name: finders.find(path) for name, path in FONTS.items()}
    return {name: Path(str(path)) for name, path in found.items() if path}


def giro_payload(*, name: str, iban: str, amount: Decimal, text: str, bic: str = "") -> str:
    """The text of a GiroCode (EPC069-12, version 2), in ASCII: readers garble umlauts.

    Raises ValueError for what banks refuse: no name or IBAN, an amount out of range, over 331
    bytes.
    """
    iban, bic = re.sub(r"\s", "", iban).upper(), re.sub(r"\s", "", bic).upper()
    name = plain(name)[:70].strip()
    if not name or not re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", iban):
        raise ValueError("a GiroCode needs a name and an IBAN")
    if not Decimal("0.01") <= amount <= GIRO_MAX_AMOUNT:
        raise ValueError("a GiroCode needs an amount between 0.01 and 999999999.99")
    lines = ["BCD", "002", "1", "SCT", bic, name, iban, f"EUR{amount:.2f}", "", "",
             plain(text)[:140].strip()]  # fmt: skip
    payload = "\n".join(lines)
    if len(payload.encode()) > GIRO_MAX_BYTES:
        raise ValueError("a GiroCode has at most 331 bytes")
    return payload


def plain(text: str) -> str:
    """In ASCII and on one line: ä becomes ae, é becomes e, what has no like is left out."""
    flat = unicodedata.normalize("NFKD", " ".join(text.translate(UMLAUTS).split()))
    return flat.encode("ascii", "ignore").decode()


def giro_code(invoice: Invoice) -> SafeString | str:
    """The GiroCode as inline SVG; empty where there is nothing to transfer to this seller."""
    pays = invoice.document_type in {"invoice", "deposit"} and invoice.currency == "EUR"
    if not pays or invoice.is_draft:
        return ""
    try:
        payload = giro_payload(
            name=invoice.seller.get("name", ""),
            iban=invoice.seller.get("iban", ""),
            bic=invoice.seller.get("bic", ""),
            amount=invoice.total,  # all of it is open when it is issued
            text=transfer_text(invoice),
        )
    except ValueError:
        return ""
    code = segno.make_qr(payload, error="m", boost_error=False, encoding="iso-8859-1")
    return mark_safe(code.svg_inline(border=0, omitsize=True))  # noqa: S308  made of squares


def transfer_text(invoice: Invoice) -> str:
    """What the buyer states when paying."""
    return " ".join(
        part for part in (invoice.invoice_number, invoice.buyer.get("customer_number")) if part
    )


def _context(invoice: Invoice, lines: list[InvoiceLineItem]) -> dict[str, Any]:
    rows = invoice.tax_rows
    small_business = bool(invoice.seller.get("small_business"))
    return {
        "invoice": invoice,
        "seller": invoice.seller,
        "title": title_of(invoice),
        "number": invoice.invoice_number or _("Draft"),
        "reference": _reference(invoice),
        "sender": " · ".join(_present(invoice.seller, "name", "street", "zip_code city")),
        "contact": _present(invoice.seller, "street", "zip_code city", "phone", "email", "website"),
        "address": _address(invoice),
        "facts": _facts(invoice),
        "lines": [_line(line, places=_places(lines)) for line in lines],
        "with_discount": any(line.discount_percent for line in lines),
        # A small business must show no VAT at all, or owes what it shows (§14c UStG).
        "with_tax": not small_business,
        "subtotal": format_number(invoice.subtotal, 2),
        "tax_rows": [] if small_business else [_tax_row(row) for row in rows],
        "total": format_money(invoice.total),
        "hints": _hints(invoice, rows, small_business=small_business),
        "payment": _payment(invoice),
        "giro_code": giro_code(invoice),
        "footer": _footer(invoice.seller),
        "fonts": sorted(font_files()),
    }


def _present(data: dict[str, Any], *names: str) -> list[str]:
    """The values that are there; names in one string are joined by a space."""
    values = (" ".join(str(data.get(name) or "") for name in group.split()) for group in names)
    return [value.strip() for value in values if value.strip()]


def _address(invoice: Invoice) -> dict[str, Any]:
    buyer = invoice.buyer
    lines = _present(buyer, "name")
    contact = str(buyer.get("contact") or "")
    if contact and contact != buyer.get("name"):
        lines.append(contact)
    lines += [line for line in str(buyer.get("street") or "").splitlines() if line.strip()]
    lines += _present(buyer, "zip_code city")
    country = str(buyer.get("country") or "")
    # The post wants the country in capitals, and only abroad.
    if country and country != invoice.seller.get("country"):
        lines.append(country.upper())
    height = sum(1 + len(line) // ADDRESS_WIDTH for line in lines)
    return {"lines": lines, "small": height > ADDRESS_LINES}


def _facts(invoice: Invoice) -> list[tuple[str, str]]:
    """The block of information beside the address: label and value."""
    buyer = invoice.buyer
    facts = [
        (_("Date"), _day(invoice.issued_date)),
        (_("Date of supply"), _day(invoice.service_date)),
        (_("Period of supply"), _period(invoice.service_start, invoice.service_end)),
        (_("Customer number"), buyer.get("customer_number")),
        (_("Project"), buyer.get("project")),
        (_("Your reference"), invoice.buyer_reference),
        (_("Your VAT id"), buyer.get("vat_id")),
        (_("Contact person"), invoice.seller.get("contact_name")),
    ]
    if invoice.is_quote:
        facts.append((_("Valid until"), _day(invoice.valid_until)))
    elif invoice.document_type in {"invoice", "deposit"}:
        facts.append((_("Payable by"), _day(invoice.due_date)))
    return [(label, str(value)) for label, value in facts if value]


def _day(day: dt.date | None) -> str:
    return date_format(day, "DATE_FORMAT") if day else ""


def _period(start: dt.date | None, end: dt.date | None) -> str:
    """A whole month by its name (§31(4) UStDV), else from day to day."""
    if not start or not end:
        return ""
    last = calendar.monthrange(start.year, start.month)[1]
    if start.day == 1 and end == start.replace(day=last):
        return date_format(start, "F Y")
    return f"{_day(start)} – {_day(end)}"


def _reference(invoice: Invoice) -> str:
    """The earlier document to which this one refers (BT-25, BT-26)."""
    earlier = invoice.refers_to
    if earlier is None:
        return ""
    words = {
        "title": title_of(earlier),
        "number": earlier.invoice_number,
        "day": _day(earlier.issued_date),
    }
    if invoice.document_type == Invoice.DocumentType.CANCELLATION:
        return _("Cancels in full: %(title)s %(number)s of %(day)s.") % words
    if invoice.is_credit:
        return _("Corrects: %(title)s %(number)s of %(day)s.") % words
    return _("Based on: %(title)s %(number)s of %(day)s.") % words


def _percent(rate: Decimal) -> str:
    return pgettext("percentage", "%(n)s%%") % {"n": format_number(rate)}


def _places(lines: list[InvoiceLineItem]) -> int:
    """Decimals of all quantities alike: none where all are whole, else two at least."""
    most = max((decimals_of(line.quantity) for line in lines), default=0)
    return max(2, most) if most else 0


def _line(line: InvoiceLineItem, *, places: int) -> dict[str, Any]:
    what, *more = line.description.strip().splitlines()
    untaxed = line.tax_category == TaxRate.Category.OUTSIDE
    return {
        "position": line.position,
        "what": what,
        "more": more,
        "quantity": f"{format_number(line.quantity, places)}{NBSP}{line.unit_label}",
        "price": format_number(line.unit_price, max(2, decimals_of(line.unit_price))),
        "discount": _percent(line.discount_percent) if line.discount_percent else "",
        "rate": "" if untaxed else _percent(line.tax_rate),
        "total": format_number(line.total, 2),
    }


def _tax_row(row: TaxRow) -> tuple[str, str]:
    base = format_number(row.base, 2)
    if row.category == TaxRate.Category.STANDARD:
        label = _("VAT %(rate)s on %(base)s") % {"rate": _percent(row.rate), "base": base}
        return label, format_number(row.tax, 2)
    words = {
        TaxRate.Category.ZERO: _("VAT %(rate)s on %(base)s"),
        TaxRate.Category.REVERSE_CHARGE: _("Reverse charge, VAT %(rate)s on %(base)s"),
        TaxRate.Category.OUTSIDE: _("Not taxable: %(base)s"),
    }
    text = words.get(TaxRate.Category(row.category), _("Exempt from VAT: %(base)s"))
    return text % {"rate": _percent(row.rate), "base": base}, format_number(row.tax, 2)


def _hints(invoice: Invoice, rows: list[TaxRow], *, small_business: bool) -> list[str]:
    """What the law wants to be said where no VAT is charged (§14(4) Nr. 8, §14a UStG)."""
    found = {row.category for row in rows}
    hints = []
    if small_business:
        hints.append(_("No VAT is charged: exempt as a small business (§19 UStG)."))
    elif TaxRate.Category.EXEMPT in found:
        hints.append(_("Exempt from VAT: %(reason)s") % {"reason": invoice.exemption_reason})
    if TaxRate.Category.REVERSE_CHARGE in found:
        said = _("Reverse charge: the recipient owes the VAT.")
        hints.append(f"{REVERSE_CHARGE}. {said}" if invoice.language != "de" else REVERSE_CHARGE)
    if TaxRate.Category.INTRA_COMMUNITY in found:
        hints.append(_("VAT-exempt intra-community supply."))
    if TaxRate.Category.EXPORT in found:
        hints.append(_("VAT-exempt export."))
    if invoice.is_credit:
        words = {"total": format_money(invoice.total)}
        hints.append(_("This document lowers what you owe by %(total)s.") % words)
    if TaxRate.Category.OUTSIDE in found:
        hints.append(invoice.exemption_reason or _("Not taxable in Germany."))
    return hints


def _payment(invoice: Invoice) -> dict[str, Any] | None:
    """How and when to pay; None where nothing is to be paid to the seller."""
    # As on the day it was issued: whenever its PDF is made, it is the same document.
    amount = invoice.total
    if invoice.document_type not in {"invoice", "deposit"} or amount <= ZERO:
        return None
    seller = invoice.seller
    words = {"amount": format_money(amount), "day": _day(invoice.due_date)}
    account = [
        (_("Recipient"), seller.get("name")),
        (_("IBAN"), in_fours(seller.get("iban") or "", NBSP)),
        (_("BIC"), seller.get("bic")),
        (_("Amount"), format_money(amount)),
        (_("Reference"), transfer_text(invoice)),
    ]
    return {
        "sentence": _("Please transfer %(amount)s by %(day)s.") % words,
        "account": [(label, value) for label, value in account if value]
        if seller.get("iban") else [],
    }  # fmt: skip


def _footer(seller: dict[str, Any]) -> list[list[str]]:
    """The company's legal data in columns, for the foot of every page (§35a GmbHG)."""
    register = " ".join(_present(seller, "register_court", "register_number"))
    labelled = {
        "managing_directors": _("Managing directors: %(value)s"),
        "tax_number": _("Tax number: %(value)s"),
        "vat_id": _("VAT id: %(value)s"),
        "bic": "BIC %(value)s",
    }

    def said(name: str) -> str:
        value = seller.get(name)
        return labelled[name] % {"value": value} if value else ""

    iban = f"IBAN {in_fours(seller['iban'], NBSP)}" if seller.get("iban") else ""
    columns = [
        _present(seller, "name", "street", "zip_code city"),
        [register, said("managing_directors")],
        [said("vat_id"), said("tax_number")],
        [seller.get("bank_name") or "", iban, said("bic")],
    ]
    return [found for column in columns if (found := [text for text in column if text])]
