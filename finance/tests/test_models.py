"""What an expense is: sums, days, what the database itself refuses."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from employees.models import Employee
from employees.tests.factories import make_employee
from finance.models import Expense, ExpenseTax, tax_in
from finance.services import mark_invoiced, reimburse_expense
from finance.tests.factories import (
    make_approved_expense,
    make_expense,
    make_expense_tax,
    make_submitted_expense,
)
from projects.tests.factories import make_project
from workmate import services
from workmate.errors import Conflict

CENTS = st.integers(min_value=1, max_value=9_999_999_999).map(lambda n: Decimal(n) / 100)
RATES = st.integers(min_value=0, max_value=9999).map(lambda n: Decimal(n) / 100)


@given(gross=CENTS, rate=RATES)
def test_net_and_vat_always_come_to_the_gross(gross: Decimal, rate: Decimal) -> None:
    tax = tax_in(gross, rate)
    assert 0 <= tax < gross or (tax == gross == Decimal("0.01"))
    exact = gross - gross / (1 + rate / 100)
    assert abs(tax - exact) <= Decimal("0.005")
    assert tax == tax.quantize(Decimal("0.01"))


@given(parts=st.lists(st.tuples(CENTS, RATES), min_size=1, max_size=6))
def test_the_sums_of_an_expense_are_those_of_its_parts(parts: list[Any]) -> None:
    rows = [ExpenseTax(tax_rate=rate, gross=gross) for gross, rate in parts]
    for row in rows:
        row.clean()
    expense = Expense()
    expense.add_up(rows)
    assert expense.amount == sum(gross for gross, _rate in parts)
    assert expense.amount == expense.net_amount + expense.tax_amount
    assert expense.tax_amount == sum(tax_in(gross, rate) for gross, rate in parts)


@pytest.mark.parametrize(
    ("gross", "rate", "tax"),
    [
        ("119.00", "19", "19.00"),
        ("107.00", "7", "7.00"),
        ("0.01", "19", "0.00"),
        ("0.03", "19", "0.00"),
        ("0.04", "19", "0.01"),
        ("10.00", "0", "0.00"),
        ("3.15", "5", "0.15"),
        # Exactly half a cent goes up.
        ("0.63", "5", "0.03"),
        ("0.11", "10", "0.01"),
        ("1.155", "5", "0.06"),
    ],
)
def test_vat_is_rounded_once_and_half_up(gross: str, rate: str, tax: str) -> None:
    assert tax_in(Decimal(gross), Decimal(rate)) == Decimal(tax)


def test_a_receipt_with_two_rates() -> None:
    parts = [
        {"tax_rate": Decimal(19), "gross": Decimal("23.80")},
        {"tax_rate": Decimal(7), "gross": Decimal("10.70")},
    ]
    expense = make_expense(taxes=parts)
    expense.refresh_from_db()
    sums = (expense.amount, expense.net_amount, expense.tax_amount)
    assert sums == (Decimal("34.50"), Decimal("30.00"), Decimal("4.50"))
    assert [(row.net, row.tax) for row in expense.taxes.all()] == [
        (Decimal("20.00"), Decimal("3.80")),
        (Decimal("10.00"), Decimal("0.70")),
    ]
    assert str(expense.taxes.first()) == "19.00 %: 23.80"


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"description": "   "}, "description"),
        ({"expense_date": dt.date(1999, 12, 31)}, "expense_date"),
        ({"expense_date": timezone.now().date() + dt.timedelta(days=2)}, "expense_date"),
        ({"billable": True, "project": None}, "billable"),
        ({"category": "entertainment"}, "guests"),
        ({"category": "bribes"}, "category"),
        ({"category": ""}, "category"),
        ({"supplier": "x" * 201}, "supplier"),
        ({"description": "x" * 2001}, "description"),
    ],
)
def test_what_no_expense_may_be(fields: dict[str, Any], name: str) -> None:
    with pytest.raises(ValidationError) as caught:
        make_expense(**fields)
    assert set(caught.value.message_dict) == {name}
    assert not Expense.objects.exists()


def test_entertainment_names_its_guests() -> None:
    expense = make_expense(category="entertainment", guests=" Frau Muster, Abnahme, Kiel ")
    assert expense.guests == "Frau Muster, Abnahme, Kiel"


def test_reimbursed_follows_from_the_status() -> None:
    expense = make_approved_expense()
    assert (expense.is_approved, expense.is_reimbursed) == (True, False)
    expense = reimburse_expense(expense, by=None)
    assert (expense.is_approved, expense.is_reimbursed) == (True, True)
    assert Expense.objects.get(is_reimbursed=True) == expense


@pytest.mark.parametrize(
    "values",
    [
        {"amount": Decimal(0), "net_amount": Decimal(0), "tax_amount": Decimal(0)},
        {"amount": Decimal(5)},
        {"billable": True},
        {"is_invoiced": True},
        {"status": "approved", "no_receipt_reason": ""},
    ],
)
def test_the_database_refuses_it_too(values: dict[str, Any]) -> None:
    expense = make_expense()
    with pytest.raises(IntegrityError), transaction.atomic():
        Expense.objects.filter(pk=expense.pk).update(**values)


@pytest.mark.parametrize(
    "values",
    [
        {"tax_rate": Decimal(-1)},
        {"tax_rate": Decimal(100)},
        {"gross": Decimal(5)},
        {"gross": Decimal(0), "net": Decimal(0), "tax": Decimal(0)},
    ],
)
def test_the_database_refuses_wrong_vat(values: dict[str, Any]) -> None:
    tax = make_expense_tax()
    with pytest.raises(IntegrityError), transaction.atomic():
        ExpenseTax.objects.filter(pk=tax.pk).update(**values)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE expenses SET net_amount = 1, tax_amount = 118 WHERE id = %s",
        "UPDATE expenses SET description = 'x' WHERE id = %s",
        "UPDATE expenses SET receipt_id = id WHERE id = %s",
        "UPDATE expenses SET billable = NOT billable WHERE id = %s",
        "DELETE FROM expenses WHERE id = %s",
        "UPDATE expense_taxes SET gross = 1, net = 1, tax = 0 WHERE expense_id = %s",
        "DELETE FROM expense_taxes WHERE expense_id = %s",
    ],
)
def test_the_database_keeps_what_was_approved(sql: str) -> None:
    expense = make_approved_expense(project=make_project())
    with pytest.raises(ProgrammingError), transaction.atomic():
        connection.cursor().execute(sql, [expense.pk])


def test_the_database_deletes_drafts_only_and_unpays_nothing() -> None:
    submitted = make_submitted_expense()
    with pytest.raises(ProgrammingError), transaction.atomic():
        Expense.objects.filter(pk=submitted.pk).delete()
    paid = reimburse_expense(make_approved_expense(), by=None)
    with pytest.raises(ProgrammingError), transaction.atomic():
        Expense.objects.filter(pk=paid.pk).update(status="draft")


def test_an_approved_part_cannot_be_added() -> None:
    expense = make_approved_expense()
    with pytest.raises(ProgrammingError), transaction.atomic():
        ExpenseTax.objects.create(expense=expense, tax_rate=7, gross=1, net=1)


def test_rows_are_ones_own_those_of_reports_and_with_the_right_all(
    worker: Employee, clerk: Employee
) -> None:
    own = make_expense(employee=worker)
    report = make_expense(employee=make_employee(reports_to=worker))
    foreign = make_expense()
    seen = Expense.objects.visible_to(worker)
    assert set(seen) == {own, report}
    assert set(Expense.objects.visible_to(clerk)) == {own, report, foreign}


def test_the_words_of_the_queryset() -> None:
    project = make_project()
    draft = make_expense(project=project, billable=True)
    sent = make_submitted_expense()
    approved = make_approved_expense(project=project, billable=True)
    private = make_approved_expense(project=project)
    paid = reimburse_expense(make_approved_expense(project=project, billable=True), by=None)
    rows = Expense.objects.all()
    assert set(rows.submitted()) == {sent}
    assert set(rows.approved()) == {approved, private, paid}
    assert set(rows.unapproved()) == {draft, sent}
    assert set(rows.unreimbursed()) == {approved, private}
    assert set(rows.of(draft.employee)) == {draft}
    assert set(rows.for_billing(project)) == {approved, paid}
    assert not rows.for_billing(project, until=dt.date(2025, 3, 9)).exists()
    mark_invoiced([paid], by=None)
    assert set(rows.for_billing(project)) == {approved}
    assert set(rows.invoiced()) == {paid}
    assert rows.sum_amount() == 5 * Decimal("119.00")
    assert rows.sum_net() == 5 * Decimal("100.00")
    assert rows.none().sum_amount() == Decimal("0.00")


def test_a_projects_figures_count_what_was_not_rejected() -> None:
    project = make_project(budget=Decimal(1000))
    make_expense(project=project)
    make_approved_expense(project=project)
    rejected = make_submitted_expense(project=project)
    Expense.objects.filter(pk=rejected.pk).update(status="rejected")
    assert project.total_expenses == Decimal("238.00")
    assert project.net_expenses == Decimal("200.00")
    assert project.budget_used == Decimal("200.00")
    assert project.profit_margin == Decimal("-200.00")
    listed = type(project).objects.with_figures().get(pk=project.pk)
    assert listed.budget_used == Decimal("200.00")
    assert listed.budget_utilization == Decimal("20.00")
    assert project.add_up().total_expenses == Decimal("238.00")


def test_a_project_with_expenses_is_not_deleted() -> None:
    project = make_expense(project=make_project()).project
    with pytest.raises(Conflict):
        services.delete(project, by=None)
