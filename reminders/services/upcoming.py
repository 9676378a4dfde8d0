"""What is to be seen to next, as lines for pages and dashboards."""

from typing import Any
from urllib.parse import urlencode

from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from reminders.models import Reminder
from workmate.display import status_of
from workmate.templatetags.workmate import format_ago

SHOWN = 4


def lines_of(rows: Any, limit: int) -> list[dict[str, Any]]:
    """The most urgent of these unfinished reminders."""
    today = timezone.localdate()
    return [
        {
            "title": reminder.title,
            "url": reminder.get_absolute_url(),
            "sub": _("due %(when)s") % {"when": format_ago(reminder.due_on)},
            "tone": "danger" if reminder.due_on < today else "",
            "status": status_of(reminder) if reminder.status == "overdue" else None,
        }
        for reminder in rows.with_due().order_by("due", "pk")[:limit]
    ]


def next_reminders(request: HttpRequest, obj: models.Model) -> dict[str, Any]:
    """The person's unfinished reminders about a row, for the open items on its page."""
    user: Any = request.user
    lines = lines_of(Reminder.objects.visible_to(user).about(obj).unfinished(), SHOWN + 1)
    query = urlencode({"linked_entity_id": obj.pk, "is_open": "true"})
    return {
        "rows": lines[:SHOWN],
        "all": {"url": f"{reverse('reminders:reminder-list')}?{query}"},
        "more": _("All open reminders") if len(lines) > SHOWN else "",
    }
