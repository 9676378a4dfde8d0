"""Time entries of the load set: two years of working days, nobody in two places at once."""

import datetime as dt
from collections.abc import Iterator
from random import Random

from django.utils import timezone

from benchmarks.copying import copy_rows
from employees.models import Employee
from projects.models import Project
from timetracking.models import TimeEntry

DAY_STARTS = dt.time(8, 0)
DAY_MINUTES = 9 * 60
# What was worked before is decided, save for a few that were forgotten.
DECIDED_AFTER_DAYS = 14
# A month is billed in the one after it, by a system before this one: no line here names the hours.
# A few were forgotten.
BILLED_AFTER_DAYS = 60
NOTES = ["", "Abstimmung mit dem Kunden", "Fehler behoben", "Doku ergänzt", "Server aktualisiert"]


def fill_time_entries(
    count: int,
    people: list[Employee],
    projects: list[tuple[Project, list[Employee]]],
    random: Random,
    today: dt.date,
    days: int,
) -> None:
    """So many entries, shared out evenly among the people and their working days."""
    dates = [today - dt.timedelta(days=days - number) for number in range(days)]
    workdays = [day for day in dates if day.weekday() < 5]
    own: dict[Employee, list[Project]] = {person: [] for person in people}
    for project, team in projects:
        for person in [*team, project.project_manager]:
            own[person].append(project)
    share, rest = divmod(count, len(people))
    plans = [
        _entries_of(person, share + (number < rest), own[person], workdays, random)
        for number, person in enumerate(people)
    ]
    copy_rows(TimeEntry, (entry for plan in plans for entry in plan))


def _entries_of(
    person: Employee, count: int, projects: list[Project], workdays: list[dt.date], random: Random
) -> Iterator[TimeEntry]:
    """One person's entries: side by side on each day, so that none overlaps another."""
    slots = -(-count // len(workdays))
    minutes = DAY_MINUTES // max(slots, 1)
    # Early hours are decided by whom the person reports to; at the top they decide themselves.
    decider = person.reports_to_id or person.pk
    used: dict[int, int] = {}
    for number in range(count):
        day_number = number * len(workdays) // count
        slot = used[day_number] = used.get(day_number, -1) + 1
        day = workdays[day_number]
        midnight = dt.datetime.combine(day, DAY_STARTS)
        start = timezone.make_aware(midnight + dt.timedelta(minutes=slot * minutes))
        length = max(1, random.randint(minutes * 2 // 3, minutes))
        end = start + dt.timedelta(minutes=length)
        project = random.choice(projects) if projects and random.random() < 0.93 else None
        status = _status_of(day, workdays[-1], random)
        approved = status == TimeEntry.Status.APPROVED
        billable = project is not None and random.random() < 0.85
        is_old = (workdays[-1] - day).days > BILLED_AFTER_DAYS
        yield TimeEntry(
            employee=person,
            project=project,
            start_time=start,
            end_time=end,
            duration_minutes=length,
            billable=billable,
            is_invoiced=approved and billable and is_old and random.random() < 0.97,
            note=random.choice(NOTES),
            task_type=random.choice(TimeEntry.TaskType.values),
            status=status,
            approved_by_id=decider if approved else None,
            approved_at=min(end + dt.timedelta(days=3), timezone.now()) if approved else None,
            rejection_reason="Projekt bitte prüfen" if status == "rejected" else "",
            created_at=end,
            updated_at=end,
        )


def _status_of(day: dt.date, last: dt.date, random: Random) -> str:
    if (last - day).days < DECIDED_AFTER_DAYS:
        return random.choice(["draft", "submitted", "submitted", "approved"])
    luck = random.random()
    return "approved" if luck < 0.97 else "submitted" if luck < 0.99 else "rejected"
