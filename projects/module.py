"""What this module contributes to the others."""

import datetime as dt
from typing import Any

from django.db.models import F
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from projects.around import due_in_words, projects_of, unfinished_of
from projects.models import Project, ProjectMember
from workmate.display import status_of
from workmate.querysets import CountSeen
from workmate.registry import (
    DAY,
    Command,
    Entity,
    Figures,
    MenuItem,
    OpenItems,
    Panel,
    ReminderRule,
    RowFigures,
    Series,
    Widget,
    register,
)

VIEW = "projects.view_project"
LIST = "projects:project-list"
SHOWN = 6
SOON_DAYS = 7


_count_overdue = CountSeen(Project, lambda rows, today: rows.overdue(today), today=dt.date.min)


def overdue_count(user: Any) -> int:
    """How many of the projects that the person sees are overdue."""
    return _count_overdue(user, today=timezone.localdate())


def my_projects(request: HttpRequest) -> dict[str, Any]:
    """The unfinished projects of the person, the most urgent first."""
    user: Any = request.user
    rows = Project.objects.visible_to(user).of(user).unfinished().with_due()
    return {
        "rows": [
            {
                "title": project.title,
                "url": project.get_absolute_url(),
                "sub": f"{project.customer} · {due}"
                if (due := due_in_words(project))
                else str(project.customer),
                "tone": due_tone(project),
                "status": status_of(project),
            }
            for project in rows.select_related("customer").order_by(
                F("due").asc(nulls_last=True), "title", "pk"
            )[:SHOWN]
        ],
        "empty": _("You take part in no project at the moment."),
        "all": {
            "label": _("All my unfinished projects"),
            "value": rows.count(),
            "url": f"{reverse(LIST)}?mine=true&unfinished=true",
        },
    }


def active_projects(request: HttpRequest) -> list[dict[str, Any]]:
    """How many of the projects that the person sees are being worked on."""
    user: Any = request.user
    return [
        {
            "label": _("Active projects"),
            "value": Project.objects.visible_to(user).active().count(),
            "url": f"{reverse(LIST)}?active=true",
        }
    ]


def due_tone(project: Project) -> str:
    """Red when overdue, yellow when it is soon."""
    left = project.days_until_deadline
    if left is None or project.is_finished:
        return ""
    return "danger" if left < 0 else "warn" if left <= SOON_DAYS else ""


def deadline_title(project: Project) -> str:
    """What a project manager has to think of."""
    return _("The deadline of %(project)s is near") % {"project": project.title}


register(
    ReminderRule(
        "project_deadline",
        Project,
        lambda: (
            Project.objects.unfinished()
            .filter(deadline__isnull=False)
            .select_related("project_manager__role")
        ),
        "deadline",
        deadline_title,
        lambda project: project.project_manager,
        days_before=3,
    ),
    MenuItem(
        "projects",
        gettext_lazy("Projects"),
        LIST,
        "folder-kanban",
        "customers",
        20,
        permission=VIEW,
        count=overdue_count,
        tone="danger",
    ),
    Entity(
        Project,
        ("title", "customer__name"),
        "folder-kanban",
        numbers=("project_number",),
        texts=("description",),
        reads=("project_number", "title", "status", "customer__name"),
    ),
    Entity(
        ProjectMember,
        ("employee__last_name", "employee__first_name", "role"),
        "user",
        reads=(
            *("role", "project__project_number", "project__title"),
            *("employee__first_name", "employee__last_name", "employee__email"),
        ),
    ),
    Widget(
        "my_projects",
        gettext_lazy("My projects"),
        "workmate/widgets/list.html",
        my_projects,
        permission=VIEW,
        order=70,
        size=(4, 4),
        starts=[DAY],
    ),
    Figures("projects", active_projects, permission=VIEW, order=20),
    Panel(
        "customer_projects",
        on="crm.customer",
        list=LIST,
        by="customer",
        label=gettext_lazy("Projects"),
        icon="folder-kanban",
        permission=VIEW,
        order=20,
    ),
    Panel(
        "members",
        on="projects.project",
        list="projects:projectmember-list",
        by="project",
        label=gettext_lazy("Members"),
        icon="users",
        permission="projects.view_projectmember",
        order=10,
    ),
    Panel(
        "project_documents",
        on="projects.project",
        list="documents:document-list",
        by="linked_entity",
        label=gettext_lazy("Documents"),
        icon="folder",
        permission="documents.view_document",
        order=60,
    ),
    Panel(
        "project_reminders",
        on="projects.project",
        list="reminders:reminder-list",
        by="linked_entity",
        label=gettext_lazy("Reminders"),
        icon="alarm-clock",
        permission="reminders.view_reminder",
        order=90,
    ),
    Command(
        "new_project",
        gettext_lazy("New project"),
        "projects:project-new",
        "folder-kanban",
        permission="projects.add_project",
        order=30,
    ),
    Command(
        "project_for",
        gettext_lazy("New project for %(title)s"),
        "projects:project-new",
        "folder-kanban",
        permission="projects.add_project",
        order=140,
        on="crm.customer",
        query="customer_id",
        short=gettext_lazy("New project"),
    ),
    RowFigures("customer_projects", "crm.customer", projects_of, permission=VIEW, order=30),
    OpenItems(
        "customer_projects",
        "crm.customer",
        gettext_lazy("Unfinished projects"),
        "folder-kanban",
        unfinished_of,
        permission=VIEW,
        order=25,
    ),
    Series(
        "projects.project",
        gettext_lazy("Projects"),
        Project._meta.get_field("project_number").pattern,
        70,
    ),
)
