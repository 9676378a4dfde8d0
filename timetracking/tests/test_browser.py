"""The timer in a real browser: with scripts in sync over all tabs, without them by plain forms."""

import re
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from playwright.sync_api import expect

from employees.models import Employee
from reminders.services import notify
from timetracking.models import TimeEntry
from timetracking.services import start_timer
from workmate.tests.browser import OpenPage

pytestmark = pytest.mark.django_db(transaction=True)
STOP = ".topbar .timer .stop"


def elsewhere(act: Callable[[], Any]) -> None:
    """Do it as another process would: in this thread the browser's event loop runs."""

    def work() -> None:
        act()
        connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


def test_the_timer_works_without_scripts(worker: Employee, open_page: OpenPage) -> None:
    page = open_page(worker, path="/employees/", java_script_enabled=False)
    page.locator(".topbar .timer-idle").click()
    page.locator("main form button[type=submit], main form .btn-primary").first.click()
    assert TimeEntry.objects.running().count() == 1
    page.goto("/employees/")
    page.locator(STOP).click()
    page.wait_for_url("**/employees/")
    assert not TimeEntry.objects.running().exists()
    expect(page.locator(".topbar .timer-idle")).to_be_visible()


def test_all_tabs_show_the_same_timer_and_bell(worker: Employee, open_page: OpenPage) -> None:
    home, other = open_page(worker), open_page(worker, path="/employees/")
    for page in (home, other):
        expect(page.locator(".topbar .timer-idle")).to_be_visible()
    elsewhere(lambda: start_timer(by=worker))
    for page in (home, other):
        expect(page.locator(STOP)).to_be_visible()
    expect(home.locator("main [data-live=timer] time[data-since=seconds]")).to_have_text(
        re.compile("0:00:0[2-9]")
    )
    other.locator(STOP).click()
    expect(home.locator(STOP)).to_have_count(0)
    assert other.url.endswith("/employees/")
    elsewhere(lambda: notify(worker, kind="test", title="Hello", mail=False))
    for page in (home, other):
        expect(page.locator("#bell .dot")).to_have_text("1")


def test_a_page_that_lost_its_socket_makes_up_for_it(worker: Employee, open_page: OpenPage) -> None:
    page = open_page(worker, path="/employees/")
    expect(page.locator(".topbar .timer-idle")).to_be_visible()
    page.evaluate("() => dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))")
    elsewhere(lambda: start_timer(by=worker))
    expect(page.locator(STOP)).to_have_count(0)
    page.evaluate("() => dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    expect(page.locator(STOP)).to_be_visible()
