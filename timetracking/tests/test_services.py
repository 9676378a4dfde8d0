"""Recording time, the timer, approval, and what invoices take."""

import datetime as dt
import threading
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from unittest.mock import patch

import pytest
from auditlog.models import LogEntry
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from employees.models import Employee
from employees.tests.factories import make_employee, make_role
from projects.models import Project
from projects.tests.factories import make_project
from timetracking.models import TimeEntry
from timetracking.services import (
    approve_time_entry,
    billed_hours,
    billed_minutes,
    change_time_entry,
    create_time_entry,
    delete_time_entry,
    mark_invoiced,
    reject_time_entry,
    release_invoiced,
    reopen_time_entry,
    start_timer,
    stop_timer,
    submit_time_entry,
)
from timetracking.tests.factories import at, make_approved_time_entry, make_time_entry
from workmate.errors import Conflict, Forbidden

NINE, TEN, ELEVEN, NOON = (at(f"2025-03-10 {hour}:00") for hour in ("09", "10", "11", "12"))


def code_of(refused: Any) -> str:
    """The code of a refusal."""
    return str(refused.value.code)


# Recording
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


# Timer
def test_a_timer_runs_from_now_until_it_is_stopped(worker: Employee) -> None:
    entry = start_timer(by=worker, note="Calls")
    assert entry.is_running
    assert entry.duration_minutes is None
    later = entry.start_time + dt.timedelta(minutes=7, seconds=30)
    with patch("django.utils.timezone.now", return_value=later):
        stopped = stop_timer(entry, by=worker)
    assert (stopped.end_time, stopped.duration_minutes) == (later, 8)


def test_it_refuses_a_second_timer(worker: Employee) -> None:
    start_timer(by=worker)
    for start in (
        lambda: start_timer(by=worker),
        lambda: create_time_entry(by=worker, start_time=timezone.now()),
        lambda: change_time_entry(
            make_time_entry(employee=worker), by=worker, end_time=None, duration_minutes=None
        ),
    ):
        with pytest.raises(Conflict) as refused:
            start()
        assert code_of(refused) == "timer_running"
    assert TimeEntry.objects.of(worker).running().count() == 1


def test_starting_can_stop_the_first_timer(worker: Employee) -> None:
    first = start_timer(by=worker)
    second = start_timer(by=worker, stop_running=True)
    first.refresh_from_db()
    assert not first.is_running
    assert TimeEntry.objects.of(worker).running().get() == second
    assert not second.overlaps


def test_a_refused_start_leaves_the_first_timer_running(worker: Employee) -> None:
    first = start_timer(by=worker)
    with pytest.raises(ValidationError):
        start_timer(by=worker, project=make_project(), stop_running=True)
    assert TimeEntry.objects.of(worker).running().get() == first


def test_a_timer_is_stopped_once(worker: Employee) -> None:
    entry = stop_timer(start_timer(by=worker), by=worker)
    with pytest.raises(Conflict) as refused:
        stop_timer(entry, by=worker)
    assert code_of(refused) == "not_running"


def test_no_end_is_invented_for_a_forgotten_timer(worker: Employee) -> None:
    start = timezone.now() - dt.timedelta(hours=25)
    entry = make_time_entry(employee=worker, project=None, start_time=start, end_time=None)
    with pytest.raises(Conflict) as refused:
        stop_timer(entry, by=worker)
    assert code_of(refused) == "timer_too_long"
    change_time_entry(entry, by=worker, end_time=start + dt.timedelta(hours=8))


def test_the_timer_is_told_to_all_pages_of_the_person(worker: Employee) -> None:
    with patch("timetracking.services.rules.push") as pushed:
        stop_timer(start_timer(by=worker), by=worker)
    told = [(call.args[:2], call.kwargs["running"]) for call in pushed.call_args_list]
    assert told == [((worker.pk, "timer"), True), ((worker.pk, "timer"), False)]


# Approval
@pytest.fixture
def lead(db: None) -> Employee:
    """Approves the time of those who report to them."""
    role = make_role(
        "Lead",
        ["backoffice.timetracking.timeentry.view", "backoffice.timetracking.timeentry.approve"],
    )
    return make_employee(role=role)


def test_approving_locks_and_says_who_and_when(lead: Employee) -> None:
    entry = make_time_entry(employee=make_employee(reports_to=lead))
    submit_time_entry(entry, by=None)
    approved = approve_time_entry(entry, by=lead)
    approved.refresh_from_db()
    assert (approved.status, approved.approved_by, approved.is_approved) == ("approved", lead, True)
    assert approved.approved_at is not None
    assert approved.is_frozen


def test_nobody_approves_their_own_time(lead: Employee) -> None:
    lead.reports_to = make_employee()
    lead.save()
    entry = submit_time_entry(make_time_entry(employee=lead), by=None)
    for decide in (
        lambda: approve_time_entry(entry, by=lead),
        lambda: reject_time_entry(entry, by=lead, reason="x"),
    ):
        with pytest.raises(Forbidden):
            decide()


def test_who_has_no_supervisor_approves_their_own_time(lead: Employee) -> None:
    entry = submit_time_entry(make_time_entry(employee=lead), by=None)
    assert approve_time_entry(entry, by=lead).is_approved


def test_a_rejection_gives_its_reason_until_the_entry_is_submitted_again(lead: Employee) -> None:
    entry = submit_time_entry(make_time_entry(), by=None)
    with pytest.raises(ValidationError):
        reject_time_entry(entry, by=lead, reason="  ")
    rejected = reject_time_entry(entry, by=lead, reason="Which ticket?")
    assert (rejected.status, rejected.rejection_reason) == ("rejected", "Which ticket?")
    assert submit_time_entry(rejected, by=None).rejection_reason == ""


@pytest.mark.parametrize("decide", [approve_time_entry, reject_time_entry])
def test_only_submitted_time_is_decided_on(decide: Callable[..., Any], lead: Employee) -> None:
    data = {"reason": "x"} if decide is reject_time_entry else {}
    for entry in (make_time_entry(), make_approved_time_entry()):
        with pytest.raises(Conflict) as refused:
            decide(entry, by=lead, **data)
        assert code_of(refused) == "not_submitted"


def test_a_running_timer_is_not_submitted(worker: Employee) -> None:
    with pytest.raises(Conflict):
        submit_time_entry(start_timer(by=worker), by=worker)


def test_reopening_makes_a_draft_that_nobody_approved(lead: Employee) -> None:
    entry = reopen_time_entry(make_approved_time_entry(by=lead), by=lead)
    entry.refresh_from_db()
    assert (entry.status, entry.approved_by, entry.approved_at, entry.is_approved) == (
        "draft",
        None,
        None,
        False,
    )
    with pytest.raises(Conflict):
        reopen_time_entry(entry, by=lead)


def test_the_history_keeps_who_approved(lead: Employee) -> None:
    entry = submit_time_entry(make_time_entry(), by=None)
    approve_time_entry(entry, by=lead)
    last = LogEntry.objects.get_for_object(entry).first()
    assert last.actor == lead
    assert last.changes["status"] == ["submitted", "approved"]


# For invoices
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
    assert billed_hours(entries[0]) == Decimal("0.83")
    assert billed_hours(*entries) == Decimal("2.50")
    settings.BILLING_ROUNDING_MINUTES = 15
    assert billed_minutes(entries[0]) == 60
    assert billed_hours(*entries) == Decimal("3.00")
    assert entries[0].duration_minutes == 50


# At the same moment
def at_once(acts: list[Callable[[], Any]]) -> list[Any]:
    """What each act came to, all begun at the same moment on connections of their own."""
    gate = threading.Barrier(len(acts))
    results: list[Any] = [None] * len(acts)

    def work(number: int) -> None:
        try:
            gate.wait(10)
            results[number] = acts[number]()
        except Exception as error:
            results[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


@pytest.mark.django_db(transaction=True)
def test_of_many_timer_starts_at_once_exactly_one_runs() -> None:
    person = make_employee()
    results = at_once([lambda: start_timer(by=Employee.objects.get(pk=person.pk))] * 8)
    started = [result for result in results if isinstance(result, TimeEntry)]
    refused = [result.code for result in results if isinstance(result, Conflict)]
    assert len(started) == 1
    assert refused == ["timer_running"] * 7
    assert TimeEntry.objects.running().get() == started[0]


@pytest.mark.django_db(transaction=True)
def test_of_many_starts_that_stop_the_other_one_runs_and_none_overlaps() -> None:
    person = make_employee()
    results = at_once(
        [lambda: start_timer(by=Employee.objects.get(pk=person.pk), stop_running=True)] * 6
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
    results = at_once([lambda: mark_invoiced(chosen, by=None)] * 4)
    assert sorted(type(result).__name__ for result in results) == ["Conflict"] * 3 + ["list"]


@pytest.mark.django_db(transaction=True)
def test_approving_and_changing_at_once_never_approves_what_nobody_saw() -> None:
    entry = submit_time_entry(make_time_entry(), by=None)
    changed, approved = at_once(
        [
            lambda: change_time_entry(entry, by=entry.employee, note="Other"),
            lambda: approve_time_entry(entry, by=None),
        ]
    )
    # Whoever comes second is refused: the changed one is a draft, the approved one is locked.
    assert sum(isinstance(result, Conflict) for result in (changed, approved)) == 1


@pytest.mark.django_db(transaction=True)
def test_of_overlapping_entries_at_once_one_is_refused(settings: Any) -> None:
    settings.TIME_OVERLAP = "refuse"
    person, project = make_employee(), make_project()
    results = at_once([lambda: make_time_entry(employee=person, project=project)] * 4)
    assert sum(isinstance(result, TimeEntry) for result in results) == 1, results
