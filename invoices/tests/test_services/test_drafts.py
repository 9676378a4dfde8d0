"""Drafts."""

from decimal import Decimal

import pytest
from auditlog.models import LogEntry

from invoices.models import Invoice
from invoices.services import (
    change_invoice,
    delete_invoice,
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
from timetracking.models import TimeEntry
from workmate import services
from workmate.errors import Conflict


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
