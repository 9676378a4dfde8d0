"""The reminder of a deadline."""

import datetime as dt

from django.utils import timezone

from employees.models import Employee
from projects.tests.factories import make_project
from reminders.models import Reminder
from reminders.services import reconcile
from workmate import services


def test_a_deadline_is_a_reminder_of_the_manager_that_moves_with_it(admin: Employee) -> None:
    day = timezone.localdate() + dt.timedelta(days=20)
    project = make_project(project_manager=admin, deadline=day)
    reconcile()
    reminder = Reminder.objects.get(rule="project_deadline")
    assert (reminder.owner, reminder.due_date) == (admin, day - dt.timedelta(days=3))
    services.change(project, by=admin, deadline=day + dt.timedelta(days=7))
    reconcile()
    reminder.refresh_from_db()
    assert reminder.due_date == day + dt.timedelta(days=4)
    services.change(project, by=admin, status="completed")
    reconcile()
    reminder.refresh_from_db()
    assert reminder.is_done
