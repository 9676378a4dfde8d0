"""Recording time."""

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from employees.models import Employee
from employees.tests.factories import make_employee
from projects.models import Project
from projects.tests.factories import make_project
from timetracking.models import TimeEntry
from timetracking.services import (
    change_time_entry,
    create_time_entry,
    delete_time_entry,
    mark_invoiced,
    submit_time_entry,
)
from timetracking.tests.factories import at, make_approved_time_entry, make_time_entry
from timetracking.tests.test_services import ELEVEN, NINE, NOON, TEN, code_of
from workmate.errors import Conflict, Forbidden


def test_one_records_ones_own_time(worker: Employee) -> None:
    entry = create_time_entry(by=worker, start_time=NINE, end_time=TEN)
    assert entry.employee == worker
    assert not entry.billable


def test_nobody_records_other_peoples_time_without_the_right(worker: Employee) -> None:
    report = make_employee(reports_to=worker)
    with pytest.raises(Forbidden):
        create_time_entry(by=worker, employee=report, start_time=NINE, end_time=TEN)


def test_the_back_office_records_other_peoples_time(clerk: Employee, worker: Employee) -> None:
    entry = create_time_entry(by=clerk, employee=worker, start_time=NINE, end_time=TEN)
    assert entry.employee == worker


def test_time_is_booked_on_projects_that_the_person_sees(worker: Employee) -> None:
    mine, foreign = make_project(project_manager=worker), make_project()
    create_time_entry(by=worker, project=mine, start_time=NINE, end_time=TEN)
    with pytest.raises(ValidationError) as refused:
        create_time_entry(by=worker, project=foreign, start_time=NINE, end_time=TEN)
    assert "project" in refused.value.error_dict


def test_the_project_must_be_one_of_the_person_not_of_the_writer(
    clerk: Employee, worker: Employee
) -> None:
    with pytest.raises(ValidationError) as refused:
        create_time_entry(
            by=clerk, employee=worker, project=make_project(), start_time=NINE, end_time=TEN
        )
    assert "project" in refused.value.error_dict


@pytest.mark.parametrize("status", ["completed", "cancelled"])
def test_a_closed_project_takes_no_time(status: str) -> None:
    with pytest.raises(ValidationError) as refused:
        make_time_entry(project=make_project(status=status))
    assert "project" in refused.value.error_dict


def test_an_entry_outlives_the_closing_of_its_project(clerk: Employee) -> None:
    entry = make_time_entry()
    Project.objects.update(status="completed")
    assert change_time_entry(entry, by=clerk, note="Corrected").note == "Corrected"


def test_start_end_and_duration_must_agree() -> None:
    assert make_time_entry(end_time=TEN, duration_minutes=60).duration_minutes == 60
    with pytest.raises(ValidationError) as refused:
        make_time_entry(end_time=TEN, duration_minutes=90)
    assert "duration_minutes" in refused.value.error_dict


@pytest.mark.parametrize(
    ("change", "end", "minutes"),
    [
        ({"end_time": TEN}, TEN, 60),
        ({"duration_minutes": 60}, TEN, 60),
        ({"start_time": TEN}, ELEVEN, 60),
        ({"start_time": TEN, "end_time": ELEVEN, "duration_minutes": 120}, ELEVEN, 60),
        ({"start_time": TEN, "duration_minutes": 120}, NOON, 120),
        ({"end_time": ELEVEN, "duration_minutes": 60}, TEN, 60),
        ({"end_time": TEN, "duration_minutes": 120}, TEN, 60),
        ({"end_time": None, "duration_minutes": 60}, TEN, 60),
        ({"end_time": None}, None, None),
        ({"end_time": None, "duration_minutes": None}, None, None),
    ],
)
def test_of_end_and_duration_the_one_that_was_changed_counts(
    change: dict[str, Any], end: dt.datetime | None, minutes: int | None
) -> None:
    entry = make_time_entry()  # from 9 to 11, 120 minutes
    change_time_entry(entry, by=None, **change)
    entry.refresh_from_db()
    assert (entry.end_time, entry.duration_minutes) == (end, minutes)


def test_a_changed_end_and_a_changed_duration_that_disagree_are_refused() -> None:
    with pytest.raises(ValidationError) as refused:
        change_time_entry(make_time_entry(), by=None, end_time=NOON, duration_minutes=60)
    assert "duration_minutes" in refused.value.error_dict


def test_a_supervisor_sees_but_does_not_write(worker: Employee) -> None:
    entry = make_time_entry(employee=make_employee(reports_to=worker))
    for write in (
        lambda: change_time_entry(entry, by=worker, note="x"),
        lambda: delete_time_entry(entry, by=worker),
        lambda: submit_time_entry(entry, by=worker),
    ):
        with pytest.raises(Forbidden):
            write()


def test_nobody_gives_their_time_to_somebody_else(worker: Employee) -> None:
    entry = make_time_entry(employee=worker, project=None)
    with pytest.raises(Forbidden):
        change_time_entry(entry, by=worker, employee=make_employee())


def test_what_one_changes_after_submitting_is_a_draft_again(
    worker: Employee, clerk: Employee
) -> None:
    entry = submit_time_entry(make_time_entry(employee=worker, project=None), by=worker)
    assert change_time_entry(entry, by=clerk, note="Corrected").status == "submitted"
    assert change_time_entry(entry, by=worker, note="Corrected").status == "submitted"
    assert change_time_entry(entry, by=worker, note="Other").status == "draft"


def test_approved_time_is_neither_changed_nor_deleted() -> None:
    entry = make_approved_time_entry()
    for write in (
        lambda: change_time_entry(entry, by=None, note="x"),
        lambda: delete_time_entry(entry, by=None),
        lambda: submit_time_entry(entry, by=None),
    ):
        with pytest.raises(Conflict):
            write()
    mark_invoiced([entry], by=None)
    with pytest.raises(Conflict) as refused:
        change_time_entry(entry, by=None, note="x")
    assert code_of(refused) == "invoiced"


def test_a_draft_is_deleted() -> None:
    delete_time_entry(make_time_entry(), by=None)
    assert not TimeEntry.objects.exists()


def test_overlaps_are_refused_where_the_company_wants_it(settings: Any) -> None:
    person = make_employee()
    make_time_entry(employee=person)
    make_time_entry(employee=person)
    settings.TIME_OVERLAP = "refuse"
    with pytest.raises(ValidationError) as refused:
        make_time_entry(employee=person, start_time=TEN)
    assert refused.value.error_dict["start_time"][0].code == "overlap"
    make_time_entry(employee=person, start_time=ELEVEN)
    later = make_time_entry(employee=person, start_time=at("2025-03-10 14:00"))
    with pytest.raises(ValidationError):
        change_time_entry(later, by=None, start_time=NOON, duration_minutes=60)
