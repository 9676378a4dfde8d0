"""The timer."""

import datetime as dt
from unittest.mock import patch

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from employees.models import Employee
from projects.tests.factories import make_project
from timetracking.models import TimeEntry
from timetracking.services import (
    change_time_entry,
    create_time_entry,
    start_timer,
    stop_timer,
)
from timetracking.tests.factories import make_time_entry
from timetracking.tests.test_services import code_of
from workmate.errors import Conflict


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
