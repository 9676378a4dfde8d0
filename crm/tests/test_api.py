"""Customers, contacts and activities over the REST API."""

import datetime as dt
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.models import Activity, Contact, Customer
from crm.statistics import statistics_of
from crm.tests.factories import make_activity, make_contact, make_customer
from employees.models import Employee
from employees.tests.factories import make_employee, make_role
from invoices.services import cancel_invoice, record_payment, reverse_payment
from invoices.tests.factories import a_line, make_buyer, make_finalized, make_invoice
from projects.tests.factories import make_project
from timetracking.tests.factories import at, make_time_entry
from workmate import services

JSON = "application/json"


def ids(response: Any) -> list[str]:
    """The ids of a list's answer."""
    assert response.status_code == 200, response.content
    return [item["id"] for item in response.json()["items"]]


def attrs(response: Any) -> set[str | None]:
    """The fields that a refusal names."""
    assert response.status_code == 400, response.content
    return {error["attr"] for error in response.json()["errors"]}


# Customers
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


# Rights
@pytest.mark.parametrize("path", ["customers", "contacts", "activities"])
def test_who_lacks_the_permission_is_refused_everywhere(
    path: str, worker: Employee, api_of: Any, client: Any
) -> None:
    contact = make_contact()
    activity = make_activity(customer=contact.customer)
    row = {"customers": contact.customer, "contacts": contact, "activities": activity}[path]
    api, one = api_of(worker), f"/api/{path}/{row.pk}"
    assert api.get(f"/api/{path}").status_code == 403
    assert api.post(f"/api/{path}", {}).status_code == 403
    assert api.get(one).status_code == 403
    for method in (api.put, api.patch):
        assert method(one, {}, content_type=JSON).status_code == 403
    assert api.delete(one).status_code == 403
    assert client.get(f"/api/{path}").status_code == 401


def test_looking_is_not_writing(api_of: Any) -> None:
    reader = make_employee(role=make_role("Reader", ["backoffice.crm.*.view"]))
    customer, api = make_customer(), api_of(reader)
    assert api.get(f"/api/customers/{customer.pk}").status_code == 200
    assert api.post("/api/customers", {"name": "A"}).status_code == 403
    change = api.patch(f"/api/customers/{customer.pk}", {"name": "A"}, content_type=JSON)
    assert change.status_code == 403
    assert api.delete(f"/api/customers/{customer.pk}").status_code == 403


def test_a_token_does_what_it_was_made_for_only(clerk: Employee, api_of: Any) -> None:
    customer = make_customer()
    api = api_of(clerk, ["backoffice.crm.contact.*"])
    assert api.get("/api/contacts").status_code == 200
    assert api.get(f"/api/customers/{customer.pk}").status_code == 403
    body = {"customer_id": str(customer.pk), "lastname": "Boysen"}
    assert attrs(api.post("/api/contacts", body)) == {"customer_id"}


@pytest.mark.parametrize("path", ["contacts", "activities", "statistics"])
def test_what_lies_below_an_unknown_customer_is_not_found(
    path: str, clerk: Employee, worker: Employee, api_of: Any
) -> None:
    customer = make_contact().customer
    assert api_of(clerk).get(f"/api/customers/{customer.pk}/{path}").status_code == 200
    assert api_of(clerk).get(f"/api/customers/{uuid4()}/{path}").status_code == 404
    assert api_of(clerk).get(f"/api/customers/nobody/{path}").status_code == 404
    assert api_of(worker).get(f"/api/customers/{customer.pk}/{path}").status_code == 403


@pytest.mark.parametrize("path", ["contacts", "activities"])
def test_what_lies_below_a_foreign_customer_is_not_found(path: str, api_of: Any) -> None:
    customer = make_contact().customer
    role = make_role("Half", ["backoffice.crm.contact.*", "backoffice.crm.activity.*"])
    api = api_of(make_employee(role=role))
    assert api.get(f"/api/{path}").status_code == 200
    assert api.get(f"/api/customers/{customer.pk}/{path}").status_code == 404


@pytest.mark.parametrize("path", ["customers", "contacts", "activities"])
def test_a_malformed_or_unknown_id_is_not_found(path: str, clerk: Employee, api_of: Any) -> None:
    api = api_of(clerk)
    for key in ("nobody", "1", uuid4()):
        assert api.get(f"/api/{path}/{key}").status_code == 404
        assert api.delete(f"/api/{path}/{key}").status_code == 404


# Contacts
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
    assert client.get(f"/api/customers/{customer.pk}/contacts").json()["items"] == [made]
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


# Activities
def test_an_activity_is_recorded_by_who_asks(clerk: Employee, admin: Employee, api_of: Any) -> None:
    client, contact = api_of(clerk), make_contact()
    body = {
        "customer_id": str(contact.customer_id),
        "contact_id": str(contact.pk),
        "type": "call",
        "description": "Wants a training in January.",
        "occurred_at": "2025-03-10T14:10:00Z",
    }
    response = client.post("/api/activities", body)
    assert response.status_code == 201, response.content
    made = response.json()
    assert made == {**made, **body, "author_id": str(clerk.pk)}
    url = f"/api/activities/{made['id']}"
    assert client.get(url).json() == made
    below = client.get(f"/api/customers/{contact.customer_id}/activities").json()
    assert below["items"] == [made]
    body = {"description": "Wants two."}
    changed = api_of(admin).patch(url, body, content_type=JSON).json()
    assert (changed["description"], changed["author_id"]) == ("Wants two.", str(clerk.pk))
    replaced = client.put(url, {**changed, "type": "note"}, content_type=JSON)
    assert replaced.json()["type"] == "note", replaced.content
    assert client.delete(url).status_code == 204
    assert not Activity.objects.exists()


def test_an_activity_happens_now_unless_told(clerk: Employee, api_of: Any) -> None:
    body = {"customer_id": str(make_customer().pk), "description": "Called."}
    made = api_of(clerk).post("/api/activities", body).json()
    assert made["type"] == "note"
    age = timezone.now() - dt.datetime.fromisoformat(made["occurred_at"])
    assert dt.timedelta(0) <= age < dt.timedelta(minutes=1)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"description": ""}, "description"),
        ({"description": None}, "description"),
        ({"type": "fax"}, "type"),
        ({"customer_id": str(uuid4())}, "customer_id"),
        ({"contact_id": str(uuid4())}, "contact_id"),
        ({"contact_id": "foreign"}, "contact_id"),
        ({"occurred_at": "yesterday"}, "occurred_at"),
        ({"occurred_at": "9999-12-31T23:59:59Z"}, "occurred_at"),
        ({"occurred_at": "0001-01-01T00:00:00Z"}, "occurred_at"),
        ({"author_id": str(uuid4())}, "author_id"),
    ],
)
def test_an_activity_that_is_none_is_refused(
    wrong: dict[str, Any], field: str, clerk: Employee, api_of: Any
) -> None:
    if wrong.get("contact_id") == "foreign":
        wrong = {"contact_id": str(make_contact().pk)}
    body = {"customer_id": str(make_customer().pk), "description": "Called.", **wrong}
    assert field in attrs(api_of(clerk).post("/api/activities", body))


def test_activities_are_filtered(clerk: Employee, api_of: Any) -> None:
    contact = make_contact()
    late = make_activity(
        customer=contact.customer,
        contact=contact,
        type="call",
        author=clerk,
        occurred_at=at("2025-03-10 23:30"),
    )
    early = make_activity(description="Trade fair", occurred_at=at("2025-03-10 00:10"))
    client = api_of(clerk)
    for query, found in {
        "": [late, early],
        "ordering=occurred_at": [early, late],
        f"customer_id={early.customer_id}": [early],
        f"contact_id={contact.pk}": [late],
        f"author_id={clerk.pk}": [late],
        "type=call": [late],
        "search=fair": [early],
        "occurred_from=2025-03-10&occurred_to=2025-03-10": [late, early],
        "occurred_from=2025-03-11": [],
        "occurred_to=2025-03-09": [],
    }.items():
        response = client.get(f"/api/activities?{query}")
        assert ids(response) == [str(activity.pk) for activity in found], query


def test_a_day_is_a_day_where_the_person_is(clerk: Employee, api_of: Any) -> None:
    make_activity(occurred_at=at("2025-03-10 23:30"))
    clerk.timezone = "Asia/Tokyo"
    clerk.save()
    assert ids(api_of(clerk).get("/api/activities?occurred_to=2025-03-10")) == []
    assert len(ids(api_of(clerk).get("/api/activities?occurred_from=2025-03-11"))) == 1


# Statistics
def a_customer_with_history() -> Customer:
    """Invoices in every state, hours on three projects."""
    customer = make_buyer()
    year = timezone.localdate().year
    last = dt.date(year - 1, 3, 3)
    paid = make_finalized(customer=customer, issued_date=last)
    wrong = record_payment(invoice=paid, by=None, payment_date=last + dt.timedelta(40))
    reverse_payment(wrong, by=None, reason="wrong invoice")
    paid.refresh_from_db()
    record_payment(
        invoice=paid, by=None, amount=Decimal("190.00"), payment_date=last + dt.timedelta(5)
    )
    record_payment(invoice=paid, by=None, payment_date=last + dt.timedelta(10))
    other = make_finalized(
        [a_line(quantity=Decimal("0.5"), unit_price=Decimal("33.33"))],
        customer=customer,
        issued_date=last,
    )
    record_payment(invoice=other, by=None, payment_date=last + dt.timedelta(15))
    credit = make_finalized(
        [a_line(quantity=Decimal(1))],
        customer=customer,
        issued_date=last,
        document_type="credit_note",
    )
    record_payment(invoice=credit, by=None, payment_date=last + dt.timedelta(100))
    late = make_finalized(customer=customer, issued_date=last, due_date=last + dt.timedelta(14))
    record_payment(invoice=late, by=None, amount=Decimal("90.00"))
    make_finalized([a_line(quantity=Decimal(2))], customer=customer)
    cancelled = make_finalized(customer=customer)
    cancel_invoice(cancelled, by=None, reason="mistake")
    make_finalized(customer=customer, document_type="quote")
    make_invoice(customer=customer)
    make_finalized()  # somebody else's
    for status in ("active", "active", "completed"):
        project = make_project(customer=customer)
        make_time_entry(project=project, duration_minutes=100)
        make_time_entry(
            project=project,
            duration_minutes=50,
            billable=False,
            start_time=at("2025-03-11 09:00"),
        )
        services.change(project, by=None, status=status)
    make_time_entry()
    return customer


def test_the_statistics_are_right_to_the_cent(clerk: Employee, api_of: Any) -> None:
    customer = a_customer_with_history()
    response = api_of(clerk).get(f"/api/customers/{customer.pk}/statistics")
    assert response.status_code == 200, response.content
    year = timezone.localdate().year
    # Paid: 1190.00 + 19.84 (16.67 + 3.17) - 119.00; open: 1190 - 90 late, and 238.00 new.
    assert response.json() == {
        "total_revenue": "1090.84",
        "net_revenue": "916.67",
        "outstanding_amount": "1338.00",
        "overdue_amount": "1100.00",
        "average_days_to_pay": "12.5",
        "total_hours_tracked": "7.50",
        "billable_hours": "5.00",
        "projects_count": 3,
        "active_projects_count": 2,
        "by_year": [
            {"year": year - 1, "count": 4, "subtotal": "1916.67", "total": "2280.84"},
            {"year": year, "count": 1, "subtotal": "200.00", "total": "238.00"},
        ],
    }
    assert Decimal(response.json()["total_revenue"]) == customer.total_revenue
    assert Decimal(response.json()["outstanding_amount"]) == customer.outstanding_amount


def test_a_new_customer_comes_to_nothing(clerk: Employee, api_of: Any) -> None:
    response = api_of(clerk).get(f"/api/customers/{make_customer().pk}/statistics")
    assert response.json() == {
        "total_revenue": "0.00",
        "net_revenue": "0.00",
        "outstanding_amount": "0.00",
        "overdue_amount": "0.00",
        "average_days_to_pay": None,
        "total_hours_tracked": "0.00",
        "billable_hours": "0.00",
        "projects_count": 0,
        "active_projects_count": 0,
        "by_year": [],
    }


def test_who_may_see_no_invoices_reads_no_revenue(api_of: Any) -> None:
    customer = a_customer_with_history()
    seller = make_employee(role=make_role("Seller", ["backoffice.crm.*"]))
    found = api_of(seller).get(f"/api/customers/{customer.pk}/statistics").json()
    assert found.pop("by_year") == []
    assert set(found.values()) == {None}
    lead = make_employee(
        role=make_role("Lead", ["backoffice.crm.*", "backoffice.projects.project.view"])
    )
    make_project(customer=customer, project_manager=lead, status="active")
    found = api_of(lead).get(f"/api/customers/{customer.pk}/statistics").json()
    # Only the own project, as in the list to which the figure leads.
    assert (found["projects_count"], found["total_revenue"]) == (1, None)


def test_statistics_take_no_unknown_parameter_for_granted(clerk: Employee, api_of: Any) -> None:
    url = f"/api/customers/{make_customer().pk}/statistics"
    assert api_of(clerk).post(url, {}).status_code == 405


def test_statistics_ask_as_often_whatever_there_is(
    clerk: Employee, django_assert_num_queries: Any
) -> None:
    many = a_customer_with_history()
    for customer in (make_customer(), many):
        with django_assert_num_queries(6):
            statistics_of(customer, clerk)


# Query counts
@pytest.mark.parametrize("path", ["customers", "contacts", "activities"])
def test_lists_of_many_ask_as_often_as_lists_of_few(
    path: str, clerk: Employee, api_of: Any
) -> None:
    client, counts = api_of(clerk), []
    for number in (2, 8):
        for _number in range(number):
            contact = make_contact(is_primary=True)
            make_activity(customer=contact.customer, contact=contact, author=clerk)
        client.get(f"/api/{path}")  # the token's first use is written down
        with CaptureQueriesContext(connection) as captured:
            assert client.get(f"/api/{path}").status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]
    # The token with its person, the role, the count, the rows: nothing of other tables.
    assert not any('JOIN "customers"' in query["sql"] for query in captured)
    if path == "customers":
        assert not any('FROM "contacts"' in query["sql"] for query in captured)
