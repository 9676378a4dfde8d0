"""What this module contributes to the others."""

from typing import Any, cast

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from reminders.models import Notification, Reminder
from reminders.services import unread_count
from workmate.display import status_of
from workmate.registry import MenuItem, NotificationKind, Widget, register
from workmate.services import Actor
from workmate.templatetags.workmate import format_ago

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
    today = timezone.localdate()
    rows = Reminder.objects.visible_to(user).of(user).unfinished().with_due()
    return {
        "rows": [
            {
                "title": reminder.title,
                "url": reminder.get_absolute_url(),
                "sub": gettext("due %(when)s") % {"when": format_ago(reminder.due_on)},
                "tone": "danger" if reminder.due_on < today else "",
                "status": status_of(reminder) if reminder.status == "overdue" else None,
            }
            for reminder in rows.order_by("due", "pk")[:SHOWN]
        ],
        "empty": gettext("Nothing to think of at the moment."),
    }


def latest(request: HttpRequest) -> dict[str, Any]:
    """What the person was told and has not opened yet, the newest first."""
    return {
        "rows": [
            {
                "title": note.title,
                "url": note.get_absolute_url(),
                "sub": format_ago(note.created_at),
            }
            for note in Notification.objects.visible_to(cast(Actor, request.user)).unread()[:SHOWN]
        ],
        "empty": gettext("You have read everything."),
    }


register(
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
        order=40,
        size=(6, 4),
        live="bell",
    ),
    Widget(
        "notifications",
        _("Unread notifications"),
        "workmate/widgets/list.html",
        latest,
        permission="reminders.view_notification",
        order=90,
        size=(6, 4),
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
)
