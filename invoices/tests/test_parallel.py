"""What happens at the same moment: real threads, real connections, row locks."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from finance.models import Expense
from finance.services import reopen_expense
from finance.tests.factories import make_approved_expense
from invoices.models import BilledExpense, BilledTime, Invoice, Payment
from invoices.services import (
    bill_on,
    cancel_invoice,
    change_invoice,
    convert_quote,
    finalize_invoice,
    invoice_project,
    record_payment,
)
from invoices.tests.factories import a_line, make_buyer, make_finalized, make_hours, make_invoice
from projects.tests.factories import make_project
from system.tests.factories import make_company
from timetracking.models import TimeEntry
from workmate.events import facts_only
from workmate.tests.threads import at_once, failures

pytestmark = pytest.mark.django_db(transaction=True)


class GiveUpError(Exception):
    """What a failed transaction ends with."""


def test_fifty_finalizations_at_once_leave_no_gap_though_some_are_rolled_back() -> None:
    buyers = [make_buyer(name=f"Buyer {number}") for number in range(5)]
    drafts = [make_invoice(customer=buyers[number % 5]) for number in range(50)]

    def finalize(draft: Invoice, gives_up: bool) -> str:
        # What follows a commit, fifty PDFs, is not asked for here.
        with facts_only(), transaction.atomic():
            number = finalize_invoice(draft, by=None).invoice_number
            if gives_up:
                raise GiveUpError
        return str(number)

    results = at_once(*[lambda d=d, n=n: finalize(d, n % 7 == 0) for n, d in enumerate(drafts)])
    given_up = failures(results)
    assert {type(error) for error in given_up} == {GiveUpError}
    year = Invoice.objects.exclude(invoice_number=None).first().issued_date.year
    wanted = [f"RE-{year}-{n:03d}" for n in range(1, 50 - len(given_up) + 1)]
    assert sorted(result for result in results if isinstance(result, str)) == wanted
    kept = Invoice.objects.exclude(status="draft").values_list("invoice_number", flat=True)
    assert sorted(kept) == wanted


def test_two_payments_at_once_never_come_to_more_than_is_open() -> None:
    invoice = make_finalized()
    results = at_once(
        *[lambda: record_payment(invoice=invoice, by=None, amount=Decimal("800.00"))] * 2
    )
    assert len(failures(results)) == 1
    invoice.refresh_from_db()
    assert invoice.paid_amount == Payment.objects.sum_amount() == Decimal("800.00")
    assert invoice.outstanding_amount == Decimal("390.00")


def test_two_runs_over_the_same_hours_bill_each_hour_once() -> None:
    project = make_hours(count=8)
    results = at_once(*[lambda: invoice_project(project=project, by=None)] * 2)
    assert len(failures(results)) == 1
    assert Invoice.objects.count() == 1
    assert BilledTime.objects.count() == 8
    assert TimeEntry.objects.invoiced().count() == 8


def test_two_runs_over_the_same_expenses_bill_each_once() -> None:
    project = make_project(customer=make_buyer())
    make_company()
    for _number in range(5):
        make_approved_expense(project=project, billable=True)
    results = at_once(*[lambda: invoice_project(project=project, by=None)] * 3)
    assert [error.code for error in failures(results)] == ["nothing_to_bill"] * 2
    assert Invoice.objects.count() == 1
    assert BilledExpense.objects.count() == 5
    assert Expense.objects.invoiced().count() == 5


def test_an_expense_reopened_and_billed_at_once_is_not_both() -> None:
    project = make_project(customer=make_buyer())
    make_company()
    expense = make_approved_expense(project=project, billable=True)
    at_once(
        lambda: reopen_expense(expense, by=None), lambda: invoice_project(project=project, by=None)
    )
    now = Expense.objects.get()
    assert (now.status, now.is_invoiced) in {("draft", False), ("approved", True)}
    assert BilledExpense.objects.count() == Invoice.objects.count() == int(now.is_invoiced)


def test_a_document_cancelled_twice_at_once_has_one_cancellation() -> None:
    invoice = make_finalized()
    results = at_once(*[lambda: cancel_invoice(invoice, by=None, reason="Wrong")] * 2)
    assert len(failures(results)) == 1
    assert Invoice.objects.filter(document_type="cancellation").count() == 1


def test_a_draft_finalized_and_changed_at_once_says_what_its_sums_say() -> None:
    invoice = make_invoice()
    lines = [a_line(quantity=Decimal(99))]
    at_once(
        lambda: finalize_invoice(invoice, by=None),
        lambda: change_invoice(Invoice.objects.get(pk=invoice.pk), by=None, line_items=lines),
    )
    now = Invoice.objects.get(pk=invoice.pk)
    assert now.status == "finalized"
    net: Any = sum(line.total for line in now.line_items.all())
    assert now.subtotal == net
    assert now.line_items.get().quantity in {Decimal(10), Decimal(99)}


def test_a_quote_converted_twice_at_once_gives_one_invoice() -> None:
    quote = make_finalized(document_type="quote")
    results = at_once(*[lambda: convert_quote(quote, by=None)] * 2)
    assert len(failures(results)) == 1
    assert quote.followers.count() == 1


def test_an_hour_that_two_drafts_want_at_once_stands_on_one() -> None:
    project = make_hours(count=1)
    entry = TimeEntry.objects.for_billing(project).get()
    drafts = [make_invoice([], customer=project.customer) for _number in range(2)]
    results = at_once(
        *[lambda draft=draft: bill_on(draft, by=None, entries=[entry.pk]) for draft in drafts]
    )
    assert [error.code for error in failures(results)] == ["not_billable"]
    assert BilledTime.objects.current().count() == 1
    assert sum(draft.line_items.count() for draft in drafts) == 1
