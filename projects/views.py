"""Pages for projects and their members."""

from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from projects.burn import chart_of
from projects.filters import ProjectFilter, ProjectMemberFilter
from projects.forms import ProjectForm, ProjectMemberForm
from projects.models import Project, ProjectMember
from projects.module import due_tone
from system.models import ActivityEntry
from workmate.permissions import perm_of
from workmate.registry import registry
from workmate.services import Actor
from workmate.templatetags.workmate import (
    NBSP,
    NOTHING,
    format_ago,
    format_date,
    format_hours,
    format_money,
    format_number,
)
from workmate.views import (
    Column,
    DeletePage,
    DetailPage,
    FormPage,
    ListPage,
    ModelPages,
    Section,
    figure,
)

# From here on a budget is nearly used up.
WARN_PERCENT = 80


def title_of(project: Project) -> str:
    """Title and number."""
    return format_html('{} <span class="muted">{}</span>', project.title, project.project_number)


def due_of(project: Project) -> str:
    """The deadline, and how far away it is while it counts."""
    day = project.due_on
    if day is None:
        return NOTHING
    if project.is_finished:
        return format_date(day)
    css = f"sub {due_tone(project)}".strip()
    return format_html('{}<span class="{}">{}</span>', format_date(day), css, format_ago(day))


def percent(value: Any) -> str:
    """A share, without decimals."""
    return NOTHING if value is None else f"{format_number(value, 0)}{NBSP}%"


def budget_tone(project: Project) -> str:
    """Yellow when the budget is nearly used up, red when it is exceeded."""
    used = project.budget_utilization
    if used is None or used < WARN_PERCENT:
        return ""
    return "danger" if used > 100 else "warn"


def burn_of(project: Project) -> str:
    """How much of the budget is used up."""
    text = percent(project.budget_utilization)
    tone = budget_tone(project)
    return format_html('<span class="{}">{}</span>', tone, text) if tone else text


def money(name: str, label: Any) -> Column:
    """An amount that is computed, as a fact."""
    return Column(
        name, label, render=lambda project: format_money(getattr(project, name)), align="num"
    )


class ProjectListPage(ListPage):
    """Projects; with the budget's burn for those who may see it."""

    def filtered(self, rows: Any) -> tuple[Any, Any]:
        """Without a choice of customers for those who see none."""
        filterset, found = super().filtered(rows)
        if not self.request.user.has_perm("crm.view_customer"):
            field = filterset.form.fields["customer_id"]
            field.widget = field.hidden_widget()
        return filterset, found

    def loaded(self, rows: Any) -> Any:
        """With what is used of the budget in the rows' own query."""
        found = super().loaded(rows)
        shown = {column.name for column in self.columns()}
        return found.with_budget_used() if "budget_utilization" in shown else found


class ProjectDetailPage(DetailPage):
    """A project with all its figures."""

    def object(self) -> Any:
        """The row, added up."""
        return super().object().add_up()


class ProjectPages(ModelPages):
    """Projects."""

    model = Project
    form_class = ProjectForm
    filter_class = ProjectFilter
    list_page = ProjectListPage
    detail_page = ProjectDetailPage
    prefix, icon, group = "projects", "folder-kanban", "customers"
    quick = "status"
    empty_text = gettext_lazy("A project is what time is booked on and what invoices bill.")
    columns = [
        Column("title", gettext_lazy("Project"), render=title_of, sub="customer", narrow="due_on"),
        Column("project_manager", css="wide-only"),
        Column("deadline", css="wide-only", render=due_of),
        Column("priority", css="wide-only mid-only"),
        Column("status"),
        Column(
            "budget_utilization",
            gettext_lazy("Budget used"),
            css="wide-only",
            align="num",
            render=burn_of,
        ),
        Column("department", css="wide-only", extra=True),
        Column("start_date", css="wide-only", extra=True),
        Column("end_date", css="wide-only", extra=True),
        Column("budget", css="wide-only", extra=True),
        Column("hourly_rate", css="wide-only", extra=True),
        Column("created_at", css="wide-only", extra=True),
    ]
    sections = [
        Section(gettext_lazy("Description"), ["description"], wide=True),
        Section(gettext_lazy("Facts"), ["project_manager", "department", "priority"]),
        Section(
            gettext_lazy("Schedule"),
            [
                "start_date",
                "end_date",
                "deadline",
                Column(
                    "completion_percentage",
                    gettext_lazy("Time passed"),
                    render=lambda project: percent(project.completion_percentage),
                ),
            ],
        ),
        Section(
            gettext_lazy("Money"),
            [
                "budget",
                "hourly_rate",
                money("billable_amount", gettext_lazy("Worth of the billable hours")),
                money("total_expenses", gettext_lazy("Expenses, gross")),
                money("net_expenses", gettext_lazy("Expenses, net")),
                money("total_revenue", gettext_lazy("Paid invoices, gross")),
                money("net_revenue", gettext_lazy("Paid invoices, net")),
                money("labour_cost", gettext_lazy("Labour cost")),
                money("profit_margin", gettext_lazy("Margin")),
            ],
        ),
        Section(gettext_lazy("Internal notes"), ["notes"], wide=True),
    ]

    @classmethod
    def figures(cls, request: HttpRequest, rows: Any) -> list[dict[str, Any]]:
        """How many are active, overdue and one's own; each links to its rows."""
        found = rows.figures(request.user)
        number = {name: format_number(count) for name, count in found.items()}
        tone = "danger" if found["overdue"] else ""
        return [
            figure(request, _("Active"), number["active"], active="true"),
            {**figure(request, _("Overdue"), number["overdue"], overdue="true"), "tone": tone},
            figure(request, _("My projects"), number["mine"], mine="true"),
        ]

    @classmethod
    def detail_figures(cls, request: HttpRequest, obj: Any) -> list[dict[str, Any]]:
        """Hours, budget, margin, deadline; with the lists that make them up."""
        hidden = obj.concealed_from(request.user)
        shown: list[dict[str, Any]] = [
            {
                "label": _("Hours"),
                "value": format_hours(obj.total_hours_tracked),
                "url": _list_of(request, obj, "time"),
            },
            {
                "label": _("of these billable"),
                "value": format_hours(obj.billable_hours),
                "url": _list_of(request, obj, "time", "billable=true"),
            },
        ]
        if "budget_utilization" not in hidden and obj.budget_utilization is not None:
            shown.append(
                {
                    "label": _("Budget used"),
                    "value": percent(obj.budget_utilization),
                    "tone": budget_tone(obj),
                    "url": _list_of(request, obj, "time", "billable=true"),
                }
            )
        if "profit_margin" not in hidden:
            shown.append(
                {
                    "label": _("Margin"),
                    "value": format_money(obj.profit_margin),
                    "tone": "danger" if obj.profit_margin < 0 else "",
                    "url": _list_of(request, obj, "project_invoices"),
                }
            )
        if obj.due_on is not None:
            note = "" if obj.is_finished else format_ago(obj.due_on)
            label = _("Deadline") if obj.deadline else _("Planned end")
            value = format_date(obj.due_on)
            shown.append({"label": label, "value": value, "note": note, "tone": due_tone(obj)})
        return shown

    @classmethod
    def timeline(cls, request: HttpRequest, obj: Any) -> Any:
        """What the activity feed tells of it."""
        return ActivityEntry.objects.timeline(obj, cast(Actor, request.user))

    @classmethod
    def more_context(cls, request: HttpRequest, obj: Any) -> dict[str, Any]:
        """Whom it is for and who leads it, the budget."""
        user: Any = request.user
        return {
            "subtitle": _subtitle(obj, user),
            "budget": None if "budget" in obj.concealed_from(user) else _budget(obj),
            "burn": chart_of(obj, user),
        }


class ProjectMemberFormPage(FormPage):
    """A member; afterwards back to the project."""

    def onwards(self, made: ProjectMember) -> HttpResponse:
        """To the project."""
        return redirect(made.project)


class ProjectMemberDeletePage(DeletePage):
    """Remove a member; afterwards back to the project."""

    def onwards(self, gone: ProjectMember) -> HttpResponse:
        """To the project, unless it was oneself who could see it so far."""
        seen = Project.objects.visible_to(self.request.user).filter(pk=gone.project_id)
        return redirect(gone.project) if seen.exists() else super().onwards(gone)


class ProjectMemberPages(ModelPages):
    """Who takes part in which project."""

    model = ProjectMember
    form_class = ProjectMemberForm
    filter_class = ProjectMemberFilter
    form_page = ProjectMemberFormPage
    delete_page = ProjectMemberDeletePage
    prefix, icon, group = "project-members", "users", "customers"
    empty_text = gettext_lazy("Members see the project and book their time on it.")
    columns = [
        Column("employee", sub="role"),
        Column("project", css="wide-only"),
        Column("created_at", gettext_lazy("Since"), css="wide-only"),
    ]
    sections = [
        Section(
            gettext_lazy("Facts"),
            ["employee", "project", "role", Column("created_at", gettext_lazy("Since"))],
        )
    ]


def _list_of(request: HttpRequest, project: Project, key: str, query: str = "") -> str:
    """The list that an upper module shows on the project's page; empty without the right to it."""
    for panel in registry.panels(Project):
        if panel.key == key and request.user.has_perm(panel.permission):
            return f"{reverse(panel.list)}?{panel.by}_id={project.pk}" + (query and f"&{query}")
    return ""


def _subtitle(project: Project, user: Any) -> str:
    """The customer, as a link for those who may open it, and the project manager."""
    customer: Any = project.customer
    if user.has_perm(perm_of(type(customer), "view")):
        customer = format_html('<a href="{}">{}</a>', customer.get_absolute_url(), customer)
    manager = project.project_manager
    if manager is None:
        return format_html("{}", customer)
    led = _("led by %(name)s") % {"name": manager}
    return format_html("{} · {}", customer, led)


def _budget(project: Project) -> dict[str, Any] | None:
    """What the budget's card shows; None without a budget."""
    used = project.budget_utilization
    if used is None:
        return None
    return {
        "used": project.budget_used,
        "total": project.budget,
        "percent": percent(used),
        "time": percent(project.completion_percentage),
        # The bar ends at the budget, and starts at nothing.
        "width": int(min(max(used, 0), 100)),
        "tone": budget_tone(project),
    }
