"""Who may do what over the API."""

from typing import Any
from uuid import uuid4

import pytest

from crm.tests.factories import make_activity, make_contact, make_customer
from crm.tests.test_api import JSON, attrs
from employees.models import Employee
from employees.tests.factories import make_employee, make_role


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
