"""Widgets by themselves: what open pages read anew when something was pushed."""

from typing import Any

import pytest
from django.test import Client

from conftest import ClientOf
from employees.models import Employee
from employees.tests.factories import make_employee, make_role
from reminders.services import notify
from timetracking.services import start_timer, stop_timer
from workmate.registry import registry


@pytest.fixture
def browser(worker: Employee, client_of: ClientOf) -> Client:
    return client_of(worker)


def test_the_timer_is_read_anew(worker: Employee, browser: Client) -> None:
    assert "/time-entries/start/" in browser.get("/widgets/timer/").content.decode()
    entry = start_timer(by=worker)
    shown = browser.get("/widgets/timer/").content.decode()
    assert f"/time-entries/{entry.pk}/stop/" in shown
    assert "<html" not in shown
    stop_timer(entry, by=worker)
    assert "/stop/" not in browser.get("/widgets/timer/").content.decode()


def test_the_bell_is_read_anew(worker: Employee, browser: Client) -> None:
    assert 'class="dot"' not in browser.get("/widgets/bell/").content.decode()
    notify(worker, kind="test", title="Hello", mail=False)
    assert '<span class="dot" aria-hidden="true">1</span>' in (
        browser.get("/widgets/bell/").content.decode()
    )


def test_every_page_says_what_is_live(browser: Client) -> None:
    page = browser.get("/employees/").content.decode()
    assert '<div data-live="timer" data-url="/widgets/timer/">' in page
    assert '<div data-live="bell" data-url="/widgets/bell/">' in page
    assert "js/live" in page
    home = browser.get("/").content.decode()
    assert '<div data-live="timer" data-url="/widgets/time_tracker/">' in home


def test_a_guest_hears_nothing() -> None:
    assert "js/live" not in Client().get("/login/").content.decode()


def test_an_unknown_widget_is_not_there(browser: Client) -> None:
    assert browser.get("/widgets/nothing/").status_code == 404


def test_a_widget_asks_for_its_permission(client_of: Any) -> None:
    client = client_of(make_employee(role=make_role("None", [])))
    for widget in (*registry.widgets("topbar"), *registry.widgets("dashboard")):
        if widget.permission:
            assert client.get(f"/widgets/{widget.key}/").status_code == 403, widget.key
