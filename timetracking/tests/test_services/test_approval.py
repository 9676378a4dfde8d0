"""Approval."""

from collections.abc import Callable
from typing import Any

import pytest
from auditlog.models import LogEntry
from django.core.exceptions import ValidationError

from employees.models import Employee
from employees.tests.factories import make_employee, make_role
from timetracking.services import (
    approve_time_entry,
    reject_time_entry,
    reopen_time_entry,
    start_timer,
    submit_time_entry,
)
from timetracking.tests.factories import make_approved_time_entry, make_time_entry
from timetracking.tests.test_services import code_of
from workmate.errors import Conflict, Forbidden


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
