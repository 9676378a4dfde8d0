"""A document's life: draft, finalized, cancelled, billed, paid."""

import datetime as dt
from decimal import Decimal

import pytest
from auditlog.models import LogEntry
from django.core.exceptions import ValidationError
from django.utils import timezone

from crm.models import Contact
from invoices.models import BilledTime, Invoice, InvoiceLineItem, Payment
from invoices.services import (
    accept_quote,
    cancel_invoice,
    change_invoice,
    convert_quote,
    create_invoice,
    credit_invoice,
    decline_quote,
    delete_invoice,
    duplicate_invoice,
    expire_quotes,
    finalize_invoice,
    finalizing,
    invoice_project,
    mark_overdue,
    mark_sent,
    record_payment,
    reverse_payment,
)
from invoices.services.money import pay_invoice
from invoices.tests.factories import (
    a_line,
    make_buyer,
    make_finalized,
    make_hours,
    make_invoice,
    make_payment,
)
from projects.models import Project
from projects.tests.factories import make_project
from system.models import Company, TaxRate
from system.tests.factories import make_company, make_tax_rate
from timetracking.models import TimeEntry
from timetracking.services import reopen_time_entry
from timetracking.tests.factories import at, make_approved_time_entry, make_time_entry
from workmate import services
from workmate.errors import Conflict
from workmate.events import happened
from workmate.models import NumberSequence

TODAY = timezone.localdate()


@pytest.fixture
def events():
    """The names of what happens."""
    told: list[tuple[str, str]] = []

    def listener(sender, event, **kwargs):
        told.append((sender.__name__, event.verb))

    happened.connect(listener)
    yield told
    happened.disconnect(listener)


def refused(field, call, *args, **data):
    """The messages at one field of the error."""
    with pytest.raises(ValidationError) as caught:
        call(*args, **data)
    return " ".join(ValidationError(caught.value.error_dict[field]).messages)


# --- Drafts -------------------------------------------------------------------------------------
def test_a_draft_has_lines_sums_and_no_number(events):
    invoice = make_invoice([a_line(), a_line(tax_rate=Decimal(7), quantity=1)])
    assert (invoice.status, invoice.invoice_number) == ("draft", None)
    assert invoice.total == Decimal("1297.00")
    assert ("Invoice", "created") in events


def test_a_draft_speaks_the_customers_language_unless_told_otherwise():
    assert make_invoice(customer=make_buyer(language="en")).language == "en"
    assert make_invoice(customer=make_buyer(language="en"), language="de").language == "de"


def test_an_untaxed_line_needs_no_rate():
    line = a_line(tax_category="AE")
    del line["tax_rate"]
    assert make_invoice([line]).tax_amount == 0


def test_it_names_the_line_that_is_wrong():
    lines = [a_line(), a_line(description=""), a_line(tax_rate=Decimal(-1))]
    message = refused("line_items", make_invoice, lines)
    assert "2:" in message
    assert "3:" in message
    assert not Invoice.objects.exists()


def test_it_refuses_a_cancellation_made_by_hand():
    assert refused("document_type", make_invoice, document_type="cancellation")
    assert refused(
        "document_type", change_invoice, make_invoice(), by=None, document_type="cancellation"
    )


def test_it_refuses_more_lines_than_a_document_can_hold():
    assert "1,000" in refused("line_items", make_invoice, [a_line()] * 1001)


def test_changing_a_draft_keeps_changes_adds_and_removes_lines():
    invoice = make_invoice([a_line(description="first"), a_line(description="second")])
    first, _second = invoice.line_items.all()
    change_invoice(
        invoice, by=None, title="New",
        line_items=[a_line(description="third"), {"id": first.pk, "quantity": Decimal(1)}],
    )  # fmt: skip
    invoice.refresh_from_db()
    assert [(line.description, line.quantity) for line in invoice.line_items.all()] == [
        ("third", Decimal(10)),
        ("first", Decimal(1)),
    ]
    assert (invoice.title, invoice.total) == ("New", Decimal("1309.00"))


def test_changing_without_lines_leaves_them_alone():
    invoice = make_invoice()
    change_invoice(invoice, by=None, title="New")
    assert invoice.line_items.count() == 1


def test_it_refuses_a_line_of_another_document():
    other = make_invoice().line_items.get()
    invoice = make_invoice()
    assert refused("line_items", change_invoice, invoice, by=None, line_items=[{"id": other.pk}])
    assert invoice.line_items.count() == 1


def test_only_notes_of_a_finalized_document_are_changed():
    invoice = make_finalized()
    change_invoice(invoice, by=None, notes="called")
    change_invoice(invoice, by=None, notes="called twice", title=invoice.title)
    invoice.refresh_from_db()
    assert invoice.notes == "called twice"
    history = LogEntry.objects.get_for_object(invoice).filter(action=LogEntry.Action.UPDATE)
    assert history.filter(changes__has_key="notes").count() == 2
    line = invoice.line_items.get()
    change_invoice(invoice, by=None, line_items=[a_line(id=line.pk)], notes="called again")
    changed_line = {"line_items": [a_line(id=line.pk, quantity=Decimal(11))]}
    for data in [{"title": "New"}, {"line_items": []}, {"customer": make_buyer()}, changed_line]:
        with pytest.raises(Conflict, match="finalized"):
            change_invoice(invoice, by=None, **data)


def test_deleting_a_draft_frees_its_hours_and_a_finalized_one_is_refused(events):
    draft = invoice_project(project=make_hours(), by=None)
    assert TimeEntry.objects.invoiced().count() == 3
    delete_invoice(draft, by=None)
    assert not TimeEntry.objects.invoiced().exists()
    assert not Invoice.objects.exists()
    assert ("Invoice", "deleted") in events
    with pytest.raises(Conflict, match="finalized"):
        services.delete(make_finalized(), by=None)


def test_removing_a_line_frees_its_hours():
    draft = invoice_project(project=make_hours(), by=None, group_by="entry")
    kept = draft.line_items.first()
    change_invoice(draft, by=None, line_items=[{"id": kept.pk}])
    assert TimeEntry.objects.invoiced().count() == 1


# --- Finalizing ---------------------------------------------------------------------------------
def test_finalizing_draws_the_number_and_freezes_the_document(clerk, events):
    invoice = finalize_invoice(make_invoice(), by=clerk)
    assert invoice.status == "finalized"
    assert invoice.invoice_number == f"RE-{TODAY.year}-001"
    assert invoice.issued_date == TODAY
    assert invoice.due_date == TODAY + dt.timedelta(30)
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
    last_year = TODAY.replace(year=TODAY.year - 1, month=6, day=1)
    numbers = [
        make_finalized(issued_date=last_year).invoice_number,
        make_finalized().invoice_number,
        make_finalized().invoice_number,
        make_finalized(document_type="quote").invoice_number,
        make_finalized(document_type="deposit").invoice_number,
        make_finalized(document_type="credit_note").invoice_number,
        cancel_invoice(make_finalized(), by=None, reason="x").invoice_number,
    ]
    year = TODAY.year
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
    assert make_finalized(customer=make_buyer(payment_days=7)).due_date == TODAY + dt.timedelta(7)
    make_company(default_payment_days=14)
    customer = make_buyer(payment_days=None)
    assert make_finalized(customer=customer).due_date == TODAY + dt.timedelta(14)
    given = TODAY + dt.timedelta(3)
    assert make_finalized(due_date=given).due_date == given


def test_a_quote_is_valid_for_the_companys_days_and_has_no_due_date():
    make_company(quote_valid_days=10)
    quote = make_finalized(document_type="quote", service_date=None)
    assert (quote.valid_until, quote.due_date) == (TODAY + dt.timedelta(10), None)


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
        customer=make_buyer(street=""), service_date=None, issued_date=TODAY + dt.timedelta(2)
    )
    with pytest.raises(ValidationError) as caught:
        finalize_invoice(invoice, by=None)
    assert set(caught.value.error_dict) == {"customer", "service_date", "issued_date"}


def test_it_refuses_a_date_in_the_future_or_before_the_last_of_its_series():
    tomorrow = TODAY + dt.timedelta(1)
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


# --- Cancelling ---------------------------------------------------------------------------------
def test_a_cancellation_mirrors_the_document_under_a_number_of_its_own(events):
    invoice = make_finalized([a_line(), a_line(quantity=1, tax_rate=Decimal(7), unit="C62")])
    mirror = cancel_invoice(invoice, by=None, reason="wrong customer")
    invoice.refresh_from_db()
    assert invoice.status == "cancelled"
    assert invoice.total == Decimal("1297.00")
    assert (mirror.document_type, mirror.status) == ("cancellation", "finalized")
    assert mirror.invoice_number == f"ST-{TODAY.year}-001"
    assert mirror.refers_to == invoice
    assert mirror.notes == "wrong customer"
    assert (mirror.subtotal, mirror.tax_amount, mirror.total) == (
        -invoice.subtotal, -invoice.tax_amount, -invoice.total,
    )  # fmt: skip
    pairs = zip(invoice.line_items.all(), mirror.line_items.all(), strict=True)
    for line, opposite in pairs:
        assert opposite.quantity == -line.quantity
        assert opposite.total == -line.total
        assert opposite.unit_price == line.unit_price
    assert [(row.base, row.tax) for row in mirror.tax_rows] == [
        (-row.base, -row.tax) for row in invoice.tax_rows
    ]
    assert ("Invoice", "cancelled") in events


def test_a_cancellation_names_the_parties_as_the_document_did():
    invoice = make_finalized()
    services.change(invoice.customer, by=None, name="Renamed AG")
    assert cancel_invoice(invoice, by=None, reason="x").buyer == invoice.buyer


def test_a_discount_is_mirrored_to_the_cent():
    line = a_line(
        quantity=Decimal("3.3333"), unit_price=Decimal("9.9999"), discount_percent=Decimal("3.33")
    )
    invoice = make_finalized([line])
    mirror = cancel_invoice(invoice, by=None, reason="x")
    assert mirror.line_items.get().total == -invoice.line_items.get().total


def test_a_document_is_cancelled_only_once():
    invoice = make_finalized()
    mirror = cancel_invoice(invoice, by=None, reason="x")
    with pytest.raises(Conflict, match="already"):
        cancel_invoice(invoice, by=None, reason="x")
    with pytest.raises(Conflict):
        cancel_invoice(mirror, by=None, reason="x")
    assert Invoice.objects.filter(document_type="cancellation").count() == 1


@pytest.mark.parametrize("kind", ["draft", "quote"])
def test_it_refuses_to_cancel_drafts_and_quotes(kind):
    invoice = make_invoice() if kind == "draft" else make_finalized(document_type="quote")
    with pytest.raises(Conflict, match="finalized invoice"):
        cancel_invoice(invoice, by=None, reason="x")


def test_cancelling_keeps_payments_and_leaves_nothing_open():
    invoice = make_payment(amount=Decimal(100)).invoice
    cancel_invoice(invoice, by=None, reason="x")
    invoice.refresh_from_db()
    assert (invoice.status, invoice.paid_amount) == ("cancelled", Decimal(100))
    assert invoice.outstanding_amount == 0
    assert invoice.overpaid_amount == Decimal(100)
    assert Invoice.objects.overpaid().get() == invoice
    assert Invoice.objects.all().figures()["overpaid"] == Decimal(100)
    with pytest.raises(Conflict):
        record_payment(invoice=invoice, by=None, amount=Decimal(1))
    reverse_payment(invoice.payments.get(), by=None, reason="paid back")
    invoice.refresh_from_db()
    assert (invoice.status, invoice.paid_amount) == ("cancelled", 0)
    assert invoice.overpaid_amount == 0
    assert not Invoice.objects.overpaid().exists()


@pytest.mark.parametrize("reason", ["", "  "])
def test_cancelling_and_taking_back_want_a_reason(reason):
    payment = make_payment(amount=Decimal(5))
    assert refused("reason", cancel_invoice, payment.invoice, by=None, reason=reason)
    assert refused("reason", reverse_payment, payment, by=None, reason=reason)


def test_a_document_is_cancelled_though_its_project_went_to_another_customer():
    project = make_project(customer=make_buyer())
    invoice = make_finalized(project=project)
    Project.objects.filter(pk=project.pk).update(customer=make_buyer())
    invoice.refresh_from_db()
    change_invoice(invoice, by=None, notes="moved")
    assert cancel_invoice(invoice, by=None, reason="x").total == -invoice.total


# --- Credit notes -------------------------------------------------------------------------------
def make_credit(invoice, quantity):
    """A draft credit note over so many of the invoice's hours."""
    draft = credit_invoice(invoice, by=None)
    line = draft.line_items.get()
    return change_invoice(
        draft, by=None, line_items=[{"id": line.pk, "quantity": Decimal(quantity)}]
    )


def test_a_credit_note_refers_to_its_invoice_and_lowers_what_is_open():
    invoice = make_finalized(due_date=TODAY)
    draft = make_credit(invoice, 1)
    assert (draft.document_type, draft.refers_to, draft.customer) == (
        "credit_note", invoice, invoice.customer,
    )  # fmt: skip
    assert draft.service_date == invoice.service_date
    credit = finalize_invoice(draft, by=None)
    invoice.refresh_from_db()
    assert (credit.total, credit.status) == (Decimal("119.00"), "paid")
    assert credit.invoice_number == f"GS-{TODAY.year}-001"
    assert (invoice.total, invoice.outstanding_amount) == (Decimal(1190), Decimal(1071))
    assert invoice.status == "partial"
    assert Invoice.objects.all().figures()["outstanding"] == Decimal(1071)
    assert make_payment(invoice=invoice).invoice.status == "paid"


def test_of_a_paid_invoice_the_credit_stays_open_to_be_paid_back():
    invoice = make_payment(amount=Decimal(1150)).invoice
    credit = finalize_invoice(make_credit(invoice, 1), by=None)
    invoice.refresh_from_db()
    credit.refresh_from_db()
    assert (invoice.status, invoice.outstanding_amount) == ("paid", 0)
    assert (credit.status, credit.outstanding_amount) == ("partial", Decimal(79))
    assert make_payment(invoice=credit).invoice.status == "paid"


def test_cancelling_a_credit_note_brings_the_debt_back():
    invoice = make_finalized()
    credit = finalize_invoice(make_credit(invoice, 1), by=None)
    assert "GS-" in str(pytest.raises(Conflict, cancel_invoice, invoice, by=None, reason="x"))
    offset = invoice.payments.get()
    with pytest.raises(Conflict, match="cancel the credit note"):
        reverse_payment(offset, by=None, reason="x")
    cancel_invoice(credit, by=None, reason="mistaken")
    invoice.refresh_from_db()
    credit.refresh_from_db()
    assert (invoice.outstanding_amount, invoice.status) == (Decimal(1190), "finalized")
    assert (credit.status, credit.overpaid_amount) == ("cancelled", 0)
    assert cancel_invoice(invoice, by=None, reason="x").total == Decimal(-1190)


def test_no_more_is_credited_than_the_invoice_came_to():
    invoice = make_finalized()
    finalize_invoice(make_credit(invoice, 8), by=None)
    too_much = make_credit(invoice, 3)
    assert "238.00" in refused("line_items", finalize_invoice, too_much, by=None)
    assert finalize_invoice(make_credit(invoice, 2), by=None).status == "paid"
    invoice.refresh_from_db()
    assert invoice.status == "paid"


def test_it_refuses_to_credit_what_is_no_standing_invoice():
    cancelled = make_finalized()
    late = make_credit(cancelled, 1)
    cancel_invoice(cancelled, by=None, reason="x")
    cancelled.refresh_from_db()
    for wrong in [make_invoice(), make_finalized(document_type="quote"), cancelled]:
        with pytest.raises(Conflict, match="corrected"):
            credit_invoice(wrong, by=None)
    with pytest.raises(Conflict, match="is cancelled"):
        finalize_invoice(late, by=None)
    invoice = make_finalized()
    foreign = make_credit(invoice, 1)
    change_invoice(foreign, by=None, customer=make_buyer())
    assert refused("customer", finalize_invoice, foreign, by=None)


def test_offsets_are_not_written_by_hand():
    assert refused(
        "payment_method", record_payment,
        invoice=make_finalized(), by=None, payment_method="offset",
    )  # fmt: skip


def test_cancelling_frees_the_hours_which_are_billed_anew():
    project = make_hours()
    first = finalize_invoice(invoice_project(project=project, by=None), by=None)
    with pytest.raises(Conflict, match="left to bill"):
        invoice_project(project=project, by=None)
    cancel_invoice(first, by=None, reason="x")
    assert not TimeEntry.objects.invoiced().exists()
    second = invoice_project(project=project, by=None)
    assert second.total == first.total
    assert BilledTime.objects.current().count() == 3
    assert BilledTime.objects.count() == 6


# --- Hours --------------------------------------------------------------------------------------
def test_hours_become_a_draft_over_their_period():
    project = make_hours(task_type="development")
    invoice = invoice_project(project=project, by=None)
    line = invoice.line_items.get()
    assert (line.quantity, line.unit, line.unit_price) == (Decimal(6), "HUR", Decimal(100))
    assert invoice.total == Decimal("714.00")
    assert (invoice.service_start, invoice.service_end) == (
        dt.date(2025, 3, 10), dt.date(2025, 3, 12),
    )  # fmt: skip
    assert invoice.customer == project.customer
    assert TimeEntry.objects.invoiced().count() == 3
    assert finalize_invoice(invoice, by=None).status == "finalized"


@pytest.mark.parametrize(("group_by", "lines"), [("task_type", 2), ("employee", 3), ("entry", 4)])
def test_hours_share_lines_by_kind_person_or_entry(group_by, lines):
    project = make_hours(task_type="development", count=2)
    make_hours(project, count=1, task_type="support", start_time=at("2025-03-20 09:00"))
    person = TimeEntry.objects.filter(task_type="support").get().employee
    make_approved_time_entry(
        project=project, employee=person, task_type="support", start_time=at("2025-03-21 09:00")
    )
    invoice = invoice_project(project=project, by=None, group_by=group_by)
    assert invoice.line_items.count() == lines
    assert sum(line.quantity for line in invoice.line_items.all()) == 8


def test_hours_at_another_rate_stand_on_a_line_of_their_own():
    project = make_hours(count=1)
    make_hours(project, count=1, hourly_rate=Decimal(150), start_time=at("2025-03-20 09:00"))
    invoice = invoice_project(project=project, by=None)
    assert sorted(line.unit_price for line in invoice.line_items.all()) == [100, 150]
    assert invoice.subtotal == Decimal("500.00")


def test_only_approved_billable_hours_until_the_day_are_billed():
    project = make_hours(count=2)
    make_time_entry(project=project)
    make_approved_time_entry(project=project, billable=False)
    invoice = invoice_project(project=project, by=None, until=dt.date(2025, 3, 10))
    assert invoice.line_items.get().quantity == Decimal(2)


def test_it_refuses_when_nothing_is_left_and_when_no_rate_is_known():
    project = make_hours(count=0)
    with pytest.raises(Conflict, match="left to bill"):
        invoice_project(project=project, by=None)
    make_hours(project, count=1)
    services.change(project, by=None, hourly_rate=None)
    assert "rate" in refused("project", invoice_project, project=project, by=None)
    assert not TimeEntry.objects.invoiced().exists()
    assert not Invoice.objects.exists()


def test_billed_hours_are_not_reopened():
    invoice_project(project=make_hours(count=1), by=None)
    with pytest.raises(Conflict):
        reopen_time_entry(TimeEntry.objects.get(), by=None)


def test_a_small_business_bills_hours_without_vat():
    make_company(small_business_since=dt.date(2020, 1, 1))
    invoice = invoice_project(project=make_hours(), by=None)
    assert (invoice.tax_amount, invoice.line_items.get().tax_category) == (0, "E")
    assert finalize_invoice(invoice, by=None).total == Decimal("600.00")


def test_hours_take_the_vat_rate_of_their_day():
    TaxRate.objects.all().delete()
    project = make_hours(count=1)
    assert "VAT rate" in refused("project", invoice_project, project=project, by=None)


# --- Copies and quotes --------------------------------------------------------------------------
def test_a_copy_is_a_draft_without_number_dates_and_hours():
    first = finalize_invoice(invoice_project(project=make_hours(), by=None), by=None)
    copy = duplicate_invoice(first, by=None)
    assert (copy.status, copy.invoice_number, copy.issued_date) == ("draft", None, None)
    assert (copy.service_date, copy.service_start, copy.service_end) == (None, None, None)
    assert copy.total == first.total
    assert copy.customer == first.customer
    assert BilledTime.objects.filter(line_item__invoice=copy).count() == 0


def test_a_copy_of_a_cancellation_is_an_invoice_again():
    invoice = make_finalized()
    copy = duplicate_invoice(cancel_invoice(invoice, by=None, reason="x"), by=None)
    assert (copy.document_type, copy.total) == ("invoice", invoice.total)


def test_a_quote_becomes_an_invoice_that_refers_to_it(events):
    quote = make_finalized(document_type="quote")
    draft = convert_quote(quote, by=None)
    quote.refresh_from_db()
    assert (draft.document_type, draft.status) == ("invoice", "draft")
    assert draft.refers_to == quote
    assert draft.total == quote.total
    assert quote.status == "accepted"
    assert ("Invoice", "accepted") in events
    with pytest.raises(Conflict, match="already"):
        convert_quote(quote, by=None)


def test_a_quote_is_converted_again_after_the_invoice_was_cancelled_or_deleted():
    quote = make_finalized(document_type="quote")
    delete_invoice(convert_quote(quote, by=None), by=None)
    invoice = finalize_invoice(convert_quote(quote, by=None), by=None)
    cancel_invoice(invoice, by=None, reason="x")
    assert convert_quote(quote, by=None).status == "draft"


def test_a_quote_is_decided_on_once():
    quote = make_finalized(document_type="quote")
    assert accept_quote(quote, by=None).status == "accepted"
    with pytest.raises(Conflict):
        decline_quote(quote, by=None)
    declined = decline_quote(make_finalized(document_type="quote"), by=None)
    with pytest.raises(Conflict):
        convert_quote(declined, by=None)
    for wrong in [make_invoice(document_type="quote"), make_finalized()]:
        with pytest.raises(Conflict):
            accept_quote(wrong, by=None)


def test_quotes_expire_the_day_after_their_last(events):
    quote = make_finalized(document_type="quote", valid_until=TODAY)
    assert expire_quotes() == 0
    assert expire_quotes(today=TODAY + dt.timedelta(1)) == 1
    quote.refresh_from_db()
    assert quote.status == "expired"
    assert ("Invoice", "expired") in events
    assert expire_quotes(today=TODAY + dt.timedelta(1)) == 0
    assert accept_quote(quote, by=None).status == "accepted"


# --- Payments -----------------------------------------------------------------------------------
def test_the_status_follows_the_payments(clerk, events):
    invoice = make_finalized()
    first = record_payment(invoice=invoice, by=clerk, amount=Decimal(190), reference="E-1")
    assert first.invoice.status == "partial"
    assert first.recorded_by == clerk
    second = record_payment(invoice=invoice, by=clerk)
    assert second.amount == Decimal(1000)
    assert second.invoice.status == "paid"
    assert ("Invoice", "paid") in events
    with pytest.raises(Conflict, match="unpaid"):
        record_payment(invoice=invoice, by=clerk, amount=Decimal(1))


def test_it_refuses_more_than_is_open_nothing_and_less():
    invoice = make_finalized()
    assert "1190.00" in refused(
        "amount", record_payment, invoice=invoice, by=None, amount=Decimal("1190.01")
    )
    for amount in [Decimal(0), Decimal(-5)]:
        with pytest.raises(ValidationError, match="above 0"):
            record_payment(invoice=invoice, by=None, amount=amount)
    with pytest.raises(ValidationError):
        record_payment(invoice=invoice, by=None, amount=Decimal("0.001"))
    invoice.refresh_from_db()
    assert (invoice.paid_amount, invoice.payments.count()) == (0, 0)


def test_it_refuses_a_payment_in_the_future():
    assert refused(
        "payment_date", record_payment,
        invoice=make_finalized(), by=None, payment_date=TODAY + dt.timedelta(1),
    )  # fmt: skip


@pytest.mark.parametrize("kind", ["draft", "quote", "cancellation"])
def test_it_refuses_payments_for_what_asks_for_no_money(kind):
    if kind == "draft":
        invoice = make_invoice()
    elif kind == "quote":
        invoice = make_finalized(document_type="quote")
    else:
        invoice = cancel_invoice(make_finalized(), by=None, reason="x")
    with pytest.raises(Conflict):
        record_payment(invoice=invoice, by=None, amount=Decimal(1))


def test_paying_from_the_document_gives_the_document_back():
    invoice = pay_invoice(make_finalized(), by=None, payment_method="cash")
    assert invoice.status == "paid"
    assert invoice.payments.get().payment_method == "cash"


def test_a_reversal_takes_the_payment_back_and_the_status_with_it():
    payment = make_payment()
    counter = reverse_payment(payment, by=None, reason="returned debit")
    invoice = Invoice.objects.get(pk=payment.invoice_id)
    assert counter.amount == -payment.amount
    assert counter.reverses == payment
    assert (invoice.status, invoice.paid_amount) == ("finalized", 0)
    assert Payment.objects.get(pk=payment.pk).is_reversed
    with pytest.raises(Conflict, match="already"):
        reverse_payment(payment, by=None, reason="again")
    with pytest.raises(Conflict, match="reversal"):
        reverse_payment(counter, by=None, reason="again")


def test_after_a_reversal_an_invoice_is_sent_or_overdue_again():
    sent = mark_sent(make_finalized(), by=None)
    reverse_payment(make_payment(invoice=sent), by=None, reason="x")
    sent.refresh_from_db()
    assert sent.status == "sent"
    late = make_late()
    payment = make_payment(invoice=late, amount=Decimal(5))
    assert payment.invoice.status == "overdue"
    assert make_payment(invoice=late).invoice.status == "paid"


# --- Overdue and sent ---------------------------------------------------------------------------
def make_late(days: int = 1) -> Invoice:
    """An open invoice whose due date has passed."""
    return make_finalized(
        issued_date=TODAY - dt.timedelta(30), due_date=TODAY - dt.timedelta(days),
        document_type="deposit",
    )  # fmt: skip


def test_the_nightly_job_marks_what_is_overdue_and_does_nothing_twice(events):
    late, paid, in_time = make_late(), make_late(), make_finalized()
    make_payment(invoice=paid)
    events.clear()
    assert mark_overdue() == 1
    assert mark_overdue() == 0
    assert events == [("Invoice", "overdue")]
    found = {Invoice.objects.get(pk=one.pk).status for one in (paid, in_time)}
    assert found == {"paid", "finalized"}
    late.refresh_from_db()
    assert late.status == "overdue"


def test_on_the_due_date_nothing_is_overdue_yet():
    make_finalized(due_date=TODAY)
    assert mark_overdue() == 0
    assert mark_overdue(today=TODAY + dt.timedelta(1)) == 1


def test_credit_notes_and_drafts_are_never_overdue():
    day = TODAY - dt.timedelta(9)
    make_finalized(document_type="credit_note", issued_date=day, due_date=day)
    make_invoice(issued_date=day, due_date=day)
    assert mark_overdue() == 0


def test_marking_as_sent_happens_once():
    invoice = mark_sent(make_finalized(), by=None)
    assert invoice.status == "sent"
    assert invoice.sent_at is not None
    with pytest.raises(Conflict):
        mark_sent(invoice, by=None)
    with pytest.raises(Conflict):
        mark_sent(make_invoice(), by=None)
    part = make_payment(amount=Decimal(5)).invoice
    assert mark_sent(part, by=None).status == "partial"
    paid = make_payment().invoice
    assert mark_sent(paid, by=None).status == "paid"
    quote = mark_sent(make_finalized(document_type="quote"), by=None)
    assert quote.status == "sent"
    assert accept_quote(quote, by=None).status == "accepted"


# --- Through the ground -------------------------------------------------------------------------
def test_every_door_writes_through_the_same_verbs(clerk):
    customer = make_buyer()
    invoice = services.create(Invoice, by=clerk, customer=customer, line_items=[a_line()])
    services.change(invoice, by=clerk, title="New")
    invoice.refresh_from_db()
    assert (invoice.title, invoice.total) == ("New", Decimal("1190.00"))
    services.delete(invoice, by=clerk)
    assert not InvoiceLineItem.objects.exists()
    payment = services.create(Payment, by=clerk, invoice=make_finalized(), amount=Decimal(5))
    assert payment.recorded_by == clerk


def test_a_customer_with_documents_is_not_deleted():
    invoice = make_invoice()
    with pytest.raises(Conflict):
        services.delete(invoice.customer, by=None)


def test_a_draft_without_customer_is_refused():
    with pytest.raises(ValidationError) as caught:
        create_invoice(by=None, line_items=[a_line()])
    assert "customer" in caught.value.error_dict


def test_the_companys_name_bears_its_legal_form():
    make_company(name="Muster", legal_form="UG")
    assert Company.current().full_name == "Muster UG"
    assert make_finalized().seller["name"] == "Muster UG"
