"""The timer in a real browser: with scripts in sync over all tabs, without them by plain forms."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from employees.models import Employee
from employees.tests.factories import make_employee
from projects.tests.factories import make_project
from reminders.services import notify
from timetracking.models import TimeEntry
from timetracking.services import start_timer
from timetracking.tests.factories import at, make_time_entry
from workmate import places
from workmate.consumers import told_of
from workmate.tests.browser import OpenPage, choose, violations
from workmate.tests.threads import at_once, failures

pytestmark = pytest.mark.django_db(transaction=True)
STOP = ".topbar .timer .stop"


def elsewhere(act: Callable[[], Any]) -> None:
    """Do it as another process would: in this thread the browser's event loop runs."""
    assert not failures(at_once(act))


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
        re.compile(r"0:(?!00:0[01])\d\d:\d\d")
    )
    other.locator(STOP).click()
    expect(home.locator(STOP)).to_have_count(0)
    assert other.url.endswith("/employees/")
    ring(worker)
    for page in (home, other):
        expect(page.locator("#bell .dot")).to_have_text("1")


def open_late(page: Page, before: Callable[[], Any]) -> None:
    """Load the page anew, and do that before its socket opens."""

    def late(socket: WebSocketRoute) -> None:
        before()
        socket.connect_to_server()

    page.route_web_socket("**/ws/me", late)
    page.reload()


def ring(person: Employee) -> None:
    """Tell the person something, elsewhere."""
    elsewhere(lambda: notify(person, kind="test", title="Hello", mail=False))


def test_a_page_makes_up_for_what_was_told_before_its_socket_opened(
    worker: Employee, open_page: OpenPage
) -> None:
    page = open_page(worker, path="/employees/")
    open_late(page, lambda: ring(worker))
    expect(page.locator("#bell .dot")).to_have_text("1")


def test_a_page_that_the_browser_had_kept_for_long_is_read_anew(
    worker: Employee, open_page: OpenPage
) -> None:
    page = open_page(worker, path="/employees/")

    def long_ago() -> None:
        ring(worker)
        places.connection().delete(told_of(worker.pk))

    page.add_init_script(
        "addEventListener('DOMContentLoaded', () => {"
        " document.body.dataset.drawn = Date.now() - 3600000; })"
    )
    open_late(page, long_ago)
    expect(page.locator("#bell .dot")).to_have_text("1")


def test_a_page_without_a_place_for_its_socket_asks_for_what_is_new(
    worker: Employee, open_page: OpenPage, settings: Any
) -> None:
    settings.SOCKETS_PER_PERSON = 0
    page = open_page(worker, path="/employees/")
    ring(worker)
    expect(page.locator("#bell .dot")).to_have_text("1")


def test_a_page_that_lost_its_socket_makes_up_for_it(worker: Employee, open_page: OpenPage) -> None:
    page = open_page(worker, path="/employees/")
    expect(page.locator(".topbar .timer-idle")).to_be_visible()
    page.evaluate("() => dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))")
    elsewhere(lambda: start_timer(by=worker))
    expect(page.locator(STOP)).to_have_count(0)
    page.evaluate("() => dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    expect(page.locator(STOP)).to_be_visible()


def test_a_week_is_filled_by_keyboard_alone(worker: Employee, open_page: OpenPage) -> None:
    project = make_project(title="Portal", project_manager=worker)
    page = open_page(worker, path="/week/?week=2025-W11")
    keys = page.keyboard
    keys.press("Alt+P")
    expect(page.locator("[data-pick=project]")).to_be_focused()
    choose(page, "project", "Portal")
    for key in ("Tab", "Tab"):
        keys.press(key)
    for typed, then in [("7,5", "ArrowRight"), ("90m", "ArrowRight"), ("1:15", "Control+Enter")]:
        keys.type(typed)
        keys.press(then)
    expect(page.locator("[data-week-sum]")).to_have_text("10:15")
    expect(page.locator("#c-0-0")).to_have_value("7:30")
    page.locator("#c-0-3").focus()
    keys.type("2")
    expect(page.locator("tfoot [data-day-sum='3']")).to_have_text("2:00")
    keys.press("n")
    keys.type("Import written")
    for key in ("Tab", "Tab", "Enter"):
        keys.press(key)
    expect(page.locator("#c-0-3")).to_be_focused()
    keys.press("ArrowLeft")
    expect(page.locator("#c-0-2")).to_be_focused()
    keys.type("viel")
    keys.press("Control+Enter")
    expect(page.locator(".error-summary")).to_be_focused()
    expect(page.locator("#c-0-3")).to_have_value("2")
    page.locator("#c-0-2").focus()
    keys.press("Escape")
    expect(page.locator("#c-0-2")).to_have_value("1:15")
    keys.press("Control+Enter")
    expect(page.locator("[data-week-sum]")).to_have_text("12:15")
    assert violations(page) == []
    keys.press("PageUp")
    page.wait_for_url("**/week/?week=2025-W10")
    rows = TimeEntry.objects.of(worker).order_by("start_time")
    assert [row.duration_minutes for row in rows] == [450, 90, 75, 120]
    assert rows.last().note == "Import written"
    assert rows.last().project == project


def test_a_refused_cell_says_why_in_two_rows_and_in_whole_where_one_stands(
    worker: Employee, open_page: OpenPage
) -> None:
    make_time_entry(employee=worker, task_type="meeting", start_time=at("2024-12-02 08:00"))
    page = open_page(worker, path="/week/?week=2024-W49", viewport={"width": 1280, "height": 900})
    cell = page.locator("td[data-day='2'] input.input").first
    before = cell.locator("xpath=ancestor::tr").bounding_box()
    cell.fill("25:00")
    expect(cell).to_have_attribute("aria-invalid", "true")
    cell.fill("so lange wie nötig")
    cell.press("Control+Enter")
    error = page.locator("td .error")
    expect(error).to_be_visible()
    expect(cell).to_have_attribute("aria-invalid", "true")
    after = cell.locator("xpath=ancestor::tr").bounding_box()
    assert before
    assert after
    assert after["height"] - before["height"] < 40
    expect(error.locator(".why")).to_be_hidden()
    page.locator(".error-summary a").click()
    expect(cell).to_be_focused()
    expect(error.locator(".why")).to_be_visible()
    assert not violations(page)


def test_a_group_is_ticked_before_and_after_it_is_opened(
    admin: Employee, open_page: OpenPage
) -> None:
    first = make_time_entry(start_time=at("2025-03-10 09:00"))
    entries = [first, make_time_entry(employee=first.employee, start_time=at("2025-03-11 09:00"))]
    TimeEntry.objects.update(status="submitted")
    page = open_page(admin, path="/approvals/")
    group, count = page.locator("input[data-group]"), page.locator("[data-count]")
    expect(group).not_to_be_checked()
    group.press("Space")
    expect(group).to_be_checked()
    expect(count).to_contain_text("2")
    page.locator("main details > summary").press("Enter")
    lines = page.locator("details [name=ids]")
    expect(lines).to_have_count(2)
    expect(lines.nth(1)).to_be_checked()
    assert violations(page) == []
    lines.nth(1).press("Space")
    expect(group).not_to_be_checked()
    expect(count).to_contain_text("1")
    with page.expect_navigation():
        page.locator("button[value=approve]").press("Enter")
    states = [TimeEntry.objects.get(pk=entry.pk).status for entry in entries]
    assert states == ["approved", "submitted"]


def test_all_is_decided_by_keys_one_group_after_the_other(
    admin: Employee, open_page: OpenPage
) -> None:
    for first_name in ("Ada", "Bo", "Cem"):
        person = make_employee(first_name=first_name, last_name="Zander")
        make_time_entry(employee=person, start_time=at("2025-03-10 09:00"))
        make_time_entry(employee=person, start_time=at("2025-03-11 09:00"))
    TimeEntry.objects.update(status="submitted")
    page = open_page(admin, path="/approvals/", viewport={"width": 1280, "height": 440})
    keys, here = page.keyboard, page.locator(":focus")
    groups = page.locator("input[data-group]")
    for key in "jj":
        keys.press(key)
    expect(groups.nth(1)).to_be_focused()
    # The entries of an opened group are rows between it and the next one.
    page.locator("main details > summary").nth(1).press("Enter")
    expect(page.locator("details [name=ids]")).to_have_count(2)
    for key in "jx":
        keys.press(key)
    expect(page.locator("details [name=ids]").first).to_be_checked()
    for key in "kx":
        keys.press(key)
    expect(page.locator("[data-count]")).to_contain_text("2")
    keys.press("Tab")
    expect(here).to_have_attribute("href", "#decide-time")
    expect(here).to_be_in_viewport()
    before = page.evaluate("scrollY")
    keys.press("Enter")
    expect(page.locator("#decide-time")).to_be_focused()
    assert page.evaluate("scrollY") == before
    for _stop in ("reason", "reject", "approve"):
        keys.press("Tab")
    expect(here).to_have_attribute("value", "approve")
    assert violations(page) == []
    with page.expect_navigation():
        keys.press("Enter")
    assert TimeEntry.objects.filter(status="approved").count() == 2
    # The next group has taken the place of that which is decided.
    expect(groups).to_have_count(2)
    expect(groups.nth(1)).to_be_focused()
    expect(groups.nth(1)).to_have_accessible_description(re.compile("2"))
    for answer in (groups.first, page.locator("#main > .notice")):
        keys.press("x")
        with page.expect_navigation():
            page.locator("button[value=approve]").press("Enter")
        expect(answer).to_be_focused()
    assert not TimeEntry.objects.filter(status="submitted").exists()
