"""The timeline of a customer over the API and on its page: what is in it, for whom, by pages."""

from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.models import Customer
from crm.tests.factories import make_activity, make_contact, make_customer
from documents.tests.factories import make_document
from employees.models import Employee
from employees.tests.factories import make_employee, make_role
from invoices.services import store_pdf
from invoices.tests.factories import make_finalized
from projects.tests.factories import make_project


def busy_customer(owner: Employee) -> Customer:
    """With an invoice, a project, documents of its own and of the project, and a talk."""
    invoice = store_pdf(make_finalized())
    project = make_project(customer=invoice.customer)
    make_document(owner, title="Contract", linked_entity_id=invoice.customer.pk)
    make_document(owner, title="Plan", linked_entity_id=project.pk)
    make_document(owner, title="Secret", linked_entity_id=project.pk, is_confidential=True)
    make_activity(customer=invoice.customer, contact=None, description="Of somebody else")
    make_activity(description="About somebody else")
    return invoice.customer


def test_it_merges_talks_invoices_projects_and_documents(admin: Employee, api_of: Any) -> None:
    customer = busy_customer(admin)
    body = api_of(admin).get(f"/api/customers/{customer.pk}/timeline").json()
    kinds = {line["target_type"] for line in body["items"]}
    assert kinds == {"Customer", "Invoice", "Project", "Document", "Activity"}
    words = " ".join(line["what"] for line in body["items"])
    assert "Contract" in words
    assert "Plan" in words
    assert "Secret" not in words
    moments = [line["when"] for line in body["items"]]
    assert moments == sorted(moments, reverse=True)
    assert body["total"] == len(body["items"])


def test_who_sees_no_invoices_reads_and_counts_none(admin: Employee, api_of: Any) -> None:
    customer = busy_customer(admin)
    seller = make_employee(role=make_role("Seller", ["backoffice.crm.*"]))
    body = api_of(seller).get(f"/api/customers/{customer.pk}/timeline").json()
    assert {line["target_type"] for line in body["items"]} == {"Customer", "Activity"}
    assert body["total"] == len(body["items"]) == 2
    nobody = make_employee(role=make_role("Reader", ["backoffice.crm.customer.view"]))
    body = api_of(nobody).get(f"/api/customers/{customer.pk}/timeline").json()
    assert [line["target_type"] for line in body["items"]] == ["Customer"]


def test_pages_follow_each_other_and_ask_as_often_however_long_they_are(
    admin: Employee, api_of: Any, client_of: Any
) -> None:
    customer, api, counts = make_customer(), api_of(admin), []
    url = f"/api/customers/{customer.pk}/timeline"
    for number in (2, 30):
        for _number in range(number):
            make_activity(customer=customer, contact=make_contact(customer=customer), author=admin)
        api.get(url)
        with CaptureQueriesContext(connection) as captured:
            every = api.get(url, {"limit": 100}).json()
        counts.append(len(captured))
    assert counts[0] == counts[1]
    pages = [api.get(url, {"skip": skip, "limit": 30}).json()["items"] for skip in (0, 30, 60)]
    assert [line for page in pages for line in page] == every["items"]
    assert (every["total"], len(every["items"])) == (65, 65)
    assert api.get(url, {"limit": 101}).status_code == 400
    assert api.get(url, {"skip": 1000}).json()["items"] == []
    client, page = client_of(admin), f"/customers/{customer.pk}/"
    first = client.get(page).context
    assert (len(first["timeline"]), first["older_url"], first["newer_url"]) == (
        8,
        "?history=2",
        "",
    )
    last = client.get(page, {"history": "4"}).context
    assert (len(last["timeline"]), last["older_url"], last["newer_url"]) == (17, "", "?history=3")
    assert client.get(page, {"history": "x"}).context["timeline"] == first["timeline"]


def test_a_projects_timeline_is_there_too(admin: Employee, api_of: Any, worker: Employee) -> None:
    project = make_project()
    api = api_of(admin)
    body = api.get(f"/api/projects/{project.pk}/timeline", {"limit": 1}).json()
    assert (body["total"], body["items"][0]["verb"]) == (1, "created")
    assert api_of(worker).get(f"/api/projects/{project.pk}/timeline").status_code == 404
