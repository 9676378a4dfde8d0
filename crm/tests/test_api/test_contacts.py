"""Contacts over the API."""

from typing import Any
from uuid import uuid4

from crm.models import Contact
from crm.tests.factories import make_activity, make_contact, make_customer
from crm.tests.test_api import JSON, attrs, ids
from employees.models import Employee


def test_a_contact_is_made_shown_replaced_changed_and_deleted(clerk: Employee, api_of: Any) -> None:
    client, customer = api_of(clerk), make_customer()
    body = {
        "customer_id": str(customer.pk),
        "firstname": "Karin",
        "lastname": "Boysen",
        "email": "karin@foerde.example",
        "phone": "0431 5550141",
        "mobile": "0170 1234567",
        "position": "Vertrieb",
        "department": "Leitung",
        "is_primary": True,
        "notes": "Mornings only.",
    }
    response = client.post("/api/contacts", body)
    assert response.status_code == 201, response.content
    made = response.json()
    assert made == {
        **made,
        **body,
        "full_name": "Karin Boysen",
        "display_name": "Karin Boysen (Vertrieb)",
    }
    url = f"/api/contacts/{made['id']}"
    assert client.get(url).json() == made
    listed = {name: value for name, value in made.items() if name != "duplicates"}
    assert client.get(f"/api/customers/{customer.pk}/contacts").json()["items"] == [listed]
    again = client.put(url, {**made, "lastname": "Thoms"}, content_type=JSON)
    assert again.json()["full_name"] == "Karin Thoms", again.content
    patched = client.patch(url, {"is_primary": False}, content_type=JSON).json()
    assert (patched["is_primary"], patched["position"]) == (False, "Vertrieb")
    assert client.delete(url).status_code == 204
    assert not Contact.objects.exists()


def test_the_primary_mark_moves(clerk: Employee, api_of: Any) -> None:
    first = make_contact(is_primary=True)
    second = make_contact(customer=first.customer)
    client, url = api_of(clerk), f"/api/customers/{first.customer_id}/contacts?is_primary=true"
    assert ids(client.get(url)) == [str(first.pk)]
    body = {"is_primary": True}
    changed = client.patch(f"/api/contacts/{second.pk}", body, content_type=JSON)
    assert changed.json()["is_primary"]
    assert ids(client.get(url)) == [str(second.pk)]
    body = {"customer_id": str(first.customer_id), "lastname": "Neu", "is_primary": True}
    third = client.post("/api/contacts", body).json()
    assert ids(client.get(url)) == [third["id"]]


def test_a_contact_belongs_to_a_customer_that_one_sees(clerk: Employee, api_of: Any) -> None:
    client, contact = api_of(clerk), make_contact()
    for wrong in (None, "nobody", str(uuid4()), 7):
        body = {"customer_id": wrong, "lastname": "Boysen"}
        assert attrs(client.post("/api/contacts", body)) == {"customer_id"}
    assert attrs(client.post("/api/contacts", {"lastname": "Boysen"})) == {"customer_id"}
    make_activity(customer=contact.customer, contact=contact)
    body = {"customer_id": str(make_customer().pk)}
    moved = client.patch(f"/api/contacts/{contact.pk}", body, content_type=JSON)
    assert attrs(moved) == {"customer_id"}


def test_contacts_are_filtered_and_searched(clerk: Employee, api_of: Any) -> None:
    first = make_contact(lastname="Boysen", phone="0431 777")
    second = make_contact(lastname="Arndt", is_primary=True, customer=make_customer(name="Zoll"))
    client = api_of(clerk)
    for query, found in {
        "": [second, first],
        "ordering=-lastname": [first, second],
        f"customer_id={first.customer_id}": [first],
        "is_primary=true": [second],
        "is_primary=false": [first],
        "search=boysen": [first],
        "search=777": [first],
        "search=zoll": [second],
    }.items():
        response = client.get(f"/api/contacts?{query}")
        assert ids(response) == [str(contact.pk) for contact in found], query
