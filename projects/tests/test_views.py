"""Projects and members on pages and in Django admin."""

import datetime as dt
import re
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.tests.factories import make_customer
from employees.models import Employee
from employees.services import deactivate_employee
from employees.tests.factories import make_department, make_employee, make_role
from projects.models import Project, ProjectMember
from projects.module import my_projects
from projects.tests.factories import make_project, make_project_member
from projects.tests.test_models import make_busy_project
from timetracking.tests.factories import make_time_entry
from workmate import services

LIST, MEMBERS = "/projects/", "/project-members/"
ADMIN = "/admin/projects/project/"
TODAY = timezone.localdate()
DAY = dt.timedelta(days=1)
HTMX = {"HX-Request": "true"}
PANEL = {**HTMX, "HX-Target": "panel"}


@pytest.fixture
def book_keeper() -> Employee:
    """Opens Django admin, sees all projects, and neither their budget nor their cost."""
    rights = ["backoffice.invoices.*", "backoffice.crm.*.view"]
    rights += [f"backoffice.projects.*.{verb}" for verb in ("view", "view_all")]
    return make_employee(role=make_role("Book-keeper", rights))


def facts(response: Any) -> set[str]:
    """The labels of all facts and figures of a detail page."""
    context = response.context
    labels = {str(fact["label"]) for part in context["sections"] for fact in part["facts"]}
    return labels | {str(figure["label"]) for figure in context["figures"]}


# Lists
def test_the_list_shows_ones_own_projects(worker: Employee, client_of: Any) -> None:
    make_project(project_manager=worker, title="Managed")
    make_project_member(employee=worker, project=make_project(title="Joined"))
    make_project(title="Foreign")
    page = client_of(worker).get(LIST).content.decode()
    assert "Managed" in page
    assert "Joined" in page
    assert "Foreign" not in page


def test_the_list_tells_how_urgent_it_is(clerk: Employee, client_of: Any) -> None:
    make_project(deadline=TODAY + 12 * DAY, title="Calm")
    make_project(deadline=TODAY + 2 * DAY, title="Soon")
    make_project(end_date=TODAY - DAY, title="Late")
    make_project(deadline=TODAY - DAY, title="Done", status="completed")
    client = client_of(clerk)
    rows = client.get(f"{LIST}?ordering=title").context["table"]["rows"]
    shown = {
        row["object"].title: next(
            cell["html"] for cell in row["cells"] if cell["column"].name == "deadline"
        )
        for row in rows
    }
    assert "danger" in shown["Late"]
    assert "warn" in shown["Soon"]
    assert 'class="sub"' in shown["Calm"]
    assert "sub" not in shown["Done"]


def test_the_list_shows_the_burn_of_the_budget(clerk: Employee, client_of: Any) -> None:
    project = make_busy_project()
    rows = client_of(clerk).get(LIST).context["table"]["rows"]
    cells = {
        row["object"].pk: cell["html"]
        for row in rows
        for cell in row["cells"]
        if cell["column"].name == "budget_utilization"
    }
    assert cells[project.pk] == '<span class="warn">88\u00a0%</span>'


def test_the_list_conceals_the_burn_from_plain_members(worker: Employee, client_of: Any) -> None:
    make_project(project_manager=worker, budget=Decimal(100))
    table = client_of(worker).get(LIST).context["table"]
    assert "budget_utilization" not in {head["key"] for head in table["columns"]}
    assert "budget_utilization" not in {cell["column"].name for cell in table["rows"][0]["cells"]}


def test_the_figures_link_to_their_rows(clerk: Employee, client_of: Any) -> None:
    make_project(project_manager=clerk)
    make_project_member(project=make_project(deadline=TODAY - DAY), employee=clerk)
    make_project(status="planning")
    client = client_of(clerk)
    figures = client.get(LIST).context["figures"]
    assert [figure["value"] for figure in figures] == ["2", "1", "2"]
    for figure in figures:
        found = client.get(f"{LIST}{figure['url']}").context["page_obj"].total
        assert str(found) == figure["value"]


def test_members_choose_among_no_customers(
    worker: Employee, clerk: Employee, client_of: Any
) -> None:
    make_customer(name="Secret & Sons")
    for person, hidden in ((worker, True), (clerk, False)):
        response = client_of(person).get(LIST)
        field = response.context["filterset"].form["customer_id"]
        assert field.is_hidden is hidden
        assert ("Secret" in response.content.decode()) is not hidden


def test_lists_of_many_ask_as_often_as_lists_of_few(
    admin: Employee, worker: Employee, client_of: Any
) -> None:
    for person in (admin, worker):
        client, mine = client_of(person), make_project(project_manager=worker)
        urls = [LIST, MEMBERS, f"{MEMBERS}?project_id={mine.pk}"]
        urls += [ADMIN, f"{ADMIN}{mine.pk}/change/", "/admin/projects/projectmember/"]
        for url in urls if person is admin else urls[:3]:
            client.get(url)
            counts = []
            for _round in range(2):
                for _number in range(4):
                    make_project_member(project=mine)
                    project = make_project(
                        project_manager=worker, department=make_department(), budget=Decimal(9)
                    )
                    make_time_entry(project=project)
                with CaptureQueriesContext(connection) as captured:
                    assert client.get(url).status_code == 200
                counts.append(len(captured))
            assert counts[0] == counts[1], url


# Detail
def test_the_page_shows_all_figures_with_their_lists(admin: Employee, client_of: Any) -> None:
    project = make_busy_project()
    response = client_of(admin).get(f"{LIST}{project.pk}/")
    assert response.status_code == 200
    figures = response.context["figures"]
    assert [figure["value"] for figure in figures][:3] == ["9:50", "7:50", "88\u00a0%"]
    urls = [figure["url"] for figure in figures]
    assert urls[:2] == [
        f"/time-entries/?project_id={project.pk}",
        f"/time-entries/?project_id={project.pk}&billable=true",
    ]
    assert urls[3] == f"/invoices/?project_id={project.pk}"
    for url in urls:
        assert client_of(admin).get(url).status_code == 200
    assert response.context["budget"]["width"] == 88
    assert b'width="88"' in response.content
    assert response.context["timeline"]


def test_the_page_asks_as_often_for_many_entries_as_for_few(
    clerk: Employee, client_of: Any
) -> None:
    project, client, counts = make_project(budget=Decimal(1)), client_of(clerk), []
    client.get(f"{LIST}{project.pk}/")
    for _round in range(2):
        for _number in range(5):
            make_time_entry(project=project)
            make_project_member(project=project)
        with CaptureQueriesContext(connection) as captured:
            client.get(f"{LIST}{project.pk}/")
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 20


def test_the_page_of_a_plain_member_has_no_money(
    worker: Employee, admin: Employee, client_of: Any
) -> None:
    project = make_project(
        project_manager=worker,
        budget=Decimal("48123.45"),
        hourly_rate=Decimal("93.21"),
        notes="Careful with these",
        description="What it is",
    )
    make_time_entry(project=project, employee=worker)
    url = f"{LIST}{project.pk}/"
    mine, full = client_of(worker).get(url), client_of(admin).get(url)
    for secret in ("48.123,45", "93,21", "Careful"):
        assert secret in full.content.decode()
        assert secret not in mine.content.decode()
    assert mine.context["budget"] is None
    assert "What it is" in mine.content.decode()
    # Budget, rate, worth, expenses twice, gross, net, labour, notes; the figures budget, margin.
    assert len(facts(full) - facts(mine)) == 11
    assert not facts(mine) - facts(full)


def test_the_customer_is_a_link_only_for_those_who_may_open_it(
    worker: Employee, clerk: Employee, client_of: Any
) -> None:
    project = make_project(project_manager=worker)
    link = f'href="{project.customer.get_absolute_url()}"'
    for person, linked in ((worker, False), (clerk, True)):
        page = client_of(person).get(f"{LIST}{project.pk}/").content.decode()
        assert project.customer.name in page
        assert (link in page) is linked


def test_a_foreign_project_is_not_there(worker: Employee, client_of: Any) -> None:
    project = make_project_member().project
    member = project.members.get()
    client = client_of(worker)
    assert client.get(f"{LIST}{project.pk}/").status_code == 404
    assert client.get(f"{MEMBERS}{member.pk}/").status_code == 404
    assert not client.get(f"/search/?q={project.title}").context["groups"]
    assert not client.get(f"{MEMBERS}?project_id={project.pk}").context["table"]["rows"]
    assert not my_projects_of(worker)["rows"]


def test_pages_ask_for_their_permission(worker: Employee, client_of: Any) -> None:
    project = make_project(project_manager=worker)
    member = make_project_member(project=project)
    client = client_of(worker)
    for url in ("new/", f"{project.pk}/edit/", f"{project.pk}/delete/", f"{project.pk}/complete/"):
        assert client.get(f"{LIST}{url}").status_code == 403, url
    for url in ("new/", f"{member.pk}/edit/", f"{member.pk}/delete/"):
        assert client.get(f"{MEMBERS}{url}").status_code == 403, url
    context = client.get(f"{LIST}{project.pk}/").context
    assert (context["verbs"], context["edit_url"], context["delete_url"]) == ([], None, None)


def test_every_page_renders_whole_and_in_parts(clerk: Employee, client_of: Any) -> None:
    member = make_project_member()
    client = client_of(clerk)
    for base, row in ((LIST, member.project), (MEMBERS, member)):
        for page in ("", "new/", f"{row.pk}/", f"{row.pk}/edit/", f"{row.pk}/delete/"):
            response = client.get(f"{base}{page}")
            assert response.status_code == 200, page
            assert b"<html" in response.content
        table = client.get(base, headers=HTMX)
        assert b"<html" not in table.content
        assert b'id="table"' in table.content


# Forms
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


# Members
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


# Elsewhere
def my_projects_of(person: Employee) -> dict[str, Any]:
    """What the widget shows to a person."""
    request = RequestFactory().get("/")
    request.user = person
    return my_projects(request)


def test_the_widget_shows_my_unfinished_projects_the_most_urgent_first(
    admin: Employee, client_of: Any
) -> None:
    make_project(project_manager=admin, title="None")
    make_project(project_manager=admin, title="Soon", deadline=TODAY + DAY)
    make_project(project_manager=admin, title="Late", end_date=TODAY - DAY)
    make_project(project_manager=admin, title="Done", deadline=TODAY, status="completed")
    make_project(title="Foreign", deadline=TODAY)
    rows = my_projects_of(admin)["rows"]
    assert [(row["title"], row["tone"]) for row in rows] == [
        ("Late", "danger"),
        ("Soon", "warn"),
        ("None", ""),
    ]
    assert "Late" in client_of(admin).get("/").content.decode()


def test_a_customers_page_lists_its_projects(clerk: Employee, client_of: Any) -> None:
    project = make_project()
    make_project(title="Foreign")
    panel = client_of(clerk).get(f"{LIST}?customer_id={project.customer_id}", headers=PANEL)
    assert [row["object"] for row in panel.context["table"]["rows"]] == [project]
    new = f"/projects/new/?customer_id={project.customer_id}"
    assert [link["url"] for link in panel.context["panel_links"]] == [new]


# Django admin
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
