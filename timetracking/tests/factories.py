"""Time entries for tests."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from employees.models import Employee
from employees.tests.factories import make_employee
from projects.tests.factories import make_project
from timetracking.models import TimeEntry
from timetracking.services import approve_time_entry, submit_time_entry
from workmate import services

BERLIN = ZoneInfo("Europe/Berlin")


def at(text: str) -> dt.datetime:
    """A moment by the clock in Berlin: `2025-03-10 09:00`."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=BERLIN)


def make_time_entry(**fields: Any) -> TimeEntry:
    """Two billable hours on a project; `project=None` is internal time, `end_time=None` a timer."""
    values = {"start_time": at("2025-03-10 09:00"), "note": "Worked", **fields}
    if "end_time" not in values and "duration_minutes" not in values:
        values["duration_minutes"] = 120
    if "employee" not in values:
        values["employee"] = make_employee()
    if "project" not in values:
        values["project"] = make_project()
    return services.create(TimeEntry, by=None, **values)


def make_approved_time_entry(by: Employee | None = None, **fields: Any) -> TimeEntry:
    """A time entry that was submitted and approved."""
    return approve_time_entry(submit_time_entry(make_time_entry(**fields), by=None), by=by)
