"""What hours show on the pages of customers and projects."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from crm.models import Customer
from projects.models import Project
from timetracking.models import TimeEntry
from timetracking.querysets import hours_of
from workmate.templatetags.workmate import format_hours

SHOWN = 4


def list_of(**narrowed: Any) -> str:
    """The address of the list of these entries."""
    return f"{reverse('timetracking:timeentry-list')}?{urlencode(narrowed)}"


def unbilled_of(obj: Customer | Project, user: Any) -> Any:
    """What the person sees of the hours that can be billed now."""
    name = "project__customer" if isinstance(obj, Customer) else "project"
    return TimeEntry.objects.visible_to(user).unbilled().filter(**{name: obj}).order_by()


def open_hours(request: HttpRequest, obj: Customer | Project) -> list[dict[str, Any]]:
    """The hours that can be billed now."""
    name = "customer_id" if isinstance(obj, Customer) else "project_id"
    return [
        {
            "label": _("Open hours"),
            "value": format_hours(unbilled_of(obj, request.user).sum_hours()),
            "url": list_of(**{name: obj.pk}, unbilled="true"),
        }
    ]


def unbilled_by_project(request: HttpRequest, customer: Customer) -> dict[str, Any]:
    """The customer's unbilled hours by project, the most in front."""
    rows = unbilled_of(customer, request.user)
    found = rows.hours_by("project_id", "project__project_number", "project__title")
    first = list(found.order_by("-minutes", "project_id")[: SHOWN + 1])
    return {
        "rows": [
            {
                "title": row["project__title"],
                "sub": row["project__project_number"],
                "url": list_of(project_id=row["project_id"], unbilled="true"),
                "value": format_hours(hours_of(row["minutes"])),
            }
            for row in first[:SHOWN]
        ],
        "all": first
        and {
            "url": list_of(customer_id=customer.pk, unbilled="true"),
            "value": format_hours(rows.sum_hours()),
        },
        "more": _("All unbilled hours") if len(first) > SHOWN else "",
    }
