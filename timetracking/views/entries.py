"""Pages for time entries and the timer."""

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from timetracking.filters import TimeEntryFilter
from timetracking.forms import NEEDS_PROJECT, TimeEntryForm
from timetracking.models import TimeEntry
from timetracking.services import CLOSED, may_write
from workmate.display import value_html
from workmate.templatetags.workmate import format_hours
from workmate.views import Column, ListPage, ModelPages, Section, VerbPage, figure


def day_of(entry: Any) -> str:
    """The local day, and below it from when to when."""
    start = timezone.localtime(entry.start_time)
    span = f"{start:%H:%M}–"
    if entry.end_time:
        span += f"{timezone.localtime(entry.end_time):%H:%M}"
    day = date_format(start, "SHORT_DATE_FORMAT")
    return format_html('{} <span class="sub">{}</span>', day, span)


def duration_of(entry: Any) -> str:
    """The duration as a clock shows it; with a warning where time is recorded twice."""
    if entry.is_running:
        return format_html('<span class="pulse"></span> {}', _("running"))
    text = format_hours(dt.timedelta(minutes=entry.duration_minutes))
    if not entry.overlaps:
        return text
    return format_html('{} <span class="warn">{}</span>', text, _("overlaps"))


def subject_of(entry: Any) -> str:
    """The project, or internal time."""
    return value_html(entry.project, link=True) if entry.project_id else str(_("Internal time"))


class TimeEntryListPage(ListPage):
    """The list, with its sum as hours."""

    def sum_cells(self, rows: Any, columns: list[Column]) -> list[dict[str, Any]] | None:
        """Hours and minutes, not bare minutes."""
        text = format_hours(dt.timedelta(minutes=rows.minutes["all"]))
        return [
            {
                "column": column,
                "css": column.css,
                "align": column.align,
                "html": text if column.name == "duration_minutes" else "",
            }
            for column in columns
        ]


class TimeEntryPages(ModelPages):
    """Time entries."""

    model = TimeEntry
    form_class = TimeEntryForm
    filter_class = TimeEntryFilter
    list_page = TimeEntryListPage
    prefix, icon, group = "time-entries", "clock", "team"
    quick = "status"
    empty_text = gettext_lazy("Start the timer, or record time that has been worked.")
    columns = [
        Column("start_time", gettext_lazy("Date"), render=day_of, narrow="subject"),
        Column("employee", css="wide-only"),
        Column("subject", gettext_lazy("Project"), css="wide-only", sub="short_note"),
        Column("task_type", css="wide-only mid-only"),
        Column("duration_minutes", gettext_lazy("Duration"), align="num", render=duration_of),
        Column("billable", css="wide-only"),
        Column("is_invoiced", css="wide-only", extra=True),
        Column("note", css="wide-only", extra=True),
        Column("created_at", css="wide-only", extra=True),
        Column("status"),
    ]
    sections = [
        Section(
            gettext_lazy("Time"),
            [
                "employee",
                Column("project", render=subject_of),
                "task_type",
                "start_time",
                "end_time",
                Column("duration_minutes", gettext_lazy("Duration"), render=duration_of),
            ],
        ),
        Section(
            gettext_lazy("Billing"),
            ["billable", "hourly_rate", "is_invoiced"],
        ),
        Section(gettext_lazy("Approval"), ["approved_by", "approved_at", "rejection_reason"]),
        Section(gettext_lazy("Note"), ["note"], wide=True),
    ]

    @classmethod
    def may_change(cls, obj: Any) -> bool:
        """Not once it is approved."""
        return not obj.is_frozen

    @classmethod
    def may_delete(cls, obj: Any) -> bool:
        """Not once it is approved."""
        return not obj.is_frozen

    @classmethod
    def offers(cls, verb: str, obj: Any, user: Any) -> bool:
        """Who decides on somebody's time does not write it."""
        if verb in {"approve", "reject"}:
            return bool(user.pk != obj.employee_id or obj.employee.reports_to_id is None)
        return verb == "reopen" or may_write(obj.employee_id, user)

    @classmethod
    def figures(cls, request: HttpRequest, rows: Any) -> list[dict[str, Any]]:
        """Hours in all, billable ones, and those that wait for approval."""
        hours = {
            name: format_hours(dt.timedelta(minutes=minutes))
            for name, minutes in rows.minutes.items()
        }
        unbilled = {"billable": "true", "is_approved": "true", "is_invoiced": "false"}
        return [
            {"label": _("Hours"), "value": hours["all"]},
            figure(request, _("of these billable"), hours["billable"], billable="true"),
            figure(request, _("wait for approval"), hours["submitted"], status="submitted"),
            figure(request, _("approved, not billed yet"), hours["unbilled"], **unbilled),
        ]

    @classmethod
    def subtitle(cls, obj: Any) -> str:
        """Who, and how long."""
        return format_html("{} · {}", obj.employee, duration_of(obj))

    @classmethod
    def initial(cls, request: HttpRequest) -> dict[str, Any]:
        """Also a day: `?date=2026-11-24`."""
        found = super().initial(request)
        if "date" in request.GET:
            found["date"] = request.GET["date"]
        return found


class StartPage(VerbPage):
    """Start the timer: open projects only; `?project_id=` chooses one."""

    def get(self, request: HttpRequest, pk: Any = None) -> HttpResponse:
        """The form."""
        chosen = request.GET.get("project_id") or request.GET.get("project")
        if chosen and "project" not in request.GET:
            query = request.GET.copy()
            query["project"] = chosen
            request.GET = query  # type: ignore[assignment]
        return super().get(request, pk)

    def ask(self, obj: Any, form: Any, status: int = 200) -> HttpResponse:
        """Without closed projects; stopping the other timer is asked only where one runs."""
        field = form.fields["project"]
        field.queryset = field.queryset.exclude(status__in=CLOSED)
        field.empty_label = _("Internal time")
        if not TimeEntry.objects.of(self.request.user).running().exists():
            form.fields.pop("stop_running")
        form.fields["billable"].widget.attrs |= NEEDS_PROJECT
        return super().ask(obj, form, status)
