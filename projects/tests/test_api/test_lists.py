"""Lists of projects over the REST API."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localdate

from crm.tests.factories import make_customer
from employees.models import Employee
from employees.tests.factories import make_department, make_employee
from projects.tests.factories import make_project, make_project_member
from projects.tests.test_api import DAY, MEMBERS, URL, ids


def test_the_filters(clerk: Employee, api_of: Any) -> None:
    # A name of its own: counted ones are found in one another, as 9 in 90.
    customer = make_customer(name="Alpine Huts")
    department, manager = make_department(), make_employee()
    first = make_project(
        customer=customer, department=department, status="planning", title="Alpha one"
    )
    second = make_project(project_manager=manager, priority="urgent", deadline=localdate() - DAY)
    third = make_project(project_manager=clerk, status="completed", end_date=localdate() - DAY)
    fourth = make_project_member(employee=clerk).project
    client = api_of(clerk)
    for query, wanted in {
        "status=planning": [first],
        "priority=urgent": [second],
        f"customer_id={customer.pk}": [first],
        f"department_id={department.pk}": [first],
        f"project_manager_id={manager.pk}": [second],
        "overdue=true": [second],
        "overdue=false": [first, third, fourth],
        "active=true": [second, fourth],
        "active=false": [first, third],
        "mine=true": [third, fourth],
        "mine=false": [first, second],
        "search=alpha one": [first],
        f"search={customer.name}": [first],
        f"search={second.project_number}": [second],
        "search=nothing": [],
    }.items():
        assert ids(client.get(f"{URL}?{query}")) == {str(row.pk) for row in wanted}, query


@pytest.mark.parametrize(
    "query",
    [
        "status=done",
        "priority=1",
        "overdue=maybe",
        "mine=x",
        "customer_id=1",
        "colour=red",
        "ordering=customer",
        "ordering=budget",
        "skip=-1",
        "limit=1000",
        "customer_id=01900000-0000-7000-8000-000000000000",
    ],
)
def test_a_bad_filter_is_refused(query: str, clerk: Employee, api_of: Any) -> None:
    response = api_of(clerk).get(f"{URL}?{query}")
    assert response.status_code == 400
    assert response.json()["errors"][0]["attr"] == query.split("=")[0]


@pytest.mark.parametrize("name", ["created_at", "project_number", "title", "status", "deadline"])
def test_the_orders(name: str, clerk: Employee, api_of: Any) -> None:
    for number, title in enumerate("bca"):
        make_project(title=title, deadline=localdate() + number * DAY)
    client = api_of(clerk)
    up = [row[name] for row in client.get(f"{URL}?ordering={name}").json()["items"]]
    down = [row[name] for row in client.get(f"{URL}?ordering=-{name}").json()["items"]]
    assert up == sorted(up) == down[::-1]


def test_lists_of_many_ask_as_often_as_lists_of_few(clerk: Employee, api_of: Any) -> None:
    client, project = api_of(clerk), make_project()
    client.get(URL)  # the first use of a token is noted
    for url in (URL, MEMBERS, f"{URL}/{project.pk}/members"):
        counts = []
        for _round in range(2):
            for _number in range(5):
                make_project_member(project=project)
                make_project(project_manager=make_employee(), department=make_department())
            with CaptureQueriesContext(connection) as captured:
                assert client.get(url).status_code == 200
            counts.append(len(captured))
        assert counts[0] == counts[1] <= 4, url
