"""Projects and members on pages."""

import datetime as dt
from typing import Any

from django.test import RequestFactory

from employees.models import Employee
from projects.module import my_projects

LIST, MEMBERS = "/projects/", "/project-members/"
DAY = dt.timedelta(days=1)
HTMX = {"HX-Request": "true"}
PANEL = {**HTMX, "HX-Target": "panel"}


def facts(response: Any) -> set[str]:
    """The labels of all facts and figures of a detail page."""
    context = response.context
    labels = {str(fact["label"]) for part in context["sections"] for fact in part["facts"]}
    return labels | {str(figure["label"]) for figure in context["figures"]}


def my_projects_of(person: Employee) -> dict[str, Any]:
    """What the widget shows to a person."""
    request = RequestFactory().get("/")
    request.user = person
    return my_projects(request)
