"""The charts and bars on a project's page: what they add up, and for whom."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils import timezone

from employees.models import Employee
from employees.tests.factories import make_employee, make_role
from finance.tests.factories import make_expense
from projects.burn import columns_of
from projects.models import Project
from projects.tests.factories import make_project
from projects.tests.test_views import LIST
from timetracking.tests.factories import at, make_time_entry

CARDS = {"hours_by_person", "hours_by_kind"}


def burning_project(**fields: Any) -> Project:
    """10 weeks planned of which 2 were booked on; 200 EUR an hour, of 10,000."""
    project = make_project(
        budget=Decimal(10000),
        hourly_rate=Decimal(100),
        start_date=dt.date(2025, 3, 3),
        end_date=dt.date(2025, 5, 11),
        **fields,
    )
    make_time_entry(project=project, start_time=at("2025-03-04 09:00"), duration_minutes=600)
    make_time_entry(project=project, start_time=at("2025-03-12 09:00"), hourly_rate=Decimal(200))
    make_time_entry(project=project, start_time=at("2025-03-13 09:00"), billable=False)
    make_expense(project=project, expense_date=dt.date(2025, 3, 14))
    return project


def test_the_chart_adds_up_what_the_figures_say(admin: Employee, client_of: Any) -> None:
    admin.language = "en"
    admin.save()
    project = burning_project()
    Project.objects.update(status="completed")
    response = client_of(admin).get(f"{LIST}{project.pk}/")
    chart = response.context["burn"]
    assert [line.mark for line in chart.lines] == ["la", "lb", "budget"]
    used = chart.lines[0].values
    assert used[:2] == [0, 1000.0]
    project.add_up()
    assert used[-1] == float(project.budget_used) == used[2] > 1400
    assert chart.lines[1].values[-1] == 10000
    # Each week is in the table, too: what it added, the sum, and the sum of an even pace.
    assert chart.points[0].texts == ["€1,000.00", "€1,000.00", "€1,000.00"]
    assert len(chart.points) == 10
    page = response.content.decode()
    assert page.count('<svg viewBox="0 0 600 160"') == 1
    assert f'aria-label="{chart.title}"' in page
    assert "week 10" in page
    # The areas and lines stay within the drawing.
    for shape in chart.shapes:
        numbers = shape["path"].replace("M", " ").replace("L", " ").replace("V", " ")
        assert all(float(number) >= 0 for number in numbers.strip("Z").split())


def test_a_running_project_shows_how_it_goes_on(admin: Employee, client_of: Any) -> None:
    today = timezone.localdate()
    project = make_project(
        budget=Decimal(1000),
        hourly_rate=Decimal(100),
        start_date=today - dt.timedelta(weeks=2),
        deadline=today + dt.timedelta(weeks=3),
    )
    make_time_entry(project=project, start_time=timezone.now() - dt.timedelta(weeks=2))
    chart = client_of(admin).get(f"{LIST}{project.pk}/").context["burn"]
    lines = {line.mark: line.values for line in chart.lines}
    assert set(lines) == {"la", "lc", "lb", "budget"}
    # Nothing is known of the weeks to come: there the forecast begins.
    assert lines["la"][-1] is None
    assert lines["lc"][-1] == 400
    assert [n for n, v in enumerate(lines["la"]) if v is not None][-1] == next(
        n for n, v in enumerate(lines["lc"]) if v is not None
    )


def test_a_long_project_is_drawn_by_months() -> None:
    project = make_project(start_date=dt.date(2020, 1, 15), deadline=dt.date(2021, 12, 31))
    project.status = "completed"
    columns = columns_of(project, {dt.date(2020, 2, 3): 1})
    assert len(columns) == 24
    assert columns[0].first == dt.date(2020, 1, 1)
    assert columns_of(project, {}) == []


def test_a_project_without_bookings_or_budget_has_no_chart(admin: Employee, client_of: Any) -> None:
    client = client_of(admin)
    project = make_project(budget=Decimal(100))
    assert client.get(f"{LIST}{project.pk}/").context["burn"] is None
    page = client.get(f"{LIST}{make_project().pk}/")
    assert page.context["budget"] is None
    assert page.context["cards"] == []


def test_bars_lead_to_their_entries(admin: Employee, client_of: Any) -> None:
    project, client = burning_project(), client_of(admin)
    make_time_entry(project=project, task_type="support", duration_minutes=30)
    cards = client.get(f"{LIST}{project.pk}/").context["cards"]
    assert {card["key"] for card in cards} == CARDS
    for item in cards:
        card = item["card"]
        assert card["total"] == "14:30"
        assert not card["is_part"]
        for line in card["lines"]:
            rows = client.get(line["url"]).context["table"]["rows"]
            assert len(rows) == {"14:00": 3, "0:30": 1, "10:00": 1, "2:00": 1}[line["hours"]]


def test_a_member_sees_their_own_hours_and_no_money(worker: Employee, client_of: Any) -> None:
    project = burning_project(project_manager=worker)
    make_time_entry(project=project, employee=worker, duration_minutes=60)
    response = client_of(worker).get(f"{LIST}{project.pk}/")
    chart = response.context["burn"]
    assert [line.mark for line in chart.lines] == ["la"]
    assert chart.lines[0].values[-1] == 1
    for item in response.context["cards"]:
        assert [line["hours"] for line in item["card"]["lines"]] == ["1:00"]
        assert item["card"]["is_part"]
    assert "€" not in response.content.decode().split('id="overview"')[1]
    # Without the right to hours there are none.
    role = make_role("Reader", ["backoffice.projects.*"])
    response = client_of(make_employee(role=role)).get(f"{LIST}{project.pk}/")
    assert response.context["cards"] == []
