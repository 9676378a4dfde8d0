"""What reminders show on the pages of the rows that they are about, and on dashboards."""

from typing import Any
from urllib.parse import urlencode

from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from reminders.models import Reminder
from workmate.display import status_of
from workmate.registry import open_items
from workmate.templatetags.workmate import format_due


def by_urgency(rows: Any) -> Any:
    """Reminders with the day on which they come up, the most urgent first."""
    return rows.with_due().order_by("due", "pk")


def line_of(reminder: Reminder) -> dict[str, Any]:
    """How an unfinished reminder stands in a list of what waits."""
    return {
        "title": reminder.title,
        "url": reminder.get_absolute_url(),
        "sub": format_due(reminder.due_on),
        "tone": "danger" if reminder.due_on < timezone.localdate() else "",
        "status": status_of(reminder) if reminder.status == "overdue" else None,
    }


def reminders_about(request: HttpRequest, obj: models.Model) -> dict[str, Any]:
    """The person's unfinished reminders about a row, for the open items on its page."""
    user: Any = request.user
    rows = Reminder.objects.visible_to(user).about(obj).unfinished()
    query = urlencode({"linked_entity_id": obj.pk, "is_open": "true"})
    return open_items(
        by_urgency(rows),
        line_of,
        url=f"{reverse('reminders:reminder-list')}?{query}",
        more=_("All open reminders"),
    )
