"""What a customer's page gathers of all modules: open items, next steps, one kind of history."""

import datetime as dt
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.models import Customer
from crm.tests.factories import make_activity
from employees.models import Employee
from employees.tests.factories import make_employee, make_role
from invoices.tests.factories import make_buyer, make_finalized, make_invoice
from projects.tests.factories import make_project
from reminders.tests.factories import make_reminder
from timetracking.tests.factories import make_approved_time_entry, make_time_entry


def busy_customer(owner: Employee) -> Customer:
    """With one row of everything that can wait, and one that does not wait any more."""
    customer = make_buyer()
    project = make_project(customer=customer)
    make_approved_time_entry(project=project)
    make_time_entry(project=project)
    make_finalized(customer=customer)
    make_finalized(customer=customer, document_type="quote")
    make_invoice(customer=customer)
    for days in (1, -1):
        moment = timezone.now() + dt.timedelta(days=days)
        make_activity(customer=customer, occurred_at=moment, description=f"In {days} days")
    make_reminder(owner, linked_entity_type="Customer", linked_entity_id=customer.pk)
    make_reminder(owner, linked_entity_type="Project", linked_entity_id=project.pk)
    other = make_employee(role=make_role("Colleague", ["*"]))
    make_reminder(other, linked_entity_type="Customer", linked_entity_id=customer.pk)
    return customer


def test_open_items_lead_to_the_rows_that_they_tell(admin: Employee, client_of: Any) -> None:
    customer, client = busy_customer(admin), client_of(admin)
    items = {
        item["key"]: item for item in client.get(f"/customers/{customer.pk}/").context["open_items"]
    }
    assert set(items) == {
        "open_invoices_customer",
        "planned_activities",
        "customer_unbilled",
        "customer_projects",
        "open_quotes_customer",
        "drafts_customer",
        "reminders",
    }
    for key, item in items.items():
        listed = client.get(item["all"]["url"]).context["table"]["rows"]
        assert len(listed) == len(item["rows"]) == 1, key
        assert item["rows"][0]["title"]
        assert client.get(item["rows"][0]["url"]).status_code == 200, key


def test_what_somebody_may_not_see_is_neither_told_nor_counted(
    clerk: Employee, client_of: Any
) -> None:
    customer = busy_customer(clerk)
    seller = make_employee(role=make_role("Seller", ["backoffice.crm.*"]))
    context = client_of(seller).get(f"/customers/{customer.pk}/").context
    assert context["figures"] == []
    assert [item["key"] for item in context["open_items"]] == ["planned_activities"]
    panels = {panel["key"] for panel in context["panels"]}
    assert panels == {"customer_contacts", "customer_activities"}
    assert [step["url"] for step in context["steps"]] == [
        f"/activities/new/?customer_id={customer.pk}",
        f"/contacts/new/?customer_id={customer.pk}",
    ]
    # With the right to hours and projects, but to none of these.
    rights = ["crm.*", "projects.project.view", "timetracking.timeentry.view"]
    role = make_role("Reader", [f"backoffice.{right}" for right in rights])
    context = client_of(make_employee(role=role)).get(f"/customers/{customer.pk}/").context
    assert [figure["value"] for figure in context["figures"]] == ["0:00", "0"]
    assert [item["key"] for item in context["open_items"]] == ["planned_activities"]


def test_the_page_asks_as_often_however_much_there_is(clerk: Employee, client_of: Any) -> None:
    customer, client, counts = busy_customer(clerk), client_of(clerk), []
    url = f"/customers/{customer.pk}/"
    client.get(url)
    for _round in range(2):
        with CaptureQueriesContext(connection) as captured:
            client.get(url)
        counts.append(len(captured))
        for _number in range(3):
            make_approved_time_entry(project=make_project(customer=customer))
            make_finalized(customer=customer)
    assert counts[0] == counts[1]


def test_steps_begin_forms_that_know_the_customer(clerk: Employee, client_of: Any) -> None:
    customer, client = make_buyer(), client_of(clerk)
    steps = client.get(f"/customers/{customer.pk}/").context["steps"]
    assert [step["url"].split("?")[0] for step in steps] == [
        "/invoices/new/",
        "/activities/new/",
        "/projects/new/",
        "/contacts/new/",
    ]
    for step in steps:
        form = client.get(step["url"]).context["form"]
        assert str(form["customer"].value()) == str(customer.pk), step["url"]


def test_the_history_is_narrowed_to_one_kind_and_read_on(clerk: Employee, client_of: Any) -> None:
    customer, client = busy_customer(clerk), client_of(clerk)
    for number in range(9):
        make_activity(customer=customer, description=f"Talk {number}")
    url = f"/customers/{customer.pk}/"
    kinds = client.get(url).context["timeline_kinds"]
    assert [kind["url"] for kind in kinds][:3] == ["?", "?kind=contact", "?kind=project"]
    page = client.get(f"{url}?kind=activity").context
    assert {line["target_type"] for line in page["timeline"]} == {"Activity"}
    assert (len(page["timeline"]), page["older_url"]) == (8, "?kind=activity&history=2")
    invoices = client.get(f"{url}?kind=invoice").context
    assert {line["target_type"] for line in invoices["timeline"]} == {"Invoice"}
    assert client.get(f"{url}?kind=nothing").context["timeline"]
    # With scripts, more lines come alone and go on under the month that stands there.
    part = client.get(
        f"{url}{page['older_url']}", headers={"HX-Request": "true", "HX-Target": "timeline-more"}
    )
    shown = part.content.decode()
    assert "<html" not in shown
    assert "Talk 0" in shown
    assert "timeline-kinds" not in shown
    kind = client.get(
        f"{url}?kind=invoice", headers={"HX-Request": "true", "HX-Target": "timeline"}
    )
    assert 'hx-swap-oob="true"' in kind.content.decode()
    seller = make_employee(role=make_role("Seller", ["backoffice.crm.*"]))
    kinds = client_of(seller).get(url).context["timeline_kinds"]
    assert [kind["url"] for kind in kinds] == ["?", "?kind=contact", "?kind=activity"]
