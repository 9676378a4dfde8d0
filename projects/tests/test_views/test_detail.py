"""The page of one project."""

from decimal import Decimal
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from employees.models import Employee
from projects.tests.factories import make_project, make_project_member
from projects.tests.test_models import make_busy_project
from projects.tests.test_views import HTMX, LIST, MEMBERS, facts, my_projects_of
from timetracking.tests.factories import make_time_entry


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
    assert response.context["burn"].points[-1].texts[1].startswith("883,28")
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
    # Budget, rate, worth, expenses twice, gross, net, labour, margin, notes; the figures budget
    # and margin.
    assert len(facts(full) - facts(mine)) == 12
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
