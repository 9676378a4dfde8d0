"""Who may write whose time, and what no entry may be."""

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from employees.models import Employee
from projects.models import Project
from timetracking.models import TimeEntry, minutes_between, refuse_unlikely
from workmate.consumers import push
from workmate.errors import Conflict, Forbidden
from workmate.services import Actor

CLOSED = (Project.Status.COMPLETED, Project.Status.CANCELLED)


def may_write(person_id: UUID | None, by: Actor | None) -> bool:
    """Whether `by` may write that person's time: one's own, or everybody's."""
    return (
        by is None
        or by.pk == person_id
        or (
            by.has_perm("timetracking.view_all_timeentry")
            and by.has_perm("timetracking.change_timeentry")
        )
    )


def refuse_foreign(person_id: UUID, by: Actor | None) -> None:
    if not may_write(person_id, by):
        raise Forbidden(_("You may write your own time only."), code="foreign_time")


def refuse_own(entry: TimeEntry, by: Actor | None) -> None:
    """Four eyes. Who has no supervisor would otherwise never be paid."""
    if by is not None and by.pk == entry.employee_id and entry.employee.reports_to_id is not None:
        raise Forbidden(_("Nobody approves their own time."), code="own_time")


def refuse_unsubmitted(entry: TimeEntry) -> None:
    if entry.status != TimeEntry.Status.SUBMITTED:
        message = _("Only submitted entries can be approved or rejected.")
        raise Conflict(message, code="not_submitted")


def refuse_frozen(entry: TimeEntry) -> None:
    if entry.is_invoiced:
        raise Conflict(_("This entry stands on an invoice."), code="invoiced")
    if entry.is_frozen:
        message = _("This entry has been approved: have it reopened first.")
        raise Conflict(message, code="approved")


def refuse_second_timer(entry: TimeEntry) -> None:
    others = TimeEntry.objects.filter(employee=entry.employee_id).running().exclude(pk=entry.pk)
    if others.exists():
        raise Conflict(_("A timer is running already."), code="timer_running")


def refuse_project(entry: TimeEntry, by: Actor | None) -> None:
    """A project is booked by those who see it, while it is open."""
    project = entry.project
    if project is None:
        return
    if project.status in CLOSED:
        raise ValidationError({"project": _("This project is closed: no time can be booked.")})
    # The acting person has their role at hand; an import (by nobody) books as it was told.
    person = by if by is not None and by.pk == entry.employee_id else entry.employee
    if by is not None and not Project.objects.visible_to(person).filter(pk=project.pk).exists():
        raise ValidationError({"project": _("The person does not take part in this project.")})


def refuse_overlap(entry: TimeEntry) -> None:
    """Under the lock on the person, where overlaps are not only warned of."""
    if settings.TIME_OVERLAP != "refuse" or entry.start_time is None:
        return
    others = TimeEntry.objects.filter(employee=entry.employee_id).exclude(pk=entry.pk)
    other = others.overlapping(entry.start_time, entry.end_time).select_related("project").first()
    if other is not None:
        message = _("This shares time with another entry: %(other)s.")
        error = ValidationError(message, code="overlap", params={"other": other})
        raise ValidationError({"start_time": error})


def settle_end(
    entry: TimeEntry, given: Mapping[str, Any], before: Mapping[str, Any] | None = None
) -> None:
    """Let the end follow from a duration that was given.

    Where both are given and disagree, the one that was changed counts; two changed ones that
    disagree are refused.
    """
    minutes, end = given.get("duration_minutes"), given.get("end_time")
    if minutes is None or entry.start_time is None:
        return
    refuse_unlikely(entry.start_time)
    before = before or {"end": None, "minutes": None}
    if end is not None:
        passed = minutes_between(entry.start_time, end)
        if minutes in {passed, before["minutes"]}:
            return
        if end != before["end"]:
            message = _("From start to end it is %(minutes)s minutes.") % {"minutes": passed}
            raise ValidationError({"duration_minutes": message})
    entry.end_time = entry.start_time.astimezone(dt.UTC) + dt.timedelta(minutes=minutes)


def lock_people(*ids: UUID | None) -> None:
    """Let one write of a person's time follow the other: timers and overlaps are theirs alone."""
    people = Employee.objects.filter(pk__in={pk for pk in ids if pk is not None})
    # Not the key: rows that only refer to the person need not wait.
    list(people.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))


def tell(entry: TimeEntry) -> None:
    """All open pages of the person show the same timer."""
    push(
        entry.employee_id,
        "timer",
        running=entry.is_running,
        id=entry.pk,
        start_time=entry.start_time,
        subject=entry.subject,
    )
