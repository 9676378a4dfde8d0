"""Widgets: who sees which, and figures that are those of the lists behind them."""

import datetime as dt
import re
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import resolve
from django.utils import timezone

from conftest import ClientOf
from dashboards.layout import widgets_for
from employees.models import Employee
from employees.tests.factories import make_employee, make_role
from invoices.models import Invoice
from invoices.tests.factories import a_line, make_finalized
from projects.tests.factories import make_project
from reminders.tests.factories import make_notification, make_reminder
from timetracking.tests.factories import make_approved_time_entry, make_time_entry
from workmate.charts import BarChart, Point
from workmate.registry import registry
from workmate.templatetags.workmate import format_money

KINDS = (
    "time_tracker upcoming_reminders stats my_projects open_invoices revenue hours"
    " recent_activity notifications shortcuts calendar system_health unbilled_hours"
)
MONEY = {"revenue", "open_invoices", "unbilled_hours"}


def context_of(key: str, person: Employee) -> dict[str, Any]:
    request = RequestFactory().get("/")
    request.user = person
    widget = registry.widget(key)
    assert widget is not None
    return widget.context(request)


@pytest.fixture
def work(admin: Employee) -> Employee:
    """Some of everything, of this person."""
    admin.language = "en"
    admin.save()
    today = timezone.localdate()
    project = make_project(project_manager=admin, hourly_rate=Decimal(90))
    make_finalized([a_line(unit_price=Decimal(100))], issued_date=today)
    make_finalized([a_line(unit_price=Decimal(300))], issued_date=today)
    make_approved_time_entry(project=project, employee=admin)
    make_time_entry(project=project, employee=admin)
    make_reminder(admin, due_date=today)
    make_notification(admin)
    return admin


def test_all_widgets_of_the_product_are_there() -> None:
    assert {widget.key for widget in registry.widgets("dashboard")} == set(KINDS.split())


def test_a_worker_is_offered_no_money_and_sees_none(
    work: Employee, worker: Employee, client_of: ClientOf
) -> None:
    assert not MONEY & {widget.key for widget in widgets_for(worker)}
    client = client_of(worker)
    assert "€" not in client.get("/").content.decode()
    assert {client.get(f"/widgets/{key}/").status_code for key in MONEY} == {403}


def test_an_accountant_begins_with_money_and_without_a_timer(client_of: ClientOf) -> None:
    person = make_employee(role=make_role("Accounting"))
    page = client_of(person).get("/")
    kinds = {card["key"] for card in page.context["cards"]}
    assert kinds >= {"open_invoices", "revenue", "unbilled_hours"}
    assert not {"time_tracker", "hours"} & kinds


def test_every_address_that_a_widget_shows_opens(work: Employee, client_of: ClientOf) -> None:
    client = client_of(work)
    for key in KINDS.split():
        text = client.get(f"/widgets/{key}/").content.decode()
        for url in set(re.findall(r'href="([^"]+)"', text)):
            address = url.replace("&amp;", "&")
            page = client.get(address)
            assert page.status_code == 200, f"{key}: {address}"
            assert resolve(address.split("?")[0])


def test_the_figures_are_those_of_their_lists(work: Employee, client_of: ClientOf) -> None:
    client = client_of(work)
    figures = context_of("stats", work)["figures"]
    for figure in figures:
        listed = client.get(figure["url"]).content.decode().split("<main", 1)[1]
        shown = str(figure["value"])
        assert f">{shown}<" in listed or shown in listed, figure
    unpaid = context_of("open_invoices", work)
    assert unpaid["all"]["value"] in client.get(unpaid["all"]["url"]).content.decode()
    hours = context_of("unbilled_hours", work)
    assert len(hours["rows"]) == 1
    assert hours["total"]["hours"] == hours["rows"][0]["hours"]
    assert hours["total"]["worth"] == hours["total"]["hours"] * 90


def test_the_open_invoices_say_why_more_may_be_overdue_than_is_open(
    work: Employee, client_of: ClientOf
) -> None:
    assert context_of("open_invoices", work)["all"]["note"] == ""
    past = timezone.localdate() - dt.timedelta(days=40)
    make_finalized(document_type="deposit", issued_date=past, due_date=past)
    make_finalized(document_type="credit_note")
    shown = context_of("open_invoices", work)["all"]
    found = Invoice.objects.outstanding().figures()
    assert found["overdue"] > 0 < found["credits"]
    assert format_money(found["overdue"]) in shown["note"]
    assert format_money(found["credits"]) in shown["note"]
    assert shown["value"] == format_money(found["outstanding"])
    page = client_of(work).get("/").content.decode()
    assert shown["note"] in page


def test_the_months_of_the_revenue_add_up(work: Employee) -> None:
    shown = context_of("revenue", work)
    points = shown["chart"].points
    assert len(points) == 12
    assert format_money(sum(sum(point.values) for point in points)) == shown["figure"]["value"]
    assert [bar["mark"] for bar in shown["chart"].bars] == ["b"]


def test_unbilled_hours_count_at_their_own_rate_else_at_their_projects(admin: Employee) -> None:
    projects = [make_project(hourly_rate=rate) for rate in (Decimal(90), None)]
    for project, rate, hours in ((0, None, 2), (0, Decimal(50), 1), (1, Decimal(70), 1)):
        end = timezone.now()
        make_approved_time_entry(
            project=projects[project],
            employee=make_employee(),
            hourly_rate=rate,
            start_time=end - dt.timedelta(hours=hours),
            end_time=end,
        )
    shown = context_of("unbilled_hours", admin)
    assert [(row["hours"], row["worth"]) for row in shown["rows"]] == [(3, 230), (1, 70)]
    assert (shown["total"]["hours"], shown["total"]["worth"]) == (4, 300)


def test_worth_is_concealed_from_who_may_not_see_finances(work: Employee) -> None:
    codes = ["backoffice.invoices.*", "backoffice.timetracking.*", "backoffice.projects.*.view"]
    person = make_employee(role=make_role("Biller", codes))
    assert context_of("unbilled_hours", person)["with_worth"] is False


@pytest.mark.parametrize("key", KINDS.split())
def test_a_widget_of_many_rows_asks_as_often_as_one_of_few(key: str, work: Employee) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            context_of(key, work)
        return len(queries)

    few = asked()
    for number in range(3):
        rate = Decimal(90) if number else None
        project = make_project(project_manager=work, hourly_rate=rate)
        make_finalized()
        make_approved_time_entry(
            project=project,
            employee=work,
            start_time=timezone.now() - dt.timedelta(days=2, hours=number),
        )
        make_reminder(work)
        make_notification(work)
    assert asked() == few


def test_a_scale_ends_at_a_round_number_and_bars_are_plain_numbers() -> None:
    points = [Point("a", "a", [30.0, 7.5], ["", ""], "/"), Point("b", "b", [-5.0], [""], "/")]
    chart = BarChart(title="t", heads=[], points=points, tick=str)
    assert chart.ticks == ["40.0", "30.0", "20.0", "10.0", "0.0"]
    assert [(bar["mark"], bar["height"]) for bar in chart.bars] == [("a", "120.0"), ("b", "30.0")]
    assert BarChart(title="t", heads=[], points=[], tick=str).bars == []


@pytest.mark.parametrize(
    ("highest", "ticks"),
    [
        (108_000, ["125000.0", "100000.0", "75000.0", "50000.0", "25000.0", "0.0"]),
        (7, ["7.5", "5.0", "2.5", "0.0"]),
        (0, ["5", "4", "3", "2", "1", "0"]),
    ],
)
def test_the_highest_bar_fills_most_of_the_height(highest: float, ticks: list[str]) -> None:
    points = [Point("a", "a", [highest], [""], "/")]
    chart = BarChart(title="t", heads=[], points=points, tick=str)
    assert chart.ticks == ticks
    assert chart.grid.count("M0 ") == len(ticks)
    for value in range(1, 2000):
        one = BarChart(title="t", heads=[], points=[Point("a", "a", [value / 7], [], "")], tick=str)
        assert float(one.bars[0]["height"]) >= 119.9
