"""Expenses over the REST API."""

import datetime as dt
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from employees.models import Employee
from employees.tests.factories import make_employee
from finance.models import Expense
from finance.services import mark_invoiced, reimburse_expense
from finance.tests.factories import (
    make_approved_expense,
    make_expense,
    make_submitted_expense,
)
from projects.tests.factories import make_project

URL = "/api/expenses"
BODY = {
    "category": "travel",
    "description": "Train to Kiel",
    "expense_date": "2025-03-10",
    "amount": "45.90",
}


def ids(response: Any) -> set[str]:
    """The ids of a list's answer."""
    assert response.status_code == 200, response.content
    return {item["id"] for item in response.json()["items"]}


def code(response: Any) -> tuple[int, str, str | None]:
    """Status, code and field of the first error."""
    error = response.json()["errors"][0]
    return response.status_code, error["code"], error["attr"]


def test_an_expense_is_recorded_for_oneself(worker: Employee, api_of: Any) -> None:
    project = make_project(project_manager=worker)
    parts = [{"tax_rate": "19.00", "gross": "23.80"}, {"tax_rate": "7.00", "gross": "10.70"}]
    body = {
        **BODY,
        "amount": "34.50",
        "taxes": parts,
        "project_id": str(project.pk),
        "supplier": "Bahn",
        "billable": True,
        "notes": "Return ticket",
    }
    response = api_of(worker).post(URL, body)
    assert response.status_code == 201, response.content
    made = response.json()
    assert made == {
        **made,
        **body,
        "employee_id": str(worker.pk),
        "net_amount": "30.00",
        "tax_amount": "4.50",
        "currency": "EUR",
        "taxes": [
            {"tax_rate": "19.00", "gross": "23.80", "net": "20.00", "tax": "3.80"},
            {"tax_rate": "7.00", "gross": "10.70", "net": "10.00", "tax": "0.70"},
        ],
        "receipt_id": None,
        "receipt_url": "",
        "status": "draft",
        "is_reimbursed": False,
        "is_invoiced": False,
    }
    assert api_of(worker).get(f"{URL}/{made['id']}").json() == made


def test_what_was_read_can_be_put_back(worker: Employee, api_of: Any) -> None:
    client = api_of(worker)
    made = client.post(URL, {**BODY, "taxes": [{"tax_rate": "7", "gross": "45.90"}]}).json()
    response = client.put(f"{URL}/{made['id']}", {**made, "notes": "Changed"})
    assert response.status_code == 200, response.content
    assert {**made, "notes": "Changed", "updated_at": ""} == {**response.json(), "updated_at": ""}


def test_putting_less_keeps_person_and_amount(worker: Employee, api_of: Any) -> None:
    expense = make_expense(employee=worker, notes="x")
    body = {name: value for name, value in BODY.items() if name != "amount"}
    response = api_of(worker).put(f"{URL}/{expense.pk}", body)
    assert response.status_code == 200, response.content
    data = response.json()
    assert (data["notes"], data["amount"]) == ("", "119.00")
    assert (data["employee_id"], data["taxes"][0]["tax_rate"]) == (str(worker.pk), "19.00")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"amount": None}, "amount"),
        ({"amount": "0.00"}, "amount"),
        ({"amount": "-1"}, "amount"),
        ({"amount": "NaN"}, "amount"),
        ({"amount": "1.001"}, "amount"),
        ({"amount": "100000000"}, "amount"),
        ({"category": "bribes"}, "category"),
        ({"category": ""}, "category"),
        ({"description": " "}, "description"),
        ({"description": "x" * 2001}, "description"),
        ({"expense_date": "10.03.2025"}, "expense_date"),
        ({"expense_date": "2999-01-01"}, "expense_date"),
        ({"expense_date": "0001-01-01"}, "expense_date"),
        ({"billable": True}, "billable"),
        ({"project_id": str(uuid4())}, "project_id"),
        ({"employee_id": None}, "employee_id"),
        ({"status": "approved"}, "status"),
        ({"is_reimbursed": True}, "is_reimbursed"),
        ({"is_invoiced": True}, "is_invoiced"),
        ({"approved_by_id": str(uuid4())}, "approved_by_id"),
        ({"net_amount": "1.00"}, "net_amount"),
        ({"receipt_id": str(uuid4())}, "receipt_id"),
        ({"receipt_file": "not a file"}, "receipt_file"),
        ({"receipt_url": "https://evil.example/"}, "receipt_url"),
        ({"colour": "red"}, "colour"),
        ({"taxes": [{"tax_rate": "19", "gross": "1"}]}, "amount"),
        ({"taxes": [{"tax_rate": "18", "gross": "45.90"}]}, "taxes"),
        ({"taxes": [{"tax_rate": "19", "gross": "45.90", "colour": 1}]}, "taxes.0.colour"),
        ({"taxes": [{"gross": "45.90"}]}, "taxes.0.tax_rate"),
        ({"taxes": "all"}, "taxes.non_field_errors"),
        ({"category": "entertainment"}, "guests"),
    ],
)
def test_bad_input_names_its_field(
    body: dict[str, Any], field: str, worker: Employee, api_of: Any
) -> None:
    response = api_of(worker).post(URL, {**BODY, **body})
    assert response.status_code == 400, response.content
    assert field in {error["attr"] for error in response.json()["errors"]}, response.content
    assert not Expense.objects.exists()


def test_other_peoples_rows(worker: Employee, clerk: Employee, api_of: Any) -> None:
    report = make_submitted_expense(employee=make_employee(reports_to=worker))
    foreign = make_submitted_expense()
    client, body = api_of(worker), {"notes": "x"}
    for expense, read, write in ((report, 200, 403), (foreign, 404, 404)):
        url = f"{URL}/{expense.pk}"
        assert client.get(url).status_code == read
        assert client.patch(url, body).status_code == write
        assert client.delete(url).status_code == write
        assert client.post(f"{url}/withdraw").status_code == write
        assert client.post(f"{url}/approve").status_code in {403, 404}
        assert client.patch(f"{url}/reimburse").status_code in {403, 404}
    assert api_of(clerk).patch(f"{URL}/{foreign.pk}", body).status_code == 200


def test_without_the_permission_there_is_nothing(api_of: Any, worker: Employee) -> None:
    client = api_of(worker, scopes=["employees.*"])
    assert client.get(URL).status_code == 403
    assert client.post(URL, BODY).status_code == 403


def test_from_draft_to_reimbursed(clerk: Employee, worker: Employee, api_of: Any) -> None:
    expense = make_expense(employee=worker)
    url = f"{URL}/{expense.pk}"
    assert code(api_of(clerk).post(f"{url}/approve"))[:2] == (409, "not_submitted")
    assert api_of(worker).post(f"{url}/submit").json()["status"] == "submitted"
    assert api_of(worker).post(f"{url}/approve").status_code == 403
    assert code(api_of(clerk).post(f"{url}/reject", {})) == (400, "required", "reason")
    rejected = api_of(clerk).post(f"{url}/reject", {"reason": "Which train?"}).json()
    assert (rejected["status"], rejected["rejection_reason"]) == ("rejected", "Which train?")
    assert rejected["rejected_by_id"] == str(clerk.pk)
    api_of(worker).post(f"{url}/submit")
    assert api_of(clerk).post(f"{url}/approve").json()["approved_by_id"] == str(clerk.pk)
    assert code(api_of(worker).patch(url, {"notes": "x"})) == (409, "approved", None)
    assert code(api_of(worker).delete(url)) == (409, "approved", None)
    assert api_of(worker).patch(f"{url}/reimburse").status_code == 403
    paid = api_of(clerk).patch(f"{url}/reimburse")
    assert (paid.status_code, paid.json()["is_reimbursed"]) == (200, True)
    assert paid.json()["reimbursed_by_id"] == str(clerk.pk)
    assert code(api_of(clerk).patch(f"{url}/reimburse")) == (409, "reimbursed", None)
    assert api_of(clerk).post(f"{url}/reimburse").status_code == 405


def test_nobody_approves_or_pays_back_their_own(clerk: Employee, api_of: Any) -> None:
    own, other = make_submitted_expense(employee=clerk), make_approved_expense(employee=clerk)
    assert api_of(clerk).post(f"{URL}/{own.pk}/approve").status_code == 403
    assert api_of(clerk).patch(f"{URL}/{other.pk}/reimburse").status_code == 403


def test_the_filters(clerk: Employee, api_of: Any) -> None:
    person, project = make_employee(), make_project()
    first = make_expense(employee=person, project=project, category="travel")
    second = make_approved_expense(
        expense_date=dt.date(2025, 4, 1), project=make_project(), billable=True
    )
    third = reimburse_expense(
        make_approved_expense(
            expense_date=dt.date(2025, 5, 1),
            project=project,
            billable=True,
            amount=Decimal("500.00"),
        ),
        by=None,
    )
    mark_invoiced([third], by=None)
    client = api_of(clerk)
    for query, wanted in {
        f"employee_id={person.pk}": [first],
        f"project_id={project.pk}": [first, third],
        "start_date=2025-04-01": [second, third],
        "end_date=2025-04-01": [first, second],
        "billable=true": [second, third],
        "is_approved=true": [second, third],
        "is_approved=false": [first],
        "is_reimbursed=true": [third],
        "is_reimbursed=false": [first, second],
        "is_invoiced=true": [third],
        "has_receipt=true": [],
        "has_receipt=false": [first, second, third],
        "status=draft": [first],
        "category=travel": [first],
        "min_amount=119.01": [third],
        "max_amount=119": [first, second],
        "search=cab": [first, second, third],
    }.items():
        assert ids(client.get(f"{URL}?{query}")) == {str(row.pk) for row in wanted}, query
    listed = client.get(f"{URL}?ordering=-amount,expense_date").json()["items"]
    assert [row["id"] for row in listed] == [str(row.pk) for row in (third, first, second)]


@pytest.mark.parametrize(
    "query",
    [
        "employee_id=x",
        "project_id=01900000-0000-7000-8000-000000000000",
        "start_date=31.03.2025",
        "end_date=0001-01-01",
        "is_reimbursed=banana",
        "has_receipt=2",
        "status=lost",
        "category=bribes",
        "min_amount=1,5",
        "ordering=notes",
        "colour=red",
    ],
)
def test_a_bad_filter_is_an_error(query: str, clerk: Employee, api_of: Any) -> None:
    assert api_of(clerk).get(f"{URL}?{query}").status_code == 400


def test_lists_below_a_person_and_a_project(clerk: Employee, worker: Employee, api_of: Any) -> None:
    expense = make_expense(project=make_project())
    make_expense()
    for url in (
        f"/api/employees/{expense.employee_id}/expenses",
        f"/api/projects/{expense.project_id}/expenses",
    ):
        assert ids(api_of(clerk).get(url)) == {str(expense.pk)}
    assert ids(api_of(worker).get(f"/api/employees/{expense.employee_id}/expenses")) == set()
    url = f"/api/projects/{expense.project_id}/expenses"
    assert api_of(worker).get(url).status_code == 404
    mine = make_project(project_manager=worker)
    make_expense(project=mine)
    assert ids(api_of(worker).get(f"/api/projects/{mine.pk}/expenses")) == set()


def test_a_projects_statistics_count_its_expenses(admin: Employee, api_of: Any) -> None:
    project = make_project(budget=1000)
    make_expense(project=project)
    data = api_of(admin).get(f"/api/projects/{project.pk}/statistics").json()
    assert (data["total_expenses"], data["net_expenses"]) == ("119.00", "100.00")
    assert (data["profit_margin"], data["budget_utilization"]) == ("-100.00", 10.0)


def test_a_list_of_many_asks_as_often_as_a_list_of_few(clerk: Employee, api_of: Any) -> None:
    client = api_of(clerk)
    client.get(URL)  # the first use of a token in a while is written down
    counts = []
    for _round in range(2):
        for _number in range(6):
            make_expense(project=make_project())
        with CaptureQueriesContext(connection) as captured:
            assert client.get(URL).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 4
