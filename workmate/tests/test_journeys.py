"""A day at work by the keyboard alone: no mouse, and no focus that a test has set.

The week sheet and the invoice have journeys of their own beside their modules.
"""

import re

import pytest
from playwright.sync_api import Page, expect

from chat.models import ChatMessage
from chat.services import post_message
from crm.models import Customer
from crm.tests.factories import make_customer
from dashboards.models import Dashboard
from employees.models import Employee
from projects.tests.factories import make_project
from timetracking.models import TimeEntry
from workmate import services
from workmate.tests.browser import OpenPage
from workmate.tests.threads import at_once, failures

pytestmark = pytest.mark.django_db(transaction=True)
MOST = 200


SAVE = "main form :is([type=submit], button:not([type])).btn-primary"


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until something that matches has the focus."""
    for _number in range(MOST):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"Tab never comes to {selector}")


def go(page: Page, words: str, url: str) -> None:
    """By the palette."""
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox")).to_be_focused()
    page.keyboard.type(words)
    expect(page.locator("#palette [aria-selected=true]")).to_contain_text(words)
    page.keyboard.press("Enter")
    page.wait_for_url(url)


@pytest.fixture
def person(admin: Employee) -> Employee:
    return services.change(admin, by=None, language="en")


def test_signing_in_and_the_timer(person: Employee, open_page: OpenPage) -> None:
    page = open_page(path="/login/")
    expect(page.locator("#id_username")).to_be_focused()
    page.keyboard.type(person.email)
    page.keyboard.press("Tab")
    page.keyboard.type("correct horse battery")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/login/" not in url)
    page.keyboard.press("Control+k")
    page.keyboard.type(">Start the timer")
    expect(page.locator("#palette [aria-selected=true]")).to_contain_text("Start the timer")
    page.keyboard.press("Enter")
    stop = page.locator(".topbar .stop")
    page.wait_for_url("**/time-entries/start/")
    tab_to(page, SAVE)
    page.keyboard.press("Enter")
    expect(stop).to_be_visible()
    assert TimeEntry.objects.of(person).running().count() == 1
    tab_to(page, ".topbar .stop")
    page.keyboard.press("Enter")
    expect(stop).to_have_count(0)
    assert TimeEntry.objects.of(person).finished().count() == 1


def test_moving_a_card_on_the_pipeline(person: Employee, open_page: OpenPage) -> None:
    customer = make_customer(name="Möwe Medien", status="lead", pipeline_stage="lead")
    page = open_page(person)
    go(page, "Pipeline", "**/customers/pipeline/")
    tab_to(page, f"#c-{customer.pk} a")
    page.keyboard.press("Shift+ArrowRight")
    expect(page.locator(f"[data-lane=contacted] #c-{customer.pk} a")).to_be_focused()
    expect(page.locator("[data-lanes-status]")).to_contain_text("Möwe Medien")
    assert Customer.objects.get(pk=customer.pk).pipeline_stage == "contacted"


def test_arranging_the_dashboard(person: Employee, open_page: OpenPage) -> None:
    page = open_page(person)
    go(page, "Dashboards", "**/dashboards/")
    tab_to(page, "main a.open")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/dashboards/[^/]+/$"))
    tab_to(page, "main a[href$='/edit/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/edit/")
    tab_to(page, "[data-key] .tile-head a")
    key = page.evaluate("document.activeElement.closest('[data-key]').dataset.key")
    page.keyboard.press("Delete")
    expect(page.locator("#plan-said")).to_have_text(re.compile("Removed"))
    tab_to(page, "main a.btn-primary")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/dashboards/[^/]+/$"))
    board = Dashboard.objects.of(person).get(is_default=True)
    assert key not in {widget["type"] for widget in board.config_json["widgets"]}


def test_answering_in_the_chat(person: Employee, worker: Employee, open_page: OpenPage) -> None:
    room = make_project(title="Office move", project_manager=worker)
    page = open_page(person)
    go(page, "Chat", "**/chat/")
    tab_to(page, "main a[href^='/chat/']")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/chat/{room.pk}/")
    page.wait_for_function("() => performance.getEntriesByName('chat:ready').length > 0")
    assert not failures(
        at_once(lambda: post_message(project=room, content="Are you coming?", by=worker))
    )
    expect(page.locator("[data-messages]")).to_contain_text("Are you coming?")
    if not page.evaluate("document.activeElement.matches('[name=content]')"):
        tab_to(page, "[name=content]")
    page.keyboard.type("On my way")
    page.keyboard.press("Enter")
    expect(page.locator("[data-messages] > li").last).to_contain_text("On my way")
    assert ChatMessage.objects.filter(author=person, content="On my way").count() == 1
