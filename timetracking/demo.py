"""A year of working time of the demo company, up to yesterday, and a timer that runs."""

import datetime as dt
from typing import Any

import holidays
from django.utils import timezone

from timetracking.models import TimeEntry
from timetracking.services import start_timer
from workmate import services
from workmate.demo import Demo

DAYS = 365
# What is older than this was approved; what is younger waits, was handed back, or is a draft.
APPROVED_AFTER_DAYS = 9
NOTES = {
    "development": ["Schnittstelle angebunden", "Fehler in der Auswertung behoben",
                    "Import der Altdaten", "Maske für Aufträge gebaut", "Tests ergänzt"],
    "meeting": ["Abstimmung mit dem Kunden", "Wochentermin Projekt", "Abnahme der Stufe"],
    "support": ["Störung behoben", "Nutzer angelegt und eingewiesen", "Aktualisierung eingespielt",
                "Drucker wieder angebunden"],
    "documentation": ["Handbuch ergänzt", "Übergabe beschrieben", "Protokoll geschrieben"],
}  # fmt: skip
REASONS = ["Bitte das Projekt prüfen.", "Zu welchem Auftrag gehört das?"]


def build(demo: Demo) -> None:
    """Two to three entries a working day and person: days off, holidays and weekends are free."""
    free = holidays.country_holidays("DE", subdiv="SH")
    entries: list[TimeEntry] = []
    for person in demo.rows["people"]:
        mine = [
            project
            for project, team in zip(demo.rows["projects"], demo.rows["teams"], strict=True)
            if person in team and project.status != "cancelled"
        ]
        for ago in range(DAYS, 0, -1):
            day = demo.ago(ago)
            off = day.weekday() > 4 or day in free or demo.random.random() < 0.12
            open_now = [
                project for project in mine if project.start_date <= day <= project.end_date
            ]
            if not off:
                entries += _day_of(person, day, ago, open_now, demo)
    TimeEntry.objects.bulk_create(entries, batch_size=1000)
    _finish_projects(demo)
    running = next(
        (project, team[0])
        for project, team, state in zip(
            demo.rows["projects"], demo.rows["teams"], demo.rows["states"], strict=True
        )
        if state == "active" and project.end_date > demo.today
    )
    start_timer(by=running[1], project=running[0], task_type="development", note="Auswertung")


def _day_of(
    person: Any, day: dt.date, ago: int, projects: list[Any], demo: Demo
) -> list[TimeEntry]:
    moment = dt.datetime.combine(day, dt.time(8, demo.random.choice([0, 15, 30])))
    entries = []
    for _part in range(demo.random.randint(2, 3)):
        minutes = demo.random.choice([90, 105, 120, 150, 165, 180])
        project = demo.random.choice(projects) if projects and demo.random.random() < 0.75 else None
        kind = demo.random.choices(list(NOTES), weights=[5, 2, 3, 1])[0]
        start = timezone.make_aware(moment)
        entry = TimeEntry(
            employee=person,
            project=project,
            start_time=start,
            end_time=start + dt.timedelta(minutes=minutes),
            duration_minutes=minutes,
            billable=project is not None and kind != "documentation",
            note=demo.random.choice(NOTES[kind]),
            task_type=kind,
        )
        _decide(entry, ago, demo)
        entries.append(entry)
        moment += dt.timedelta(minutes=minutes + demo.random.choice([0, 15, 45]))
    return entries


def _decide(entry: TimeEntry, ago: int, demo: Demo) -> None:
    if ago > APPROVED_AFTER_DAYS:
        entry.status = TimeEntry.Status.APPROVED
        entry.approved_by = entry.employee.reports_to
        entry.approved_at = entry.end_time + dt.timedelta(days=3) if entry.end_time else None
    elif ago > 2:
        rejected = demo.random.random() < 0.08
        entry.status = TimeEntry.Status.REJECTED if rejected else TimeEntry.Status.SUBMITTED
        entry.rejection_reason = demo.random.choice(REASONS) if rejected else ""


def _finish_projects(demo: Demo) -> None:
    """The year has been written: what was completed is closed now."""
    for project, state in zip(demo.rows["projects"], demo.rows["states"], strict=True):
        if state == "completed":
            services.change(project, by=None, status=state)
