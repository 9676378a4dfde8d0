"""Projects written on pages."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from crm.tests.factories import make_customer
from employees.models import Employee
from employees.services import deactivate_employee
from employees.tests.factories import make_employee, make_role
from projects.models import Project
from projects.tests.factories import make_project
from projects.tests.test_views import LIST
from timetracking.tests.factories import make_time_entry


def test_a_project_is_written_as_people_write(clerk: Employee, client_of: Any) -> None:
    customer = make_customer()
    body = {
        "customer": customer.pk,
        "title": "Portal",
        "status": "active",
        "priority": "high",
        "start_date": "7.1.2025",
        "deadline": "15.06.2025",
        "budget": "48.000,50",
        "hourly_rate": "95,5",
    }
    response = client_of(clerk).post(f"{LIST}new/", body)
    assert response.status_code == 302, response.context["form"].errors
    project = Project.objects.get()
    assert response.url == project.get_absolute_url()
    assert (project.budget, project.hourly_rate) == (Decimal("48000.50"), Decimal("95.5"))
    assert project.deadline == dt.date(2025, 6, 15)
    form = client_of(clerk).get(f"{LIST}new/?customer_id={customer.pk}").context["form"]
    assert form["customer"].value() == str(customer.pk)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"customer": ""}, "customer"),
        ({"title": " "}, "title"),
        ({"budget": "much"}, "budget"),
        ({"budget": "-1"}, "budget"),
        ({"start_date": "7.1.2025", "end_date": "6.1.2025"}, "end_date"),
        ({"start_date": "7.1.2025", "deadline": "6.1.2025"}, "deadline"),
        ({"deadline": "31.2.2025"}, "deadline"),
        ({"status": "done"}, "status"),
    ],
)
def test_what_is_wrong_is_said_at_the_field(
    typed: dict[str, str], field: str, clerk: Employee, client_of: Any
) -> None:
    body = {
        "customer": make_customer().pk,
        "title": "Portal",
        "status": "active",
        "priority": "low",
        **typed,
    }
    response = client_of(clerk).post(f"{LIST}new/", body)
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert not Project.objects.exists()


def test_the_form_offers_only_what_the_writer_sees(client_of: Any) -> None:
    rights = ["backoffice.projects.project.add", "backoffice.projects.project.view"]
    founder = make_employee(role=make_role("Founder", [*rights, "backoffice.crm.customer.view"]))
    client = client_of(founder)
    fields = client.get(f"{LIST}new/").context["form"].fields
    assert not {"budget", "hourly_rate", "notes"} & set(fields)
    body = {
        "customer": make_customer().pk,
        "title": "Portal",
        "status": "active",
        "priority": "low",
        "budget": "1",
        "notes": "x",
    }
    response = client.post(f"{LIST}new/", body)
    project = Project.objects.get()
    assert (project.budget, project.notes, project.project_manager) == (None, "", founder)
    assert client.get(response.url).status_code == 200


def test_the_present_customer_and_manager_stay_choices(client_of: Any) -> None:
    rights = [f"backoffice.projects.project.{verb}" for verb in ("view", "view_all", "change")]
    client = client_of(make_employee(role=make_role("Planner", rights)))
    project = make_project(project_manager=make_employee())
    deactivate_employee(project.project_manager, by=None)
    gone = deactivate_employee(make_employee(), by=None)
    url = f"{LIST}{project.pk}/edit/"
    form = client.get(url).context["form"]
    assert list(form.fields["customer"].queryset) == [project.customer]
    managers = form.fields["project_manager"].queryset
    assert project.project_manager in managers
    assert gone not in managers
    body = {name: form[name].value() or "" for name in form.fields}
    assert client.post(url, {**body, "title": "Else"}).status_code == 302
    project.refresh_from_db()
    assert project.title == "Else"


def test_a_booked_project_is_not_deleted(clerk: Employee, client_of: Any) -> None:
    project = make_time_entry().project
    response = client_of(clerk).post(f"{LIST}{project.pk}/delete/")
    assert response.status_code == 409
    assert response.context["errors"]
    free = make_project()
    assert client_of(clerk).post(f"{LIST}{free.pk}/delete/").status_code == 302
    assert Project.objects.get() == project


def test_a_project_is_completed_by_its_button(clerk: Employee, client_of: Any) -> None:
    first, second = make_project(), make_project()
    client, url = client_of(clerk), f"{LIST}{first.pk}/"
    assert [verb["name"] for verb in client.get(url).context["verbs"]] == ["complete"]
    client.post(f"{url}complete/")
    assert [verb["name"] for verb in client.get(url).context["verbs"]] == ["reopen"]
    client.post(f"{LIST}bulk/complete/", {"ids": [first.pk, second.pk]})
    assert Project.objects.filter(status="completed").count() == 2
    client.post(f"{url}reopen/")
    first.refresh_from_db()
    assert first.is_active
