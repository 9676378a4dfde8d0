"""Who may do what over the API."""

from typing import Any
from uuid import uuid4

from employees.models import Employee
from employees.tests.factories import make_employee, make_role
from invoices.tests.factories import (
    make_buyer,
    make_finalized,
)
from invoices.tests.test_api import LINE, VERBS, attrs


def test_without_the_right_every_verb_is_forbidden(worker: Employee, api_of: Any) -> None:
    client, invoice = api_of(worker), make_finalized()
    url = f"/api/invoices/{invoice.pk}"
    for path in ("/api/invoices", "/api/invoices/statistics", url, f"{url}/pdf", "/api/payments"):
        assert client.get(path).status_code == 403, path
    assert client.post("/api/invoices", {}).status_code == 403
    assert client.post("/api/payments", {}).status_code == 403
    assert client.patch(url, {"notes": "x"}).status_code == 403
    assert client.delete(url).status_code == 403
    assert client.get(f"{url}/payments").status_code == 403
    for verb in VERBS:
        assert client.post(f"{url}/{verb}", {"reason": "x"}).status_code == 403, verb
    assert client.post("/api/invoices/from-project", {}).status_code == 403


def test_whoever_may_only_look_does_nothing_and_nobody_finds_what_is_not_there(
    api_of: Any, clerk: Employee
) -> None:
    role = make_role("Auditor", ["backoffice.invoices.invoice.view"])
    auditor, invoice = api_of(make_employee(role=role)), make_finalized()
    url = f"/api/invoices/{invoice.pk}"
    assert auditor.get(url).status_code == 200
    assert auditor.get(f"{url}/pdf").status_code == 200
    for verb in VERBS:
        assert auditor.post(f"{url}/{verb}", {"reason": "x"}).status_code == 403, verb
    assert auditor.get(f"{url}/payments").status_code == 403
    missing = f"/api/invoices/{uuid4()}"
    for verb in VERBS:
        assert api_of(clerk).post(f"{missing}/{verb}", {"reason": "x"}).status_code == 404, verb
    assert api_of(clerk).get(f"{missing}/pdf").status_code == 404
    scoped = api_of(clerk, ["backoffice.invoices.invoice.view"])
    assert scoped.post(f"{url}/finalize").status_code == 403


def test_a_customer_that_one_may_not_see_gets_no_invoice(api_of: Any) -> None:
    role = make_role("Blind", ["backoffice.invoices.*"])
    body = {"customer_id": str(make_buyer().pk), "line_items": [LINE]}
    response = api_of(make_employee(role=role)).post("/api/invoices", body)
    assert attrs(response) == {"customer_id"}
