"""What a project knows of itself: deadlines, hours, money, and who may see which of it."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.tests.factories import make_customer
from employees.models import Employee
from employees.tests.factories import make_employee, make_role
from invoices.tests.factories import a_line, make_finalized, make_payment
from projects.models import Project, ProjectMember
from projects.tests.factories import make_project, make_project_member
from timetracking.tests.factories import at, make_time_entry
from workmate import services

# Days from today, so that a run that goes on past midnight means the same.
TODAY = dt.timedelta()
DAY = dt.timedelta(days=1)


def dated(fields: dict[str, Any]) -> dict[str, Any]:
    """The same fields with the dates that these days are now."""
    today = timezone.localdate()
    return {
        name: today + value if isinstance(value, dt.timedelta) else value
        for name, value in fields.items()
    }


def make_paid(project: Project, net: int, rate: int = 19) -> Any:
    """A paid invoice of one line."""
    line = a_line(quantity=Decimal(1), unit_price=Decimal(net), tax_rate=Decimal(rate))
    invoice = make_finalized([line], project=project, customer=project.customer)
    return make_payment(invoice=invoice, amount=invoice.total).invoice


def make_billable_customer() -> Any:
    """A customer to whom an invoice can be written."""
    return make_customer(street="Am Nordhafen 7", zip_code="24106", city="Kiel")


# Status and dates
def test_only_the_active_status_is_active() -> None:
    active = {status for status in Project.Status if Project(status=status).is_active}
    finished = {status for status in Project.Status if Project(status=status).is_finished}
    assert active == {"active"}
    assert finished == {"completed", "cancelled"}


@pytest.mark.parametrize(
    ("fields", "left", "overdue"),
    [
        ({}, None, False),
        ({"deadline": TODAY}, 0, False),
        ({"deadline": TODAY - DAY}, -1, True),
        ({"deadline": TODAY + DAY}, 1, False),
        ({"end_date": TODAY - DAY}, -1, True),
        ({"end_date": TODAY - 5 * DAY, "deadline": TODAY}, 0, False),
        ({"deadline": TODAY - DAY, "status": "on_hold"}, -1, True),
        ({"deadline": TODAY - DAY, "status": "completed"}, -1, False),
        ({"deadline": TODAY - DAY, "status": "cancelled"}, -1, False),
    ],
)
def test_days_until_the_deadline(fields: dict[str, Any], left: int | None, overdue: bool) -> None:
    project = make_project(**dated(fields))
    assert project.days_until_deadline == left
    assert project.is_overdue is overdue
    # The list asks the database for the same.
    assert Project.objects.overdue().filter(pk=project.pk).exists() is overdue


@pytest.mark.parametrize(
    ("fields", "share"),
    [
        ({}, "0"),
        ({"start_date": TODAY}, "0"),
        ({"end_date": TODAY}, "0"),
        ({"start_date": TODAY + DAY, "end_date": TODAY + 9 * DAY}, "0"),
        ({"start_date": TODAY, "end_date": TODAY}, "100"),
        ({"start_date": TODAY, "end_date": TODAY + 3 * DAY}, "25"),
        ({"start_date": TODAY - DAY, "end_date": TODAY + DAY}, "66.67"),
        ({"start_date": TODAY, "deadline": TODAY + DAY}, "50"),
        ({"start_date": TODAY - 9 * DAY, "end_date": TODAY - DAY}, "100"),
        ({"status": "completed"}, "100"),
        ({"status": "cancelled"}, "0"),
    ],
)
def test_completion_is_the_share_of_the_time(fields: dict[str, Any], share: str) -> None:
    assert make_project(**dated(fields)).completion_percentage == Decimal(share)


def test_the_day_changes_at_local_midnight() -> None:
    project = Project(deadline=dt.date(2026, 3, 10))
    with time_machine.travel(dt.datetime(2026, 3, 10, 22, 59, tzinfo=dt.UTC), tick=False):
        assert project.days_until_deadline == 0
    with time_machine.travel(dt.datetime(2026, 3, 10, 23, 1, tzinfo=dt.UTC), tick=False):
        assert project.days_until_deadline == -1


# Numbers
def test_numbers_start_anew_each_year() -> None:
    numbers = []
    for day in ("2025-12-30", "2025-12-31", "2026-01-01"):
        with time_machine.travel(f"{day}T12:00:00Z", tick=False):
            numbers.append(make_project().project_number)
    assert numbers == ["PRJ-2025-001", "PRJ-2025-002", "PRJ-2026-001"]


def test_a_number_given_by_hand_is_passed_over() -> None:
    with time_machine.travel("2025-06-01T12:00:00Z", tick=False):
        make_project(project_number="PRJ-2025-001")
        assert make_project().project_number == "PRJ-2025-002"
    with pytest.raises(ValidationError) as caught:
        make_project(project_number="PRJ-2025-001")
    assert "project_number" in caught.value.error_dict


def test_a_project_keeps_its_number() -> None:
    with pytest.raises(ValidationError) as caught:
        services.change(make_project(), by=None, project_number="")
    assert "project_number" in caught.value.error_dict


# What is refused
@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"title": "  "}, "title"),
        ({"title": ""}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"budget": Decimal("-0.01")}, "budget"),
        ({"budget": Decimal("0.001")}, "budget"),
        ({"hourly_rate": Decimal(-1)}, "hourly_rate"),
        ({"start_date": TODAY, "end_date": TODAY - DAY}, "end_date"),
        ({"start_date": TODAY, "deadline": TODAY - DAY}, "deadline"),
        ({"status": "started"}, "status"),
        ({"priority": "none"}, "priority"),
    ],
)
def test_what_cannot_be_is_refused(fields: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as caught:
        make_project(**dated(fields))
    assert field in caught.value.error_dict


def test_start_and_end_may_be_one_day() -> None:
    day = timezone.localdate()
    assert make_project(start_date=day, end_date=day, deadline=day).pk


@pytest.mark.parametrize(
    "change", [{"budget": -1}, {"hourly_rate": -1}, {"end_date": TODAY - 30 * DAY}]
)
def test_the_database_refuses_it_as_well(change: dict[str, Any]) -> None:
    project = make_project(start_date=timezone.localdate())
    with pytest.raises(IntegrityError), transaction.atomic():
        Project.objects.filter(pk=project.pk).update(**dated(change))


def test_a_billed_project_keeps_its_customer() -> None:
    project = make_project()
    services.change(project, by=None, customer=make_billable_customer())
    project.refresh_from_db()
    make_finalized(project=project, customer=project.customer)
    services.change(project, by=None, title="New title")
    with pytest.raises(ValidationError) as caught:
        services.change(project, by=None, customer=make_customer())
    assert "customer" in caught.value.error_dict


# Hours and money
def test_an_empty_project_has_zero_figures() -> None:
    project = make_project()
    for made in (project, Project.objects.with_figures().get(), Project.objects.get().add_up()):
        assert made.total_hours_tracked == made.billable_hours == Decimal(0)
        assert made.budget_used == made.total_revenue == made.profit_margin == Decimal(0)
        assert made.budget_utilization is None


def test_no_budget_and_a_budget_of_nothing_have_no_utilization() -> None:
    assert make_project(budget=None).budget_utilization is None
    assert make_project(budget=Decimal(0)).budget_utilization is None


def make_busy_project() -> Project:
    """7:50 h billable and 2 h not, one paid invoice of 1,000 and one open one."""
    project = make_project(
        customer=make_billable_customer(), hourly_rate=Decimal("99.99"), budget=Decimal(1000)
    )
    cheap, dear = make_employee(cost_rate=Decimal("40.10")), make_employee(cost_rate=Decimal(60))
    unpriced = make_employee(cost_rate=None)
    make_time_entry(project=project, employee=cheap, duration_minutes=50)
    make_time_entry(project=project, employee=dear, duration_minutes=120, hourly_rate=Decimal(150))
    make_time_entry(project=project, employee=unpriced, duration_minutes=300)
    make_time_entry(
        project=project,
        employee=cheap,
        duration_minutes=120,
        billable=False,
        start_time=at("2025-03-11 09:00"),
    )
    make_time_entry(duration_minutes=600)  # another project's
    make_paid(project, 1000)
    make_finalized(project=project, customer=project.customer)
    return project


FIGURES = {
    "total_hours_tracked": Decimal("9.83"),
    "billable_hours": Decimal("7.83"),
    # 350 minutes at 99.99, 120 at 150
    "billable_amount": Decimal("883.28"),
    "budget_used": Decimal("883.28"),
    "budget_utilization": Decimal("88.33"),
    # 170 minutes at 40.10, 120 at 60
    "labour_cost": Decimal("233.62"),
    "total_revenue": Decimal("1190.00"),
    "net_revenue": Decimal("1000.00"),
    "total_expenses": Decimal(0),
    "profit_margin": Decimal("766.38"),
}


def test_all_figures_are_exact_to_the_cent() -> None:
    project = make_busy_project()
    for made in (
        Project.objects.get(pk=project.pk),
        Project.objects.with_figures().get(pk=project.pk),
        Project.objects.get(pk=project.pk).add_up(),
    ):
        assert {name: getattr(made, name) for name in FIGURES} == FIGURES


def test_what_was_added_up_asks_no_more() -> None:
    project = make_busy_project()
    with CaptureQueriesContext(connection) as captured:
        project.add_up()
    assert len(captured) == 4
    with CaptureQueriesContext(connection) as captured:
        assert {name: getattr(project, name) for name in FIGURES} == FIGURES
    assert len(captured) == 0


def test_a_list_with_figures_is_one_query() -> None:
    make_busy_project()
    make_busy_project()
    with CaptureQueriesContext(connection) as captured:
        used = [made.budget_utilization for made in Project.objects.with_figures()]
    assert sorted(str(value) for value in used) == ["88.33", "88.33", "None", "None"]
    assert len(captured) == 1


def test_a_loss_is_a_negative_margin() -> None:
    project = make_project(hourly_rate=Decimal(100))
    make_time_entry(project=project, employee=make_employee(cost_rate=Decimal(50)))
    assert project.profit_margin == Decimal("-100.00")


# Who sees what
def test_manager_and_members_see_a_project(worker: Employee) -> None:
    managed = make_project(project_manager=worker)
    joined = make_project_member(employee=worker).project
    make_project_member(project=joined)
    both = make_project(project_manager=worker)
    make_project_member(project=both, employee=worker)
    make_project_member(project=make_project())
    seen = Project.objects.visible_to(worker)
    assert sorted(seen.values_list("pk", flat=True)) == sorted([managed.pk, joined.pk, both.pk])
    assert Project.objects.of(worker).count() == 3


def test_holders_see_all_and_others_none(clerk: Employee, worker: Employee) -> None:
    project = make_project(project_manager=worker)
    outsider = make_employee(role=make_role("Outsider", ["backoffice.timetracking.*"]))
    make_project_member(project=project, employee=outsider)
    assert Project.objects.visible_to(clerk).count() == 1
    assert not Project.objects.visible_to(outsider).exists()
    assert not ProjectMember.objects.visible_to(outsider).exists()
    assert ProjectMember.objects.visible_to(worker).count() == 1
    assert not ProjectMember.objects.visible_to(make_employee()).exists()


@pytest.mark.parametrize(
    ("patterns", "shown"),
    [
        (["backoffice.projects.project.view"], ""),
        (["backoffice.projects.*.view_all", "backoffice.projects.*.view"], ""),
        (["backoffice.projects.project.change"], "budget"),
        (["backoffice.projects.project.view_finances"], "budget net_revenue"),
        (["backoffice.projects.*"], "budget net_revenue"),
        (["employees.*"], ""),
        (["backoffice.projects.*", "employees.employee.view_personal"],
         "budget net_revenue labour_cost profit_margin"),
    ],
)  # fmt: skip
def test_money_is_concealed(patterns: list[str], shown: str) -> None:
    person = make_employee(role=make_role("Some", patterns))
    # Also from those who manage it: the permission decides, not the part that is played.
    hidden = make_project(project_manager=person).concealed_from(person)
    asked = {"budget", "net_revenue", "labour_cost", "profit_margin"}
    assert asked - hidden == set(shown.split())
    assert (hidden >= Project.MONEY) != ("budget" in shown)


@pytest.mark.parametrize(
    ("role", "hidden"),
    [
        ("Admin", frozenset()),
        ("Management", frozenset()),
        ("Accounting", Project.COSTS),
        ("Project lead", Project.COSTS),
        ("Employee", Project.MONEY | Project.FINANCES | Project.COSTS),
        ("External", Project.MONEY | Project.FINANCES | Project.COSTS),
    ],
)
def test_the_seeded_roles_fit(role: str, hidden: frozenset[str]) -> None:
    person = make_employee(role=make_role(role))
    assert Project().concealed_from(person) == hidden
    assert person.has_perm("projects.view_project")


def test_it_is_shown_by_number_and_title() -> None:
    project = make_project(title="  Portal ", project_number="P-1")
    assert str(project) == "P-1 Portal"
    assert project.hint == project.customer.name
    member = make_project_member(project=project, role="Design")
    assert str(member) == f"{member.employee} (Design)"
    assert member.hint == "P-1 Portal"
