"""Projects and members in Django admin."""

import re
from decimal import Decimal
from typing import Any

from crm.tests.factories import make_customer
from employees.models import Employee
from employees.services import deactivate_employee
from employees.tests.factories import make_employee, make_role
from projects.models import Project, ProjectMember
from projects.tests.factories import make_project, make_project_member
from timetracking.tests.factories import make_time_entry
from workmate import services

ADMIN = "/admin/projects/project/"


def rows_of(prefix: str, *rows: dict[str, Any], initial: int = 0) -> dict[str, Any]:
    """A formset of members: `members` are those who take part, `members-2` the new ones."""
    data: dict[str, Any] = {
        f"{prefix}-TOTAL_FORMS": len(rows),
        f"{prefix}-INITIAL_FORMS": initial,
        f"{prefix}-MIN_NUM_FORMS": 0,
        f"{prefix}-MAX_NUM_FORMS": 1000,
    }
    for number, row in enumerate(rows):
        data |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    return data


def body_of(project: Project | None = None) -> dict[str, Any]:
    """The project's own fields."""
    customer = project.customer if project else make_customer()
    number = project.project_number if project else ""
    return {
        "customer": customer.pk,
        "title": "Portal",
        "project_number": number,
        "status": "active",
        "priority": "low",
        "budget": "100",
    }


def test_admin_writes_a_project_with_its_members(admin: Employee, client_of: Any) -> None:
    client, first, second = client_of(admin), make_employee(), make_employee()
    rows = ({"employee": first.pk, "role": "Design"}, {"employee": second.pk, "role": ""})
    response = client.post(f"{ADMIN}add/", {**body_of(), **rows_of("members", *rows)})
    assert response.status_code == 302, response.context["errors"]
    project = Project.objects.get()
    assert project.project_number
    members = {member.employee: member for member in project.members.all()}
    assert set(members) == {first, second}
    third = make_employee()
    kept = [
        {"id": members[first].pk, "project": project.pk, "role": "Lead"},
        {"id": members[second].pk, "project": project.pk, "role": "", "DELETE": "on"},
    ]
    body = {
        **body_of(project),
        **rows_of("members", *kept, initial=2),
        **rows_of("members-2", {"employee": third.pk, "role": "Test"}),
    }
    response = client.post(f"{ADMIN}{project.pk}/change/", body)
    assert response.status_code == 302, response.context["errors"]
    found = {(member.employee, member.role) for member in project.members.all()}
    assert found == {(first, "Lead"), (third, "Test")}


def test_admin_refuses_at_the_field(admin: Employee, client_of: Any) -> None:
    client, member = client_of(admin), make_project_member()
    project, gone = member.project, deactivate_employee(make_employee(), by=None)
    row = {"id": member.pk, "project": project.pk, "role": ""}
    body = {**body_of(project), **rows_of("members", row, initial=1)}
    url = f"{ADMIN}{project.pk}/change/"
    for person in (gone, member.employee):
        wrong = rows_of("members-2", {"employee": person.pk, "role": ""})
        response = client.post(url, {**body, **wrong})
        assert response.status_code == 200
        assert response.context["errors"]
    response = client.post(url, {**body, "budget": "-1", **rows_of("members-2")})
    assert "budget" in response.context["adminform"].form.errors
    assert ProjectMember.objects.get() == member


def test_admin_conceals_money(admin: Employee, book_keeper: Employee, client_of: Any) -> None:
    project = make_project(budget=Decimal("48123.45"), notes="Careful with these")
    url = f"{ADMIN}{project.pk}/change/"
    for person, shown in ((book_keeper, False), (admin, True)):
        response = client_of(person).get(url)
        assert response.status_code == 200
        shown_text = re.sub(r"(?<=\d)[.,](?=\d)", "", response.content.decode())
        for secret in ("4812345", "Careful"):
            assert (secret in shown_text) is shown, secret
    services.change(project, by=admin, budget=Decimal("51234.56"), notes="Other words")
    for person, shown in ((book_keeper, False), (admin, True)):
        history = client_of(person).get(f"{ADMIN}{project.pk}/history/").content.decode()
        for secret in ("51234", "Other words"):
            assert (secret in history) is shown, secret


def test_admin_lets_nobody_filter_by_money_that_it_conceals(
    admin: Employee, book_keeper: Employee, client_of: Any
) -> None:
    make_project(budget=Decimal(4711))
    for person, status in ((book_keeper, 400), (admin, 200)):
        assert client_of(person).get(f"{ADMIN}?budget__gte=4000").status_code == status


def test_admin_deletes_like_every_other_door(admin: Employee, client_of: Any) -> None:
    booked, free = make_time_entry().project, make_project()
    body = {"action": "delete_selected", "_selected_action": [booked.pk, free.pk], "post": "yes"}
    client_of(admin).post(ADMIN, body)
    assert Project.objects.filter(pk=booked.pk).exists()
    client_of(admin).post(ADMIN, {**body, "_selected_action": [free.pk]})
    assert Project.objects.get() == booked
    client_of(admin).post(ADMIN, {"action": "complete", "_selected_action": [booked.pk]})
    booked.refresh_from_db()
    assert booked.is_finished


def test_admin_shows_only_visible_projects(client_of: Any) -> None:
    rights = ["backoffice.invoices.*", "backoffice.projects.*.view"]
    person = make_employee(role=make_role("Book-keeper", rights))
    own, foreign = make_project_member(employee=person).project, make_project_member().project
    client = client_of(person)
    page = client.get(ADMIN).content.decode()
    assert own.title in page
    assert foreign.title not in page
    assert client.get(f"{ADMIN}{foreign.pk}/change/").status_code == 302
    assert client.get(f"{ADMIN}{foreign.pk}/history/").status_code == 404
    assert foreign.title not in client.get("/admin/projects/projectmember/").content.decode()


def test_admin_changes_only_the_part_of_a_member(admin: Employee, client_of: Any) -> None:
    member = make_project_member()
    url = f"/admin/projects/projectmember/{member.pk}/change/"
    body = {"role": "Lead", "employee": make_employee().pk}
    assert client_of(admin).post(url, body).status_code == 302
    changed = ProjectMember.objects.get()
    assert (changed.role, changed.employee) == ("Lead", member.employee)
    new = {"project": make_project().pk, "employee": make_employee().pk, "role": ""}
    assert client_of(admin).post("/admin/projects/projectmember/add/", new).status_code == 302
    assert ProjectMember.objects.count() == 2
