"""Projects on the dashboard and on the customer's page."""

from typing import Any

from django.utils.timezone import localdate

from employees.models import Employee
from projects.tests.factories import make_project
from projects.tests.test_views import DAY, LIST, PANEL, my_projects_of


def test_the_widget_shows_my_unfinished_projects_the_most_urgent_first(
    admin: Employee, client_of: Any
) -> None:
    make_project(project_manager=admin, title="None")
    make_project(project_manager=admin, title="Soon", deadline=localdate() + DAY)
    make_project(project_manager=admin, title="Late", end_date=localdate() - DAY)
    make_project(project_manager=admin, title="Done", deadline=localdate(), status="completed")
    make_project(title="Foreign", deadline=localdate())
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
