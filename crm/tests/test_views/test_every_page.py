"""What holds for every page on pages."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.tests.factories import make_activity, make_contact
from crm.tests.test_views import HTMX, rows_of_each
from employees.models import Employee
from employees.tests.factories import make_employee, make_role
from invoices.tests.factories import make_buyer, make_finalized
from projects.tests.factories import make_project


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
