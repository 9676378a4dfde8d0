"""People whom the tests of projects share."""

import pytest

from employees.models import Employee
from employees.tests.factories import make_employee, make_role


@pytest.fixture
def book_keeper() -> Employee:
    """Opens Django admin, sees all projects, and neither their budget nor their cost."""
    rights = ["backoffice.invoices.*", "backoffice.crm.*.view"]
    rights += [f"backoffice.projects.*.{verb}" for verb in ("view", "view_all")]
    return make_employee(role=make_role("Book-keeper", rights))
