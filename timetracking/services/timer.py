"""The timer: one a person."""

import datetime as dt

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from projects.models import Project
from timetracking.models import TimeEntry
from timetracking.querysets import LONGEST
from timetracking.services.entries import create_time_entry
from timetracking.services.rules import lock_people, refuse_foreign, refuse_overlap, tell
from workmate import services
from workmate.errors import Conflict
from workmate.events import emit
from workmate.services import Actor
from workmate.verbs import verb


@verb(
    TimeEntry,
    "start",
    permission="start_timeentry",
    label=_("Start timer"),
    icon="play",
    on="list",
    creates=True,
    summary="Start the timer",
    takes={
        "project": models.ForeignKey(
            Project,
            verbose_name=_("project"),
            on_delete=models.PROTECT,
            null=True,
            blank=True,
            help_text=_("Empty for internal time."),
        ),
        "task_type": models.CharField(
            _("kind of work"), max_length=20, choices=TimeEntry.TaskType, blank=True
        ),
        "note": models.TextField(_("note"), blank=True),
        "billable": models.BooleanField(
            _("billable"), default=True, help_text=_("Internal time is never billable.")
        ),
        "stop_running": models.BooleanField(
            _("stop the running timer"),
            default=False,
            help_text=_("Otherwise a second timer is refused."),
        ),
    },
)
def start_timer(
    *,
    by: Actor,
    project: Project | None = None,
    task_type: str = "",
    note: str = "",
    billable: bool = True,
    stop_running: bool = False,
) -> TimeEntry:
    """Start one's own timer; without a project it is not billable, whatever was asked for.

    Refuses a second one, unless the first is to be stopped.
    """
    with services.acting(by):
        lock_people(by.pk)
        if stop_running:
            for running in TimeEntry.objects.of(by).running().select_for_update():
                _stop(running, by)
        entry: TimeEntry = create_time_entry(
            by=by,
            project=project,
            task_type=task_type,
            note=note,
            billable=billable,
            start_time=timezone.now(),
        )
        emit("started", entry, by=by, about=services.subjects_of(entry))
    return entry


@verb(
    TimeEntry,
    "stop",
    permission="stop_timeentry",
    label=_("Stop timer"),
    icon="square",
    when=lambda entry: entry.is_running,
    primary=True,
    bulk=False,
    summary="Stop the timer",
    done=_("%(name)s was stopped."),
)
def stop_timer(entry: TimeEntry, *, by: Actor | None) -> TimeEntry:
    """End a running timer now. Refuses one that runs no more, or for more than 24 hours."""
    with services.acting(by):
        lock_people(entry.employee_id)
        entry = services.lock(entry)
        refuse_foreign(entry.employee_id, by)
        return _stop(entry, by)


def _stop(entry: TimeEntry, by: Actor | None) -> TimeEntry:
    if not entry.is_running:
        raise Conflict(_("This timer has been stopped already."), code="not_running")
    now = max(timezone.now(), entry.start_time + dt.timedelta(microseconds=1))
    if now - entry.start_time > LONGEST:
        # An end that nobody gave would be invented working time.
        message = _("The timer has run for more than 24 hours: enter its true end.")
        raise Conflict(message, code="timer_too_long")
    entry.end_time = now
    refuse_overlap(entry)
    services.save(entry, by=by)
    emit("stopped", entry, by=by, about=services.subjects_of(entry))
    tell(entry)
    return entry
