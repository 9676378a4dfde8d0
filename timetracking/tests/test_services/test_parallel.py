"""At the same moment."""

from typing import Any

import pytest

from employees.models import Employee
from employees.tests.factories import make_employee
from projects.tests.factories import make_project
from timetracking.models import TimeEntry
from timetracking.services import (
    approve_time_entry,
    change_time_entry,
    mark_invoiced,
    start_timer,
    submit_time_entry,
)
from timetracking.tests.factories import at, make_approved_time_entry, make_time_entry
from workmate.errors import Conflict
from workmate.tests.threads import at_once


@pytest.mark.django_db(transaction=True)
def test_of_many_timer_starts_at_once_exactly_one_runs() -> None:
    person = make_employee()
    results = at_once(*[lambda: start_timer(by=Employee.objects.get(pk=person.pk))] * 8)
    started = [result for result in results if isinstance(result, TimeEntry)]
    refused = [result.code for result in results if isinstance(result, Conflict)]
    assert len(started) == 1
    assert refused == ["timer_running"] * 7
    assert TimeEntry.objects.running().get() == started[0]


@pytest.mark.django_db(transaction=True)
def test_of_many_starts_that_stop_the_other_one_runs_and_none_overlaps() -> None:
    person = make_employee()
    results = at_once(
        *[lambda: start_timer(by=Employee.objects.get(pk=person.pk), stop_running=True)] * 6
    )
    assert all(isinstance(result, TimeEntry) for result in results), results
    assert TimeEntry.objects.running().count() == 1
    assert TimeEntry.objects.count() == 6


@pytest.mark.django_db(transaction=True)
def test_of_two_runs_over_the_same_hours_one_bills() -> None:
    project = make_project()
    for hour in range(9, 14):
        make_approved_time_entry(
            project=project, start_time=at(f"2025-03-10 {hour:02d}:00"), duration_minutes=60
        )
    chosen = list(TimeEntry.objects.for_billing(project))
    results = at_once(*[lambda: mark_invoiced(chosen, by=None)] * 4)
    assert sorted(type(result).__name__ for result in results) == ["Conflict"] * 3 + ["list"]


@pytest.mark.django_db(transaction=True)
def test_approving_and_changing_at_once_never_approves_what_nobody_saw() -> None:
    entry = submit_time_entry(make_time_entry(), by=None)
    changed, approved = at_once(
        lambda: change_time_entry(entry, by=entry.employee, note="Other"),
        lambda: approve_time_entry(entry, by=None),
    )
    # Whoever comes second is refused: the changed one is a draft, the approved one is locked.
    assert sum(isinstance(result, Conflict) for result in (changed, approved)) == 1


@pytest.mark.django_db(transaction=True)
def test_of_overlapping_entries_at_once_one_is_refused(settings: Any) -> None:
    settings.TIME_OVERLAP = "refuse"
    person, project = make_employee(), make_project()
    results = at_once(*[lambda: make_time_entry(employee=person, project=project)] * 4)
    assert sum(isinstance(result, TimeEntry) for result in results) == 1, results
