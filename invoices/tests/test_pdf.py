"""The paper: what the law wants on it, in both languages, and that it never changes."""

import datetime as dt
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from crm.tests.factories import make_contact
from invoices import pdf
from invoices.models import Invoice
from invoices.pdf import giro_code, giro_payload, plain
from invoices.services import cancel_invoice, credit_invoice, finalize_invoice, store_pdf
from invoices.tests.factories import a_line, make_buyer, make_finalized, make_payment
from system.models import Company
from system.services import change_company
from system.tests.factories import make_company


def reader(invoice: Invoice) -> PdfReader:
    with store_pdf(invoice).pdf.file.open("rb") as file:
        return PdfReader(BytesIO(file.read()))


def words(invoice: Invoice) -> str:
    pages = [page.extract_text() for page in reader(invoice).pages]
    return " ".join(" ".join(pages).replace("\u00a0", " ").split())


def test_an_invoice_says_everything_that_the_law_asks_for() -> None:
    buyer = make_buyer(name="Bäckerei Größer & Söhne KG", vat_id="DE136695976")
    make_contact(customer=buyer, is_primary=True, firstname="Ayşe", lastname="Yıldız")
    invoice = make_finalized(customer=buyer)
    text, seller = words(invoice), invoice.seller
    wanted = [
        seller["name"], seller["street"], seller["zip_code"], seller["city"],
        "Bäckerei Größer & Söhne KG", "Am Nordhafen 7", "24106 Kiel", "Ayşe Yıldız",
        invoice.invoice_number, "14.03.2025", "Consulting", "10", "100,00", "19 %",
        "1.000,00", "190,00", "1.190,00", "DE136695976",
    ]  # fmt: skip
    assert [part for part in wanted if str(part) not in text] == []
    assert seller["tax_number"] in text or seller["vat_id"] in text


def test_it_is_an_archive_file_and_a_second_call_changes_no_byte() -> None:
    invoice = store_pdf(make_finalized())
    first = invoice.pdf.file.read()
    assert first.startswith(b"%PDF")
    assert b"pdfaid:part" in PdfReader(BytesIO(first)).root_object["/Metadata"].get_data()
    assert store_pdf(invoice).pdf == invoice.pdf
    assert Invoice.objects.get(pk=invoice.pk).pdf.file.read() == first


def test_eighty_lines_fill_several_pages_with_the_head_repeated() -> None:
    invoice = make_finalized([a_line(description=f"Position {n}") for n in range(80)])
    pages = [page.extract_text() for page in reader(invoice).pages]
    assert len(pages) > 2
    assert all(invoice.invoice_number in page for page in pages)
    assert "Position 79" in "".join(pages)


def test_the_address_stands_in_the_window_of_the_envelope() -> None:
    """DIN 5008: 20 to 105 mm from the left, 45 to 90 mm from the top of a sheet of 297 mm."""
    found: list[tuple[float, float]] = []

    def visit(text: str, cm: Any, tm: Any, font: Any, size: Any) -> None:
        if "Nordhafen" in text:
            x = tm[4] * cm[0] + cm[4]
            y = tm[5] * cm[3] + cm[5]
            found.append((x / 72 * 25.4, 297 - y / 72 * 25.4))

    reader(make_finalized()).pages[0].extract_text(visitor_text=visit)
    assert found
    left, top = found[0]
    assert 20 <= left <= 105
    assert 45 <= top <= 90


def test_an_english_document_is_english_throughout() -> None:
    text = words(make_finalized(customer=make_buyer(language="en")))
    assert "Invoice" in text
    assert "Date of supply" in text
    assert "€1,190.00" in text
    assert "Rechnung" not in text


def test_a_small_business_shows_no_vat_anywhere() -> None:
    make_company(small_business_since="2020-01-01")
    invoice = make_finalized([a_line(tax_category="E", tax_rate=Decimal(0))])
    text = words(invoice)
    assert "§19 UStG" in text.replace("§ 19", "§19")
    assert "19 %" not in text
    assert "0 %" not in text


def test_a_cancellation_names_what_it_cancels_and_asks_for_no_money() -> None:
    invoice = make_finalized()
    text = words(cancel_invoice(invoice, by=None, reason="Wrong"))
    assert invoice.invoice_number in text
    assert "Stornorechnung" in text
    assert "Gutschrift" not in text
    assert "\u22121.190,00" in text
    assert "überweisen" not in text


def test_what_the_document_says_does_not_follow_the_company() -> None:
    invoice = make_finalized()

    change_company(Company.current(), by=None, name="Somebody Else GmbH")
    assert "Somebody Else" not in words(invoice)


def test_the_giro_code_asks_for_what_was_open_when_it_was_made() -> None:
    payment = make_payment(amount=Decimal(190))
    assert payment.invoice.outstanding_amount == Decimal(1000)
    payload = giro_payload(
        name="Müller & Söhne", iban="DE89 3704 0044 0532 0130 00", amount=Decimal("1000"),
        text="RE-2026-001 KIT-CUS-000001",
    )  # fmt: skip
    assert payload.split("\n") == [
        "BCD", "002", "1", "SCT", "", "Mueller & Soehne", "DE89370400440532013000", "EUR1000.00",
        "", "", "RE-2026-001 KIT-CUS-000001",
    ]  # fmt: skip
    assert plain("Größe é –") == "Groesse e -"


@pytest.mark.parametrize(
    "wrong", [{"amount": Decimal(0)}, {"amount": Decimal("1e10")}, {"iban": "x"}, {"name": ""}]
)
def test_a_giro_code_that_no_bank_takes_is_not_made(wrong: dict[str, Any]) -> None:
    values = {"name": "A", "iban": "DE89370400440532013000", "amount": Decimal(1), "text": "x"}
    with pytest.raises(ValueError, match="GiroCode"):
        giro_payload(**{**values, **wrong})


def heights(invoice: Invoice) -> list[tuple[str, float, float]]:
    """What stands on the first page, with its distance in mm from the left and the top."""
    found: list[tuple[str, float, float]] = []

    def visit(text: str, cm: Any, tm: Any, font: Any, size: Any) -> None:
        if text.strip():
            x, y = tm[4] * cm[0] + cm[4], tm[5] * cm[3] + cm[5]
            found.append((text.strip(), x / 72 * 25.4, 297 - y / 72 * 25.4))

    reader(invoice).pages[0].extract_text(visitor_text=visit)
    return found


def test_even_a_long_foreign_address_stays_within_the_window() -> None:
    buyer = make_buyer(
        name="Gesellschaft für außerordentlich lange Firmennamen und Beratung mbH & Co. KG",
        street="Hinterhaus, dritter Aufgang links\nStraße des Siebzehnten Juni 135",
        city="Sankt Wolfgang im Salzkammergut",
        country="Österreich",
    )
    make_contact(customer=buyer, is_primary=True, firstname="Maximiliane", lastname="Großmann")
    invoice = make_finalized(customer=buyer)
    block = [
        (left, top)
        for text, left, top in heights(invoice)
        if any(part in text for part in ("Gesellschaft", "Großmann", "Hinterhaus", "Siebzehnten",
                                         "Sankt Wolfgang", "ÖSTERREICH"))
    ]  # fmt: skip
    assert len(block) >= 6
    assert all(20 <= left <= 105 and 45 <= top <= 90 for left, top in block), block


def test_the_heads_of_the_columns_are_repeated_on_every_page_with_lines() -> None:
    invoice = make_finalized(
        [a_line(description=f"Position {n}") for n in range(80)], language="en"
    )
    pages = [page.extract_text() for page in reader(invoice).pages]
    with_lines = [page for page in pages if "Position " in page]
    assert len(with_lines) >= 2
    assert all("Unit price" in page for page in with_lines)
    assert f"Page 1 of {len(pages)}" in " ".join(pages[0].split())


def test_only_documents_that_ask_for_money_carry_a_giro_code() -> None:
    def has_code(invoice: Invoice) -> bool:
        return "GiroCode" in words(invoice)

    invoice = make_finalized()
    assert has_code(invoice)
    assert has_code(make_finalized(document_type="deposit"))
    assert not has_code(make_finalized(document_type="quote"))
    assert not has_code(make_finalized(document_type="credit_note"))
    assert not has_code(make_finalized([a_line(discount_percent=Decimal(100))]))
    assert not has_code(cancel_invoice(invoice, by=None, reason="x"))
    make_company(iban="", bic="")
    assert not has_code(make_finalized())


def test_the_giro_code_bears_the_amount_account_and_number(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[tuple[str, dict[str, Any]]] = []
    make_qr = pdf.segno.make_qr

    def spy(payload: str, **how: Any) -> Any:
        asked.append((payload, how))
        return make_qr(payload, **how)

    monkeypatch.setattr(pdf.segno, "make_qr", spy)
    make_company(name="Müller & Söhne GmbH")
    invoice = make_finalized([a_line(quantity=Decimal("0.5"), unit_price=Decimal("33.33"))])
    assert "svg" in giro_code(invoice)
    ((payload, how),) = asked
    number, customer = invoice.invoice_number, invoice.buyer["customer_number"]
    assert payload.split("\n") == [
        "BCD", "002", "1", "SCT", "COBADEFFXXX", "Mueller & Soehne GmbH",
        "DE89370400440532013000", "EUR19.84", "", "", f"{number} {customer}",
    ]  # fmt: skip
    assert len(payload.encode()) <= 331
    assert payload.isascii()
    assert how["error"] == "m"
    assert make_qr(payload, **how).version <= 13


def test_the_giro_code_is_cut_to_what_banks_take() -> None:
    payload = giro_payload(
        name="N" * 100, iban="DE89370400440532013000", amount=Decimal("999999999.99"),
        text="T" * 200, bic="COBADEFFXXX",
    )  # fmt: skip
    lines = payload.split("\n")
    assert (len(lines[5]), len(lines[10])) == (70, 140)
    assert len(payload) <= 331


@pytest.mark.parametrize(
    ("category", "said"),
    [
        ("AE", "Steuerschuldnerschaft des Leistungsempfängers"),
        ("K", "innergemeinschaftliche"),
        ("G", "Ausfuhr"),
        ("E", "§4 Nr. 21 UStG"),
        ("O", "§3a UStG"),
    ],
)
def test_where_no_vat_is_charged_the_document_says_why(category: str, said: str) -> None:
    reason = {"E": "§4 Nr. 21 UStG", "O": "Nicht steuerbar nach §3a UStG"}.get(category, "")
    invoice = make_finalized(
        [a_line(tax_category=category, tax_rate=Decimal(0))],
        customer=make_buyer(vat_id="DE136695976"),
        exemption_reason=reason,
    )
    assert said in words(invoice)


def test_reverse_charge_is_named_in_german_on_an_english_document_too() -> None:
    buyer = make_buyer(vat_id="DE136695976", language="en")
    text = words(make_finalized([a_line(tax_category="AE", tax_rate=Decimal(0))], customer=buyer))
    assert "Steuerschuldnerschaft des Leistungsempfängers" in text
    assert "Reverse charge" in text


def test_a_correction_names_its_invoice_and_is_never_called_a_gutschrift() -> None:
    invoice = make_finalized()
    credit = finalize_invoice(credit_invoice(invoice, by=None), by=None)
    text = words(credit)
    assert str(invoice.invoice_number) in text
    assert "Rechnungskorrektur" in text
    assert "Gutschrift" not in text


def test_a_whole_month_is_named_and_discounts_have_a_column() -> None:
    march = {"service_start": dt.date(2025, 3, 1), "service_end": dt.date(2025, 3, 31)}
    text = words(make_finalized([a_line(discount_percent=Decimal("2.5"))], language="en", **march))
    assert "March 2025" in text
    assert "2.5%" in text
    part = {"service_start": dt.date(2025, 3, 2), "service_end": dt.date(2025, 3, 31)}
    assert "02.03.2025 – 31.03.2025" in words(make_finalized(language="de", **part))


def test_markup_in_names_and_texts_is_text() -> None:
    evil = "<img src='file:///etc/passwd'><script>alert(1)</script>"
    invoice = make_finalized(
        [a_line(description=evil)], customer=make_buyer(name="A <b>& B"), introduction=evil
    )
    text = words(invoice)
    assert "A <b>& B" in text
    assert "<script>alert(1)</script>" in text
