"""Reminders, notifications and preferences for tests."""

import datetime as dt
from itertools import count
from typing import Any

from django.utils import timezone

from employees.models import Employee
from employees.tests.factories import make_employee
from reminders.models import Notification, NotificationPreference, Reminder
from reminders.services import create_reminder, notify
from workmate import services
from workmate.registry import NotificationKind, registry


def make_notification(person: Employee | None = None, **fields: Any) -> Notification:
    """A notification without a mail."""
    values: dict[str, Any] = {"kind": "test", "title": "Something happened", "mail": False}
    note = notify(person or make_employee(), **values | fields)
    assert note is not None
    return note


def make_reminder(person: Employee | None = None, **fields: Any) -> Reminder:
    """A reminder for tomorrow."""
    owner = person or make_employee()
    values: dict[str, Any] = {
        "title": "Think of it",
        "due_date": timezone.localdate() + dt.timedelta(days=1),
    }
    state = {
        name: fields.pop(name) for name in ("delegated_by", "rule", "notified") if name in fields
    }
    reminder = create_reminder(by=owner, **values | fields)
    if state:
        Reminder.objects.filter(pk=reminder.pk).update(**state)
        reminder.refresh_from_db()
    return reminder


def make_notification_preference(
    person: Employee | None = None, **fields: Any
) -> NotificationPreference:
    """A wish not to be told; each of another kind."""
    if "kind" not in fields:
        fields["kind"] = _spare_kind()
    values: dict[str, Any] = {"channel": "mail", "enabled": False}
    wish = NotificationPreference(person=person or make_employee(), **values | fields)
    return services.save(wish, by=None)


def _spare_kind() -> str:
    key = f"test_{next(_numbers)}"
    registry.register(NotificationKind(key, key, order=900))
    return key


_numbers = count()
