"""What this module contributes to the others."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from finance.models import Expense
from workmate.registry import Command, Entity, Figures, MenuItem, Panel, register

VIEW = "finance.view_expense"
LIST = "finance:expense-list"


def waiting(request: HttpRequest) -> list[dict[str, Any]]:
    """How many of the expenses that the person sees wait for approval."""
    user: Any = request.user
    return [
        {
            "label": gettext("Submitted expenses"),
            "value": Expense.objects.visible_to(user).submitted().count(),
            "url": f"{reverse(LIST)}?status=submitted",
        }
    ]


register(
    Figures("expenses", waiting, permission=VIEW, order=60),
    MenuItem("expenses", _("Expenses"), LIST, "wallet", "money", 40, permission=VIEW),
    Entity(
        Expense,
        (
            "supplier",
            "project__title",
            "project__project_number",
            "employee__last_name",
        ),
        "wallet",
        texts=("description",),
    ),
    Panel(
        "expenses",
        on="projects.project",
        list=LIST,
        by="project",
        label=_("Expenses"),
        icon="wallet",
        permission=VIEW,
        order=30,
    ),
    Command(
        "new_expense",
        _("New expense"),
        "finance:expense-new",
        "wallet",
        permission="finance.add_expense",
        order=40,
    ),
)
