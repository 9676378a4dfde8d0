"""How time entries come from files."""

import datetime as dt
from collections.abc import Hashable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from timetracking.forms import ClockField, TimeEntryForm
from timetracking.models import TimeEntry
from workmate.forms import LocalDateField
from workmate.importers import CREATE, SKIP, BaseImporter, LineWriter


class TimeEntryImporter(BaseImporter):
    """Time entries; one is here already when the person has one that begins at that moment.

    Day and clock may stand in columns of their own, or together in one.
    """

    form_class = TimeEntryForm
    choices = (SKIP, CREATE)
    references = {
        "project": ("project_number", "title"),
        "employee": ("employee_code", "email"),
    }
    owner = "employee"
    foreign = gettext_lazy("You may write your own time only.")
    needed = frozenset({"date", "start"})
    instead = {"date": ("start",), "start": ("date",)}
    headings = {
        "date": ("Datum", "Date", "Day"),
        "start": ("Beginn", "Start", "start_time", "From"),
        "end": ("Ende", "End", "end_time", "To"),
        "duration": ("Dauer", "Stunden", "Hours", "Duration"),
        "note": ("Notiz", "Beschreibung", "Tätigkeit", "Bemerkung", "Description"),
        "employee": ("Person", "Personalnummer", "Kürzel"),
        "project": ("Projektnummer", "Project number"),
        "task_type": ("Art", "Kind"),
    }

    def fields(self, user: Any) -> dict[str, forms.Field]:
        """Times as texts: what of it is day and what clock, is told by `fill`."""
        found = super().fields(user)
        for name in ("date", "start", "end"):
            old = found[name]
            found[name] = forms.CharField(label=capfirst(str(old.label)), required=old.required)
        return found

    def further(self, user: Any) -> dict[str, forms.Field]:
        """The duration in minutes."""
        label = capfirst(str(TimeEntry._meta.get_field("duration_minutes").verbose_name))
        return {"duration_minutes": forms.CharField(label=label, required=False)}

    def fill(self, typed: dict[str, str], line: LineWriter) -> dict[str, str]:
        """Day, from and to; a duration that says the same as the end is left out."""
        when = {name: _parts(typed.pop(name, ""), name) for name in ("date", "start", "end")}
        day = when["date"][0] or when["start"][0]
        start = when["start"][1] or when["date"][1]
        last, end = when["end"]
        typed["date"] = day.isoformat() if day else ""
        typed["start"] = start.isoformat("minutes") if start else ""
        typed["end"] = end.isoformat("minutes") if end else ""
        minutes = typed.pop("duration_minutes", "")
        if minutes and not typed.get("duration"):
            typed["duration"] = f"{minutes}m" if minutes.isdecimal() else minutes
        if not (day and start and end):
            return typed
        if last and not _within_a_day(day, start, last, end):
            raise ValidationError({"end": _("An entry ends on its day, or in the night after it.")})
        passed = (dt.datetime.combine(day, end) - dt.datetime.combine(day, start)).seconds // 60
        if typed.get("duration", "").removesuffix("m") == str(passed):
            del typed["duration"]
        return typed

    def keys(self, typed: Mapping[str, str], line: LineWriter) -> list[Hashable]:
        """The person and the moment."""
        try:
            data = self.fill(dict(typed), line)
            day = LocalDateField().clean(data["date"])
            clock = ClockField().clean(data["start"])
        except ValidationError:  # said when the form is filled in
            return []
        moment = dt.datetime.combine(day, clock, timezone.get_current_timezone())  # type: ignore[arg-type]
        return [(typed.get("employee") or str(line.by.pk), moment)]

    def row_of(self, rows: Any, typed: Mapping[str, str], line: LineWriter) -> Any:
        """The person's entry that begins at that moment."""
        for person, moment in self.keys(typed, line):  # type: ignore[misc]
            return rows.filter(employee=person, start_time=moment).first()
        return None


def _parts(text: str, name: str) -> tuple[dt.date | None, dt.time | None]:
    """The day and the clock in a text. Raises ValidationError for what is neither."""
    text = text.strip().replace(",", " ")
    if not text:
        return None, None
    if "T" in text and (moment := _iso(text)):
        return moment.date(), moment.time()
    first, _blank, rest = text.partition(" ")
    try:
        return LocalDateField().clean(first), ClockField().clean(rest) if rest.strip() else None
    except ValidationError:
        pass
    try:
        return None, ClockField().clean(text)
    except ValidationError as error:
        message = _("“%(text)s” is no day and no time of day.") % {"text": text[:40]}
        raise ValidationError({name: message}) from error


def _iso(text: str) -> dt.datetime | None:
    """A moment as programmes write it, on the person's clock."""
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    return timezone.localtime(moment) if moment and timezone.is_aware(moment) else moment


def _within_a_day(day: dt.date, start: dt.time, last: dt.date, end: dt.time) -> bool:
    return last == day + dt.timedelta(days=int(end < start))
