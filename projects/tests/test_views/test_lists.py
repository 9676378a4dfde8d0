"""Lists of projects on pages."""

from decimal import Decimal
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localdate

from crm.tests.factories import make_customer
from employees.models import Employee
from employees.tests.factories import make_department
from projects.tests.factories import make_project, make_project_member
from projects.tests.test_admin import ADMIN
from projects.tests.test_models import make_busy_project
from projects.tests.test_views import DAY, LIST, MEMBERS
from timetracking.tests.factories import make_time_entry


def test_the_list_shows_ones_own_projects(worker: Employee, client_of: Any) -> None:
    make_project(project_manager=worker, title="Managed")
    make_project_member(employee=worker, project=make_project(title="Joined"))
    make_project(title="Foreign")
    page = client_of(worker).get(LIST).content.decode()
    assert "Managed" in page
    assert "Joined" in page
    assert "Foreign" not in page


def test_the_list_tells_how_urgent_it_is(clerk: Employee, client_of: Any) -> None:
    make_project(deadline=localdate() + 12 * DAY, title="Calm")
    make_project(deadline=localdate() + 2 * DAY, title="Soon")
    make_project(end_date=localdate() - DAY, title="Late")
    make_project(deadline=localdate() - DAY, title="Done", status="completed")
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
    make_project_member(project=make_project(deadline=localdate() - DAY), employee=clerk)
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
        response = client_of(person).get(LIST, {"sheet": "open"})
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
