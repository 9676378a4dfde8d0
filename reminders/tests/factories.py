"""Notifications for tests."""

from typing import Any

from employees.models import Employee
from employees.tests.factories import make_employee
from reminders.models import Notification
from reminders.services import notify


def make_notification(person: Employee | None = None, **fields: Any) -> Notification:
    """A notification without a mail."""
    values: dict[str, Any] = {"kind": "test", "title": "Something happened", "mail": False}
    note = notify(person or make_employee(), **values | fields)
    assert note is not None
    return note
