"""A week of one person as a sheet: lines (project and kind of work) by days."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from uuid import UUID

from django.utils import timezone

from projects.models import Project
from projects.querysets import ProjectQuerySet
from timetracking.models import TimeEntry
from workmate.services import Actor

INTERNAL = "internal"
# How the list of entries is filtered for what has no project, or no kind of work.
INTERNAL_ONLY = {"is_internal": "true"}
NO_KIND = {"has_task_type": "false"}
DAYS = 7
# Lines that the person uses most stand in the sheet before anything is entered.
FAVOURITES = 5
FAVOURITES_OF = dt.timedelta(weeks=8)
Pair = tuple[UUID | None, str]
LOCKED = (TimeEntry.Status.SUBMITTED, TimeEntry.Status.APPROVED)


@dataclass(frozen=True)
class Line:
    """What a line of the sheet is about; the same project may stand there for several kinds."""

    project_id: UUID | None
    task_type: str = ""
    project: Project | None = field(default=None, compare=False)

    @property
    def key(self) -> str:
        """Its name in forms and addresses: `<uuid>:development`, `internal:`."""
        return f"{self.project_id or INTERNAL}:{self.task_type}"

    @property
    def query(self) -> dict[str, str]:
        """What the list of entries is filtered by to show this line alone."""
        project = {"project_id": str(self.project_id)} if self.project_id else INTERNAL_ONLY
        return {**project, **({"task_type": self.task_type} if self.task_type else NO_KIND)}


@dataclass
class Cell:
    """What a person did of one line on one day."""

    line: Line
    day: dt.date
    entries: list[TimeEntry] = field(default_factory=list)

    @property
    def minutes(self) -> int:
        """All of it; a running timer counts nothing yet."""
        return sum(entry.duration_minutes or 0 for entry in self.entries)

    @property
    def entry(self) -> TimeEntry | None:
        """The one entry, where there is exactly one."""
        return self.entries[0] if len(self.entries) == 1 else None

    @property
    def state(self) -> str:
        """`running`, `locked`, `several`, or `open`: only that can be typed into."""
        if any(entry.is_running for entry in self.entries):
            return "running"
        locked = [entry.status in LOCKED or entry.is_invoiced for entry in self.entries]
        # Beside a locked entry another one, such as a rejected one, is still to be seen to.
        if locked and all(locked):
            return "locked"
        return "several" if len(self.entries) > 1 else "open"


class Week:
    """The entries of one person in the seven days from a Monday, by line and day.

    Others that are given are left out; `running` is the timer that runs, whenever it was started.
    """

    def __init__(self, monday: dt.date, entries: Iterable[TimeEntry]) -> None:
        self.monday = monday
        self.days = [monday + dt.timedelta(days=number) for number in range(DAYS)]
        entries = list(entries)
        # It may have been forgotten in a week before, and yet leaves this one no room.
        self.running = next((entry for entry in entries if entry.is_running), None)
        self.entries = [entry for entry in entries if day_of(entry) in self.days]

    @cached_property
    def cells(self) -> dict[tuple[Line, dt.date], Cell]:
        """The cells in which anything stands."""
        found: dict[tuple[Line, dt.date], Cell] = {}
        for entry in self.entries:
            line, day = line_of(entry), day_of(entry)
            found.setdefault((line, day), Cell(line, day)).entries.append(entry)
        return found

    @property
    def lines(self) -> list[Line]:
        """The lines in which anything stands."""
        return list(dict.fromkeys(line for line, _day in self.cells))

    def cell(self, line: Line, day: dt.date) -> Cell:
        """The cell, which may be empty."""
        return self.cells.get((line, day)) or Cell(line, day)

    def minutes_by_day(self) -> dict[dt.date, int]:
        """The sum of each day."""
        found: dict[dt.date, int] = defaultdict(int)
        for cell in self.cells.values():
            found[cell.day] += cell.minutes
        return found


def line_of(entry: TimeEntry) -> Line:
    """The line in which an entry stands."""
    return Line(entry.project_id, entry.task_type, entry.project)


def day_of(entry: TimeEntry) -> dt.date:
    """The local day on which an entry counts: that of its start."""
    return timezone.localtime(entry.start_time).date()


def week_name(day: dt.date) -> str:
    """The week of a day, as addresses name it: `2025-W07`."""
    week = day.isocalendar()
    return f"{week.year}-W{week.week:02d}"


def monday_of(day: dt.date) -> dt.date:
    """The Monday of a day's week."""
    return day - dt.timedelta(days=day.weekday())


def week_of(person: Actor, monday: dt.date, seen_by: Actor) -> Week:
    """The week of a person, of which only what the other one may see."""
    rows = TimeEntry.objects.visible_to(seen_by).of(person)
    rows = rows.on_days(monday, monday + dt.timedelta(days=DAYS - 1)) | rows.running()
    return Week(monday, rows.select_related("project__customer").order_by("start_time", "pk"))


def favourites(person: Actor, monday: dt.date) -> list[Pair]:
    """What the person booked most in the weeks up to this one."""
    sunday = monday + dt.timedelta(days=DAYS - 1)
    used = TimeEntry.objects.of(person).on_days(monday - FAVOURITES_OF, sunday)
    return used.most_used_lines(FAVOURITES)


def pair_of(key: str) -> Pair | None:
    """The pair of project and kind of work that a line's key names; None where it names none."""
    project, _colon, kind = key.partition(":")
    if project == INTERNAL:
        return None, kind
    try:
        return UUID(project), kind
    except ValueError:
        return None


def lines_of(pairs: Iterable[Pair], *people: Actor) -> list[Line]:
    """The lines of such pairs, save those that the people cannot book."""
    pairs = list(dict.fromkeys(pairs))
    wanted = {pk for pk, _kind in pairs if pk is not None}
    rows = bookable(*people).select_related("customer").filter(pk__in=wanted)
    projects = rows.in_bulk() if wanted else {}
    known = dict(TimeEntry.TaskType.choices).keys() | {""}
    return [
        Line(pk, kind, projects.get(pk) if pk else None)
        for pk, kind in pairs
        if kind in known and (pk is None or pk in projects)
    ]


def bookable(*people: Actor) -> ProjectQuerySet:
    """The projects that all these people may book now."""
    rows: ProjectQuerySet = Project.objects.unfinished()
    for person in people:
        rows = rows.visible_to(person)
    return rows
