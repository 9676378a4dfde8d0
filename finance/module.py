"""What this module contributes to the others."""

from django.utils.translation import gettext_lazy as _

from finance.models import Expense
from workmate.registry import Entity, MenuItem, Panel, register

VIEW = "finance.view_expense"
LIST = "finance:expense-list"


register(
    MenuItem("expenses", _("Expenses"), LIST, "wallet", "money", 40, permission=VIEW),
    Entity(
        Expense,
        (
            "description",
            "supplier",
            "project__title",
            "project__project_number",
            "employee__last_name",
        ),
        "wallet",
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
)
