"""Projects and members for tests."""

from itertools import count
from typing import Any

from crm.tests.factories import make_customer
from employees.tests.factories import make_employee
from projects.models import Project, ProjectMember
from workmate import services

_numbers = count(1)


def make_project(**fields: Any) -> Project:
    """An active project of a new customer."""
    values = {"title": f"Project {next(_numbers)}", "status": "active", **fields}
    if "customer" not in values:
        values["customer"] = make_customer()
    return services.create(Project, by=None, **values)


def make_project_member(**fields: Any) -> ProjectMember:
    """A person who takes part in a project."""
    values = dict(fields)
    if "project" not in values:
        values["project"] = make_project()
    if "employee" not in values:
        values["employee"] = make_employee()
    return services.create(ProjectMember, by=None, **values)
