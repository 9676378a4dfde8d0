"""Customers on pages."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils import timezone

from crm.models import Activity, Customer
from crm.tests.factories import make_activity, make_contact, make_customer
from crm.tests.test_views import CUSTOMER, PANEL, rows_of_each
from employees.models import Employee
from invoices.services import record_payment
from invoices.tests.factories import make_buyer, make_finalized
from projects.tests.factories import make_project
from timetracking.tests.factories import at


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
        "0:00",
        "1",
    ]
    # Revenue, open, overdue, days to pay, unbilled hours, active projects.
    assert list(found.values()) == [1, 2, 1, 1, 0, 1]
    assert figures[2]["tone"] == "danger"


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


def test_markup_in_a_list_is_text(clerk: Employee, client_of: Any) -> None:
    customer = make_customer(
        name="<b>Name&\"'", city="<b>City&\"'", street="<b>Street&\"'", phone="<b>0431&\"'"
    )
    make_contact(
        customer=customer,
        firstname="<b>First&\"'",
        lastname="X",
        position="<b>Post&\"'",
        is_primary=True,
    )
    page = client_of(clerk).get("/customers/").content.decode()
    # City: in its column, and below the name on a phone.
    for word, times in {"Name": 1, "City": 2, "Street": 1, "0431": 1, "First": 1}.items():
        assert page.count(f"&lt;b&gt;{word}&amp;&quot;&#x27;") >= times, word
    assert "<b>" not in page.split('<table class="table')[1].split("</table>")[0]
