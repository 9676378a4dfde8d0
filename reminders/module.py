"""What this module contributes to the others."""

import datetime as dt
from calendar import Calendar
from typing import Any, cast
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from reminders.around import by_urgency, line_of, reminders_about
from reminders.models import Notification, Reminder
from reminders.services import unread_count
from workmate.registry import (
    DAY,
    EVERYWHERE,
    Command,
    Entity,
    MenuItem,
    NotificationKind,
    OpenItems,
    Widget,
    register,
)
from workmate.services import Actor
from workmate.templatetags.workmate import format_ago, format_date

SHOWN = 6


def bell(request: HttpRequest) -> dict[str, Any]:
    """How many are unread, and where they are."""
    return {
        "unread": unread_count(cast(Actor, request.user).pk),
        "url": reverse("reminders:notification-list"),
    }


def upcoming(request: HttpRequest) -> dict[str, Any]:
    """What the person has to see to, the most urgent first."""
    user: Any = request.user
    rows = Reminder.objects.visible_to(user).of(user).unfinished()
    return {
        "rows": [line_of(reminder) for reminder in by_urgency(rows)[:SHOWN]],
        "empty": gettext("Nothing to think of at the moment."),
        "all": {
            "label": gettext("All my open reminders"),
            "value": rows.count(),
            "url": own_list(user),
        },
    }


def own_list(user: Any, **days: dt.date) -> str:
    """The list of what the person has to see to, perhaps of certain days."""
    query = urlencode({"is_open": "true", "owner_id": user.pk, **days})
    return f"{reverse('reminders:reminder-list')}?{query}"


def month(request: HttpRequest) -> dict[str, Any]:
    """This month, with how much is due on each day, and the list that makes it up."""
    user: Any = request.user
    today = timezone.localdate()
    weeks = Calendar().monthdatescalendar(today.year, today.month)
    rows = Reminder.objects.visible_to(user).of(user).unfinished()
    counts = rows.count_by_day(weeks[0][0], weeks[-1][-1])
    return {
        "title": date_format(today, "F Y"),
        "heads": [
            {"short": date_format(day, "D"), "name": date_format(day, "l")} for day in weeks[0]
        ],
        "weeks": [
            [
                {
                    "number": day.day,
                    "is_today": day == today,
                    "is_out": day.month != today.month,
                    "url": own_list(user, due_from=day, due_to=day) if day in counts else "",
                    "label": due_on(day, counts.get(day, 0)),
                }
                for day in week
            ]
            for week in weeks
        ],
        "all": {
            "label": date_format(today, "F Y"),
            "url": own_list(user, due_from=weeks[0][0], due_to=weeks[-1][-1]),
        },
    }


def due_on(day: dt.date, count: int) -> str:
    """What is heard of a day: how much is due on it."""
    text = ngettext("%(day)s: %(n)s reminder", "%(day)s: %(n)s reminders", count)
    return text % {"day": format_date(day), "n": count}


def latest(request: HttpRequest) -> dict[str, Any]:
    """What the person was told and has not opened yet, the newest first."""
    unread = Notification.objects.visible_to(cast(Actor, request.user)).unread()
    return {
        "rows": [
            {
                "title": note.title,
                "url": note.get_absolute_url(),
                "sub": format_ago(note.created_at),
            }
            for note in unread[:SHOWN]
        ],
        "empty": gettext("You have read everything."),
        "all": {
            "label": gettext("All unread notifications"),
            "value": unread.count(),
            "url": f"{reverse('reminders:notification-list')}?unread=true",
        },
    }


register(
    # Found by the search, but nobody is reminded of a reminder.
    Entity(
        Reminder,
        ("title",),
        "alarm-clock",
        texts=("description",),
        reads=("title", "status", "due_date", "snoozed_until"),
        in_feed=False,
        linkable=False,
    ),
    OpenItems(
        "reminders",
        EVERYWHERE,
        _("Next reminders"),
        "alarm-clock",
        reminders_about,
        permission="reminders.view_reminder",
        order=90,
    ),
    NotificationKind("reminder_due", _("A reminder is due"), 10),
    NotificationKind("reminder_delegated", _("Somebody gives me a reminder"), 20),
    NotificationKind("reminder_completed", _("A reminder that I gave away is completed"), 30),
    MenuItem(
        "reminders",
        _("Reminders"),
        "reminders:reminder-list",
        "alarm-clock",
        "overview",
        70,
        permission="reminders.view_reminder",
    ),
    Widget(
        "upcoming_reminders",
        _("Upcoming reminders"),
        "workmate/widgets/list.html",
        upcoming,
        permission="reminders.view_reminder",
        order=20,
        size=(4, 4),
        live="bell",
        starts=[DAY],
    ),
    Widget(
        "notifications",
        _("Unread notifications"),
        "workmate/widgets/list.html",
        latest,
        permission="reminders.view_notification",
        order=45,
        size=(6, 4),
        live="bell",
    ),
    Widget(
        "calendar",
        _("Calendar"),
        "reminders/widgets/calendar.html",
        month,
        permission="reminders.view_reminder",
        order=75,
        size=(4, 5),
        least=(3, 5),
        live="bell",
    ),
    MenuItem(
        "notifications",
        _("Notifications"),
        "reminders:notification-list",
        "bell",
        "overview",
        80,
        permission="reminders.view_notification",
    ),
    Widget(
        "bell",
        _("Notifications"),
        "reminders/widgets/bell.html",
        bell,
        slot="topbar",
        live="bell",
        order=90,
        permission="reminders.view_notification",
    ),
    Command(
        "new_reminder",
        _("New reminder"),
        "reminders:reminder-new",
        "bell",
        permission="reminders.add_reminder",
        order=45,
    ),
)
