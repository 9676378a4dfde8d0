"""Cancellations and credit notes."""

from decimal import Decimal

import pytest
from django.utils.timezone import localdate

from invoices.models import BilledTime, Invoice
from invoices.services import (
    cancel_invoice,
    change_invoice,
    credit_invoice,
    finalize_invoice,
    invoice_project,
    record_payment,
    reverse_payment,
)
from invoices.tests.factories import (
    a_line,
    make_buyer,
    make_finalized,
    make_hours,
    make_invoice,
    make_payment,
)
from invoices.tests.test_services import refused
from projects.models import Project
from projects.tests.factories import make_project
from timetracking.models import TimeEntry
from workmate import services
from workmate.errors import Conflict


def test_a_cancellation_mirrors_the_document_under_a_number_of_its_own(events):
    invoice = make_finalized([a_line(), a_line(quantity=1, tax_rate=Decimal(7), unit="C62")])
    mirror = cancel_invoice(invoice, by=None, reason="wrong customer")
    invoice.refresh_from_db()
    assert invoice.status == "cancelled"
    assert invoice.total == Decimal("1297.00")
    assert (mirror.document_type, mirror.status) == ("cancellation", "finalized")
    assert mirror.invoice_number == f"ST-{localdate().year}-001"
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


def make_credit(invoice, quantity):
    """A draft credit note over so many of the invoice's hours."""
    draft = credit_invoice(invoice, by=None)
    line = draft.line_items.get()
    return change_invoice(
        draft, by=None, line_items=[{"id": line.pk, "quantity": Decimal(quantity)}]
    )


def test_a_credit_note_refers_to_its_invoice_and_lowers_what_is_open():
    invoice = make_finalized(due_date=localdate())
    draft = make_credit(invoice, 1)
    assert (draft.document_type, draft.refers_to, draft.customer) == (
        "credit_note", invoice, invoice.customer,
    )  # fmt: skip
    assert draft.service_date == invoice.service_date
    credit = finalize_invoice(draft, by=None)
    invoice.refresh_from_db()
    assert (credit.total, credit.status) == (Decimal("119.00"), "paid")
    assert credit.invoice_number == f"GS-{localdate().year}-001"
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
