"""Projects written over the REST API."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.utils import translation
from django.utils.timezone import localdate

from crm.tests.factories import make_customer
from employees.models import Employee
from employees.services import deactivate_employee
from employees.tests.factories import make_department, make_employee
from projects.models import Project
from projects.tests.factories import make_project
from projects.tests.test_api import URL, code
from timetracking.models import TimeEntry
from timetracking.tests.factories import make_time_entry


def test_a_project_is_created_with_the_fields_of_the_specification(
    clerk: Employee, api_of: Any
) -> None:
    customer, department = make_customer(), make_department()
    manager = make_employee()
    body = {
        "customer_id": str(customer.pk),
        "title": "Portal",
        "department_id": str(department.pk),
        "project_manager_id": str(manager.pk),
        "status": "planning",
        "priority": "high",
        "start_date": "2025-01-07",
        "end_date": "2025-05-30",
        "deadline": "2025-06-15",
        "budget": "48000.00",
        "hourly_rate": "95.5000",
        "description": "Relaunch",
        "notes": "Careful",
    }
    response = api_of(clerk).post(URL, body)
    assert response.status_code == 201, response.content
    data = response.json()
    assert {name: data[name] for name in body} == body
    assert data["project_number"].startswith("PRJ-")
    assert set(data) - set(body) == {"id", "project_number", "created_at", "updated_at"}
    assert api_of(clerk).get(f"{URL}/{data['id']}").json() == data


def test_customer_and_title_are_enough(clerk: Employee, api_of: Any) -> None:
    body = {"customer_id": str(make_customer().pk), "title": "Portal"}
    data = api_of(clerk).post(URL, body).json()
    assert (data["status"], data["priority"], data["budget"]) == ("planning", "medium", None)


def test_what_was_read_can_be_put_back(clerk: Employee, api_of: Any) -> None:
    project = make_project(budget=Decimal(100), notes="Careful", deadline=localdate())
    client, url = api_of(clerk), f"{URL}/{project.pk}"
    read = client.get(url).json()
    response = client.put(url, {**read, "title": "Else"})
    assert response.status_code == 200, response.content
    assert {**response.json(), "updated_at": ""} == {**read, "title": "Else", "updated_at": ""}


def test_put_replaces_and_patch_changes(clerk: Employee, api_of: Any) -> None:
    project = make_project(budget=Decimal(100), priority="high")
    client, url = api_of(clerk), f"{URL}/{project.pk}"
    assert client.patch(url, {"title": "Else"}).json()["budget"] == "100.00"
    replaced = client.put(url, {"customer_id": str(project.customer_id), "title": "New"}).json()
    assert (replaced["budget"], replaced["priority"], replaced["title"]) == (None, "medium", "New")
    assert replaced["project_number"] == project.project_number


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"customer_id": None}, "customer_id"),
        ({"customer_id": str(uuid4())}, "customer_id"),
        ({"customer_id": "nobody"}, "customer_id"),
        ({"title": ""}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"budget": "-1"}, "budget"),
        ({"budget": "12.345"}, "budget"),
        ({"budget": "much"}, "budget"),
        ({"budget": "NaN"}, "budget"),
        ({"hourly_rate": "-0.01"}, "hourly_rate"),
        ({"start_date": "2025-02-01", "end_date": "2025-01-31"}, "end_date"),
        ({"start_date": "2025-02-01", "deadline": "2025-01-31"}, "deadline"),
        ({"start_date": "1.2.2025"}, "start_date"),
        ({"status": "done"}, "status"),
        ({"priority": 1}, "priority"),
        ({"project_manager_id": str(uuid4())}, "project_manager_id"),
        ({"created_at": "2025-01-01T00:00:00Z"}, "created_at"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_bad_input_names_its_field(
    change: dict[str, Any], field: str, clerk: Employee, api_of: Any
) -> None:
    body = {"customer_id": str(make_customer().pk), "title": "Portal", **change}
    response = api_of(clerk).post(URL, body)
    assert response.status_code == 400, response.content
    assert field in {error["attr"] for error in response.json()["errors"]}


def test_an_inactive_manager_is_refused_at_the_apis_field(clerk: Employee, api_of: Any) -> None:
    gone = deactivate_employee(make_employee(), by=None)
    response = api_of(clerk).patch(
        f"{URL}/{make_project().pk}", {"project_manager_id": str(gone.pk)}
    )
    assert code(response)[::2] == (400, "project_manager_id")


def test_a_project_is_completed_and_reopened(clerk: Employee, api_of: Any) -> None:
    client, url = api_of(clerk), f"{URL}/{make_project().pk}"
    assert client.post(f"{url}/complete").json()["status"] == "completed"
    assert code(client.post(f"{url}/complete")) == (409, "finished", None)
    assert client.post(f"{url}/reopen").json()["status"] == "active"
    assert code(client.post(f"{url}/reopen")) == (409, "not_finished", None)


def test_only_an_unbooked_project_is_deleted(clerk: Employee, api_of: Any) -> None:
    booked = make_time_entry().project
    client = api_of(clerk)
    response = client.delete(f"{URL}/{booked.pk}")
    assert code(response) == (409, "in_use", None)
    with translation.override(clerk.language):
        what = str(TimeEntry._meta.verbose_name_plural)
    assert what in response.json()["errors"][0]["detail"]
    assert client.delete(f"{URL}/{make_project().pk}").status_code == 204
    assert Project.objects.get() == booked
