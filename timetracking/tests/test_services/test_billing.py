"""Hours for invoices."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from auditlog.models import LogEntry

from employees.models import Employee
from projects.tests.factories import make_project
from timetracking.models import TimeEntry
from timetracking.services import (
    billed_hours,
    billed_minutes,
    mark_invoiced,
    release_invoiced,
    reopen_time_entry,
)
from timetracking.tests.factories import at, make_approved_time_entry, make_time_entry
from timetracking.tests.test_services import code_of
from workmate.errors import Conflict


def test_what_can_be_billed_of_a_project(clerk: Employee) -> None:
    project = make_project()
    late = make_approved_time_entry(project=project, start_time=at("2025-04-01 09:00"))
    early = make_approved_time_entry(project=project)
    make_approved_time_entry(project=project, billable=False)
    make_approved_time_entry()
    make_time_entry(project=project)
    assert list(TimeEntry.objects.for_billing(project)) == [early, late]
    assert list(TimeEntry.objects.for_billing(project, until=dt.date(2025, 3, 31))) == [early]
    mark_invoiced(TimeEntry.objects.for_billing(project), by=clerk)
    assert not TimeEntry.objects.for_billing(project).exists()
    assert LogEntry.objects.get_for_object(early).first().actor == clerk


def test_an_hour_is_billed_once() -> None:
    entry = make_approved_time_entry()
    mark_invoiced([entry], by=None)
    with pytest.raises(Conflict) as refused:
        mark_invoiced([entry], by=None)
    assert code_of(refused) == "not_billable"
    with pytest.raises(Conflict):
        reopen_time_entry(entry, by=None)
    release_invoiced([entry], by=None)
    assert mark_invoiced([entry], by=None)[0].is_invoiced


@pytest.mark.parametrize("fields", [{"billable": False}, {"project": None}])
def test_only_billable_time_is_billed(fields: dict[str, Any]) -> None:
    with pytest.raises(Conflict):
        mark_invoiced([make_approved_time_entry(**fields)], by=None)
    with pytest.raises(Conflict):
        mark_invoiced([make_time_entry()], by=None)


def test_of_several_entries_all_are_marked_or_none() -> None:
    good, bad = make_approved_time_entry(), make_time_entry()
    with pytest.raises(Conflict):
        mark_invoiced([good, bad], by=None)
    assert not TimeEntry.objects.invoiced().exists()


def test_rounding_is_for_billing_only(settings: Any) -> None:
    entries = [make_time_entry(duration_minutes=minutes) for minutes in (50, 50, 50)]
    assert billed_hours(entries[0]) == Decimal("0.8333")
    assert billed_hours(*entries) == Decimal("2.5")
    settings.BILLING_ROUNDING_MINUTES = 15
    assert billed_minutes(entries[0]) == 60
    assert billed_hours(*entries) == Decimal(3)
    assert entries[0].duration_minutes == 50
