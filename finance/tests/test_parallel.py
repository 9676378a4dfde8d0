"""What happens at the same moment: real threads, real connections, row locks."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from employees.tests.factories import make_employee, make_role
from finance.models import Expense
from finance.services import (
    approve_expense,
    change_expense,
    create_expense,
    keep_file,
    mark_invoiced,
    reimburse_expense,
    reject_expense,
    submit_expense,
)
from finance.tests.factories import (
    a_receipt,
    make_approved_expense,
    make_expense,
    make_submitted_expense,
)
from projects.tests.factories import make_project
from workmate.errors import Conflict
from workmate.tests.threads import at_once, failures

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_two_approvals_at_once_one_counts() -> None:
    expense = make_submitted_expense()
    bosses = [make_employee(role=make_role("Admin")) for _number in range(2)]
    results = at_once(*[lambda boss=boss: approve_expense(expense, by=boss) for boss in bosses])
    assert [type(error) for error in failures(results)] == [Conflict]
    winner = next(result for result in results if isinstance(result, Expense))
    assert Expense.objects.get().approved_by == winner.approved_by


def test_an_approval_and_a_rejection_at_once_do_not_both_count() -> None:
    expense = make_submitted_expense()
    results = at_once(
        lambda: approve_expense(expense, by=None),
        lambda: reject_expense(expense, by=None, reason="No"),
    )
    assert len(failures(results)) == 1
    now = Expense.objects.get()
    assert bool(now.approved_at) != bool(now.rejected_at)


@pytest.mark.parametrize("again", ["kept", "file"])
def test_of_two_forms_one_takes_the_kept_receipt(again: str) -> None:
    person = make_employee()
    kept = keep_file(a_receipt(), by=person)

    def save() -> Expense:
        receipt = {"kept_receipt": kept} if again == "kept" else {"receipt_file": a_receipt()}
        return create_expense(
            by=person,
            amount=Decimal(5),
            category="travel",
            description="Bus",
            expense_date=dt.date(2025, 3, 10),
            **receipt,
        )

    (refused,) = failures(at_once(save, save))
    assert isinstance(refused, ValidationError)
    ((found,),) = refused.error_dict.values()
    # Who comes a moment later finds the file here already.
    assert found.code == "taken" or (again, found.code) == ("file", "duplicate")
    assert kept.expenses.get() == Expense.objects.get()


def test_money_is_paid_back_once() -> None:
    expense = make_approved_expense()
    results = at_once(*[lambda: reimburse_expense(expense, by=None)] * 4)
    assert [error.code for error in failures(results)] == ["reimbursed"] * 3


def test_two_runs_bill_an_expense_once() -> None:
    expense = make_approved_expense(project=make_project(), billable=True)
    results = at_once(*[lambda: mark_invoiced([expense], by=None)] * 2)
    assert len(failures(results)) == 1


def test_what_is_approved_is_what_was_seen_or_the_change_is_refused() -> None:
    expense = make_submitted_expense()
    results = at_once(
        lambda: approve_expense(expense, by=None),
        lambda: change_expense(expense, by=expense.employee, amount=Decimal("999.00")),
    )
    now = Expense.objects.get()
    assert len(failures(results)) == 1
    assert (now.status, now.amount) in {
        ("approved", Decimal("119.00")),
        ("draft", Decimal("999.00")),
    }
    assert now.amount == sum(row.gross for row in now.taxes.all())


def test_two_changes_of_the_amount_leave_one_whole_expense() -> None:
    expense = make_expense()
    acts = [
        lambda: change_expense(expense, by=None, amount=Decimal("10.00")),
        lambda: change_expense(expense, by=None, amount=Decimal("20.00")),
        lambda: submit_expense(expense, by=None),
    ]
    assert not failures(at_once(*acts))
    now = Expense.objects.get()
    assert now.amount == now.taxes.get().gross in {Decimal("10.00"), Decimal("20.00")}
