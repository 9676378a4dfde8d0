"""Customers in Django admin."""

from typing import Any

import pytest

from crm.models import Activity, Contact, Customer
from crm.tests.factories import make_contact, make_customer
from crm.tests.test_views import CUSTOMER, UNKNOWN, rows_of_each
from employees.models import Employee
from employees.tests.factories import make_employee, make_role
from projects.tests.factories import make_project
from workmate import services


def admin_body(**fields: Any) -> dict[str, Any]:
    """The admin's form of a customer without contacts."""
    return {
        **CUSTOMER,
        "contacts-TOTAL_FORMS": 0,
        "contacts-INITIAL_FORMS": 0,
        "contacts-MIN_NUM_FORMS": 0,
        "contacts-MAX_NUM_FORMS": 1000,
        **fields,
    }


@pytest.mark.parametrize("model", ["customer", "contact", "activity"])
def test_admin_pages_render(model: str, admin: Employee, client_of: Any) -> None:
    rows = rows_of_each()
    row = {
        "customer": rows["customers"],
        "contact": rows["contacts"],
        "activity": rows["activities"],
    }[model]
    client, url = client_of(admin), f"/admin/crm/{model}/"
    for page in (
        "",
        "add/",
        "?q=a",
        f"{row.pk}/change/",
        f"{row.pk}/delete/",
        f"{row.pk}/history/",
    ):
        assert client.get(f"{url}{page}").status_code == 200, page


def test_admin_adds_a_customer_with_contacts_through_the_services(
    admin: Employee, client_of: Any
) -> None:
    body = admin_body(
        **{
            "website": "foerde.example",
            "contacts-TOTAL_FORMS": 3,
            "contacts-0-lastname": "Boysen",
            "contacts-0-is_primary": "on",
            "contacts-1-lastname": "Thoms",
            "contacts-1-is_primary": "on",
            "contacts-2-lastname": "",
        }
    )
    response = client_of(admin).post("/admin/crm/customer/add/", body)
    assert response.status_code == 302, response.context["errors"]
    customer = Customer.objects.get()
    assert customer.customer_number == "KIT-CUS-000001"
    assert customer.website == "https://foerde.example"
    assert {contact.lastname for contact in customer.contacts.all()} == {"Boysen", "Thoms"}
    assert customer.primary_contact.lastname == "Thoms"


def test_admin_moves_the_mark_and_removes_contacts(admin: Employee, client_of: Any) -> None:
    first = make_contact(is_primary=True, lastname="Arndt")
    customer = first.customer
    second = make_contact(customer=customer, lastname="Boysen")
    third = make_contact(customer=customer, lastname="Curtius")
    body = admin_body(
        **{
            "customer_number": customer.customer_number,
            "contacts-TOTAL_FORMS": 3,
            "contacts-INITIAL_FORMS": 3,
        }
    )
    for number, contact in enumerate((first, second, third)):
        body |= {
            f"contacts-{number}-id": contact.pk,
            f"contacts-{number}-customer": customer.pk,
            f"contacts-{number}-firstname": contact.firstname,
            f"contacts-{number}-lastname": contact.lastname,
        }
    body |= {
        "contacts-0-is_primary": "on",
        "contacts-1-is_primary": "on",
        "contacts-2-DELETE": "on",
    }
    url = f"/admin/crm/customer/{customer.pk}/change/"
    response = client_of(admin).post(url, body)
    assert response.status_code == 302, response.context["errors"]
    assert customer.primary_contact == second
    assert not Contact.objects.filter(pk=third.pk).exists()
    wrong = client_of(admin).post(url, {**body, "contacts-0-email": "nobody"})
    assert wrong.status_code == 200
    assert wrong.context["errors"]


def test_admin_tells_what_is_wrong_at_the_field(admin: Employee, client_of: Any) -> None:
    url, client = "/admin/crm/customer/add/", client_of(admin)
    wrong = client.post(url, admin_body(vat_id="DE12"))
    assert "vat_id" in wrong.context["adminform"].form.errors
    assert not Customer.objects.exists()
    contact, other = make_contact(), make_contact()
    body = {
        "customer": other.customer_id,
        "contact": contact.pk,
        "type": "note",
        "description": "Met.",
        "occurred_at_0": "10.03.2025",
        "occurred_at_1": "15:10",
    }
    wrong = client.post("/admin/crm/activity/add/", body)
    assert "contact" in wrong.context["adminform"].form.errors
    made = client.post("/admin/crm/activity/add/", {**body, "contact": other.pk})
    assert made.status_code == 302, made.context["adminform"].form.errors
    assert Activity.objects.get().author == admin


def test_admin_makes_another_contact_primary(admin: Employee, client_of: Any) -> None:
    first = make_contact(is_primary=True)
    body = {"customer": first.customer_id, "lastname": "Neu", "is_primary": "on"}
    response = client_of(admin).post("/admin/crm/contact/add/", body)
    assert response.status_code == 302, response.context["adminform"].form.errors
    assert first.customer.primary_contact.lastname == "Neu"


def test_admin_deletes_no_customer_in_use(admin: Employee, client_of: Any) -> None:
    used, free = make_project().customer, make_customer()
    client, url = client_of(admin), "/admin/crm/customer/"
    client.post(f"{url}{used.pk}/delete/", {"post": "yes"})
    body = {"action": "delete_selected", "_selected_action": [used.pk], "post": "yes"}
    client.post(url, body)
    assert Customer.objects.filter(pk=used.pk).exists()
    client.post(url, {**body, "_selected_action": [free.pk]})
    assert not Customer.objects.filter(pk=free.pk).exists()


def test_admin_names_nothing_hidden_when_it_asks_before_deleting(client_of: Any) -> None:
    project = make_project(title="Übernahme der Konkurrenz")
    rights = ["backoffice.crm.*", "backoffice.projects.project.delete"]
    client = client_of(make_employee(role=make_role("Seller", rights)))
    url, pk = "/admin/crm/customer/", project.customer.pk
    asked = client.get(f"{url}{pk}/delete/")
    many = client.post(url, {"action": "delete_selected", "_selected_action": [pk]})
    for page in (asked, many):
        assert page.status_code == 200
        assert str(project.customer) in page.content.decode()
        assert project.title not in page.content.decode()


def test_admin_is_as_strict_as_the_pages(client_of: Any) -> None:
    rows = rows_of_each()
    role = make_role("Seller", ["backoffice.crm.customer.*", "backoffice.crm.contact.view"])
    client = client_of(make_employee(role=role))
    response = client.get(f"/admin/crm/customer/{rows['customers'].pk}/change/")
    assert b"contacts-0-DELETE" not in response.content
    assert client.get("/admin/crm/activity/").status_code == 403


def test_admin_shows_who_changed_what(admin: Employee, client_of: Any) -> None:
    customer = make_customer(name="Old <b>name</b>")
    services.change(customer, by=admin, name="New name")
    shown = client_of(admin).get(f"/admin/crm/customer/{customer.pk}/history/").content.decode()
    assert "Old &lt;b&gt;name&lt;/b&gt; → New name" in shown
    assert str(admin) in shown
    assert client_of(admin).get(f"/admin/crm/customer/{UNKNOWN}/history/").status_code == 404


def test_contacts_are_shown_to_those_who_see_them(clerk: Employee, client_of: Any) -> None:
    make_contact(is_primary=True, lastname="Verborgen", position="Einkauf")
    codes = ["backoffice.crm.customer.view", "backoffice.crm.customer.change"]
    narrow = make_employee(role=make_role("Addresses", codes))
    for path in ("/customers/", "/admin/crm/customer/"):
        assert "Verborgen" in client_of(clerk).get(path).content.decode()
        assert "Verborgen" not in client_of(narrow).get(path).content.decode()


@pytest.mark.parametrize("query", ["created_at__year=" + "9" * 20, "customer_number__regex=("])
def test_admin_leaves_a_senseless_filter_out(query: str, admin: Employee, client_of: Any) -> None:
    response = client_of(admin).get(f"/admin/crm/customer/?{query}")
    assert (response.status_code, response["Location"]) == (302, "/admin/crm/customer/?e=1")
