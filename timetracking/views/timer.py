"""The timer: what runs now, what one usually does, and what was done today."""

import datetime as dt
from typing import Any, cast

from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from timetracking.models import TimeEntry
from timetracking.views.entries import StartPage
from timetracking.week import favourites, lines_of
from workmate.registry import registry
from workmate.services import Actor
from workmate.views import errors_of


class TimerPage(StartPage):
    """Start and stop time, and go on with something that one did before, by one button."""

    def ask(self, obj: Any, form: Any, status: int = 200) -> HttpResponse:
        """The page: it asks for what the verb takes, whether a timer runs or not."""
        form = super().ask(obj, form, status).context_data["form"]  # type: ignore[attr-defined]
        person, today = cast(Actor, self.request.user), timezone.localdate()
        rows = TimeEntry.objects.of(person).on_days(today, today).for_list()
        widget = registry.widget("time_tracker")
        context = {
            "title": _("Timer"),
            "crumbs": self.crumbs(_("Timer")),
            "form": form,
            "error_list": errors_of(form),
            "verb": self.verb,
            "start_url": self.request.path,
            "widget_url": reverse("workmate:widget", args=["time_tracker"]),
            "widget": widget and widget.context(self.request),
            "usual": [self.usual(line) for line in lines_of(self.pairs(today), person)],
            "entries": rows,
            "list_url": self.pages.url("list"),
        }
        return TemplateResponse(self.request, "timetracking/timer.html", context, status=status)

    def pairs(self, today: dt.date) -> list[Any]:
        """What the person did most of late."""
        monday = today - dt.timedelta(days=today.weekday())
        return favourites(cast(Actor, self.request.user), monday)

    def usual(self, line: Any) -> dict[str, Any]:
        """A project and a kind of work, and what starting it sends."""
        kinds = dict(TimeEntry.TaskType.choices)
        return {
            "title": line.project.title if line.project else _("Internal time"),
            "kind": kinds.get(line.task_type, ""),
            "project": line.project_id or "",
            "task_type": line.task_type,
        }

    def onwards(self, obj: Any) -> HttpResponse:
        """Here again, where the time is seen running."""
        return redirect(self.request.path)
