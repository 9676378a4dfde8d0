"""The report of hours: by person, project or kind of work, with the billable share."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import BadRequest, PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from timetracking.filters import TimeEntryFilter
from timetracking.models import TimeEntry
from timetracking.querysets import hours_of
from timetracking.week import INTERNAL_ONLY, NO_KIND
from workmate.exports import export
from workmate.registry import GROUPS
from workmate.services import Actor
from workmate.templatetags.workmate import format_hours

PERIOD = ("start_date", "end_date")
KINDS = dict(TimeEntry.TaskType.choices)


@dataclass(frozen=True)
class Grouping:
    """What the hours are summed by: fields, order, how a group is called, and its filter."""

    label: str | Promise
    fields: tuple[str, ...]
    # People by name: nobody is ranked.
    order: tuple[str, ...]
    name: Callable[[dict[str, Any]], str]
    query: Callable[[dict[str, Any]], dict[str, str]]


def person_of(row: dict[str, Any]) -> str:
    """A person's name."""
    return f"{row['employee__first_name']} {row['employee__last_name']}"


def project_of(row: dict[str, Any]) -> str:
    """A project with its number, or internal time."""
    if row["project_id"] is None:
        return _("Internal time")
    return f"{row['project__project_number']} {row['project__title']}"


def kind_of(row: dict[str, Any]) -> str:
    """A kind of work, or that none was given."""
    kind = KINDS.get(row["task_type"])
    return str(capfirst(kind)) if kind else _("Not given")


GROUPINGS = {
    "person": Grouping(
        gettext_lazy("Person"),
        ("employee_id", "employee__first_name", "employee__last_name"),
        ("employee__last_name", "employee__first_name", "employee_id"),
        person_of,
        lambda row: {"employee_id": str(row["employee_id"])},
    ),
    "project": Grouping(
        gettext_lazy("Project"),
        ("project_id", "project__project_number", "project__title"),
        ("-minutes", "project_id"),
        project_of,
        lambda row: {"project_id": str(row["project_id"])} if row["project_id"] else INTERNAL_ONLY,
    ),
    "task_type": Grouping(
        gettext_lazy("Kind of work"),
        ("task_type",),
        ("-minutes", "task_type"),
        kind_of,
        lambda row: {"task_type": row["task_type"]} if row["task_type"] else NO_KIND,
    ),
}


class HoursPage(LoginRequiredMixin, View):
    """The hours that the person may see: their own, their reports', or everybody's."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """To view time."""
        user = request.user
        if user.is_authenticated and not user.has_perm("timetracking.view_timeentry"):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        """The report, or with `?export=` the same as a file. This month, if no period is given."""
        self.key = request.GET.get("by", "person")
        if self.key not in GROUPINGS:
            raise BadRequest(f"by: one of {', '.join(GROUPINGS)}")
        self.by = GROUPINGS[self.key]
        self.filters = self._filters(request)
        data = self.filters | {name: _as_typed(self.filters.get(name, "")) for name in PERIOD}
        rows = TimeEntry.objects.visible_to(request.user).finished()
        filterset = TimeEntryFilter(data, queryset=rows, request=request)
        found = filterset.qs if filterset.is_valid() else rows.none()
        groups = found.hours_by(*self.by.fields).order_by(*self.by.order)
        if "export" in request.GET and filterset.is_valid():
            return self.export(request, groups)
        return self.render(request, filterset, [self.line(row) for row in groups])

    def _filters(self, request: HttpRequest) -> dict[str, str]:
        """What the address filters by; the period is this month where it names none."""
        known = set(TimeEntryFilter.parameter_names()) - {"ordering"}
        given = {name: value for name, value in request.GET.items() if name in known and value}
        if not set(PERIOD) & set(request.GET):
            today = timezone.localdate()
            given |= dict(zip(PERIOD, map(str, month_of(today)), strict=True))
        return given

    def line(self, row: dict[str, Any]) -> dict[str, Any]:
        """One group as the page shows it."""
        return {
            "name": self.by.name(row),
            "url": self.list_url(**self.by.query(row)),
            **figures(row["minutes"], row["billable_minutes"]),
        }

    def list_url(self, **narrowed: str) -> str:
        """The list of the entries that make it up."""
        query = {**self.filters, **narrowed}
        return f"{reverse('timetracking:timeentry-list')}?{urlencode(query)}"

    def address(self, **changes: str) -> str:
        """This report with something else chosen."""
        return f"?{urlencode({'by': self.key, **self.filters, **changes})}"

    def render(
        self, request: HttpRequest, filterset: Any, lines: list[dict[str, Any]]
    ) -> HttpResponse:
        """The page."""
        title = _("Team hours")
        minutes = sum(line["minutes"] for line in lines)
        billable = sum(line["billable_minutes"] for line in lines)
        total = figures(minutes, billable)
        context = {
            "title": title,
            "crumbs": [(str(GROUPS["team"]), None), (title, None)],
            "form": filterset.form,
            "by": self.key,
            "by_label": self.by.label,
            "kept": [item for item in self.filters.items() if item[0] not in PERIOD],
            "groupings": [
                {"label": item.label, "url": self.address(by=key), "current": key == self.key}
                for key, item in GROUPINGS.items()
            ],
            "periods": self.periods(),
            "lines": lines,
            "total": total,
            "figures": [
                {"label": _("Hours"), "value": total["hours"], "url": self.list_url()},
                {
                    "label": _("of these billable"),
                    "value": total["billable"],
                    "url": self.list_url(billable="true"),
                },
                {"label": _("Billable share"), "value": f"{total['share']} %"},
            ],
            "exports": [
                {"label": kind.upper(), "url": self.address(export=kind)}
                for kind in ("csv", "xlsx")
            ],
        }
        return TemplateResponse(request, "timetracking/hours.html", context)

    def periods(self) -> list[dict[str, Any]]:
        """Periods that are asked for most."""
        today = timezone.localdate()
        last_month = today.replace(day=1) - dt.timedelta(days=1)
        year = (today.replace(month=1, day=1), today.replace(month=12, day=31))
        choices = [
            (_("This month"), month_of(today)),
            (_("Last month"), month_of(last_month)),
            (_("This year"), year),
        ]
        return [
            {
                "label": label,
                "url": self.address(start_date=str(first), end_date=str(last)),
                "current": [str(first), str(last)]
                == [str(self.filters.get(name, "")) for name in PERIOD],
            }
            for label, (first, last) in choices
        ]

    def export(self, request: HttpRequest, groups: Any) -> HttpResponse:
        """The report as a file. Answers 400 to an unknown format."""
        heads = [str(self.by.label), _("Hours"), _("Billable hours"), _("Billable share in %")]

        def line(row: dict[str, Any]) -> list[Any]:
            shares = figures(row["minutes"], row["billable_minutes"])
            hours = [hours_of(row["minutes"]), hours_of(row["billable_minutes"])]
            return [self.by.name(row), *hours, shares["share"]]

        by: Actor = request.user  # type: ignore[assignment]
        try:
            answer: HttpResponse = export(
                request.GET["export"],
                title=_("Team hours"),
                heads=heads,
                rows=groups,
                line=line,
                by=by,
            )
        except ValidationError as error:
            raise BadRequest(" ".join(error.messages)) from error
        return answer


def _as_typed(text: str) -> str:
    """A day of an address as people of this language write it; else what was typed."""
    try:
        return date_format(dt.date.fromisoformat(text), "SHORT_DATE_FORMAT")
    except ValueError:
        return text


def month_of(day: dt.date) -> tuple[dt.date, dt.date]:
    """The first and the last day of a day's month."""
    first = day.replace(day=1)
    following = (first + dt.timedelta(days=32)).replace(day=1)
    return first, following - dt.timedelta(days=1)


def figures(minutes: int, billable: int) -> dict[str, Any]:
    """Hours, billable ones, and their share in whole percent."""
    return {
        "minutes": minutes,
        "billable_minutes": billable,
        "hours": format_hours(dt.timedelta(minutes=minutes)),
        "billable": format_hours(dt.timedelta(minutes=billable)),
        "share": (200 * billable + minutes) // (2 * minutes) if minutes else 0,
    }
