"""Members on pages."""

from typing import Any

from employees.models import Employee
from employees.services import deactivate_employee
from employees.tests.factories import make_employee, make_role
from projects.models import ProjectMember
from projects.tests.factories import make_project, make_project_member
from projects.tests.test_views import LIST, MEMBERS, PANEL


def test_the_panel_of_members_leads_to_a_new_one(
    clerk: Employee, worker: Employee, client_of: Any
) -> None:
    project = make_project_member(employee=worker).project
    panels = {
        panel["key"]: panel
        for panel in client_of(clerk).get(f"{LIST}{project.pk}/").context["panels"]
    }
    assert {"members", "time", "project_invoices"} <= set(panels)
    url = panels["members"]["url"]
    panel = client_of(clerk).get(url, headers=PANEL).content.decode()
    new = f"{MEMBERS}new/?project_id={project.pk}"
    assert "<html" not in panel
    assert new in panel
    assert str(worker) in panel
    assert new not in client_of(worker).get(url, headers=PANEL).content.decode()
    form = client_of(clerk).get(new).context["form"]
    assert form["project"].value() == str(project.pk)
    # Taken home exactly as it stands there.
    make_project_member()
    (csv, _xlsx) = client_of(clerk).get(url, headers=PANEL).context["exports"]
    assert csv["url"].replace("&", "&amp;") in panel
    taken = client_of(clerk).get(csv["url"])
    assert len(b"".join(taken.streaming_content).splitlines()) == 2


def test_a_member_is_added_changed_and_removed(
    clerk: Employee, worker: Employee, client_of: Any
) -> None:
    project, client = make_project(), client_of(clerk)
    body = {"project": project.pk, "employee": worker.pk, "role": "Design"}
    response = client.post(f"{MEMBERS}new/", body)
    assert (response.status_code, response.url) == (302, project.get_absolute_url())
    member = ProjectMember.objects.get()
    assert client.post(f"{MEMBERS}new/", body).status_code == 422
    edit = f"{MEMBERS}{member.pk}/edit/"
    assert set(client.get(edit).context["form"].fields) == {"role"}
    assert client.post(edit, {"role": "Lead"}).url == project.get_absolute_url()
    member.refresh_from_db()
    assert member.role == "Lead"
    response = client.post(f"{MEMBERS}{member.pk}/delete/")
    assert (response.status_code, response.url) == (302, project.get_absolute_url())
    assert not ProjectMember.objects.exists()


def test_who_removes_themselves_is_led_to_the_list(client_of: Any) -> None:
    rights = ["backoffice.projects.project.view", "backoffice.projects.projectmember.*"]
    person = make_employee(role=make_role("Host", rights))
    member = make_project_member(employee=person)
    response = client_of(person).post(f"{MEMBERS}{member.pk}/delete/")
    assert (response.status_code, response.url) == (302, MEMBERS)


def test_inactive_people_are_not_offered(clerk: Employee, client_of: Any) -> None:
    gone, project = deactivate_employee(make_employee(), by=None), make_project()
    client = client_of(clerk)
    assert gone not in client.get(f"{MEMBERS}new/").context["form"].fields["employee"].queryset
    body = {"project": project.pk, "employee": gone.pk}
    assert client.post(f"{MEMBERS}new/", body).status_code == 422
