"""Submitting, approving, rejecting, reopening: four eyes, and a lock behind them."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from employees.models import Employee
from timetracking.models import TimeEntry
from timetracking.services.rules import refuse_foreign, refuse_own, refuse_unsubmitted
from workmate import services
from workmate.errors import Conflict
from workmate.events import emit
from workmate.services import Actor
from workmate.verbs import verb

Status = TimeEntry.Status


@verb(
    TimeEntry,
    "submit",
    permission="submit_timeentry",
    label=_("Submit"),
    icon="send",
    when=lambda entry: entry.status in {"draft", "rejected"} and not entry.is_running,
    primary=True,
    done=_("%(name)s was submitted."),
    done_many=_("%(name)s were submitted."),
)
def submit_time_entry(entry: TimeEntry, *, by: Actor | None) -> TimeEntry:
    """Hand an entry in for approval. Refuses running timers and what was handed in already."""
    with services.acting(by):
        entry = services.lock(entry)
        refuse_foreign(entry.employee_id, by)
        if entry.is_running:
            raise Conflict(_("The timer still runs: stop it first."), code="timer_running")
        if entry.status not in {Status.DRAFT, Status.REJECTED}:
            raise Conflict(_("This entry has been submitted already."), code="not_draft")
        return _move(entry, Status.SUBMITTED, by=by)


@verb(
    TimeEntry,
    "approve",
    permission="approve_timeentry",
    label=_("Approve"),
    icon="check",
    when=lambda entry: entry.status == "submitted",
    primary=True,
    tone="ok",
    done=_("%(name)s was approved."),
    done_many=_("%(name)s were approved."),
)
def approve_time_entry(entry: TimeEntry, *, by: Actor | None) -> TimeEntry:
    """Approve a submitted entry, which locks it.

    Refuses one's own, unless one has no supervisor who could.
    """
    with services.acting(by):
        entry = services.lock(entry)
        refuse_own(entry, by)
        refuse_unsubmitted(entry)
        entry.approved_by = by if isinstance(by, Employee) else None
        entry.approved_at = timezone.now()
        return _move(entry, Status.APPROVED, by=by)


@verb(
    TimeEntry,
    "reject",
    permission="approve_timeentry",
    label=_("Reject"),
    icon="x",
    when=lambda entry: entry.status == "submitted",
    tone="danger",
    takes={"reason": models.CharField(_("reason"), max_length=500)},
    done=_("%(name)s was rejected."),
)
def reject_time_entry(entry: TimeEntry, *, by: Actor | None, reason: str) -> TimeEntry:
    """Hand a submitted entry back with a reason. Refuses one's own, and an empty reason."""
    if not reason.strip():
        raise ValidationError({"reason": _("Say what is to be corrected.")})
    with services.acting(by):
        entry = services.lock(entry)
        refuse_own(entry, by)
        refuse_unsubmitted(entry)
        entry.rejection_reason = reason.strip()
        return _move(entry, Status.REJECTED, by=by, reason=entry.rejection_reason)


@verb(
    TimeEntry,
    "reopen",
    permission="approve_timeentry",
    label=_("Reopen"),
    icon="rotate-ccw",
    when=lambda entry: entry.status != "draft" and not entry.is_invoiced,
    done=_("%(name)s is open again."),
    done_many=_("%(name)s are open again."),
)
def reopen_time_entry(entry: TimeEntry, *, by: Actor | None) -> TimeEntry:
    """Make an entry a draft again, so that it can be corrected. Refuses invoiced ones."""
    with services.acting(by):
        entry = services.lock(entry)
        if entry.is_invoiced:
            raise Conflict(_("This entry stands on an invoice."), code="invoiced")
        if entry.status == Status.DRAFT:
            raise Conflict(_("This entry is a draft already."), code="is_draft")
        return _move(entry, Status.DRAFT, by=by)


PAST_PARTICIPLES = {
    Status.DRAFT: "reopened",
    Status.SUBMITTED: "submitted",
    Status.APPROVED: "approved",
    Status.REJECTED: "rejected",
}


def _move(entry: TimeEntry, status: Status, *, by: Actor | None, **told: Any) -> TimeEntry:
    entry.status = status
    if status != Status.APPROVED:
        entry.approved_by = entry.approved_at = None
    if status != Status.REJECTED:
        entry.rejection_reason = ""
    services.save(entry, by=by)
    emit(PAST_PARTICIPLES[status], entry, by=by, about=services.subjects_of(entry), **told)
    return entry
