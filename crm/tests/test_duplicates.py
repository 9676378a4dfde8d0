"""Customers and contacts that are here already: what is alike, who is told, and how."""

from typing import Any

import pytest
from django.db import connection

from crm.models import Contact, Customer
from crm.services import duplicates_of
from crm.tests.factories import make_contact, make_customer
from crm.tests.test_views import CUSTOMER
from employees.models import Employee
from employees.tests.factories import make_employee, make_role


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Müller & Söhne GmbH", "MUELLER UND SÖHNE"),
        ("Müller & Söhne GmbH", "Müller&Söhne GmbH & Co. KG"),
        ("Weiß-Bau e.K.", "Weiss Bau"),
        ("Café Zoë UG (haftungsbeschränkt)", "CAFE ZOE"),
        ("Ärzte e. V.", "ärzte"),
        ("Förde  Logistik AG", "Foerde-Logistik KGaA"),
        ("Ромашка", "ромашка"),
    ],
)
def test_names_are_alike_without_case_umlauts_and_legal_form(
    name: str, other: str, clerk: Employee
) -> None:
    customer = make_customer(name=name)
    make_customer(name=f"{name} Nord")
    assert duplicates_of(Customer(name=other), by=clerk) == [customer]
    assert duplicates_of(customer, by=clerk) == []


@pytest.mark.parametrize(("name", "other"), [("AG", "GmbH"), ("Agentur Kiel", "Entur Kiel")])
def test_other_names_are_not_alike(name: str, other: str, clerk: Employee) -> None:
    make_customer(name=name)
    assert duplicates_of(Customer(name=other), by=clerk) == []


def test_the_same_address_or_vat_id_is_alike_whatever_the_name(clerk: Employee) -> None:
    by_mail = make_customer(name="A", email="Info@foerde.example")
    by_vat = make_customer(name="B", vat_id="DE136695976")
    make_customer(name="C")
    row = Customer(name="D", email="info@FOERDE.example", vat_id="de 136.695.976")
    assert duplicates_of(row, by=clerk) == [by_mail, by_vat]
    assert duplicates_of(Customer(name="D"), by=clerk) == []


def test_contacts_are_alike_by_address_or_by_name_at_the_same_customer(clerk: Employee) -> None:
    karin = make_contact(firstname="Karin", lastname="Jäger", email="k@foerde.example")
    make_contact(firstname="Karin", lastname="Jäger")
    same = Contact(customer=karin.customer, firstname="KARIN", lastname="Jaeger")
    assert duplicates_of(same, by=clerk) == [karin]
    mail = Contact(customer=make_customer(), lastname="Other", email="K@foerde.example")
    assert duplicates_of(mail, by=clerk) == [karin]


def test_the_look_for_customers_reads_indexes_only(clerk: Employee) -> None:
    row = Customer(name="A", email="a@b.example", vat_id="DE136695976")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = Customer.objects.alike(row).order_by().explain()
    assert "Seq Scan" not in plan
    assert {name for name in ("name_key", "email", "vat_id") if f"customers_by_{name}" in plan} == {
        "name_key",
        "email",
        "vat_id",
    }


def test_a_page_warns_once_and_saves_anyway_with_all_that_was_typed(
    clerk: Employee, client_of: Any
) -> None:
    client, there = client_of(clerk), make_customer(name="Förde Logistik KG")
    body = {**CUSTOMER, "notes": "Typed with care."}
    response = client.post("/customers/new/", body)
    assert (response.status_code, Customer.objects.count()) == (422, 1)
    shown = response.content.decode()
    for part in (there.get_absolute_url(), "Typed with care.", 'name="allow_duplicates"'):
        assert part in shown
    assert client.post("/customers/new/", {**body, "allow_duplicates": "true"}).status_code == 302
    assert Customer.objects.count() == 2
    # What is there already is changed without a question.
    made = Customer.objects.exclude(pk=there.pk).get()
    body["customer_number"] = made.customer_number
    assert client.post(f"/customers/{made.pk}/edit/", body).status_code == 302
    contact = make_contact(email="karin@foerde.example")
    new = {"customer": str(there.pk), "lastname": "Other", "email": contact.email}
    response = client.post("/contacts/new/", new)
    assert response.context["duplicates"] == [contact]
    assert client.post("/contacts/new/", {**new, "allow_duplicates": "1"}).status_code == 302


def test_the_api_makes_it_and_says_what_is_alike_to_whoever_may_see_that(
    clerk: Employee, api_of: Any
) -> None:
    there = make_customer(name="Förde Logistik KG")
    answer = api_of(clerk).post("/api/customers", {"name": "FOERDE LOGISTIK"})
    assert (answer.status_code, answer.json()["duplicates"]) == (201, [str(there.pk)])
    assert "duplicates" not in api_of(clerk).get("/api/customers").json()["items"][0]
    writer = make_employee(role=make_role("Writer", ["backoffice.crm.customer.add"]))
    answer = api_of(writer).post("/api/customers", {"name": "Foerde Logistik"})
    assert (answer.status_code, answer.json()["duplicates"]) == (201, [])
    known = make_contact(email="karin@foerde.example")
    body = {"customer_id": str(there.pk), "lastname": "Other", "email": known.email}
    assert api_of(clerk).post("/api/contacts", body).json()["duplicates"] == [str(known.pk)]


def test_a_lead_stands_at_the_beginning_of_the_pipeline(clerk: Employee, api_of: Any) -> None:
    api, plain = api_of(clerk), make_customer()
    lead, other = make_customer(status="lead"), make_customer(pipeline_stage="offer")
    assert (plain.pipeline_stage, lead.pipeline_stage) == ("", "lead")
    found = api.get("/api/customers", {"pipeline_stage": "offer"}).json()["items"]
    assert [(item["id"], item["pipeline_stage"]) for item in found] == [(str(other.pk), "offer")]
    assert api.get("/api/customers", {"pipeline_stage": "x"}).status_code == 400
