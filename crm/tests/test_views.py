"""Customers, contacts and activities on pages and in Django admin."""

import datetime as dt
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.models import Activity, Contact, Customer
from crm.tests.factories import make_activity, make_contact, make_customer
from employees.models import Employee
from employees.tests.factories import make_employee, make_role
from invoices.services import record_payment
from invoices.tests.factories import make_buyer, make_finalized
from projects.tests.factories import make_project
from timetracking.tests.factories import at
from workmate import services

UNKNOWN = "01900000-0000-7000-8000-000000000000"
HTMX = {"HX-Request": "true"}
PANEL = {"HX-Request": "true", "HX-Target": "panel"}
CUSTOMER = {
    "name": "Förde Logistik GmbH",
    "type": "business",
    "status": "active",
    "language": "de",
    "country": "Deutschland",
}


def rows_of_each() -> dict[str, Any]:
    """A customer, a contact and an activity that belong together."""
    contact = make_contact(is_primary=True, position="Einkauf", phone="0431 1", mobile="0170 1")
    return {
        "customers": contact.customer,
        "contacts": contact,
        "activities": make_activity(customer=contact.customer, contact=contact),
    }


# Every page
@pytest.mark.parametrize("path", ["customers", "contacts", "activities"])
def test_every_page_renders(path: str, clerk: Employee, client_of: Any) -> None:
    client, row = client_of(clerk), rows_of_each()[path]
    for page in ("", "new/", f"{row.pk}/", f"{row.pk}/edit/", f"{row.pk}/delete/"):
        response = client.get(f"/{path}/{page}")
        assert response.status_code == 200, page
        assert b"<html" in response.content
    part = client.get(f"/{path}/", headers=HTMX)
    assert part.status_code == 200
    assert b"<html" not in part.content
    assert row.get_absolute_url() in part.content.decode()


@pytest.mark.parametrize("path", ["customers", "contacts", "activities"])
def test_an_empty_list_offers_the_first_step(path: str, clerk: Employee, client_of: Any) -> None:
    assert f'href="/{path}/new/"' in client_of(clerk).get(f"/{path}/").content.decode()


@pytest.mark.parametrize("path", ["customers", "contacts", "activities"])
def test_pages_are_for_those_who_hold_the_permission(
    path: str, worker: Employee, client_of: Any, client: Any
) -> None:
    row = rows_of_each()[path]
    browser = client_of(worker)
    for page in ("", "new/", f"{row.pk}/", f"{row.pk}/edit/", f"{row.pk}/delete/"):
        assert browser.get(f"/{path}/{page}").status_code == 403, page
        assert client.get(f"/{path}/{page}").status_code == 302, page
    assert browser.post(f"/{path}/{row.pk}/delete/").status_code == 403
    assert type(row).objects.filter(pk=row.pk).exists()
    home = browser.get("/").content.decode()
    assert f'href="/{path}/"' not in home


@pytest.mark.parametrize("path", ["customers", "contacts", "activities"])
def test_unknown_rows_are_not_found(path: str, clerk: Employee, client_of: Any) -> None:
    client = client_of(clerk)
    for page in (f"{uuid4()}/", f"{uuid4()}/edit/", "nobody/"):
        assert client.get(f"/{path}/{page}").status_code == 404, page


def test_who_only_looks_is_offered_nothing_else(client_of: Any) -> None:
    reader = make_employee(role=make_role("Reader", ["backoffice.crm.*.view"]))
    client, row = client_of(reader), rows_of_each()["customers"]
    shown = client.get(f"/customers/{row.pk}/").content.decode()
    for address in ("edit/", "delete/", "/activities/new/", "/contacts/new/"):
        assert address not in shown
    assert "/customers/new/" not in client.get("/customers/").content.decode()


@pytest.mark.parametrize("path", ["customers", "contacts", "activities"])
def test_lists_of_many_ask_as_often_as_lists_of_few(
    path: str, clerk: Employee, admin: Employee, client_of: Any
) -> None:
    model = {"customers": "customer", "contacts": "contact", "activities": "activity"}[path]
    for person, url in ((clerk, f"/{path}/"), (admin, f"/admin/crm/{model}/")):
        client, counts = client_of(person), []
        client.get(url)
        for number in (2, 8):
            for _number in range(number):
                contact = make_contact(is_primary=True)
                make_activity(customer=contact.customer, contact=contact, author=clerk)
            with CaptureQueriesContext(connection) as captured:
                assert client.get(url).status_code == 200
            counts.append(len(captured))
        assert counts[0] == counts[1], url


def test_a_customers_page_asks_as_often_whatever_there_is(clerk: Employee, client_of: Any) -> None:
    client, customer, counts = client_of(clerk), make_buyer(), []
    client.get(f"/customers/{customer.pk}/")
    for number in (1, 5):
        for _number in range(number):
            contact = make_contact(customer=customer)
            make_activity(customer=customer, contact=contact, author=clerk)
            make_project(customer=customer)
            make_finalized(customer=customer)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(f"/customers/{customer.pk}/").status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]


# Customers
def test_a_customer_is_made_changed_and_deleted_on_pages(clerk: Employee, client_of: Any) -> None:
    client = client_of(clerk)
    body = {**CUSTOMER, "website": "foerde.example", "payment_days": "30"}
    response = client.post("/customers/new/", body)
    assert response.status_code == 302, response.context["form"].errors
    customer = Customer.objects.get()
    assert response.url == f"/customers/{customer.pk}/"
    assert (customer.website, customer.payment_days) == ("https://foerde.example", 30)
    assert customer.customer_number == "KIT-CUS-000001"
    form = client.get(f"/customers/{customer.pk}/edit/").context["form"]
    body = {name: form[name].value() or "" for name in form.fields}
    response = client.post(f"/customers/{customer.pk}/edit/", {**body, "city": "Kiel"})
    assert response.status_code == 302
    customer.refresh_from_db()
    assert (customer.city, customer.customer_number) == ("Kiel", "KIT-CUS-000001")
    assert client.post(f"/customers/{customer.pk}/delete/").status_code == 302
    assert not Customer.objects.exists()


def test_what_was_typed_is_kept_where_something_is_wrong(clerk: Employee, client_of: Any) -> None:
    body = {
        **CUSTOMER,
        "vat_id": "DE12",
        "leitweg_id": "1-2-3",
        "website": "a b",
        "notes": "Typed with care.",
    }
    response = client_of(clerk).post("/customers/new/", body)
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"vat_id", "leitweg_id", "website"}
    assert {error["id"] for error in response.context["error_list"]} == {
        "id_vat_id",
        "id_leitweg_id",
        "id_website",
    }
    shown = response.content.decode()
    for typed in ("Förde Logistik GmbH", "DE12", "Typed with care."):
        assert typed in shown
    assert not Customer.objects.exists()


def test_the_forms_parts_hold_every_field(clerk: Employee, client_of: Any) -> None:
    for path in ("customers", "contacts", "activities"):
        context = client_of(clerk).get(f"/{path}/new/").context
        named = [field.name for part in context["parts"] for field in part["fields"]]
        assert sorted(named) == sorted(context["form"].fields)
        assert all(part["title"] for part in context["parts"])


def test_a_customer_in_use_stays_and_says_why(clerk: Employee, client_of: Any) -> None:
    customer = make_project().customer
    response = client_of(clerk).post(f"/customers/{customer.pk}/delete/")
    assert response.status_code == 409
    assert response.context["errors"]
    assert Customer.objects.filter(pk=customer.pk).exists()


def test_the_list_shows_two_lines_a_row_and_counts(clerk: Employee, client_of: Any) -> None:
    contact = make_contact(
        is_primary=True,
        position="Einkauf",
        firstname="Karin",
        lastname="Boysen",
        customer=make_customer(name="Förde", zip_code="24106", city="Kiel", status="lead"),
    )
    make_customer(name="Anker")
    client = client_of(clerk)
    response = client.get("/customers/?ordering=-name")
    cells = response.context["table"]["rows"][0]["cells"]
    assert (cells[0]["html"], cells[0]["sub"]) == ("Förde", contact.customer.customer_number)
    assert cells[1]["html"] == "24106 Kiel"
    assert (cells[2]["html"], cells[2]["sub"]) == ("Karin Boysen", "Einkauf")
    figures = response.context["figures"]
    assert [figure["value"] for figure in figures] == ["1", "1", "0"]
    # Each figure leads to just the rows that it counts.
    for figure in figures:
        listed = client.get(f"/customers/{figure['url']}").context["table"]["rows"]
        assert len(listed) == int(figure["value"])
    assert "?status=lead" in {chip["url"] for chip in client.get("/customers/").context["quick"]}


def test_a_list_is_sorted_by_its_heads(clerk: Employee, client_of: Any) -> None:
    first, second = make_customer(name="A", city="Kiel"), make_customer(name="B", city="Graz")
    client = client_of(clerk)
    for query, found in {
        "ordering=-name": [second, first],
        "ordering=city": [second, first],
        "ordering=-city,name": [first, second],
    }.items():
        response = client.get(f"/customers/?{query}")
        assert [row["object"] for row in response.context["table"]["rows"]] == found, query
        # Searching keeps the order: it goes along in the form, unseen.
        field = str(response.context["filterset"].form["ordering"])
        assert 'type="hidden"' in field
        assert f'value="{query.removeprefix("ordering=")}"' in field
    heads = {head["key"]: head["sort_url"] for head in response.context["table"]["columns"]}
    assert heads["name"] == "?ordering=name"
    assert heads["email"] == ""


def test_the_figures_of_a_customer_lead_to_their_rows(clerk: Employee, client_of: Any) -> None:
    customer = make_buyer()
    paid = make_finalized(customer=customer)
    record_payment(invoice=paid, by=None)
    last_year = timezone.localdate() - dt.timedelta(days=400)
    late = make_finalized(
        customer=customer, document_type="deposit", issued_date=last_year, due_date=last_year
    )
    record_payment(invoice=late, by=None, amount=Decimal("190.00"))
    make_finalized(customer=customer)
    make_finalized()
    make_project(customer=customer)
    make_project(customer=customer, status="on_hold")
    clerk.language = "en"
    clerk.save()
    client = client_of(clerk)
    figures = client.get(f"/customers/{customer.pk}/").context["figures"]
    found = {}
    for figure in figures:
        if figure.get("url"):
            rows = client.get(figure["url"]).context["table"]["rows"]
            found[figure["value"]] = len(rows)
    values = [figure["value"] for figure in figures]
    assert [value.strip("€").split("\u00a0")[0] for value in values] == [
        "1,190.00",
        "2,190.00",
        "1,000.00",
        "0",
        "1",
    ]
    assert list(found.values()) == [1, 2, 1, 1]
    assert figures[2]["tone"] == "danger"


def test_figures_are_for_whom_they_are_meant(client_of: Any) -> None:
    seller = make_employee(role=make_role("Seller", ["backoffice.crm.*"]))
    customer = make_finalized().customer
    response = client_of(seller).get(f"/customers/{customer.pk}/")
    assert response.context["figures"] == []
    assert "invoices" not in {panel["key"] for panel in response.context["panels"]}


def test_the_timeline_merges_what_was_said_and_what_happened(
    clerk: Employee, client_of: Any
) -> None:
    contact = make_contact(firstname="Karin", lastname="Boysen")
    customer = contact.customer
    make_activity(
        customer=customer,
        contact=contact,
        type="call",
        author=clerk,
        description="Wants <b>a training</b>.",
        occurred_at=at("2025-03-10 15:10"),
    )
    make_project(customer=customer, title="Portal")
    make_activity(description="Of somebody else")
    response = client_of(clerk).get(f"/customers/{customer.pk}/")
    lines = response.context["timeline"]
    assert [line["when"] for line in lines] == sorted(
        (line["when"] for line in lines), reverse=True
    )
    assert lines[-1]["icon"] == "phone"
    assert lines[-1]["more"] == "Wants <b>a training</b>."
    assert lines[-1]["who"] == str(clerk)
    assert len(lines) == 4  # customer, contact and project came about, and the call
    shown = response.content.decode()
    assert "Karin Boysen" in shown
    assert "Portal" in shown
    assert "Wants &lt;b&gt;a training" in shown
    assert "<b>a training" not in shown


def test_a_note_is_written_on_the_customers_page(clerk: Employee, client_of: Any) -> None:
    customer, client = make_customer(), client_of(clerk)
    page = client.get(f"/customers/{customer.pk}/")
    url = page.context["activity_new_url"]
    assert f'action="{url}"' in page.content.decode()
    body = {"customer": customer.pk, "type": "call", "description": "Called back."}
    response = client.post(url, body)
    assert (response.status_code, response.url) == (302, f"/customers/{customer.pk}/")
    activity = Activity.objects.get()
    assert (activity.type, activity.author, activity.customer) == ("call", clerk, customer)
    assert timezone.now() - activity.occurred_at < dt.timedelta(minutes=1)
    empty = client.post(url, {**body, "description": ""})
    assert empty.status_code == 422
    assert empty.context["form"]["type"].value() == "call"


def test_the_tabs_of_a_customer_load_its_own_rows(clerk: Employee, client_of: Any) -> None:
    rows = rows_of_each()
    other = rows_of_each()
    client, customer = client_of(clerk), rows["customers"]
    panels = {
        panel["key"]: panel["url"]
        for panel in client.get(f"/customers/{customer.pk}/").context["panels"]
    }
    for key, path in (("customer_contacts", "contacts"), ("customer_activities", "activities")):
        shown = client.get(panels[key], headers=PANEL).content.decode()
        assert "<html" not in shown
        assert rows[path].get_absolute_url() in shown
        assert other[path].get_absolute_url() not in shown
        assert f"/{path}/new/?customer_id={customer.pk}" in shown
    contact = rows["contacts"]
    panels = client.get(f"/contacts/{contact.pk}/").context["panels"]
    shown = client.get(panels[0]["url"], headers=PANEL).content.decode()
    assert f"/activities/new/?contact_id={contact.pk}" in shown


def test_customers_contacts_and_activities_are_found(clerk: Employee, client_of: Any) -> None:
    contact = make_contact(lastname="Xaver", customer=make_customer(name="Xenia AG"))
    activity = make_activity(customer=contact.customer, description="Xylophone")
    client = client_of(clerk)
    for text, row in (("Xaver", contact), ("Xenia", contact.customer), ("Xylo", activity)):
        assert row.get_absolute_url() in client.get(f"/search/?q={text}").content.decode()


# Contacts and activities
def test_a_contact_form_knows_the_customer(clerk: Employee, client_of: Any) -> None:
    first = make_contact(is_primary=True)
    client, url = client_of(clerk), f"/contacts/new/?customer_id={first.customer_id}"
    assert client.get(url).context["form"]["customer"].value() == str(first.customer_id)
    body = {"customer": first.customer_id, "lastname": "Neu", "is_primary": "on"}
    assert client.post(url, body).status_code == 302
    assert first.customer.primary_contact.lastname == "Neu"
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
        assert client_of(clerk).get(f"/{path}/new/?{query}").status_code == 200


def test_an_activity_form_offers_the_customers_contacts(clerk: Employee, client_of: Any) -> None:
    contact, other = make_contact(), make_contact()
    client = client_of(clerk)
    assert "contact" not in client.get("/activities/new/").context["form"].fields
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


# Django admin
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
