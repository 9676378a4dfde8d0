"""What hours show on the pages of customers and projects."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from crm.models import Customer
from projects.models import Project
from timetracking.models import TimeEntry
from timetracking.querysets import hours_of
from timetracking.week import NO_KIND
from workmate.registry import open_items
from workmate.templatetags.workmate import format_hours


def list_of(**narrowed: Any) -> str:
    """The address of the list of these entries."""
    return f"{reverse('timetracking:timeentry-list')}?{urlencode(narrowed)}"


def unbilled_of(obj: Customer | Project, user: Any) -> Any:
    """What the person sees of the hours that can be billed now."""
    name = "project__customer" if isinstance(obj, Customer) else "project"
    return TimeEntry.objects.visible_to(user).unbilled().filter(**{name: obj}).order_by()


def unbilled_hours(request: HttpRequest, obj: Customer | Project) -> list[dict[str, Any]]:
    """The hours that can be billed now."""
    name = "customer_id" if isinstance(obj, Customer) else "project_id"
    return [
        {
            "label": _("Unbilled hours"),
            "value": format_hours(unbilled_of(obj, request.user).sum_hours()),
            "url": list_of(**{name: obj.pk}, unbilled="true"),
        }
    ]


def unbilled_by_project(request: HttpRequest, customer: Customer) -> dict[str, Any]:
    """The customer's unbilled hours by project, the most in front."""
    rows = unbilled_of(customer, request.user)
    found = rows.hours_by("project_id", "project__project_number", "project__title")
    return open_items(
        found.order_by("-minutes", "project_id"),
        lambda row: {
            "title": row["project__title"],
            "sub": row["project__project_number"],
            "url": list_of(project_id=row["project_id"], unbilled="true"),
            "value": format_hours(hours_of(row["minutes"])),
        },
        url=list_of(customer_id=customer.pk, unbilled="true"),
        value=lambda: format_hours(rows.sum_hours()),
        more=_("All unbilled hours"),
    )


def hours_by_person(request: HttpRequest, project: Project) -> dict[str, Any] | None:
    """Who worked how much on a project, by name: nobody is ranked."""
    names = ("employee_id", "employee__first_name", "employee__last_name")
    found = _entries(project, request.user).hours_by(*names)
    ordered = found.order_by("employee__last_name", "employee__first_name", "employee_id")
    lines = [
        (
            f"{row['employee__first_name']} {row['employee__last_name']}",
            list_of(project_id=project.pk, employee_id=row["employee_id"]),
            row,
        )
        for row in ordered
    ]
    return _card(request, project, _("Hours by person"), _("Person"), lines)


def hours_by_kind(request: HttpRequest, project: Project) -> dict[str, Any] | None:
    """What kind of work was done for a project, the most in front."""
    kinds = dict(TimeEntry.TaskType.choices)
    found = _entries(project, request.user).hours_by("task_type").order_by("-minutes", "task_type")
    lines = [
        (
            str(capfirst(kinds[row["task_type"]])) if row["task_type"] else _("Not given"),
            list_of(
                project_id=project.pk,
                **({"task_type": row["task_type"]} if row["task_type"] else NO_KIND),
            ),
            row,
        )
        for row in found
    ]
    return _card(request, project, _("Hours by kind of work"), _("Kind of work"), lines)


def _entries(project: Project, user: Any) -> Any:
    return TimeEntry.objects.visible_to(user).filter(project=project).finished()


def _card(
    request: HttpRequest, project: Project, title: str, head: str, lines: list[Any]
) -> dict[str, Any] | None:
    if not lines:
        return None
    user: Any = request.user
    total = sum(row["minutes"] for _name, _url, row in lines)
    most = max(row["minutes"] for _name, _url, row in lines) or 1
    return {
        "title": title,
        "head": head,
        "url": list_of(project_id=project.pk),
        "lines": [
            {
                "name": name,
                "url": url,
                "hours": format_hours(hours_of(row["minutes"])),
                "billable": format_hours(hours_of(row["billable_minutes"])),
                "width": round(100 * row["minutes"] / most),
                "share": round(100 * row["minutes"] / (total or 1)),
            }
            for name, url, row in lines
        ],
        "total": format_hours(hours_of(total)),
        # Else one might take the own hours for all.
        "is_part": not user.has_perm("timetracking.view_all_timeentry"),
    }
