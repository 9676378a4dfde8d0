"""What this module contributes to the others."""

from typing import Any, cast

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from reminders.services import unread_count
from workmate.registry import MenuItem, Widget, register
from workmate.services import Actor


def bell(request: HttpRequest) -> dict[str, Any]:
    """How many are unread, and where they are."""
    return {
        "unread": unread_count(cast(Actor, request.user).pk),
        "url": reverse("reminders:notification-list"),
    }


register(
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
