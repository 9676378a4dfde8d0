"""Fields that search: what they offer, to whom, and what they keep."""

from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django import forms
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext
from playwright.sync_api import expect

from conftest import ClientOf
from crm.models import Contact, Customer
from crm.tests.factories import make_activity, make_contact, make_customer
from employees.models import Employee
from employees.tests.factories import make_employee, make_role
from projects.tests.factories import make_project
from workmate import pickers
from workmate.pickers import LISTED, OFFERED, make_picker, narrow
from workmate.tests.browser import OpenPage, violations


def offers(client: Any, url: str, **query: Any) -> str:
    """The part of a page that a field shows below itself."""
    response = client.get(url, query)
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def test_a_field_offers_what_the_text_finds_best_first(clerk: Employee, client_of: Any) -> None:
    made = [make_customer(name=name) for name in ("Südhäusler KG", "Häusler GmbH", "Möwe AG")]
    text = offers(client_of(clerk), "/contacts/new/", pick="customer", q="haeusler")
    assert text.index(str(made[1].pk)) < text.index(str(made[0].pk))
    assert str(made[2].pk) not in text
    assert made[1].customer_number in text
    assert "<mark>Häusler</mark>" in text
    # What an address names is no key: then it is looked for, without what no text holds.
    page = client_of(clerk).get("/contacts/new/", {"customer_id": "haeu\x00sler"})
    assert page.status_code == 200


def test_a_field_offers_only_what_it_would_take(worker: Employee, client_of: Any) -> None:
    mine, other, closed = (
        make_project(title="Hafen", project_manager=worker),
        make_project(title="Hafen zwei"),
        make_project(title="Hafen drei", project_manager=worker, status="completed"),
    )
    client = client_of(worker)
    for url in ("/time-entries/new/", "/time-entries/start/"):
        text = offers(client, url, pick="project", q="hafen")
        assert str(mine.pk) in text
        assert str(other.pk) not in text
        assert str(closed.pk) not in text
    # In the list, where one looks for what was booked, closed ones are offered as well.
    text = offers(client, "/time-entries/", pick="project_id", q="hafen")
    assert str(closed.pk) in text
    assert str(other.pk) not in text


def test_what_is_chosen_in_one_field_narrows_another(clerk: Employee, client_of: Any) -> None:
    contact, other = make_contact(lastname="Anders"), make_contact(lastname="Anders")
    activity = make_activity(customer=other.customer, contact=other)
    for url, name in (
        ("/activities/new/", "contact"),
        (f"/activities/{activity.pk}/edit/", "contact"),
        ("/activities/", "contact_id"),
    ):
        query = {"pick": name, "q": "anders", "customer_id": contact.customer_id}
        text = offers(client_of(clerk), url, **query)
        assert str(contact.pk) in text
        assert str(other.pk) not in text
    # Without a customer all are offered, each with its own.
    text = offers(client_of(clerk), "/activities/new/", pick="contact", customer_id="")
    assert str(contact.customer) in text
    assert str(other.customer) in text


@pytest.mark.parametrize(
    ("url", "field"),
    [
        ("/contacts/new/", "lastname"),
        ("/contacts/new/", "nothing"),
        ("/contacts/", "is_primary"),
        ("/employees/new/", "role"),
        ("/search/", "q"),
    ],
)
def test_other_fields_offer_nothing(
    url: str, field: str, admin: Employee, client_of: ClientOf
) -> None:
    assert client_of(admin).get(url, {"pick": field}).status_code in {200, 404}
    if url != "/search/":
        assert client_of(admin).get(url, {"pick": field}).status_code == 404


def test_who_may_not_open_the_form_is_offered_nothing(client_of: ClientOf) -> None:
    customer = make_customer(name="Geheim GmbH")
    reader = make_employee(role=make_role("Reader", ["backoffice.crm.customer.view"]))
    response = client_of(reader).get("/contacts/new/", {"pick": "customer", "q": "geheim"})
    assert response.status_code == 403
    writer = make_employee(role=make_role("Writer", ["backoffice.crm.contact.*"]))
    text = offers(client_of(writer), "/contacts/new/", pick="customer", q="geheim")
    assert str(customer.pk) not in text


def test_a_page_holds_few_options_and_asks_once_for_each_field(
    clerk: Employee, client_of: ClientOf
) -> None:
    for number in range(LISTED + 10):
        make_customer(name=f"Kunde {number:03}")
    last = make_customer(name="Zuletzt GmbH")
    client = client_of(clerk)
    with CaptureQueriesContext(connection) as asked:
        text = client.get(f"/contacts/new/?customer_id={last.pk}").content.decode()
    assert text.count("<option") == LISTED + 1
    assert f'<option value="{last.pk}" selected' in text
    options = [query for query in asked if f"LIMIT {LISTED}" in query["sql"]]
    assert sum('FROM "customers"' in query["sql"] for query in options) == 1
    text = offers(client, "/contacts/new/", pick="customer")
    assert text.count('role="option"') == OFFERED


def test_the_chosen_row_keeps_its_name_after_an_error(clerk: Employee, client_of: Any) -> None:
    for number in range(LISTED):
        make_customer(name=f"Kunde {number:03}")
    last, client = make_customer(name="Zuletzt GmbH"), client_of(clerk)
    body = {"customer": last.pk, "lastname": ""}
    text = client.post("/contacts/new/", body).content.decode()
    assert f'<option value="{last.pk}" selected>Zuletzt GmbH' in text
    nobody = client.post("/contacts/new/", {**body, "customer": uuid4()})
    assert set(nobody.context["form"].errors) == {"customer", "lastname"}


def test_without_scripts_a_typed_name_chooses(clerk: Employee, client_of: Any) -> None:
    for name in ("Möwe Medien", "Möwe Druck", "Förde"):
        make_customer(name=name)
    client, url = client_of(clerk), "/contacts/new/"
    body = {"lastname": "Petersen", "customer": "", "customer-search": "moewe"}
    several = client.post(url, body)
    assert set(several.context["form"].errors) == {"customer"}
    text = several.content.decode()
    assert "Möwe Medien</option>" in text
    assert "Förde</option>" not in text
    one = client.post(url, {**body, "customer-search": "moewe druck"})
    assert one.status_code == 302
    assert client.get(one["Location"]).context["object"].customer.name == "Möwe Druck"
    assert client.post(url, {**body, "customer-search": "\x00"}).status_code == 422


def test_the_new_line_of_the_week_offers_what_one_may_book(
    worker: Employee, client_of: ClientOf
) -> None:
    mine = make_project(title="Hafen", project_manager=worker)
    other = make_project(title="Hafen zwei")
    closed = make_project(title="Hafen drei", project_manager=worker, status="completed")
    client, url = client_of(worker), "/week/?week=2025-W11"
    text = offers(client, url, pick="project", q="hafen")
    assert str(mine.pk) in text
    assert str(other.pk) not in text
    assert str(closed.pk) not in text
    assert 'data-value="internal"' in offers(client, url, pick="project")
    assert 'data-value="internal"' not in text
    assert client.get(url, {"pick": "task_type"}).status_code == 404
    # Without scripts the typed name chooses, and what is chosen stays chosen.
    body = {"project": "", "project-search": "hafen", "c-new-0": "1", "act": "save"}
    saved = client.post(url, body)
    assert saved.status_code == 302
    assert str(mine.pk) in saved["Location"]
    wrong = client.post(url, {"project": str(mine.pk), "c-new-1": "viel", "act": "save"})
    assert f'value="{mine.pk}" selected' in wrong.content.decode()
    inside = client.post(url, {"project": "internal", "c-new-2": "viel", "act": "save"})
    assert 'value="internal" selected' in inside.content.decode()


class RowForm(forms.Form):
    """A row of many, in which one field narrows another."""

    customer = forms.ModelChoiceField(Customer.objects.all())
    contact = forms.ModelChoiceField(Contact.objects.all())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            make_picker(field)
        narrow(self, {"contact": "customer"})


def test_a_field_in_a_row_of_many_searches_and_is_narrowed_by_its_row(rf: Any) -> None:
    formset = forms.formset_factory(RowForm, extra=2)(prefix="rows")
    shown = str(formset.forms[1]["contact"])
    assert 'data-narrowed-by="rows-1-customer"' in shown
    assert 'data-narrowed-by="rows-__prefix__-customer"' in str(formset.empty_form["contact"])
    contact, other = make_contact(lastname="Anders"), make_contact(lastname="Anders")
    page = SimpleNamespace(context_data={"formset": formset, "form": RowForm(prefix="main")})

    def offered(name: str, **query: Any) -> str:
        request = rf.get("/", {"pick": name, "q": "anders", **query})
        return pickers.offers(request, page).render().content.decode()

    text = offered("rows-17-contact", customer_id=contact.customer_id)
    assert str(contact.pk) in text
    assert str(other.pk) not in text
    assert str(other.pk) in offered("main-contact")
    for unknown in ("contact", "rows-x-contact", "rows-1-nothing", "other-1-contact", "rows-1-"):
        with pytest.raises(Http404):
            offered(unknown)


@pytest.mark.django_db(transaction=True)
def test_the_keyboard_chooses_a_customer_and_its_contact(
    clerk: Employee, open_page: OpenPage
) -> None:
    contact = make_contact(customer=make_customer(name="Häusler GmbH"), lastname="Boysen")
    make_contact(lastname="Boysen")
    page = open_page(clerk, path="/activities/new/")
    customer, person = page.locator("[data-pick=customer]"), page.locator("[data-pick=contact]")
    customer.press_sequentially("hausl")
    offer = page.locator("#id_customer-offers [role=option]")
    expect(offer).to_have_count(1)
    expect(customer).to_have_attribute("aria-activedescendant", str(offer.get_attribute("id")))
    assert violations(page) == []
    customer.press("Enter")
    expect(customer).to_have_value("Häusler GmbH")
    expect(page.locator("[name=customer]")).to_have_value(str(contact.customer_id))
    person.press("ArrowDown")
    expect(page.locator("#id_contact-offers [role=option]")).to_have_count(1)
    person.press("ArrowDown")
    person.press("Enter")
    expect(page.locator("[name=contact]")).to_have_value(str(contact.pk))
    # What was typed and not chosen is no choice; Esc leaves the list and not the form.
    person.press_sequentially("xyz")
    expect(page.locator(".picker-note:visible")).to_be_visible()
    person.press("Escape")
    expect(person).to_have_value(contact.display_name)
    # Another customer has other contacts.
    customer.fill("")
    customer.press("Tab")
    expect(page.locator("[name=contact]")).to_have_value("")
