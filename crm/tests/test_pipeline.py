"""The pipeline: what stands on the board, who may move it, and how."""

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from playwright.sync_api import expect

from conftest import ClientOf
from crm.models import Customer
from crm.pipeline import SHOWN, lanes_of
from crm.services import move_customer
from crm.tests.factories import make_activity, make_customer
from employees.models import Employee
from employees.tests.factories import make_employee, make_role
from invoices.tests.factories import a_line, make_buyer, make_finalized
from reminders.tests.factories import make_reminder
from workmate.errors import Conflict
from workmate.tests.browser import OpenPage, overflow, violations
from workmate.tests.threads import at_once

BOARD = "/customers/pipeline/"


def lead(name: str = "Möwe Medien", **fields: Any) -> Customer:
    return make_customer(name=name, **{"status": "lead", **fields})


def lanes(user: Employee, search: str = "") -> dict[str, Any]:
    return {lane.stage: lane for lane in lanes_of(user, search)}


def test_a_card_tells_value_age_and_what_comes_next(admin: Employee) -> None:
    buyer = make_buyer(name="Förde Druck", pipeline_stage="offer")
    make_finalized([a_line(unit_price=1000)], customer=buyer, document_type="quote")
    Customer.objects.update(created_at=timezone.now() - dt.timedelta(days=12))
    now = timezone.now()
    make_activity(customer=buyer, type="call", occurred_at=now - dt.timedelta(days=3))
    [card] = lanes(admin)["offer"].cards
    assert (card.customer, card.value, card.age) == (buyer, 11900, "12 days")
    assert card.next.startswith("Last: call")
    make_activity(customer=buyer, type="meeting", occurred_at=now + dt.timedelta(days=5))
    assert lanes(admin)["offer"].cards[0].next.startswith("Next: meeting")
    day = timezone.localdate() - dt.timedelta(days=1)
    about = {"linked_entity_type": "Customer", "linked_entity_id": buyer.pk}
    make_reminder(admin, title="Ask again", due_date=day, **about)
    lane = lanes(admin)["offer"]
    assert lane.cards[0].next.startswith("Next: Ask again")
    assert lane.cards[0].is_late
    assert (lane.count, lane.value) == (1, 11900)


def test_what_a_person_may_not_see_is_not_on_their_board(client_of: ClientOf) -> None:
    buyer = make_buyer(pipeline_stage="offer")
    make_finalized([a_line()], customer=buyer, document_type="quote")
    make_activity(customer=buyer)
    other = make_employee(role=make_role("Other", ["backoffice.*", "reminders.*"]))
    about = {"linked_entity_type": "Customer", "linked_entity_id": buyer.pk}
    make_reminder(other, title="Not yours", due_date=timezone.localdate(), **about)
    reader = make_employee(role=make_role("Reader", ["backoffice.crm.customer.view"]))
    [card] = lanes(reader)["offer"].cards
    assert (card.value, card.next) == (None, "")
    text = client_of(reader).get(BOARD).content.decode()
    assert buyer.name in text
    assert "data-move" not in text
    nobody = make_employee(role=make_role("Nobody", []))
    assert all(not lane.count and not lane.cards for lane in lanes_of(nobody))


def test_the_board_is_searched_and_shows_the_rest_in_the_list(
    admin: Employee, client_of: ClientOf
) -> None:
    for number in range(SHOWN + 1):
        lead(f"Kunde {number:02}")
    found, _outside = lead("Häusler"), make_customer(name="Häusler ohne Stufe")
    lane = lanes(admin)["lead"]
    assert (lane.count, len(lane.cards)) == (SHOWN + 2, SHOWN)
    assert lane.cards[0].customer == found
    text = client_of(admin).get(BOARD).content.decode()
    assert "/customers/?pipeline_stage=lead" in text
    assert [card.customer for card in lanes(admin, "haeusler")["lead"].cards] == [found]
    assert client_of(admin).get(BOARD, {"search": "\x00"}).status_code == 200


def test_many_cards_ask_as_often_as_few(admin: Employee, client_of: ClientOf) -> None:
    client = client_of(admin)

    def ask() -> int:
        client.get(BOARD)
        with CaptureQueriesContext(connection) as asked:
            client.get(BOARD)
        return len(asked)

    def fill(number: int) -> None:
        for _number in range(number):
            make_activity(customer=lead())

    fill(2)
    few = ask()
    fill(5)
    assert ask() == few
    with CaptureQueriesContext(connection) as asked:
        lanes_of(admin)
    assert len(asked) == 6


def test_moving_refuses_what_was_moved_meanwhile_and_what_is_no_stage(admin: Employee) -> None:
    customer = lead()
    assert move_customer(customer, by=admin, stage="offer", was="lead").pipeline_stage == "offer"
    with pytest.raises(Conflict) as caught:
        move_customer(customer, by=admin, stage="won", was="lead")
    assert caught.value.code == "stale"
    for stage in ("", "sold"):
        with pytest.raises(ValidationError) as wrong:
            move_customer(customer, by=admin, stage=stage)
        assert set(wrong.value.message_dict) == {"pipeline_stage"}
    customer.refresh_from_db()
    assert customer.pipeline_stage == "offer"


@pytest.mark.django_db(transaction=True)
def test_of_two_who_move_a_card_at_once_one_is_told(admin: Employee) -> None:
    customer = lead()
    outcomes = at_once(
        lambda: move_customer(customer, by=admin, stage="won", was="lead"),
        lambda: move_customer(customer, by=admin, stage="lost", was="lead"),
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Conflict", "Customer"]


def test_a_card_moves_without_scripts(clerk: Employee, client_of: ClientOf) -> None:
    customer, client = lead(), client_of(clerk)
    url = f"/customers/{customer.pk}/stage/?search=moewe"
    body = {"stage": "contacted", "was": "lead"}
    response = client.post(url, body)
    assert response["Location"] == f"{BOARD}?search=moewe#c-{customer.pk}"
    again = client.post(url, body, follow=True)
    assert [message.level_tag for message in again.context["messages"]] == ["success", "error"]
    part = client.post(url, body, headers={"HX-Request": "true"})
    assert part.status_code == 409
    assert part.content.decode().startswith('\n<div class="lanes"')


@pytest.mark.django_db(transaction=True)
def test_the_keyboard_moves_a_card_and_hears_of_it(clerk: Employee, open_page: OpenPage) -> None:
    first, second = lead("Möwe Medien"), lead("Förde Druck", pipeline_stage="contacted")
    page = open_page(clerk, path=BOARD)
    card = page.locator(f"#c-{first.pk} a")
    card.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(f"#c-{second.pk} a")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Shift+ArrowRight")
    expect(page.locator(f"[data-lane=contacted] #c-{first.pk}")).to_be_visible()
    expect(card).to_be_focused()
    expect(page.locator("[data-lanes-status]")).to_contain_text("Möwe Medien")
    expect(page.locator("#lane-contacted .count")).to_have_text("2")
    # By the menu of the card, and by mouse.
    page.locator(f"#c-{first.pk} button[popovertarget]").press("Enter")
    page.locator(f"#m-{first.pk} [value=offer]").press("Enter")
    expect(page.locator(f"[data-lane=offer] #c-{first.pk}")).to_be_visible()
    page.locator(f"#c-{second.pk}").drag_to(page.locator("[data-lane=won]"))
    expect(page.locator(f"[data-lane=won] #c-{second.pk}")).to_be_visible()
    assert violations(page) == []
    page.set_viewport_size({"width": 360, "height": 740})
    assert overflow(page) == 0
    stages = dict(Customer.objects.values_list("pk", "pipeline_stage"))
    assert stages == {first.pk: "offer", second.pk: "won"}
