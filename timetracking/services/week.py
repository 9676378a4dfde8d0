"""Filling a week: each cell of the sheet is an entry, the whole sheet one transaction."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from employees.models import Employee
from timetracking.models import TimeEntry
from timetracking.querysets import FOREVER
from timetracking.services.approval import submit_time_entry
from timetracking.services.entries import (
    change_time_entry,
    create_time_entry,
    delete_time_entry,
)
from timetracking.services.rules import lock_people, refuse_foreign, refuse_frozen
from timetracking.week import DAYS, Cell, Line, Week, bookable, day_of, line_of
from workmate import services
from workmate.errors import Conflict, Forbidden
from workmate.querysets import midnight
from workmate.services import Actor
from workmate.templatetags.workmate import format_date, format_hours

# Where nothing stands on a day yet, its first entry begins.
DAY_BEGINS = dt.time(9)
# What is noted for today was done by now; so early it may have begun.
EARLIEST = dt.time(6)
ONE_DAY = dt.timedelta(days=1)
ONE_WEEK = dt.timedelta(days=DAYS)


@dataclass(frozen=True)
class CellChange:
    """What is to stand in a cell: None leaves it; `was` is what was seen when it was typed."""

    line: Line
    day: dt.date
    was: int = 0
    minutes: int | None = None
    note: str | None = None

    @property
    def key(self) -> str:
        """Under which its error is told."""
        return f"{self.line.key}|{self.day}"


def fill_week(
    person: Employee,
    monday: dt.date,
    changes: Iterable[CellChange] = (),
    *,
    by: Actor | None,
    copy: bool = False,
    submit: bool = False,
) -> Week:
    """Write what was typed into the cells of a week, all or nothing; then copy, or submit.

    Raises ValidationError with the errors by cell (`CellChange.key`): where the cell was changed
    in the meantime, holds several entries, is locked, finds no room on its day, or where `by` may
    not do it. `copy` brings the hours of the week before to where nothing stands yet; `submit`
    hands in whatever is left to be. Raises Conflict where there is nothing of it.
    """
    refuse_foreign(person.pk, by)
    with services.acting(by):
        lock_people(person.pk)
        sheet = _Sheet(person, monday, by)
        # What makes room comes first.
        for change in sorted(changes, key=lambda each: (each.minutes != 0, each.day)):
            sheet.attempt(change)
        if sheet.errors:
            raise ValidationError(sheet.errors)
        if copy:
            sheet.copy_last()
        if submit:
            sheet.submit()
    return sheet.week


class _Sheet:
    """The week while it is written, under the lock on its person."""

    def __init__(self, person: Employee, monday: dt.date, by: Actor | None) -> None:
        self.person, self.by = person, by
        rows = TimeEntry.objects.of(person).select_related("project", "employee")
        # A night shift may reach in from the day before.
        near = rows.on_days(monday - ONE_DAY, monday + ONE_WEEK) | rows.running()
        self.near = {entry.pk: entry for entry in near.order_by("start_time", "pk")}
        self.monday, self.errors = monday, dict[str, Any]()

    @property
    def week(self) -> Week:
        return Week(self.monday, self.near.values())

    def attempt(self, change: CellChange) -> None:
        """Write one cell, or keep its error for later."""
        try:
            self.write(self.week.cell(change.line, change.day), change)
        except ValidationError as error:
            self.errors[change.key] = list(error.messages)

    def write(self, cell: Cell, change: CellChange) -> None:
        if cell.minutes != change.was:
            message = _("Changed in the meantime: it is %(hours)s now.")
            hours = format_hours(dt.timedelta(minutes=cell.minutes))
            raise Conflict(message, code="stale", params={"hours": hours})
        self.refuse_closed(cell)
        if cell.entry is None:
            self.add(change)
        elif change.minutes == 0:
            self.require("delete")
            delete_time_entry(cell.entry, by=self.by)
            del self.near[cell.entry.pk]
        else:
            self.alter(cell.entry, change)

    def refuse_closed(self, cell: Cell) -> None:
        """Cells that hold more than one open entry are changed on the entries' own pages."""
        if cell.state == "running":
            raise Conflict(_("The timer still runs: stop it first."), code="timer_running")
        for entry in cell.entries:
            refuse_frozen(entry)
            if entry.status == TimeEntry.Status.SUBMITTED:
                message = _("This entry has been submitted already.")
                raise Conflict(message, code="submitted")
        if cell.state == "several":
            message = _("Several entries stand here: open them to change one.")
            raise Conflict(message, code="several")

    def add(self, change: CellChange) -> None:
        if not change.minutes:
            if change.note:
                raise ValidationError(_("A note belongs to hours: enter them first."))
            return
        self.require("add")
        start = self.place(change.day, change.minutes)
        self.create(change.line, start, change.minutes, note=change.note or "")

    def create(self, line: Line, start: dt.datetime, minutes: int, **more: Any) -> None:
        made = create_time_entry(
            by=self.by,
            employee=self.person,
            project=line.project,
            task_type=line.task_type,
            start_time=start,
            duration_minutes=minutes,
            **more,
        )
        self.near[made.pk] = made

    def alter(self, entry: TimeEntry, change: CellChange) -> None:
        data: dict[str, Any] = {}
        if change.note is not None and change.note.strip() != entry.note:
            data["note"] = change.note
        if change.minutes is not None and change.minutes != entry.duration_minutes:
            start = self.start_for(entry, change.minutes)
            data |= {"start_time": start, "end_time": start + dt.timedelta(minutes=change.minutes)}
        if data:
            self.require("change")
            self.near[entry.pk] = change_time_entry(entry, by=self.by, **data)

    def start_for(self, entry: TimeEntry, minutes: int) -> dt.datetime:
        """Its own start, unless it grows into another entry: then as a new one is placed."""
        start = entry.start_time
        if minutes <= (entry.duration_minutes or 0):
            return start
        end = start + dt.timedelta(minutes=minutes)
        taken = self.taken(but=entry.pk)
        if not any(begin < end and until > start for begin, until in taken):
            return start
        return self.place(day_of(entry), minutes, but=entry.pk)

    def taken(self, but: UUID | None = None) -> list[tuple[dt.datetime, dt.datetime]]:
        found = [
            (entry.start_time.astimezone(dt.UTC), entry.end_time or FOREVER)
            for entry in self.near.values()
            if entry.pk != but
        ]
        return sorted(found)

    def place(self, day: dt.date, minutes: int, but: UUID | None = None) -> dt.datetime:
        """After the day's last entry, else at the end of the latest gap that is long enough.

        Today it ends by now, where a gap since the early morning is long enough.
        """
        length = dt.timedelta(minutes=minutes)
        first, last = (midnight(each).astimezone(dt.UTC) for each in (day, day + ONE_DAY))
        busy = [span for span in self.taken(but) if span[1] > first and span[0] < last]
        gaps, free = [], first
        for begin, until in busy:
            gaps.append((free, begin))
            free = max(free, until)
        gaps.append((free, last))
        start = free
        if all(begin < first for begin, _until in busy):  # a night shift begins no day
            nine = timezone.make_aware(dt.datetime.combine(day, DAY_BEGINS))
            start = max(free, nine.astimezone(dt.UTC))
        now = timezone.now().replace(second=0, microsecond=0)
        if first <= now < min(last, start + length):
            six = timezone.make_aware(dt.datetime.combine(day, EARLIEST)).astimezone(dt.UTC)
            for begin, until in reversed(gaps):
                if max(begin, six) + length <= min(until, now):
                    return min(until, now) - length
        if start + length <= last:
            return start
        for begin, until in reversed(gaps):
            if begin + length <= until:
                return until - length
        timer = self.week.running
        if timer is not None and timer.start_time < last:
            message = _(
                "No room: the timer has run since %(when)s. Stop it, or enter its true end."
            )
            when = format_date(timer.start_time)
            raise ValidationError(message, code="timer_running", params={"when": when})
        raise ValidationError(_("This day has no room left for it."), code="no_room")

    def copy_last(self) -> None:
        """The finished entries of the week before, at the same times, in cells that are empty."""
        self.require("add")
        before = TimeEntry.objects.of(self.person).finished().select_related("project")
        before = before.on_days(self.monday - ONE_WEEK, self.monday - ONE_DAY)
        wanted = list(before.order_by("start_time", "pk"))
        open_now = set(bookable(self.person).values_list("pk", flat=True))
        week, copied = self.week, 0
        for entry in wanted:
            line, day = line_of(entry), day_of(entry) + ONE_WEEK
            if (line.project_id and line.project_id not in open_now) or (line, day) in week.cells:
                continue
            minutes = entry.duration_minutes or 0
            more = {"billable": entry.billable, "hourly_rate": entry.hourly_rate}
            self.create(line, self.same_time(entry, day, minutes), minutes, **more)
            copied += 1
        if not copied:
            raise Conflict(_("The week before has nothing that is missing here."), code="no_copy")

    def same_time(self, entry: TimeEntry, day: dt.date, minutes: int) -> dt.datetime:
        clock = timezone.localtime(entry.start_time).time()
        start = timezone.make_aware(dt.datetime.combine(day, clock)).astimezone(dt.UTC)
        end = start + dt.timedelta(minutes=minutes)
        if any(begin < end and until > start for begin, until in self.taken()):
            return self.place(day, minutes)
        return start

    def submit(self) -> None:
        self.require("submit")
        entries = self.week.entries
        if any(entry.is_running for entry in entries):
            raise Conflict(_("The timer still runs: stop it first."), code="timer_running")
        open_ones = [entry for entry in entries if entry.status in {"draft", "rejected"}]
        if not open_ones:
            raise Conflict(_("Nothing of this week is left to submit."), code="nothing_open")
        for entry in open_ones:
            self.near[entry.pk] = submit_time_entry(entry, by=self.by)

    def require(self, action: str) -> None:
        if self.by is not None and not self.by.has_perm(f"timetracking.{action}_timeentry"):
            raise Forbidden(_("Your role does not allow this."), code="not_allowed")
