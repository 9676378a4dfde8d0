"""The fields of a list's filters come when they are opened; what is set in them stays."""

import re
from html import unescape
from typing import Any

import pytest
from playwright.sync_api import expect

from crm.tests.factories import make_activity, make_contact, make_customer
from employees.models import Employee
from workmate.tests.browser import OpenPage, violations

HTMX = {"HX-Request": "true"}


def test_until_they_are_opened_what_is_set_travels_along(clerk: Employee, client_of: Any) -> None:
    client, query = client_of(clerk), {"city": "Kiel", "status": "lead", "ordering": "-name"}
    page = client.get("/customers/", query).content.decode()
    assert "id_country" not in page
    form = page[page.index("data-filters") : page.index("</form>", page.index("data-filters"))]
    kept = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form)
    assert sorted(kept) == sorted(query.items())
    address = re.search(r'hx-get="(\?[^"]*)"', page)
    assert address
    sheet = client.get(f"/customers/{unescape(address[1])}", headers=HTMX).content.decode()
    assert "<html" not in sheet
    assert re.search(r'name="city"[^>]* value="Kiel"', sheet)
    assert "id_country" in sheet


def test_without_scripts_a_link_opens_them_in_the_page(clerk: Employee, client_of: Any) -> None:
    client = client_of(clerk)
    page = client.get("/customers/", {"city": "Kiel", "sheet": "open"})
    text = page.content.decode()
    assert "id_country" in text
    assert 'type="hidden" name="city"' not in text
    # What closes them leaves what is set in them.
    assert page.context["sheet_close_url"] == "/customers/?city=Kiel"
    closed = client.get(page.context["sheet_close_url"])
    assert not closed.context["sheet_close_url"]
    assert "id_country" not in closed.content.decode()
    refused = client.get("/activities/", {"customer_id": "nobody", "sheet": "open"})
    assert not refused.context["sheet_close_url"]
    assert all("sheet" not in link["url"] for link in page.context["exports"])
    assert "sheet" not in page.context["view_query"]


def test_a_value_that_is_refused_is_shown_in_its_field(clerk: Employee, client_of: Any) -> None:
    page = client_of(clerk).get("/activities/", {"customer_id": "nobody"}).content.decode()
    assert "id_customer_id" in page
    assert 'role="alert"' in page


@pytest.mark.django_db(transaction=True)
def test_a_filter_is_set_by_the_keyboard(admin: Employee, open_page: OpenPage) -> None:
    buyer = make_customer(name="Häusler GmbH")
    contact = make_contact(customer=buyer, lastname="Öztürk")
    make_activity(customer=buyer, contact=contact)
    make_activity(customer=buyer)
    page = open_page(admin, path=f"/activities/?customer_id={buyer.pk}")
    page.locator("[popovertarget=filters]").press("Enter")
    field = page.locator("#id_contact_id")
    field.press_sequentially("oeztuerk")
    expect(page.locator("#filters [aria-selected=true]")).to_be_visible()
    assert not violations(page)
    field.press("Enter")
    field.press("Enter")
    expect(page.locator("#chips .chip-set")).to_have_count(2)
    expect(page.locator("#filters")).to_be_hidden()
    expect(page.locator("#table tbody tr")).to_have_count(1)
    # A search afterwards narrows further.
    page.locator("#search").press_sequentially("häusler")
    page.wait_for_url(re.compile(r"contact_id=.*search=h|search=h.*contact_id="))
    expect(page.locator("#table tbody tr")).to_have_count(1)


@pytest.mark.django_db(transaction=True)
def test_the_formats_of_an_export_keep_off_the_edge_of_a_phone(
    admin: Employee, open_page: OpenPage
) -> None:
    page = open_page(admin, path="/customers/", viewport={"width": 360, "height": 740})
    button = page.locator("[popovertarget=exports]")
    # Pushed only as far as needed, the button stands at the edge.
    button.evaluate("(button) => button.scrollIntoView({ inline: 'end', block: 'nearest' })")
    button.click()
    menu = page.locator("#exports").bounding_box()
    assert menu
    assert menu["x"] >= 12
    assert menu["x"] + menu["width"] <= 360 - 12
    assert not violations(page)
