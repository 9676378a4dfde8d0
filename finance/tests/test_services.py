"""Recording, the way to approval and money, and what each step refuses."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from auditlog.models import LogEntry
from django.core.exceptions import ValidationError

from employees.models import Employee
from employees.tests.factories import make_employee, make_role
from finance.models import Expense
from finance.services import (
    approve_expense,
    change_expense,
    create_expense,
    delete_expense,
    mark_invoiced,
    reimburse_expense,
    reject_expense,
    release_invoiced,
    reopen_expense,
    submit_expense,
    withdraw_expense,
)
from finance.tests.factories import (
    make_approved_expense,
    make_expense,
    make_submitted_expense,
)
from projects.tests.factories import make_project
from reminders.models import Notification
from system.tests.factories import make_tax_rate
from workmate.errors import Conflict, Forbidden

DAY = dt.date(2025, 3, 10)


def data(**fields: Any) -> dict[str, Any]:
    """What an expense needs."""
    return {"category": "travel", "description": "Train", "expense_date": DAY, **fields}


def a_part(rate: str, gross: str) -> dict[str, Decimal]:
    return {"tax_rate": Decimal(rate), "gross": Decimal(gross)}


def parts_of(expense: Expense) -> dict[str, str]:
    return {str(row.tax_rate): str(row.gross) for row in expense.taxes.all()}


def test_an_amount_alone_counts_as_without_vat(worker: Employee) -> None:
    expense = create_expense(by=worker, amount=Decimal("12.50"), **data())
    assert (expense.employee, expense.net_amount) == (worker, Decimal("12.50"))
    assert parts_of(expense) == {"0.00": "12.50"}


@pytest.mark.parametrize(
    ("amount", "taxes", "name"),
    [
        (None, None, "amount"),
        (None, [], "taxes"),
        (Decimal("10"), [a_part("19", "9.99")], "amount"),
        (None, [a_part("19", "1"), a_part("19.00", "2")], "taxes"),
        (None, [a_part("16", "1")], "taxes"),
        (None, [a_part("-1", "1")], "taxes"),
        (None, [a_part("100", "1")], "taxes"),
        (None, [a_part("19", "0")], "taxes"),
        (None, [a_part("19", "-5")], "taxes"),
        (None, [a_part("19", "1.001")], "taxes"),
        (None, [a_part("19", "100000000")], "taxes"),
        (Decimal("0"), None, "taxes"),
        (None, [a_part("0", "1")] * 21, "taxes"),
    ],
)
def test_amounts_that_cannot_be(amount: Any, taxes: Any, name: str, worker: Employee) -> None:
    with pytest.raises(ValidationError) as caught:
        create_expense(by=worker, amount=amount, taxes=taxes, **data())
    assert set(caught.value.message_dict) == {name}
    assert not Expense.objects.exists()


def test_rates_are_those_of_the_day(worker: Employee) -> None:
    make_tax_rate()  # 16 % in the second half of 2020
    day = dt.date(2020, 8, 1)
    parts = [a_part("16", "11.60")]
    expense = create_expense(by=worker, taxes=parts, **data(expense_date=day))
    assert expense.tax_amount == Decimal("1.60")
    with pytest.raises(ValidationError, match="16"):
        change_expense(expense, by=worker, expense_date=DAY)


def test_another_amount_changes_the_one_part(worker: Employee) -> None:
    expense = make_expense(employee=worker)
    change_expense(expense, by=worker, amount=Decimal("238.00"))
    assert parts_of(expense) == {"19.00": "238.00"}
    parts = [a_part("19", "119.00"), a_part("7", "1.07")]
    change_expense(expense, by=worker, taxes=parts)
    with pytest.raises(ValidationError) as caught:
        change_expense(expense, by=worker, amount=Decimal("7.00"))
    assert set(caught.value.message_dict) == {"taxes"}
    same = change_expense(expense, by=worker, amount=Decimal("120.07"), description="Both")
    assert (same.description, len(parts_of(same))) == ("Both", 2)


def test_whose_expense_it_is(worker: Employee, clerk: Employee) -> None:
    assert create_expense(by=clerk, employee=worker, amount=Decimal(1), **data())
    for person in (clerk, make_employee(reports_to=worker)):
        with pytest.raises(Forbidden):
            create_expense(by=worker, employee=person, amount=Decimal(1), **data())
    with pytest.raises(ValidationError, match="Whose"):
        create_expense(by=None, amount=Decimal(1), **data())
    own = make_expense(employee=worker)
    with pytest.raises(Forbidden):
        change_expense(own, by=worker, employee=clerk)
    assert change_expense(own, by=worker, employee=None, notes="x").employee == worker


def test_projects_that_the_person_does_not_see(worker: Employee, clerk: Employee) -> None:
    mine, other = make_project(project_manager=worker), make_project()
    assert create_expense(by=worker, project=mine, amount=Decimal(1), **data()).project == mine
    for by in (worker, clerk):  # the person has to take part, whoever records it
        with pytest.raises(ValidationError) as caught:
            create_expense(by=by, employee=worker, project=other, amount=Decimal(1), **data())
        assert set(caught.value.message_dict) == {"project"}
    done = make_project(project_manager=worker, status="completed")
    assert create_expense(by=worker, project=done, amount=Decimal(1), **data())
    gone = make_project(project_manager=worker, status="cancelled")
    with pytest.raises(ValidationError, match="cancelled"):
        create_expense(by=worker, project=gone, amount=Decimal(1), **data())


def test_the_whole_way(worker: Employee, clerk: Employee) -> None:
    expense = make_expense(employee=worker)
    expense = submit_expense(expense, by=worker)
    assert (expense.status, expense.submitted_by) == ("submitted", worker)
    expense = reject_expense(expense, by=clerk, reason=" Which train? ")
    assert (expense.status, expense.rejected_by) == ("rejected", clerk)
    assert expense.rejection_reason == "Which train?"
    expense = submit_expense(expense, by=worker)
    assert (expense.rejected_by, expense.rejection_reason) == (None, "")
    expense = approve_expense(expense, by=clerk)
    assert (expense.status, expense.approved_by) == ("approved", clerk)
    assert expense.approved_at
    assert expense.submitted_at
    expense = reimburse_expense(expense, by=clerk)
    assert (expense.status, expense.reimbursed_by) == ("reimbursed", clerk)
    assert expense.is_reimbursed
    assert expense.approved_by == clerk
    kept = LogEntry.objects.get_for_object(expense).filter(changes__has_key="status")
    assert kept.first().actor == clerk


def test_nothing_is_handed_in_without_a_receipt_or_a_reason(worker: Employee) -> None:
    expense = make_expense(employee=worker, no_receipt_reason="")
    for act in (submit_expense, approve_expense):
        Expense.objects.filter(pk=expense.pk).update(
            status="draft" if act is submit_expense else "submitted"
        )
        with pytest.raises(ValidationError) as caught:
            act(expense, by=None)
        assert set(caught.value.message_dict) == {"receipt"}
    change_expense(expense, by=None, no_receipt_reason="Parking meter without a printer")
    assert approve_expense(expense, by=None).status == "approved"


def test_four_eyes(worker: Employee, admin: Employee, clerk: Employee) -> None:
    own = make_submitted_expense(employee=admin)  # who has nobody above them, too
    for act in (approve_expense, reimburse_expense, reopen_expense):
        with pytest.raises(Forbidden):
            act(own, by=admin)
    with pytest.raises(Forbidden):
        reject_expense(own, by=admin, reason="x")
    handed_in = submit_expense(make_expense(employee=worker), by=clerk)
    with pytest.raises(Forbidden):
        approve_expense(handed_in, by=clerk)
    approved = approve_expense(handed_in, by=admin)
    with pytest.raises(Forbidden):
        reimburse_expense(approved, by=clerk)
    assert reimburse_expense(approved, by=admin).is_reimbursed


def test_nobody_approves_what_they_raised_or_gave_to_another(
    worker: Employee, admin: Employee
) -> None:
    for change in ({"amount": Decimal("500.00")}, {"employee": make_employee()}):
        expense = make_submitted_expense(employee=worker)
        changed = change_expense(expense, by=admin, **change)
        assert (changed.status, changed.submitted_by) == ("submitted", admin)
        with pytest.raises(Forbidden):
            approve_expense(changed, by=admin)


@pytest.mark.parametrize(
    ("make", "act", "code"),
    [
        (make_expense, approve_expense, "not_submitted"),
        (make_expense, reimburse_expense, "not_approved"),
        (make_expense, withdraw_expense, "not_submitted"),
        (make_expense, reopen_expense, "not_approved"),
        (make_submitted_expense, submit_expense, "not_draft"),
        (make_submitted_expense, reimburse_expense, "not_approved"),
        (make_submitted_expense, delete_expense, "not_draft"),
        (make_approved_expense, submit_expense, "not_draft"),
        (make_approved_expense, approve_expense, "not_submitted"),
        (make_approved_expense, withdraw_expense, "not_submitted"),
        (make_approved_expense, delete_expense, "approved"),
    ],
)
def test_steps_out_of_order(make: Any, act: Any, code: str) -> None:
    expense = make()
    with pytest.raises(Conflict) as caught:
        act(expense, by=None)
    assert caught.value.code == code
    assert Expense.objects.get().status == expense.status


def test_after_the_money_nothing_follows() -> None:
    paid = reimburse_expense(make_approved_expense(), by=None)
    for act, code in (
        (reimburse_expense, "reimbursed"),
        (reopen_expense, "not_approved"),
        (withdraw_expense, "not_submitted"),
        (delete_expense, "approved"),
    ):
        with pytest.raises(Conflict) as caught:
            act(paid, by=None)
        assert caught.value.code == code


def test_an_approved_expense_is_locked_until_the_approval_is_taken_back(clerk: Employee) -> None:
    expense = make_approved_expense()
    with pytest.raises(Conflict) as caught:
        change_expense(expense, by=clerk, description="Else")
    assert caught.value.code == "approved"
    expense = reopen_expense(expense, by=clerk)
    assert (expense.status, expense.approved_by, expense.approved_at) == ("draft", None, None)
    assert change_expense(expense, by=clerk, description="Else").description == "Else"


def test_what_its_own_person_changes_is_a_draft_again(worker: Employee, clerk: Employee) -> None:
    expense = make_submitted_expense(employee=worker)
    assert change_expense(expense, by=clerk, supplier="Bahn").status == "submitted"
    assert change_expense(expense, by=worker, supplier="Bahn").status == "submitted"
    assert change_expense(expense, by=worker, amount=Decimal("2.00")).status == "draft"


def test_a_reason_is_needed_to_reject() -> None:
    with pytest.raises(ValidationError, match="corrected"):
        reject_expense(make_submitted_expense(), by=None, reason="  ")


def test_drafts_are_withdrawn_and_deleted_by_their_person(worker: Employee) -> None:
    expense = withdraw_expense(make_submitted_expense(employee=worker), by=worker)
    assert (expense.status, expense.submitted_by) == ("draft", None)
    delete_expense(expense, by=worker)
    assert not Expense.objects.exists()
    with pytest.raises(Forbidden):
        delete_expense(make_expense(employee=make_employee(reports_to=worker)), by=worker)


def test_expenses_are_billed_at_most_once() -> None:
    project = make_project()
    expense = make_approved_expense(project=project, billable=True)
    mark_invoiced([expense], by=None)
    for act, code in ((mark_invoiced, "not_billable"),):
        with pytest.raises(Conflict) as caught:
            act([expense], by=None)
        assert caught.value.code == code
    with pytest.raises(Conflict) as caught:
        reopen_expense(expense, by=None)
    assert caught.value.code == "invoiced"
    reimburse_expense(expense, by=None)
    release_invoiced([expense], by=None)
    assert mark_invoiced([expense], by=None)[0].is_invoiced
    for other in (make_submitted_expense(project=project, billable=True), make_approved_expense()):
        with pytest.raises(Conflict):
            mark_invoiced([other], by=None)


def told(person: Employee) -> list[str]:
    return list(
        Notification.objects.filter(recipient=person).order_by("pk").values_list("kind", flat=True)
    )


def test_people_are_told(django_capture_on_commit_callbacks: Any, clerk: Employee) -> None:
    boss = make_employee(language="de")
    person = make_employee(reports_to=boss)
    with django_capture_on_commit_callbacks(execute=True):
        expense = submit_expense(make_expense(employee=person), by=person)
        expense = reject_expense(expense, by=clerk, reason="Which cable?")
        expense = approve_expense(submit_expense(expense, by=person), by=clerk)
        reimburse_expense(expense, by=clerk)
    assert told(boss) == ["expense_submitted"] * 2
    assert told(person) == ["expense_rejected", "expense_approved", "expense_reimbursed"]
    note = Notification.objects.get(kind="expense_rejected")
    assert "Which cable?" in note.body
    assert note.url == f"/expenses/{expense.pk}/"
    assert "119" in note.title


def test_nobody_is_told_of_what_they_did_or_cannot_see(
    django_capture_on_commit_callbacks: Any, admin: Employee
) -> None:
    blind = make_employee(role=make_role("Blind", []))
    with django_capture_on_commit_callbacks(execute=True):
        submit_expense(make_expense(employee=make_employee(reports_to=blind)), by=None)
        submit_expense(make_expense(employee=make_employee(reports_to=admin)), by=admin)
    assert not Notification.objects.filter(recipient__in=[blind, admin]).exists()
