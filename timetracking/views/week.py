"""The week sheet: lines by days, filled by keyboard, a plain form without scripts."""

import datetime as dt
import re
from typing import Any, cast
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import BadRequest, PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views import View

from timetracking.forms import SheetRow, SpareForm, WeekForm, as_clock
from timetracking.models import TimeEntry
from timetracking.querysets import people_seen_by
from timetracking.services import fill_week, may_write
from timetracking.week import (
    Cell,
    Line,
    Week,
    day_of,
    favourites,
    lines_of,
    monday_of,
    pair_of,
    week_name,
    week_of,
)
from workmate.display import status_of
from workmate.pickers import PICK, offers_of
from workmate.registry import GROUPS
from workmate.services import Actor
from workmate.templatetags.workmate import format_date, format_hours

ISO_WEEK = re.compile(r"(\d{4})-W(\d{2})", re.ASCII)
YEARS = range(2000, 3000)
ONE_WEEK = dt.timedelta(weeks=1)


class WeekPage(LoginRequiredMixin, View):
    """The week of oneself, or (`?employee_id=`) of somebody whose time one may see."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """To view time; to write, the right to add it. Services ask for the rest."""
        user = request.user
        if user.is_authenticated:
            action = "add" if request.method == "POST" else "view"
            if not user.has_perm(f"timetracking.{action}_timeentry"):
                raise PermissionDenied
            self.monday = _monday_in(request)
            self.person = self._person(request)
            self.writes = may_write(self.person.pk, cast(Actor, user)) and user.has_perm(
                "timetracking.add_timeentry"
            )
        return super().dispatch(request, *args, **kwargs)

    def _person(self, request: HttpRequest) -> Any:
        wanted = request.GET.get("employee_id", "")
        if wanted in {"", str(request.user.pk)}:
            return request.user
        try:
            found = people_seen_by(cast(Actor, request.user)).filter(pk=UUID(wanted)).first()
        except ValueError:
            found = None
        if found is None:
            raise Http404
        return found

    def get(self, request: HttpRequest) -> HttpResponse:
        """The sheet."""
        if PICK in request.GET:
            return self.offers(request)
        week = self._week()
        form = WeekForm(week, self._lines(week), user=request.user, person=self.person)
        return self.render(week, form)

    def offers(self, request: HttpRequest) -> HttpResponse:
        """What the new line's field offers; 404 for another field, and where nothing is written."""
        form = SpareForm([self.person, request.user])
        if not self.writes or request.GET[PICK] not in form.fields:
            raise Http404
        return offers_of(request, form.fields[request.GET[PICK]])

    def post(self, request: HttpRequest) -> HttpResponse:
        """Write what was typed; then copy the week before, or submit."""
        week = self._week()
        form = WeekForm(week, [], user=request.user, person=self.person, data=request.POST)
        changes, act = form.changes(), request.POST.get("act", "save")
        if form.is_valid:
            copy, submit = act == "copy", act == "submit"
            try:
                fill_week(
                    self.person,
                    self.monday,
                    changes,
                    by=cast(Actor, request.user),
                    copy=copy,
                    submit=submit,
                )
            except ValidationError as error:
                form.take_errors(error)
        if not form.is_valid:
            return self.render(week, form, status=422)
        messages.success(request, _("The week was submitted.") if submit else _("Saved."))
        more: list[tuple[str, str]] = [("rows", "last")] if act == "rows" else []
        # A project that was chosen, but has no hours yet, stays in the sheet.
        more += [("add", key) for key in self._added(request)]
        return HttpResponseRedirect(self.address(self.monday, more))

    def _added(self, request: HttpRequest) -> list[str]:
        keys = request.GET.getlist("add")
        if project := SpareForm([self.person, request.user]).chosen(request.POST):
            keys.append(f"{project}:{request.POST.get('task_type', '')}")
        return list(dict.fromkeys(key for key in keys if pair_of(key)))[:20]

    def _week(self) -> Week:
        return week_of(self.person, self.monday, cast(Actor, self.request.user))

    def _lines(self, week: Week) -> list[Line]:
        """What stands in the week, and what the person will want to fill."""
        lines = week.lines
        if self.writes:
            query = self.request.GET
            pairs = favourites(self.person, self.monday)
            pairs += [pair for key in query.getlist("add")[:20] if (pair := pair_of(key))]
            if query.get("rows") == "last":
                last = week_of(self.person, self.monday - ONE_WEEK, cast(Actor, self.request.user))
                pairs += [(line.project_id, line.task_type) for line in last.lines]
            lines = list(dict.fromkeys([*lines, *lines_of(pairs, self.person)]))
        return sorted(lines, key=lambda line: (line.project is None, _title(line), line.task_type))

    def address(self, monday: dt.date, more: Any = ()) -> str:
        """The sheet of that week, of the same person."""
        query = [("week", week_name(monday))]
        if self.person.pk != self.request.user.pk:
            query.append(("employee_id", str(self.person.pk)))
        return f"{reverse('timetracking:week')}?{urlencode([*query, *more])}"

    def list_url(self, first: dt.date, last: dt.date, line: Line | None = None) -> str:
        """The list of the entries of these days, of one line or all."""
        query: dict[str, Any] = {
            "employee_id": self.person.pk,
            "start_date": first,
            "end_date": last,
        }
        if line:
            query |= line.query
        return f"{reverse('timetracking:timeentry-list')}?{urlencode(query)}"

    def render(self, week: Week, form: WeekForm, status: int = 200) -> HttpResponse:
        """The page."""
        number = self.monday.isocalendar().week
        today = timezone.localdate()
        shown = today if today in week.days else self.monday
        by_day, title = week.minutes_by_day(), _("Week %(number)s") % {"number": number}
        own = self.person.pk == self.request.user.pk
        days = [
            {
                "day": day,
                "index": index,
                "is_today": day == today,
                "is_shown": day == shown,
                "css": "today" if day == today else "we" if index > 4 else "",
                "minutes": by_day.get(day, 0),
                "text": as_clock(by_day.get(day, 0)),
                "url": self.list_url(day, day),
            }
            for index, day in enumerate(week.days)
        ]
        context = {
            "title": title if own else f"{title}: {self.person}",
            "crumbs": [
                (str(GROUPS["team"]), None),
                (_("Time"), reverse("timetracking:timeentry-list")),
                (title, None),
            ],
            "span": _span(week.days[0], week.days[-1]),
            "total": format_hours(dt.timedelta(minutes=sum(by_day.values()))),
            "total_url": self.list_url(week.days[0], week.days[-1]),
            "days": days,
            "rows": [self.row(row, week, days) for row in form.rows[:-1]],
            "spare": self.spare(form, days) if self.writes else None,
            "error_list": self.error_list(form),
            "last": {
                "number": (self.monday - ONE_WEEK).isocalendar().week,
                "url": self.address(self.monday - ONE_WEEK),
            },
            "next": {
                "number": (self.monday + ONE_WEEK).isocalendar().week,
                "url": self.address(self.monday + ONE_WEEK),
            },
            "this_url": self.address(monday_of(today)),
            "is_this": self.monday == monday_of(today),
            "writes": self.writes,
            "may_submit": self.writes
            and self.request.user.has_perm("timetracking.submit_timeentry"),
            "entries": [
                {"entry": entry, "day": day_of(entry), "look": status_of(entry)}
                for entry in week.entries
            ],
            "forgotten": _forgotten(week, today) if self.writes else None,
            "rejected": [entry for entry in week.entries if entry.rejection_reason],
        }
        return TemplateResponse(self.request, "timetracking/week.html", context, status=status)

    def row(self, row: SheetRow, week: Week, days: list[dict[str, Any]]) -> dict[str, Any]:
        """One line as the template shows it."""
        line = cast(Line, row.line)
        cells = [self.cell(row, week.cell(line, day["day"]), day) for day in days]
        return {
            "name": row.name,
            "key": line.key,
            "title": _title(line) or _("Internal time"),
            "kind": dict(TimeEntry.TaskType.choices).get(line.task_type, ""),
            "number": line.project.project_number if line.project else "",
            "customer": line.project.customer.name if line.project else "",
            "was": ",".join(str(minutes) for minutes in row.was),
            "cells": cells,
            "sum": as_clock(sum(week.cell(line, day).minutes for day in week.days)),
            "url": self.list_url(week.days[0], week.days[-1], line),
        }

    def cell(self, row: SheetRow, cell: Cell, day: dict[str, Any]) -> dict[str, Any]:
        """One cell: a control where it can be typed into, else what stands there and a way in."""
        entry, index = cell.entry, day["index"]
        text = row.texts[index]
        return {
            "id": f"c-{row.name}-{index}",
            "day": day,
            "index": index,
            "is_open": self.writes and cell.state == "open",
            "state": cell.state,
            "label": _state(cell),
            "reason": _reason(cell),
            "text": as_clock(cell.minutes) if text is None else text,
            "shown": as_clock(cell.minutes),
            "saved": as_clock(row.was[index]),
            "note": entry.note if entry else "",
            "typed_note": row.notes.get(index),
            "errors": row.errors.get(index, []),
            "url": (
                entry.get_absolute_url()
                if entry
                else self.list_url(cell.day, cell.day, cell.line)
                if cell.entries
                else ""
            ),
        }

    def spare(self, form: WeekForm, days: list[dict[str, Any]]) -> dict[str, Any]:
        """The line in which a project is chosen."""
        row, data = form.rows[-1], form.data or {}
        choice = SpareForm([self.person, self.request.user], data.get("project", ""))
        return {
            "cells": [
                {
                    "id": f"c-new-{index}",
                    "day": days[index],
                    "index": index,
                    "is_open": True,
                    "text": text or "",
                    "typed_note": row.notes.get(index),
                    "errors": row.errors.get(index, []),
                }
                for index, text in enumerate(row.texts)
            ],
            "project": choice["project"],
            "kinds": TimeEntry.TaskType.choices,
            "kind": data.get("task_type", ""),
        }

    def error_list(self, form: WeekForm) -> list[dict[str, str]]:
        """All errors, with the cells that they belong to."""
        found = [{"label": "", "id": "", "message": text} for text in form.errors]
        for row in form.rows:
            title = _title(row.line) or _("Internal time") if row.line else _("Another project")
            for index, texts in row.errors.items():
                label = f"{title}, {date_format(form.week.days[index], 'l')}"
                name = f"c-{row.name}-{index}"
                found += [{"label": label, "id": name, "message": text} for text in texts]
        return found


def _monday_in(request: HttpRequest) -> dt.date:
    """The Monday of `?week=2026-W48`, else of this week. Raises BadRequest."""
    text = request.GET.get("week", "")
    if not text:
        return monday_of(timezone.localdate())
    found = ISO_WEEK.fullmatch(text)
    try:
        if found is None or int(found[1]) not in YEARS:
            raise ValueError
        return dt.date.fromisocalendar(int(found[1]), int(found[2]), 1)
    except ValueError as error:
        raise BadRequest("week: a week such as 2026-W48") from error


def _title(line: Line) -> str:
    return line.project.title if line.project else ""


def _forgotten(week: Week, today: dt.date) -> TimeEntry | None:
    """The timer that was left running before today, where it takes the room of this week's days."""
    timer = week.running
    return timer if timer and day_of(timer) < min(today, week.days[-1]) else None


def _reason(cell: Cell) -> str:
    """In a sentence why it cannot be typed into, and what can be done."""
    if cell.state == "running":
        running = next(entry for entry in cell.entries if entry.is_running)
        return _("The timer has run since %(when)s.") % {"when": format_date(running.start_time)}
    if cell.state == "several":
        return _("Several entries stand here: open them to change one.")
    if cell.state == "open":
        return ""
    if any(entry.is_invoiced for entry in cell.entries):
        return _("It stands on an invoice, and stays as it is.")
    if any(entry.is_frozen for entry in cell.entries):
        return _("It is approved: have it reopened to change it.")
    return _("It is submitted: open it to change it.")


def _state(cell: Cell) -> str:
    """The same in a word."""
    if cell.state == "running":
        return _("running")
    if cell.state == "several":
        return _("several entries")
    if cell.state == "locked":
        invoiced = any(entry.is_invoiced for entry in cell.entries)
        return _("invoiced") if invoiced else str(cell.entries[0].get_status_display())
    return ""


def _span(first: dt.date, last: dt.date) -> str:
    return f"{date_format(first, 'DATE_FORMAT')} – {date_format(last, 'DATE_FORMAT')}"
