"""Customers over the API."""

from typing import Any

import pytest

from crm.models import Customer
from crm.tests.factories import make_customer
from crm.tests.test_api import JSON, attrs, ids
from employees.models import Employee
from invoices.tests.factories import make_invoice
from projects.tests.factories import make_project


def test_a_customer_is_made_shown_replaced_changed_and_deleted(
    clerk: Employee, api_of: Any
) -> None:
    client = api_of(clerk)
    body = {
        "name": "Förde Logistik GmbH",
        "type": "business",
        "status": "lead",
        "email": "info@foerde.example",
        "phone": "0431 5550140",
        "website": "foerde.example",
        "tax_id": "20/123/45678",
        "vat_id": "DE 136 695 976",
        "street": "Am Nordhafen 7",
        "zip_code": "24106",
        "city": "Kiel",
        "notes": "Ask for Karin.",
        "payment_days": 30,
        "invoice_email": "rechnung@foerde.example",
        "language": "en",
        "buyer_reference": "K-17",
        "leitweg_id": "04011000-1234512345-06",
    }
    response = client.post("/api/customers", body)
    assert response.status_code == 201, response.content
    made = response.json()
    assert made == {
        **made,
        **body,
        "customer_number": "KIT-CUS-000001",
        "website": "https://foerde.example",
        "vat_id": "DE136695976",
        "country": "Deutschland",
        "full_address": "Am Nordhafen 7, 24106 Kiel, Deutschland",
    }
    url = f"/api/customers/{made['id']}"
    assert client.get(url).json() == made
    again = client.put(url, {**made, "name": "Förde AG"}, content_type=JSON)
    assert again.status_code == 200, again.content
    assert {**again.json(), "name": "", "updated_at": ""} == {**made, "name": "", "updated_at": ""}
    patched = client.patch(url, {"status": "active"}, content_type=JSON).json()
    assert (patched["status"], patched["name"]) == ("active", "Förde AG")
    bare = client.put(url, {"name": "Förde AG"}, content_type=JSON).json()
    assert (bare["city"], bare["payment_days"], bare["type"]) == ("", None, "business")
    assert (bare["customer_number"], bare["country"]) == ("KIT-CUS-000001", "Deutschland")
    assert client.delete(url).status_code == 204
    assert client.get(url).status_code == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": " "}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": "A", "type": "company"}, "type"),
        ({"name": "A", "status": "gone"}, "status"),
        ({"name": "A", "email": "nobody"}, "email"),
        ({"name": "A", "vat_id": "DE1"}, "vat_id"),
        ({"name": "A", "leitweg_id": "1-2-3"}, "leitweg_id"),
        ({"name": "A", "website": "javascript:alert(1)"}, "website"),
        ({"name": "A", "payment_days": 366}, "payment_days"),
        ({"name": "A", "payment_days": -1}, "payment_days"),
        ({"name": "A", "payment_days": 10**20}, "payment_days"),
        ({"name": "A", "language": "fr"}, "language"),
        ({"name": "A", "full_address": "Weg 1"}, "full_address"),
        ({"name": "A", "revenue": "1.00"}, "revenue"),
        ({"name": "A", "city": "Ki\x00el"}, "city"),
    ],
)
def test_bad_input_names_its_field(
    body: dict[str, Any], field: str, clerk: Employee, api_of: Any
) -> None:
    assert field in attrs(api_of(clerk).post("/api/customers", body))
    assert not Customer.objects.exists()


def test_a_number_that_is_taken_is_refused(clerk: Employee, api_of: Any) -> None:
    client, taken, other = api_of(clerk), make_customer(), make_customer()
    body = {"name": "A", "customer_number": taken.customer_number}
    assert attrs(client.post("/api/customers", body)) == {"customer_number"}
    response = client.patch(f"/api/customers/{other.pk}", body, content_type=JSON)
    assert attrs(response) == {"customer_number"}


@pytest.mark.parametrize("make", [make_project, make_invoice])
def test_a_customer_in_use_is_not_deleted(make: Any, clerk: Employee, api_of: Any) -> None:
    customer = make().customer
    response = api_of(clerk).delete(f"/api/customers/{customer.pk}")
    assert response.status_code == 409
    assert response.json()["errors"][0]["code"] == "in_use"
    assert Customer.objects.filter(pk=customer.pk).exists()


def test_customers_are_filtered_searched_and_ordered(clerk: Employee, api_of: Any) -> None:
    kiel = make_customer(name="Anker AG", city="Kiel", status="lead", vat_id="DE136695976")
    graz = make_customer(name="Zoll", city="Graz", country="Österreich", type="government")
    client = api_of(clerk)
    for query, found in {
        "status=lead": [kiel],
        "type=government": [graz],
        "city=kiel": [kiel],
        "country=Österreich": [graz],
        "search=anker": [kiel],
        "search=graz": [graz],
        "search=136695": [kiel],
        f"search={graz.customer_number}": [graz],
        "search=ag kiel": [kiel],
        "search=ag graz": [],
        "": [kiel, graz],
        "ordering=-name": [graz, kiel],
        "ordering=city": [graz, kiel],
        "ordering=-created_at": [graz, kiel],
        "ordering=-customer_number": [graz, kiel],
        "skip=1&limit=1": [graz],
    }.items():
        response = client.get(f"/api/customers?{query}")
        assert ids(response) == [str(customer.pk) for customer in found], query


@pytest.mark.parametrize(
    ("url", "field"),
    [
        ("/api/customers?colour=red", "colour"),
        ("/api/customers?status=gone", "status"),
        ("/api/customers?ordering=notes", "ordering"),
        ("/api/customers?limit=0", "limit"),
        ("/api/contacts?customer_id=nobody", "customer_id"),
        ("/api/contacts?customer_id=01900000-0000-7000-8000-000000000000", "customer_id"),
        ("/api/contacts?is_primary=perhaps", "is_primary"),
        ("/api/contacts?firstname=Max", "firstname"),
        ("/api/activities?occurred_from=yesterday", "occurred_from"),
        ("/api/activities?occurred_to=9999-12-31", "occurred_to"),
        ("/api/activities?type=fax", "type"),
        ("/api/activities?contact_id=01900000-0000-7000-8000-000000000000", "contact_id"),
    ],
)
def test_an_unknown_filter_or_a_bad_value_is_refused(
    url: str, field: str, clerk: Employee, api_of: Any
) -> None:
    assert attrs(api_of(clerk).get(url)) == {field}
