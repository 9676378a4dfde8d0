"""Members over the REST API."""

from typing import Any
from uuid import uuid4

from employees.models import Employee
from employees.services import deactivate_employee
from employees.tests.factories import make_employee, make_role
from projects.models import ProjectMember
from projects.tests.factories import make_project, make_project_member
from projects.tests.test_api import MEMBERS, URL, code, ids


def test_members_are_listed_added_changed_and_removed(
    clerk: Employee, worker: Employee, api_of: Any
) -> None:
    project = make_project()
    client = api_of(clerk)
    body = {"project_id": str(project.pk), "employee_id": str(worker.pk), "role": "Design"}
    response = client.post(MEMBERS, body)
    assert response.status_code == 201, response.content
    made = response.json()
    assert {name: made[name] for name in body} == body
    url = f"{MEMBERS}/{made['id']}"
    assert client.get(url).json() == made
    assert client.get(f"{URL}/{project.pk}/members").json()["items"] == [made]
    assert api_of(worker).get(f"{URL}/{project.pk}/members").json()["items"] == [made]
    assert client.patch(url, {"role": "Lead"}).json()["role"] == "Lead"
    assert client.put(url, {**body, "role": "Else"}).json()["role"] == "Else"
    other = client.patch(url, {"employee_id": str(clerk.pk)})
    assert code(other)[::2] == (400, "employee_id")
    assert client.delete(url).status_code == 204
    assert api_of(worker).get(f"{URL}/{project.pk}").status_code == 404


def test_bad_members_are_refused(clerk: Employee, worker: Employee, api_of: Any) -> None:
    member = make_project_member(employee=worker)
    client, body = api_of(clerk), {"project_id": str(member.project_id)}
    twice = client.post(MEMBERS, {**body, "employee_id": str(worker.pk)})
    assert twice.status_code == 400, twice.content
    gone = deactivate_employee(make_employee(), by=None)
    for person, field in (
        (gone.pk, "employee_id"),
        (uuid4(), "employee_id"),
        (None, "employee_id"),
    ):
        response = client.post(MEMBERS, {**body, "employee_id": person and str(person)})
        assert code(response)[::2] == (400, field)
    assert code(client.post(MEMBERS, {"employee_id": str(clerk.pk)}))[::2] == (400, "project_id")
    assert ProjectMember.objects.get() == member


def test_members_of_an_unseen_project_are_not_written(api_of: Any) -> None:
    rights = ["backoffice.projects.project.view", "backoffice.projects.projectmember.*"]
    person = make_employee(role=make_role("Host", rights))
    foreign = make_project_member()
    client = api_of(person)
    body = {"project_id": str(foreign.project_id), "employee_id": str(person.pk)}
    assert code(client.post(MEMBERS, body))[::2] == (400, "project_id")
    assert client.patch(f"{MEMBERS}/{foreign.pk}", {"role": "x"}).status_code == 404
    assert client.delete(f"{MEMBERS}/{foreign.pk}").status_code == 404
    assert ProjectMember.objects.get() == foreign


def test_members_are_filtered_and_searched(clerk: Employee, api_of: Any) -> None:
    first = make_project_member(role="Design", employee=make_employee(last_name="Zimmer"))
    second = make_project_member()
    client = api_of(clerk)
    for query, wanted in {
        f"project_id={first.project_id}": first,
        f"employee_id={second.employee_id}": second,
        "search=zimmer": first,
        "search=design": first,
    }.items():
        assert ids(client.get(f"{MEMBERS}?{query}")) == {str(wanted.pk)}, query
