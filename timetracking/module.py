"""What this module contributes to the others."""

import datetime as dt
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from timetracking.models import TimeEntry
from timetracking.querysets import hours_of
from workmate.registry import Entity, MenuItem, Panel, Widget, register

VIEW = "timetracking.view_timeentry"


def timer(request: HttpRequest) -> dict[str, Any]:
    """The running timer of the person, and where one is started."""
    user = request.user
    entry = TimeEntry.objects.of(user).running().select_related("project").first()
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


def timer_today(request: HttpRequest) -> dict[str, Any]:
    """The timer, and the hours of today."""
    today = timezone.localdate()
    own = TimeEntry.objects.of(request.user).on_days(today, today)
    return {**timer(request), "today": own.sum_hours()}


def week(request: HttpRequest) -> dict[str, Any]:
    """My hours of this week, each day with the list that makes them up."""
    today = timezone.localdate()
    monday = today - dt.timedelta(days=today.weekday())
    days = [monday + dt.timedelta(days=number) for number in range(7)]
    own = TimeEntry.objects.of(request.user).on_days(days[0], days[-1])
    minutes = own.minutes_by_day()
    most = max(8 * 60, *minutes.values()) if minutes else 8 * 60
    url = f"{reverse('timetracking:timeentry-list')}?employee_id={request.user.pk}"
    return {
        "days": [
            {
                "label": date_format(day, "D"),
                "date": day,
                "hours": hours_of(minutes.get(day, 0)),
                "share": round(100 * minutes.get(day, 0) / most),
                "is_today": day == today,
                "url": f"{url}&start_date={day}&end_date={day}",
            }
            for day in days
            if day.weekday() < 5 or minutes.get(day)
        ],
        "total": hours_of(sum(minutes.values())),
        "url": f"{url}&start_date={days[0]}&end_date={days[-1]}",
    }


def to_approve(user: Any) -> int:
    """How many entries wait for this person's approval."""
    if not user.has_perm("timetracking.approve_timeentry"):
        return 0
    found: int = TimeEntry.objects.visible_to(user).submitted().exclude(employee=user).count()
    return found


register(
    MenuItem(
        "time",
        _("Time"),
        "timetracking:timeentry-list",
        "clock",
        "team",
        10,
        permission=VIEW,
        count=to_approve,
    ),
    Entity(
        TimeEntry,
        ("note", "project__title", "project__project_number", "employee__last_name"),
        "clock",
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
        permission=VIEW,
        order=10,
        size=(4, 3),
        live="timer",
    ),
    Widget(
        "hours",
        _("My week"),
        "timetracking/widgets/hours.html",
        week,
        permission=VIEW,
        order=20,
        size=(4, 3),
        live="timer",
    ),
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
)
