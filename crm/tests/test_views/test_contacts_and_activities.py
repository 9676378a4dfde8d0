"""Contacts and activities on pages."""

from typing import Any
from uuid import uuid4

import pytest

from crm.models import Activity
from crm.tests.factories import make_activity, make_contact, make_customer
from employees.models import Employee
from employees.tests.factories import make_employee, make_role
from timetracking.tests.factories import at


def test_a_contact_form_knows_the_customer(clerk: Employee, client_of: Any) -> None:
    first = make_contact(is_primary=True)
    client, url = client_of(clerk), f"/contacts/new/?customer_id={first.customer_id}"
    assert client.get(url).context["form"]["customer"].value() == str(first.customer_id)
    body = {"customer": first.customer_id, "lastname": "Neu", "is_primary": "on"}
    assert client.post(url, body).status_code == 302
    assert first.customer.primary_contact.lastname == "Neu"
    page = first.customer.get_absolute_url()
    assert client.get(url).context["cancel_url"] == page
    away = client.get(f"{url}&next=https://elsewhere.example/")
    assert away.context["cancel_url"] == page
    assert client.post(f"{url}&next={page}", {**body, "lastname": "Alt"})["Location"] == page
    wrong = client.post(url, {**body, "lastname": "", "email": "nobody"})
    assert wrong.status_code == 422
    assert set(wrong.context["form"].errors) == {"lastname", "email"}
    assert wrong.context["form"]["is_primary"].value() is True


@pytest.mark.parametrize(
    "query",
    ["customer_id=nobody", "customer_id=01900000-0000-7000-8000-000000000000", "contact_id=x"],
)
def test_a_form_survives_a_wrong_address(query: str, clerk: Employee, client_of: Any) -> None:
    for path in ("contacts", "activities"):
        page = client_of(clerk).get(f"/{path}/new/?{query}")
        assert page.status_code == 200
        assert page.context["cancel_url"] == f"/{path}/"


def test_an_activity_form_offers_the_customers_contacts(clerk: Employee, client_of: Any) -> None:
    contact, other = make_contact(), make_contact()
    client = client_of(clerk)
    offered = client.get(f"/activities/new/?pick=contact&customer_id={contact.customer_id}")
    assert str(contact.pk) in (text := offered.content.decode())
    assert str(other.pk) not in text
    for query in (f"customer_id={contact.customer_id}", f"contact_id={contact.pk}"):
        form = client.get(f"/activities/new/?{query}").context["form"]
        assert list(form.fields["contact"].queryset) == [contact]
        assert str(form["customer"].value()) == str(contact.customer_id)
    body = {
        "customer": contact.customer_id,
        "contact": contact.pk,
        "type": "meeting",
        "occurred_at": "10.03.2025 15:10",
        "description": "Met.",
    }
    assert client.post("/activities/new/", body).status_code == 302
    activity = Activity.objects.get()
    assert (activity.contact, activity.occurred_at) == (contact, at("2025-03-10 15:10"))
    wrong = client.post("/activities/new/", {**body, "contact": other.pk})
    assert set(wrong.context["form"].errors) == {"contact"}
    gone = client.post("/activities/new/", {**body, "contact": uuid4()})
    assert set(gone.context["form"].errors) == {"contact"}


def test_contacts_are_offered_to_those_who_see_them(client_of: Any) -> None:
    role = make_role("Notes", ["backoffice.crm.customer.view", "backoffice.crm.activity.*"])
    contact = make_contact()
    url = f"/activities/new/?customer_id={contact.customer_id}"
    form = client_of(make_employee(role=role)).get(url).context["form"]
    assert not form.fields["contact"].queryset.exists()


def test_an_activity_is_changed_where_it_stands(clerk: Employee, client_of: Any) -> None:
    activity = make_activity(occurred_at=at("2025-03-10 15:10"))
    client, url = client_of(clerk), f"/activities/{activity.pk}/"
    body = {
        "customer": activity.customer_id,
        "type": "email",
        "description": "Wrote.",
        "occurred_at": "",
    }
    response = client.post(f"{url}edit/", body)
    assert (response.status_code, response.url) == (302, url)
    activity.refresh_from_db()
    assert (activity.type, activity.occurred_at) == ("email", at("2025-03-10 15:10"))
    assert client.post(f"{url}delete/").status_code == 302
    assert not Activity.objects.exists()


def test_addresses_on_pages_are_links_and_never_scripts(clerk: Employee, client_of: Any) -> None:
    customer = make_customer(
        name="<script>alert(1)</script>",
        website="foerde.example/x",
        phone='1"><script>',
        email="info@foerde.example",
        notes="<script>alert(2)</script>",
    )
    contact = make_contact(customer=customer, position="<script>", phone="0431 1", mobile="0170")
    client = client_of(clerk)
    shown = client.get(f"/customers/{customer.pk}/").content.decode()
    assert '<a href="https://foerde.example/x" rel="noopener">foerde.example/x</a>' in shown
    assert "mailto:info@foerde.example" in shown
    assert "<script>alert" not in shown
    assert '"><script>' not in shown
    shown = client.get(f"/contacts/{contact.pk}/").content.decode()
    assert 'href="tel:0170"' in shown
    assert "<script>alert" not in shown
    assert "· <script>" not in shown
