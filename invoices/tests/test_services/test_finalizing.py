"""Finalizing."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils.timezone import localdate

from crm.models import Contact
from invoices.models import Invoice
from invoices.services import (
    cancel_invoice,
    change_invoice,
    delete_invoice,
    finalize_invoice,
    finalizing,
    invoice_project,
)
from invoices.tests.factories import (
    a_line,
    make_buyer,
    make_finalized,
    make_hours,
    make_invoice,
)
from invoices.tests.test_services import refused
from projects.tests.factories import make_project
from system.models import TaxRate
from system.tests.factories import make_company, make_tax_rate
from workmate import services
from workmate.errors import Conflict
from workmate.models import NumberSequence


def test_finalizing_draws_the_number_and_freezes_the_document(clerk, events):
    invoice = finalize_invoice(make_invoice(), by=clerk)
    assert invoice.status == "finalized"
    assert invoice.invoice_number == f"RE-{localdate().year}-001"
    assert invoice.issued_date == localdate()
    assert invoice.due_date == localdate() + dt.timedelta(30)
    assert invoice.finalized_by == clerk
    assert invoice.seller["name"] == "Muster Dienste GmbH"
    assert invoice.buyer["name"] == "Förde Logistik GmbH"
    assert invoice.tax_breakdown == [
        {"category": "S", "rate": "19.00", "base": "1000.00", "tax": "190.00"}
    ]
    assert ("Invoice", "finalized") in events
    with pytest.raises(Conflict, match="draft"):
        finalize_invoice(invoice, by=None)


def test_numbers_run_by_kind_and_year():
    last_year = localdate().replace(year=localdate().year - 1, month=6, day=1)
    numbers = [
        make_finalized(issued_date=last_year).invoice_number,
        make_finalized().invoice_number,
        make_finalized().invoice_number,
        make_finalized(document_type="quote").invoice_number,
        make_finalized(document_type="deposit").invoice_number,
        make_finalized(document_type="credit_note").invoice_number,
        cancel_invoice(make_finalized(), by=None, reason="x").invoice_number,
    ]
    year = localdate().year
    assert numbers == [
        f"RE-{year - 1}-001", f"RE-{year}-001", f"RE-{year}-002", f"AN-{year}-001",
        f"AR-{year}-001", f"GS-{year}-001", f"ST-{year}-001",
    ]  # fmt: skip


def test_a_refused_document_takes_no_number():
    with pytest.raises(ValidationError):
        finalize_invoice(make_invoice([]), by=None)
    assert make_finalized().invoice_number.endswith("-001")


def test_a_deleted_draft_leaves_no_gap():
    make_finalized()
    delete_invoice(make_invoice(), by=None)
    assert make_finalized().invoice_number.endswith("-002")


def test_the_due_date_follows_customer_then_company():
    customer = make_buyer(payment_days=7)
    assert make_finalized(customer=customer).due_date == localdate() + dt.timedelta(7)
    make_company(default_payment_days=14)
    customer = make_buyer(payment_days=None)
    assert make_finalized(customer=customer).due_date == localdate() + dt.timedelta(14)
    given = localdate() + dt.timedelta(3)
    assert make_finalized(due_date=given).due_date == given


def test_a_quote_is_valid_for_the_companys_days_and_has_no_due_date():
    make_company(quote_valid_days=10)
    quote = make_finalized(document_type="quote", service_date=None)
    assert (quote.valid_until, quote.due_date) == (localdate() + dt.timedelta(10), None)


def test_terms_are_taken_from_the_company_where_there_are_none():
    make_company(default_terms="Net 30")
    assert make_finalized().terms == "Net 30"
    assert make_finalized(terms="At once").terms == "At once"


@pytest.mark.parametrize("name", ["street", "zip_code", "city"])
def test_it_refuses_a_buyer_without_a_full_address(name):
    invoice = make_invoice(customer=make_buyer(**{name: ""}))
    assert "§14(4) Nr. 1" in refused("customer", finalize_invoice, invoice, by=None)


def test_a_small_amount_needs_no_buyers_address():
    buyer = make_buyer(street="", zip_code="", city="")
    small = make_finalized([a_line(quantity=1, unit_price=Decimal("210.08"))], customer=buyer)
    assert small.total == Decimal("250.00")
    above = make_invoice([a_line(quantity=1, unit_price=Decimal("210.09"))], customer=buyer)
    assert refused("customer", finalize_invoice, above, by=None)


@pytest.mark.parametrize("name", ["name", "street", "zip_code", "city"])
def test_it_refuses_an_incomplete_seller(name):
    invoice = make_invoice()
    make_company(**{name: ""})
    assert refused("__all__", finalize_invoice, invoice, by=None)


def test_it_refuses_a_seller_with_neither_tax_number_nor_vat_id():
    invoice = make_invoice()
    make_company(vat_id="", tax_number="")
    assert refused("__all__", finalize_invoice, invoice, by=None)
    make_company(vat_id="", tax_number="19/293/01234")
    assert finalize_invoice(invoice, by=None).seller["tax_number"] == "19/293/01234"


def test_it_refuses_a_document_without_lines():
    assert refused("line_items", finalize_invoice, make_invoice([]), by=None)


def test_it_refuses_a_document_without_date_of_supply():
    invoice = make_invoice(service_date=None)
    assert "Nr. 6" in refused("service_date", finalize_invoice, invoice, by=None)
    march = {"service_start": dt.date(2025, 3, 1), "service_end": dt.date(2025, 3, 31)}
    assert make_finalized(**march).status == "finalized"


def test_it_refuses_a_negative_invoice():
    invoice = make_invoice([a_line(quantity=Decimal(-1))])
    assert "negative" in refused("line_items", finalize_invoice, invoice, by=None)


def test_it_refuses_exempt_lines_without_a_reason():
    line = a_line(tax_category="E", tax_rate=Decimal(0))
    assert "Nr. 8" in refused("exemption_reason", finalize_invoice, make_invoice([line]), by=None)
    assert make_finalized([line], exemption_reason="§4 Nr. 21 UStG").tax_amount == 0


@pytest.mark.parametrize("category", ["AE", "K"])
def test_it_refuses_reverse_charge_without_both_vat_ids(category):
    line = a_line(tax_category=category, tax_rate=Decimal(0))
    assert "§14a" in refused("customer", finalize_invoice, make_invoice([line]), by=None)
    buyer = make_buyer(vat_id="DE136695976")
    make_company(vat_id="", tax_number="19/293/01234")
    assert "§14a" in refused(
        "__all__", finalize_invoice, make_invoice([line], customer=buyer), by=None
    )
    make_company()
    assert make_finalized([line], customer=buyer).tax_amount == 0


def test_it_refuses_lines_that_are_not_taxable_beside_others():
    lines = [a_line(), a_line(tax_category="O", tax_rate=Decimal(0))]
    assert refused("line_items", finalize_invoice, make_invoice(lines), by=None)


def test_a_small_business_shows_no_vat_from_its_day_on():
    # What counts is the day of supply, 14 March: not the day on which it is written down.
    make_company(small_business_since=dt.date(2025, 3, 14))
    assert "§19" in refused("line_items", finalize_invoice, make_invoice(), by=None)
    exempt = make_finalized([a_line(tax_category="E", tax_rate=Decimal(0))])
    assert exempt.seller["small_business"] is True
    make_company(small_business_since=dt.date(2025, 3, 15))
    assert make_finalized().seller["small_business"] is False


def test_it_names_everything_that_is_missing_at_once():
    invoice = make_invoice([], customer=make_buyer(street=""), service_date=None)
    with pytest.raises(ValidationError) as caught:
        finalize_invoice(invoice, by=None)
    assert set(caught.value.error_dict) == {"line_items", "service_date"}
    invoice = make_invoice(
        customer=make_buyer(street=""), service_date=None, issued_date=localdate() + dt.timedelta(2)
    )
    with pytest.raises(ValidationError) as caught:
        finalize_invoice(invoice, by=None)
    assert set(caught.value.error_dict) == {"customer", "service_date", "issued_date"}


def test_it_refuses_a_date_in_the_future_or_before_the_last_of_its_series():
    tomorrow = localdate() + dt.timedelta(1)
    for day, said in [(tomorrow, "future"), (dt.date(9999, 12, 31), "future"),
                      (dt.date(1025, 1, 1), "too far back")]:  # fmt: skip
        invoice = make_invoice(issued_date=day)
        assert said in refused("issued_date", finalize_invoice, invoice, by=None)
    make_finalized(issued_date=dt.date(2025, 6, 10))
    earlier = make_invoice(issued_date=dt.date(2025, 6, 9))
    assert "last number" in refused("issued_date", finalize_invoice, earlier, by=None)
    other_series = {"issued_date": dt.date(2025, 6, 9), "document_type": "deposit"}
    assert make_finalized(**other_series).invoice_number == "AR-2025-001"
    other_count = make_finalized(issued_date=dt.date(2024, 12, 31))
    assert other_count.invoice_number == "RE-2024-001"
    assert make_finalized(issued_date=dt.date(2025, 6, 10)).invoice_number == "RE-2025-002"


def test_without_a_year_in_its_numbers_a_series_goes_by_the_day_alone():
    NumberSequence.objects.create(key="invoices.invoice", pattern="RE-{n:05d}")
    assert make_finalized(issued_date=dt.date(2025, 1, 2)).invoice_number == "RE-00001"
    earlier = make_invoice(issued_date=dt.date(2024, 12, 31))
    assert "last number" in refused("issued_date", finalize_invoice, earlier, by=None)


def test_a_pattern_that_counts_anew_passes_over_the_numbers_that_are_taken():
    for number in ("RE-2025-001", "RE-2025-002"):
        assert make_finalized(issued_date=dt.date(2025, 1, 2)).invoice_number == number
    NumberSequence.objects.update(pattern="RE-2025-{n:03d}")
    assert make_finalized(issued_date=dt.date(2025, 1, 3)).invoice_number == "RE-2025-003"


def test_the_date_is_asked_again_under_the_lock_of_the_series(monkeypatch):
    """Somebody else finalized a later one between the first look and the number."""
    invoice = make_invoice(issued_date=dt.date(2025, 6, 9))
    draw = finalizing.draw_number

    def slow_draw(key, **how):
        monkeypatch.setattr(finalizing, "draw_number", draw)
        make_finalized(issued_date=dt.date(2025, 6, 10))
        return draw(key, **how)

    monkeypatch.setattr(finalizing, "draw_number", slow_draw)
    assert "last number" in refused("issued_date", finalize_invoice, invoice, by=None)


def test_new_lines_are_taxed_by_the_law_of_the_day_of_supply():
    make_tax_rate()
    TaxRate.objects.filter(rate=16).update(is_default=True)
    line = a_line()
    del line["tax_rate"]
    then, now = dt.date(2020, 8, 1), dt.date(2021, 1, 1)
    TaxRate.objects.filter(rate=19).update(valid_from=now)
    assert make_invoice([line], service_date=then).tax_rows[0].rate == 16
    assert make_invoice([line], service_date=now).tax_rows[0].rate == 19
    make_company(small_business_since=dt.date(2022, 1, 1))
    small = make_invoice([line], service_date=dt.date(2022, 1, 1))
    assert (small.tax_amount, small.line_items.get().tax_category) == (0, "E")


def test_a_line_or_document_beyond_reckoning_is_refused():
    most = Decimal("9999999999.9999")
    huge = a_line(quantity=Decimal("99999999"), unit_price=most)
    assert "too much" in refused("line_items", make_invoice, [huge])
    large = a_line(quantity=Decimal(90), unit_price=most)
    assert "too much" in refused("line_items", make_invoice, [large] * 2)
    assert not Invoice.objects.exists()


def test_a_draft_with_hours_stays_with_its_customer_and_project():
    draft = invoice_project(project=make_hours(), by=None)
    other = make_project(customer=draft.customer)
    for data in [{"project": other}, {"project": None}, {"customer": make_buyer(),
                 "project": None}, {"document_type": "quote"}]:  # fmt: skip
        with pytest.raises(ValidationError, match="of the project"):
            change_invoice(draft, by=None, **data)
    changed = change_invoice(draft, by=None, line_items=[a_line()], project=other)
    assert changed.project == other


def test_the_customers_reference_stands_on_new_documents():
    buyer = make_buyer(buyer_reference="K-17")
    assert make_invoice(customer=buyer).buyer_reference == "K-17"
    assert make_invoice(customer=buyer, buyer_reference="").buyer_reference == ""


def test_an_invoice_over_nothing_is_paid_at_once():
    assert make_finalized([a_line(discount_percent=Decimal(100))]).status == "paid"


def test_what_a_document_says_does_not_follow_later_changes():
    buyer = make_buyer()
    contact = services.create(
        Contact, by=None, customer=buyer, firstname="Karin", lastname="Boysen", is_primary=True
    )
    invoice = make_finalized(customer=buyer)
    seller, known = invoice.seller, invoice.buyer
    assert known["contact"] == "Karin Boysen"
    services.change(buyer, by=None, name="Renamed AG", street="Elsewhere 1")
    services.change(contact, by=None, lastname="Anders")
    make_company(name="New Owner AG", iban="DE02120300000000202051")
    invoice.refresh_from_db()
    assert (invoice.seller, invoice.buyer) == (seller, known)
    assert invoice.seller["iban"] == "DE89370400440532013000"
