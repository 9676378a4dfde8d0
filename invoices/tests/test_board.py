"""The board of open items: what stands in which lane, what it sums up, and what is done there."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from playwright.sync_api import expect

from conftest import ClientOf
from employees.models import Employee
from employees.tests.factories import make_employee, make_role
from invoices.models import Invoice
from invoices.querysets import AGES
from invoices.services import cancel_invoice
from invoices.tests.factories import make_buyer, make_finalized, make_invoice, make_payment
from invoices.views.board import SHOWN
from workmate.tests.browser import OpenPage, overflow, violations

BOARD = "/payments/board/"


@pytest.fixture
def client(clerk: Employee, client_of: ClientOf) -> Client:
    """The clerk's browser."""
    return client_of(clerk)


def make_late(days: int, **fields: Any) -> Invoice:
    """An open invoice whose due date passed so many days ago."""
    day = timezone.localdate() - dt.timedelta(days=days)
    return make_finalized(issued_date=dt.date(2025, 4, 1), due_date=day, **fields)


def lanes_of(client: Client, query: str = "") -> dict[str, Any]:
    return {lane["age"]: lane for lane in client.get(f"{BOARD}{query}").context["lanes"]}


def test_what_is_owed_stands_in_the_lane_of_its_age_and_each_sum_is_that_of_its_list(
    client: Client,
) -> None:
    days = {-5: "not_due", 0: "not_due", 1: "late_14", 14: "late_14", 15: "late_30"}
    days |= {30: "late_30", 31: "later", 90: "later"}
    made = {day: make_late(day) for day in days}
    make_payment(invoice=made[14], amount=Decimal(190))
    make_payment(invoice=made[30])
    make_invoice()
    make_finalized(document_type="quote")
    credit = make_finalized(document_type="credit_note")
    lanes = lanes_of(client)
    for age, lane in lanes.items():
        wanted = {made[day] for day, where in days.items() if where == age and day != 30}
        wanted |= {credit} if age == "not_due" else set()
        assert {card["pk"] for card in lane["cards"]} == {str(one.pk) for one in wanted}, age
        shown = Invoice.objects.filter(pk__in=[card["pk"] for card in lane["cards"]])
        assert lane["sum"] == sum(invoice.open_amount for invoice in shown)
        listed = client.get(f"/invoices/?age={age}").context["table"]["rows"]
        assert {row["object"] for row in listed} == wanted
    assert lanes["late_14"]["sum"] == Decimal("2190.00")
    # Where credit notes stand, it says by how much they lower the sum.
    assert "1.190,00" in lanes["not_due"]["less"]
    assert [age for age, lane in lanes.items() if lane["less"]] == ["not_due"]
    assert (
        sum(lane["sum"] for lane in lanes.values())
        == Invoice.objects.outstanding().sum_outstanding()
    )
    unknown = client.get("/invoices/?age=x")
    assert unknown.status_code == 200
    assert unknown.context["table"]["rows"] == []  # refused at the filter, not passed over


def test_the_search_narrows_lanes_sums_and_the_list_behind_them(client: Client) -> None:
    make_late(3)
    mine = make_late(3, customer=make_buyer(name="Häusler KG"))
    lane = lanes_of(client, "?search=haeusler")["late_14"]
    assert [card["pk"] for card in lane["cards"]] == [str(mine.pk)]
    assert (lane["count"], lane["sum"]) == (1, mine.total)
    answer = client.get(f"{BOARD}?search=haeusler", headers={"HX-Request": "true"})
    page = answer.content.decode()
    assert "?age=late_14&amp;search=haeusler" in page
    # What stands in the head is of the same documents, also when scripts ask for the lanes alone.
    assert "<h1" not in page
    assert 'id="owed"' in page
    assert answer.context["summary"]["open"] == answer.context["summary"]["overdue"] == mine.total


def test_money_of_cancelled_documents_is_named_with_the_way_to_its_list(client: Client) -> None:
    paid = make_finalized()
    make_payment(invoice=paid, amount=Decimal("400.25"))
    cancel_invoice(paid, by=None, reason="Wrong")
    answer = client.get(BOARD)
    assert answer.context["summary"]["overpaid"] == Decimal("400.25")
    assert "/invoices/?overpaid=true" in answer.content.decode()
    listed = client.get("/invoices/?overpaid=true").context["table"]["rows"]
    assert [row["object"] for row in listed] == [paid]
    assert client.get(f"{BOARD}?search=nobody").context["summary"]["overpaid"] == 0


def test_a_long_lane_has_pages_and_the_queries_do_not_grow(client: Client) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(BOARD).status_code == 200
        return len(asked)

    made = [make_late(3), make_late(20), make_late(40), make_late(-1)]
    make_payment(invoice=make_finalized(), amount=Decimal(1))
    count()
    few = count()
    made += [make_late(3) for _number in range(SHOWN + 1)]
    make_payment(invoice=made[0], amount=Decimal(1))
    assert count() == few
    # Its lanes and payments, what the page needs besides is every page's.
    assert few <= 20
    first = lanes_of(client)["late_14"]
    second = lanes_of(client, "?late_14=2")["late_14"]
    assert (first["count"], first["pages"], len(first["cards"])) == (SHOWN + 2, 2, SHOWN)
    seen = [card["pk"] for lane in (first, second) for card in lane["cards"]]
    assert len(set(seen)) == SHOWN + 2
    for broken in ("0", "99", "x", "-1", "9" * 40, "²"):
        assert client.get(BOARD, {"late_14": broken}).status_code == 200, broken


def test_who_may_only_look_gets_no_buttons_and_who_may_not_gets_nothing(
    client_of: ClientOf,
) -> None:
    invoice = make_payment(invoice=make_late(3), amount=Decimal(1)).invoice
    view = ["backoffice.invoices.payment.view", "backoffice.invoices.invoice.view"]
    page = client_of(make_employee(role=make_role("Auditor", view))).get(BOARD).content.decode()
    assert invoice.invoice_number in page
    assert "/pay/" not in page
    assert "/reverse/" not in page
    cashier = client_of(make_employee(role=make_role("Cashier", view[:1])))
    assert all(lane["count"] == 0 for lane in lanes_of(cashier).values())
    nobody = client_of(make_employee(role=make_role("Writer", view[1:])))
    assert nobody.get(BOARD).status_code == 403


def test_every_age_has_a_lane_a_label_and_a_filter(client: Client) -> None:
    assert list(lanes_of(client)) == list(AGES)


@pytest.mark.django_db(transaction=True)
def test_a_payment_is_recorded_on_the_board_by_keyboard(
    clerk: Employee, open_page: OpenPage
) -> None:
    invoice = make_late(3)
    make_late(40)
    page = open_page(clerk, path=BOARD, viewport={"width": 360, "height": 740})
    assert violations(page) == []
    assert overflow(page) == 0
    page.locator(f"#c-{invoice.pk} a[href$='/pay/']").press("Enter")
    amount = page.locator("#dialog [name=amount]")
    expect(amount).to_be_focused()
    assert amount.input_value() in {"1190,00", "1.190,00"}
    amount.fill("190,00")
    with page.expect_navigation():
        amount.press("Enter")
    expect(page.locator("#lanes")).to_be_visible()
    expect(page.locator(f"#c-{invoice.pk}")).to_contain_text("1.000,00")
    invoice.refresh_from_db()
    assert invoice.paid_amount == Decimal(190)
