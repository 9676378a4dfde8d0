"""The figures of a project over the REST API."""

from decimal import Decimal
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localdate

from employees.models import Employee
from employees.tests.factories import make_employee
from projects.models import Project
from projects.tests.factories import make_project
from projects.tests.test_api import DAY, URL
from projects.tests.test_models import FIGURES, make_busy_project
from timetracking.models import TimeEntry
from timetracking.tests.factories import at


def test_the_statistics_are_exact(admin: Employee, api_of: Any) -> None:
    project = make_busy_project()
    Project.objects.filter(pk=project.pk).update(
        deadline=localdate() + 12 * DAY, start_date=localdate(), end_date=localdate() + 3 * DAY
    )
    data = api_of(admin).get(f"{URL}/{project.pk}/statistics").json()
    wanted: dict[str, Any] = {
        name: str(value) for name, value in FIGURES.items() if name != "billable_amount"
    }
    wanted |= {"budget_utilization": 88.33, "total_expenses": "0.00", "net_expenses": "0.00"}
    assert data == {
        **wanted,
        "is_active": True,
        "is_overdue": False,
        "days_until_deadline": 12,
        "completion_percentage": 25.0,
    }


def test_the_statistics_of_an_empty_project(admin: Employee, api_of: Any) -> None:
    data = api_of(admin).get(f"{URL}/{make_project().pk}/statistics").json()
    assert data["days_until_deadline"] is None
    assert data["budget_utilization"] is None
    assert data["profit_margin"] == "0.00"


def test_the_statistics_ask_as_often_for_many_entries_as_for_few(
    admin: Employee, api_of: Any
) -> None:
    project, person = make_project(budget=Decimal(100)), make_employee(cost_rate=Decimal(50))
    client, url = api_of(admin), f"{URL}/{project.pk}/statistics"
    client.get(url)
    counts = []
    for number in (1, 2000):
        TimeEntry.objects.bulk_create(
            TimeEntry(
                employee=person,
                project=project,
                duration_minutes=30,
                start_time=at("2025-03-10 09:00"),
                end_time=at("2025-03-10 09:30"),
            )
            for _entry in range(number)
        )
        with CaptureQueriesContext(connection) as captured:
            data = client.get(url).json()
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 7
    assert (data["total_hours_tracked"], data["labour_cost"]) == ("1000.50", "50025.00")
