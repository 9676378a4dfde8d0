"""The form for time: a day with from and to, as people write it down."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from projects.models import Project
from timetracking.models import LONGEST_MINUTES, TimeEntry
from timetracking.services import CLOSED, CellChange, may_write
from timetracking.week import DAYS, INTERNAL, Line, Week, bookable, lines_of, pair_of
from workmate.filters import SENSIBLE_DAYS
from workmate.forms import BaseForm, LocalDateField, parse_decimal
from workmate.pickers import make_picker
from workmate.templatetags.workmate import format_hours

CLOCK = re.compile(r"(\d{1,2})(?:[:.]?(\d{2}))?(?::\d{2})?(?:\s*(?:h|Uhr))?", re.IGNORECASE)
HOURS_AND_MINUTES = re.compile(
    r"(\d{1,2})(?::([0-5]\d)|\s*h\s*([0-5]?\d)\s*(?:m|min)?)", re.IGNORECASE
)
MINUTES = re.compile(r"(\d{1,4})\s*(?:m|min|minuten|minutes)", re.IGNORECASE)
# An end before the start is the next morning, unless that would be a day and a night.
LONGEST_NIGHT = dt.timedelta(hours=16)


# What the model does with internal time, the page shows while one chooses.
NEEDS_PROJECT = {"data-needs": "project"}


class ClockField(forms.TimeField):
    """A time of day: `9`, `9:30`, `0930`, `9.30 Uhr`."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"inputmode": "numeric", "data-kind": "time", "placeholder": "9:00"}
        kwargs["widget"] = forms.TimeInput(attrs=attrs, format="%H:%M")
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> dt.time | None:
        """The time; empty is None."""
        if isinstance(value, str) and (found := CLOCK.fullmatch(value.strip())):
            hour, minute = int(found[1]), int(found[2] or 0)
            if hour < 24 and minute < 60:
                return dt.time(hour, minute)
        return super().to_python(value)


class MinutesField(forms.CharField):
    """A duration: `1:30`, `1h30`, `90m`, or `1,5` hours; cleaned to minutes."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"inputmode": "decimal", "data-kind": "duration", "placeholder": "1:30"}
        kwargs["widget"] = forms.TextInput(attrs=attrs)
        super().__init__(**kwargs)

    def clean(self, value: Any) -> int | None:  # type: ignore[override]
        """The minutes; empty is None."""
        text = str(super().clean(value)).strip()
        if not text:
            return None
        if found := HOURS_AND_MINUTES.fullmatch(text):
            return self.within_a_day(int(found[1]) * 60 + int(found[2] or found[3]))
        if found := MINUTES.fullmatch(text):
            return self.within_a_day(int(found[1]))
        try:
            hours = parse_decimal(text.lower().removesuffix("h"))
        except InvalidOperation:
            hours = Decimal(-1)
        if not 0 <= hours <= 24:  # thousands of digits would not come to whole minutes
            return self.within_a_day(-1 if hours < 0 else LONGEST_MINUTES + 1)
        return self.within_a_day(int((hours * 60).quantize(Decimal(1), rounding=ROUND_HALF_UP)))

    def within_a_day(self, minutes: int) -> int:
        """The minutes. Refuses what no day holds."""
        if minutes < 0:
            raise ValidationError(_("A duration such as 1:30 or 1,5."), code="invalid")
        if minutes > LONGEST_MINUTES:
            most = format_hours(dt.timedelta(minutes=LONGEST_MINUTES))
            raise ValidationError(_("At most %(most)s."), code="too_long", params={"most": most})
        return minutes

    def prepare_value(self, value: Any) -> Any:
        """Minutes as a clock shows them."""
        return format_hours(dt.timedelta(minutes=value)) if isinstance(value, int) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether other minutes were typed."""
        try:
            return bool(self.clean(data) != initial)
        except ValidationError:
            return True


class TimeEntryForm(BaseForm):
    """Time of one day. Whose it is, is asked only of those who may write everybody's."""

    # The form's names for what the services call otherwise.
    names = {"start_time": "start", "end_time": "end", "duration_minutes": "duration"}

    parts = [
        (_("What"), _("Without a project it is internal time."), ["project", "task_type", "note"]),
        (
            _("When"),
            _("Give the end or the duration; the other one follows."),
            ["date", "start", "end", "duration"],
        ),
        (_("Billing"), "", ["billable", "hourly_rate"]),
        (_("Who"), "", ["employee"]),
    ]

    date = LocalDateField(label=_("day"), validators=SENSIBLE_DAYS)
    start = ClockField(label=_("from"))
    end = ClockField(
        label=_("to"), required=False, help_text=_("Empty, without a duration: a running timer.")
    )
    duration = MinutesField(label=_("duration"), required=False)

    class Meta(BaseForm.Meta):
        model = TimeEntry
        fields = ["project", "task_type", "note", "billable", "hourly_rate", "employee"]

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        entry = kwargs.get("instance")
        kwargs["initial"] = {**_moments_of(entry), **(kwargs.get("initial") or {})}
        super().__init__(*args, user=user, **kwargs)
        project: Any = self.fields["project"]
        booked = entry.project_id if entry else None
        closed = project.queryset.filter(status__in=CLOSED).exclude(pk=booked)
        project.queryset = project.queryset.exclude(pk__in=closed.values("pk"))
        project.empty_label = _("Internal time")
        self.fields["billable"].widget.attrs |= NEEDS_PROJECT
        if may_write(None, user):
            self.fields["employee"].required = False
            self.fields["employee"].initial = user.pk
        else:
            del self.fields["employee"]

    def clean(self) -> dict[str, Any]:
        """Make moments of day and clock; what was not touched stays to the second."""
        typed = super().clean()
        data = {name: typed[name] for name in self._meta.fields or () if name in typed}
        if self.errors:
            return data
        touched = set(self.changed_data) if not self.instance._state.adding else set(self.fields)
        day, start, end = typed["date"], typed["start"], typed["end"]
        began = self.instance.start_time
        if touched & {"date", "start"} or began is None:
            began = data["start_time"] = self._moment("start", day, start)
        if touched & {"date", "end"}:
            data["end_time"] = self._end(day, start, end, began) if end else None
        if "duration" in touched or (touched & {"end"} and not end):
            data["duration_minutes"] = typed["duration"]
        return data

    def _end(self, day: dt.date, start: dt.time, end: dt.time, began: dt.datetime) -> Any:
        if end < start:
            night = dt.datetime.combine(day, end) - dt.datetime.combine(day, start)
            if night + dt.timedelta(days=1) <= LONGEST_NIGHT:
                day += dt.timedelta(days=1)
        found = self._moment("end", day, end)
        if found is not None and found.astimezone(dt.UTC) <= began.astimezone(dt.UTC):
            # The hour that the clock shows twice in October: then it is the second one.
            found = self._moment("end", day, end, fold=1)
        return found

    def _moment(self, name: str, day: dt.date, clock: dt.time, fold: int = 0) -> Any:
        zone = timezone.get_current_timezone()
        found = dt.datetime.combine(day, clock, zone).replace(fold=fold)
        if found.astimezone(dt.UTC).astimezone(zone).time() != clock:
            self.add_error(name, _("On this day the clock skips that time."))
        return found

    def take_errors(self, error: ValidationError) -> None:
        """Show the services' errors at the form's own fields."""
        if hasattr(error, "error_dict"):
            found = error.error_dict.items()
            error = ValidationError({self.names.get(name, name): list(e) for name, e in found})
        super().take_errors(error)


def _moments_of(entry: Any) -> dict[str, Any]:
    """What the form shows of an entry's times: local day and clock."""
    if entry is None or entry.start_time is None:
        return {"date": timezone.localdate()}
    start = timezone.localtime(entry.start_time)
    end = timezone.localtime(entry.end_time) if entry.end_time else None
    return {
        "date": start.date(),
        "start": start.time().replace(second=0, microsecond=0),
        "end": end.time().replace(second=0, microsecond=0) if end else None,
        "duration": entry.duration_minutes,
    }


# More lines are no week that a person types.
MOST_LINES = 60


@dataclass
class SheetRow:
    """One line of the week sheet: what stood there, what was typed, and what is wrong with it."""

    name: str
    line: Line | None
    was: list[int]
    texts: list[str | None]
    notes: dict[int, str] = field(default_factory=dict)
    errors: dict[int, list[str]] = field(default_factory=dict)


class SpareForm(forms.Form):
    """The project of the sheet's new line: among those that these people may book."""

    project = forms.ModelChoiceField(
        Project.objects.none(), required=False, empty_label=_("Another project …")
    )

    def __init__(self, people: Sequence[Any], chosen: str = "") -> None:
        super().__init__(initial={"project": chosen})
        field: Any = self.fields["project"]
        field.queryset = bookable(*people).order_by("title", "pk")
        field.label_from_instance = lambda row: f"{row.title} ({row.project_number})"
        make_picker(field)
        field.widget.fixed = [(INTERNAL, _("Internal time"))]
        field.widget.attrs |= {
            "class": "input",
            "aria-label": _("Another project"),
            "aria-keyshortcuts": "Alt+P",
            "data-another": True,
        }

    def chosen(self, data: Any) -> str:
        """What was chosen, or (without scripts) found by what was typed; else empty."""
        found = self.fields["project"].widget.value_from_datadict(data, {}, "project")
        return str(found or "")


class WeekForm:
    """The week sheet: a line a project and kind of work, a spare line, and a text a cell.

    Only cells whose text differs from what stood there are changes; what was typed stays.
    """

    def __init__(self, week: Week, lines: list[Line], *, user: Any, person: Any, data: Any = None):
        self.week, self.user, self.person, self.data = week, user, person, data
        self.errors: list[str] = []
        self.rows = self._typed() if data is not None else self._stored(lines)

    def _stored(self, lines: list[Line]) -> list[SheetRow]:
        rows = [self._row(str(number), line) for number, line in enumerate(lines)]
        return [*rows, SheetRow("new", None, [0] * DAYS, [""] * DAYS)]

    def _row(self, name: str, line: Line) -> SheetRow:
        was = [self.week.cell(line, day).minutes for day in self.week.days]
        return SheetRow(name, line, was, [as_clock(minutes) for minutes in was])

    def _typed(self) -> list[SheetRow]:
        keys = self.data.getlist("row")[:MOST_LINES]
        spare = self._spare_key()
        known = {line.key: line for line in self.week.lines}
        pairs = [pair for key in [*keys, spare] if (pair := pair_of(key)) is not None]
        known |= {
            line.key: line
            for line in lines_of(pairs, self.person, self.user)
            if line.key not in known
        }
        rows = []
        for number, key in enumerate(keys):
            if key in known:
                rows.append(self._read(str(number), known[key]))
            else:
                self.errors.append(gettext("A project of this sheet cannot be booked any more."))
        new = self._read("new", known.get(spare))
        if any(new.texts) and new.line is None:
            self.errors.append(gettext("Choose the project of the new line."))
        elif new.line is not None and spare in keys:
            self.errors.append(gettext("The new line stands in the sheet already."))
        return [*rows, new]

    def _spare_key(self) -> str:
        project = SpareForm([self.person, self.user]).chosen(self.data)
        kind = self.data.get("task_type", "")
        return f"{project}:{kind}" if project else ""

    def _read(self, name: str, line: Line | None) -> SheetRow:
        was = [int(text) if text.isdecimal() else 0 for text in self._was(name)]
        row = SheetRow(name, line, was, [])
        for number in range(DAYS):
            text = self.data.get(f"c-{name}-{number}")
            row.texts.append(None if text is None else text.strip())
            note = self.data.get(f"n-{name}-{number}")
            if note is not None:
                row.notes[number] = note.replace("\r\n", "\n")
        return row

    def _was(self, name: str) -> list[str]:
        found = self.data.get(f"was-{name}", "").split(",")
        return [text if len(text) < 6 else "" for text in (found + [""] * DAYS)[:DAYS]]

    def changes(self) -> list[CellChange]:
        """What is to be written. Whatever cannot be read is in the rows' errors."""
        found, durations = [], MinutesField(required=False)
        for row in self.rows:
            for number, text in enumerate(row.texts):
                if text is None or row.line is None:
                    continue
                try:
                    minutes = durations.clean(text) or 0
                except ValidationError as error:
                    row.errors[number] = list(error.messages)
                    continue
                note, was = row.notes.get(number), row.was[number]
                if minutes != was or note is not None:
                    day = self.week.days[number]
                    wanted = None if minutes == was else minutes
                    found.append(CellChange(row.line, day, was, wanted, note))
        return found

    @property
    def is_valid(self) -> bool:
        """Whether all that was typed could be read."""
        return not self.errors and not any(row.errors for row in self.rows)

    def take_errors(self, error: ValidationError) -> None:
        """Show the services' errors at their cells, or above the sheet."""
        if not hasattr(error, "error_dict"):
            self.errors += error.messages
            return
        told = error.message_dict
        for row in self.rows:
            for number, day in enumerate(self.week.days):
                if row.line and (found := told.pop(f"{row.line.key}|{day}", None)):
                    row.errors[number] = found
        self.errors += [text for texts in told.values() for text in texts]


def as_clock(minutes: int) -> str:
    """Minutes as a clock shows them; nothing for none."""
    return format_hours(dt.timedelta(minutes=minutes)) if minutes else ""
