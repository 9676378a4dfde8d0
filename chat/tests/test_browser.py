"""Two people talk in two browsers; one of them loses the line for a while."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from chat.models import ChatMessage
from chat.services import post_message
from chat.tests.factories import make_chat_message, make_chatter
from employees.models import Employee
from projects.models import Project, ProjectMember
from projects.tests.factories import make_project
from workmate import services
from workmate.tests.browser import OpenPage, overflow, violations
from workmate.tests.threads import at_once, failures

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def room() -> Project:
    return make_project(title="Office move")


@pytest.fixture
def two(room: Project) -> tuple[Employee, Employee]:
    return make_chatter(room, first_name="Anna"), make_chatter(room, first_name="Bert")


def enter(open_page: OpenPage, person: Employee, room: Project) -> Page:
    page = open_page(person, path=f"/chat/{room.pk}/")
    page.wait_for_function("() => performance.getEntriesByName('chat:ready').length > 0")
    return page


def say(page: Page, text: str) -> None:
    page.locator("[name=content]").fill(text)
    page.locator("[name=content]").press("Enter")


def elsewhere(act: Any) -> None:
    """In a thread of its own: the browser's loop runs in this one, and nothing is broadcast."""
    assert not failures(at_once(act))


def texts(page: Page) -> list[str]:
    return page.locator("[data-messages] > li:not(.sys) .text").all_inner_texts()


def test_two_browsers_chat(room: Project, two: Any, open_page: OpenPage) -> None:
    anna, bert = (enter(open_page, person, room) for person in two)
    say(anna, "Hello **Bert**")
    expect(bert.locator("[data-messages] strong")).to_have_text("Bert")
    say(bert, "<img src=x onerror=alert(1)>")
    expect(anna.locator("[data-messages] > li").last).to_contain_text("<img src=x")
    assert texts(anna) == texts(bert) == ["Hello Bert", "<img src=x onerror=alert(1)>"]
    anna.reload()
    assert texts(anna) == texts(bert)


def test_after_ten_messages_offline_all_are_there_in_order_and_once(
    room: Project, two: Any, open_page: OpenPage
) -> None:
    anna, bert = (enter(open_page, person, room) for person in two)
    say(anna, "Before")
    expect(bert.locator("[data-messages] > li").last).to_contain_text("Before")
    bert.context.set_offline(True)
    expect(bert.locator("[data-state]")).not_to_be_empty()
    for number in range(10):
        say(anna, f"No. {number}")
    say(bert, "Typed while offline")
    expect(anna.locator("[data-messages] > li").last).to_contain_text("No. 9")
    assert texts(bert) == ["Before"]
    bert.context.set_offline(False)
    expect(bert.locator("[data-messages] > li").last).to_contain_text("Typed while offline")
    expected = ["Before", *(f"No. {number}" for number in range(10)), "Typed while offline"]
    expect(anna.locator("[data-messages] > li").last).to_contain_text("Typed while offline")
    assert texts(bert) == texts(anna) == expected
    stored = ChatMessage.objects.filter(is_system_message=False).order_by("sequence")
    assert [message.content for message in stored] == expected


def test_a_removed_member_is_told_and_hears_no_more(
    room: Project, two: Any, open_page: OpenPage
) -> None:
    person = two[1]
    bert = enter(open_page, person, room)
    membership = ProjectMember.objects.get(employee=person)
    elsewhere(lambda: services.delete(membership, by=None))
    closed = bert.locator("[data-state]").get_attribute("data-closed") or ""
    expect(bert.locator("[data-state]")).to_have_text(closed, timeout=5000)
    elsewhere(lambda: post_message(by=two[0], project=room, content="Secret"))
    bert.wait_for_timeout(500)
    assert "Secret" not in " ".join(texts(bert))


def test_the_room_is_live_on_the_project_page_and_sound(
    room: Project, two: Any, open_page: OpenPage
) -> None:
    make_chat_message(two[0], project=room, content="Said *before*\n\n- a list\n\n`code`")
    page = open_page(two[1], path=f"/projects/{room.pk}/#chat")
    expect(page.locator("[data-messages] > li").last).to_contain_text("Said before")
    page.wait_for_function("() => performance.getEntriesByName('chat:ready').length > 0")
    elsewhere(lambda: post_message(by=two[0], project=room, content="And now"))
    expect(page.locator("[data-messages] > li").last).to_contain_text("And now")
    assert not violations(page)


def test_the_pages_are_sound_on_a_phone(room: Project, two: Any, open_page: OpenPage) -> None:
    make_chat_message(two[0], project=room, content="x" * 400)
    page = open_page(two[1], path="/chat/", viewport={"width": 360, "height": 740})
    for path in ("/chat/", f"/chat/{room.pk}/"):
        page.goto(path)
        # The bar on top has tests of its own.
        assert violations(page) == []
        assert not overflow(page)


def test_it_works_without_scripts(room: Project, two: Any, open_page: OpenPage) -> None:
    page = open_page(two[0], path=f"/chat/{room.pk}/", java_script_enabled=False)
    page.locator("[name=content]").fill("Plainly")
    page.locator("[data-composer] button").click()
    expect(page.locator("[data-messages] > li").last).to_contain_text("Plainly")
