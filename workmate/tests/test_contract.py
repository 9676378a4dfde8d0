"""Every endpoint that the specification prints resolves and answers."""

import re
from typing import Any

import pytest
from django.urls import resolve

from chat.tests.factories import make_chat_message
from crm.tests.factories import make_contact, make_customer
from dashboards.tests.factories import make_dashboard
from documents.tests.factories import make_document
from employees.models import Employee
from employees.tests.factories import make_department, make_employee, make_role
from finance.tests.factories import make_expense
from invoices.tests.factories import make_invoice
from projects.tests.factories import make_project
from reminders.tests.factories import make_reminder
from timetracking.tests.factories import make_time_entry

# Every method and path, as the specification prints them.
ENDPOINTS = """
GET /api/departments
POST /api/departments
GET /api/departments/{department}
PUT /api/departments/{department}
DELETE /api/departments/{department}
GET /api/roles
POST /api/roles
GET /api/roles/{role}
PUT /api/roles/{role}
DELETE /api/roles/{role}
GET /api/employees
POST /api/employees
GET /api/employees/{employee}
PUT /api/employees/{employee}
DELETE /api/employees/{employee}
GET /api/employees/me
GET /api/employees/{employee}/documents
GET /api/documents
POST /api/documents
GET /api/documents/{document}
GET /api/documents/{document}/download
PUT /api/documents/{document}
DELETE /api/documents/{document}
GET /api/reminders
POST /api/reminders
GET /api/reminders/{reminder}
PUT /api/reminders/{reminder}
DELETE /api/reminders/{reminder}
PATCH /api/reminders/{reminder}/complete
GET /api/dashboards
POST /api/dashboards
GET /api/dashboards/{dashboard}
PUT /api/dashboards/{dashboard}
DELETE /api/dashboards/{dashboard}
GET /api/customers
POST /api/customers
GET /api/customers/{customer}
PUT /api/customers/{customer}
DELETE /api/customers/{customer}
GET /api/customers/{customer}/contacts
GET /api/customers/{customer}/projects
GET /api/customers/{customer}/invoices
GET /api/customers/{customer}/statistics
GET /api/customers/{customer}/activities
GET /api/contacts
POST /api/contacts
GET /api/contacts/{contact}
PUT /api/contacts/{contact}
DELETE /api/contacts/{contact}
GET /api/activities
POST /api/activities
GET /api/projects
POST /api/projects
GET /api/projects/{project}
PUT /api/projects/{project}
DELETE /api/projects/{project}
GET /api/projects/{project}/time-entries
GET /api/projects/{project}/invoices
GET /api/projects/{project}/expenses
GET /api/projects/{project}/statistics
GET /api/invoices
POST /api/invoices
GET /api/invoices/{invoice}
PUT /api/invoices/{invoice}
DELETE /api/invoices/{invoice}
POST /api/invoices/{invoice}/finalize
GET /api/invoices/{invoice}/pdf
POST /api/invoices/{invoice}/send
GET /api/payments
POST /api/payments
GET /api/invoices/{invoice}/payments
GET /api/expenses
POST /api/expenses
GET /api/expenses/{expense}
PUT /api/expenses/{expense}
DELETE /api/expenses/{expense}
PATCH /api/expenses/{expense}/reimburse
GET /api/time-entries
POST /api/time-entries
GET /api/time-entries/{time_entry}
PUT /api/time-entries/{time_entry}
DELETE /api/time-entries/{time_entry}
POST /api/time-entries/start
POST /api/time-entries/{time_entry}/stop
GET /api/time-entries/current
GET /api/employees/{employee}/time-entries
GET /api/messages
POST /api/messages
GET /api/projects/{project}/messages
DELETE /api/messages/{message}
""".strip().splitlines()

QUERIES = [
    "/api/employees?skip=0&limit=20&status=active&department_id={department}&search=Joshua",
    "/api/time-entries?employee_id={employee}&project_id={project}"
    "&start_date=2025-01-01&end_date=2025-01-31&billable=true",
]


@pytest.fixture
def rows(admin: Employee) -> dict[str, Any]:
    """One row of each kind."""
    customer = make_customer()
    room = make_project(project_manager=admin)
    project = make_project(customer=customer)
    return {
        "department": make_department().pk,
        "document": make_document().pk,
        "role": make_role("Spare", []).pk,
        "employee": make_employee().pk,
        "customer": customer.pk,
        "dashboard": make_dashboard(admin).pk,
        "reminder": make_reminder(admin).pk,
        "contact": make_contact(customer=customer).pk,
        "project": project.pk,
        "invoice": make_invoice(customer=customer).pk,
        "expense": make_expense(project=project).pk,
        "message": make_chat_message(author=admin, project=room).pk,
        "time_entry": make_time_entry(project=project, employee=admin).pk,
    }


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_an_endpoint_of_the_specification_answers(
    endpoint: str, rows: dict[str, Any], admin: Employee, api_of: Any
) -> None:
    method, path = endpoint.split()
    url = path.format(**rows)
    assert resolve(url)
    client = api_of(admin)
    response = getattr(client, method.lower())(url, data=None if method == "GET" else {})
    # A draft has no PDF yet, an empty body is refused, an open timer is stopped: all are answers.
    allowed = {200, 201, 204, 400, 409}
    if url.endswith("/pdf"):
        allowed.add(404)
    assert response.status_code in allowed, response.content
    if method == "GET" and response.status_code == 200 and is_list(path):
        assert set(response.json()) >= {"items", "total", "skip", "limit"}


def test_all_ninety_pairs_of_the_specification_are_tried() -> None:
    assert len(set(ENDPOINTS)) == len(ENDPOINTS) == 90


@pytest.mark.parametrize("query", QUERIES)
def test_the_query_parameters_of_the_specification_are_understood(
    query: str, rows: dict[str, Any], admin: Employee, api_of: Any
) -> None:
    response = api_of(admin).get(query.format(**rows))
    assert response.status_code == 200, response.content


def is_list(path: str) -> bool:
    single = re.search(r"\}$|/me$|/current$|/statistics$|/pdf$|/download$", path)
    return not single
