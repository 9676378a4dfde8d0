"""What this module contributes to the others."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from employees.models import Employee
from timetracking.around import (
    hours_by_kind,
    hours_by_person,
    unbilled_by_project,
    unbilled_hours,
)
from timetracking.importers import TimeEntryImporter
from timetracking.models import TimeEntry
from timetracking.querysets import hours_of
from timetracking.week import day_of, week_name
from workmate.charts import BarChart, Point
from workmate.querysets import Prepared
from workmate.registry import (
    DAY,
    FIGURES,
    Approval,
    Card,
    Command,
    Entity,
    Figures,
    Importer,
    MenuItem,
    NotificationKind,
    OpenItems,
    Panel,
    RowFigures,
    Waiting,
    Widget,
    register,
)
from workmate.templatetags.workmate import format_date, format_hours, format_number

VIEW = "timetracking.view_timeentry"
ADD = "timetracking.add_timeentry"
START = "timetracking.start_timeentry"
APPROVE = "timetracking.approve_timeentry"
FULL_DAY_HOURS = 8


_running = Prepared(
    lambda person: (
        TimeEntry.objects.of(Employee(pk=person)).running().select_related("project").order_by()
    ),
    person=UUID(int=1),
)


def timer(request: HttpRequest) -> dict[str, Any]:
    """The running timer of the person, and where one is started."""
    user = request.user
    entry = next(iter(_running(person=user.pk)), None)
    may_start = user.has_perm("timetracking.start_timeentry")
    return {
        "entry": entry
        and {
            "project": entry.project.title if entry.project_id else entry.subject,
            "note": entry.note,
            "start_time": entry.start_time,
            "url": entry.get_absolute_url(),
            "stop_url": reverse("timetracking:timeentry-stop", args=[entry.pk]),
        },
        "start_url": reverse("timetracking:timeentry-start") if may_start else None,
    }


def own_list(user: Any, first: dt.date, last: dt.date) -> str:
    """The list of the person's own entries of these days."""
    url = reverse("timetracking:timeentry-list")
    return f"{url}?employee_id={user.pk}&start_date={first}&end_date={last}"


def timer_today(request: HttpRequest) -> dict[str, Any]:
    """The timer, and the hours of today, those among them that run now."""
    today = timezone.localdate()
    own = TimeEntry.objects.of(request.user).on_days(today, today)
    found, done = timer(request), dt.timedelta(minutes=own.sum_minutes())
    start = found["entry"] and found["entry"]["start_time"]
    # An entry counts on the day of its start.
    since = start if start and timezone.localtime(start).date() == today else None
    passed = done + (timezone.now() - since if since else dt.timedelta())
    return {
        **found,
        "today": passed - passed % dt.timedelta(minutes=1),
        "today_done": done,
        "today_since": since,
        "today_url": own_list(request.user, today, today),
    }


def week(request: HttpRequest) -> dict[str, Any]:
    """My hours of this week, each day with the list that makes them up."""
    today = timezone.localdate()
    monday = today - dt.timedelta(days=today.weekday())
    days = [monday + dt.timedelta(days=number) for number in range(7)]
    own = TimeEntry.objects.of(request.user).on_days(days[0], days[-1])
    minutes = own.minutes_by_day()
    points = [
        Point(
            label=date_format(day, "D"),
            title=f"{date_format(day, 'l')}, {format_date(day)}",
            values=[minutes.get(day, 0) / 60],
            texts=[format_hours(hours_of(minutes.get(day, 0)))],
            url=own_list(request.user, day, day),
        )
        for day in days
        if day.weekday() < 5 or minutes.get(day)
    ]
    return {
        "figure": {
            "value": format_hours(hours_of(sum(minutes.values()))),
            "url": own_list(request.user, days[0], days[-1]),
            "note": gettext("this week"),
            "tone": "muted",
        },
        "chart": BarChart(
            title=gettext("My hours of this week"),
            heads=[gettext("Day"), gettext("Hours")],
            points=points,
            tick=format_number,
            least=FULL_DAY_HOURS,
        ),
    }


def month_hours(request: HttpRequest) -> list[dict[str, Any]]:
    """My hours of this month."""
    today = timezone.localdate()
    first = today.replace(day=1)
    own = TimeEntry.objects.of(request.user).on_days(first, today)
    return [
        {
            "label": gettext("My hours this month"),
            "value": format_hours(own.sum_hours()),
            "url": own_list(request.user, first, today),
        }
    ]


def to_approve(user: Any) -> int:
    """How many entries wait for this person's approval."""
    found: int = TimeEntry.objects.awaiting(user).count()
    return found


def waiting(entry: TimeEntry) -> Waiting:
    """A submitted entry, under its person and week."""
    day = day_of(entry)
    week = day.isocalendar()
    return Waiting(
        person=entry.employee,
        span=gettext("Week %(number)s") % {"number": f"{week.week}/{week.year}"},
        day=day,
        title=entry.subject,
        note=entry.note,
        amount=entry.duration_minutes,
    )


def week_sheet(entry: TimeEntry) -> str:
    """The week of an entry's person."""
    address = f"{reverse('timetracking:week')}?week={week_name(day_of(entry))}"
    return f"{address}&employee_id={entry.employee_id}"


register(
    MenuItem(
        "approvals",
        _("Approvals"),
        "workmate:approvals",
        "check-check",
        "team",
        15,
        permission=APPROVE,
        query="kind=time",
        count=to_approve,
    ),
    MenuItem("hours", _("Team hours"), "timetracking:hours", "chart-column", "team", 18, VIEW),
    Approval(
        "time",
        _("Hours"),
        TimeEntry,
        rows=lambda user: TimeEntry.objects.awaiting(user),
        shows=waiting,
        sheet=week_sheet,
        total=lambda minutes: format_hours(dt.timedelta(minutes=minutes)),
        icon="clock",
        permission=APPROVE,
        order=10,
    ),
    MenuItem("timer", _("Timer"), "timetracking:timer", "timer", "team", 3, permission=START),
    MenuItem("week", _("Week"), "timetracking:week", "calendar-days", "team", 5, permission=ADD),
    MenuItem(
        "time",
        _("Time"),
        "timetracking:timeentry-list",
        "clock",
        "team",
        10,
        permission=VIEW,
    ),
    Entity(
        TimeEntry,
        (
            "project__title",
            "project__project_number",
            "employee__last_name",
            "employee__first_name",
        ),
        "clock",
        texts=("note",),
        reads=("start_time", "project__project_number", "project__title"),
    ),
    Widget(
        "timer",
        _("Timer"),
        "timetracking/widgets/timer.html",
        timer,
        slot="topbar",
        permission=VIEW,
        order=10,
        live="timer",
    ),
    Widget(
        "time_tracker",
        _("Time"),
        "timetracking/widgets/time_tracker.html",
        timer_today,
        permission=START,
        order=10,
        size=(4, 4),
        live="timer",
        starts=[DAY],
    ),
    Widget(
        "hours",
        _("My week"),
        "workmate/widgets/chart.html",
        week,
        permission=ADD,
        order=20,
        size=(4, 4),
        least=(3, 4),
        live="timer",
        starts=[FIGURES],
    ),
    Figures("hours", month_hours, permission=ADD, order=10),
    Panel(
        "time",
        on="projects.project",
        list="timetracking:timeentry-list",
        by="project",
        label=_("Time"),
        icon="clock",
        permission=VIEW,
        order=20,
    ),
    Panel(
        "customer_time",
        on="crm.customer",
        list="timetracking:timeentry-list",
        by="customer",
        label=_("Time"),
        icon="clock",
        permission=VIEW,
        order=30,
    ),
    *(
        Card(key, "projects.project", "timetracking/_hours_card.html", context, VIEW, order)
        for key, context, order in (
            ("hours_by_person", hours_by_person, 10),
            ("hours_by_kind", hours_by_kind, 20),
        )
    ),
    RowFigures("customer_hours", "crm.customer", unbilled_hours, permission=VIEW, order=20),
    RowFigures("project_hours", "projects.project", unbilled_hours, permission=VIEW, order=20),
    OpenItems(
        "customer_unbilled",
        "crm.customer",
        _("Unbilled hours"),
        "clock",
        unbilled_by_project,
        permission=VIEW,
        order=20,
    ),
    Command(
        "start_timer",
        _("Start the timer"),
        "timetracking:timeentry-start",
        "play",
        permission="timetracking.add_timeentry",
        order=10,
    ),
    Command(
        "new_time_entry",
        _("New time entry"),
        "timetracking:timeentry-new",
        "clock",
        permission="timetracking.add_timeentry",
        order=15,
    ),
    NotificationKind("hours_approved", _("My hours were approved"), 44),
    NotificationKind("hours_rejected", _("My hours were rejected"), 45),
    Importer(TimeEntry, TimeEntryImporter(), "clock"),
    Command(
        "start_timer_on",
        _("Start the timer on %(title)s"),
        "timetracking:timeentry-start",
        "play",
        permission="timetracking.add_timeentry",
        order=110,
        on="projects.project",
        query="project_id",
        short=_("Start the timer"),
        fits=lambda project: not project.is_finished,
    ),
)
