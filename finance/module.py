"""What this module contributes to the others."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from finance.importers import ExpenseImporter
from finance.models import Expense
from workmate.registry import (
    Approval,
    Command,
    Entity,
    Figures,
    Importer,
    MenuItem,
    NotificationKind,
    Panel,
    Waiting,
    register,
)
from workmate.templatetags.workmate import format_money

VIEW = "finance.view_expense"
APPROVE = "finance.approve_expense"
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


def to_decide(expense: Expense) -> Waiting:
    """A submitted expense, under its person and month."""
    month = date_format(expense.expense_date, "F Y")
    return Waiting(
        person=expense.employee,
        span=month,
        day=expense.expense_date,
        title=expense.subject,
        note=expense.supplier,
        amount=expense.amount,
    )


register(
    Approval(
        "expenses",
        _("Expenses"),
        Expense,
        rows=lambda user: Expense.objects.awaiting(user),
        shows=to_decide,
        sheet=lambda expense: f"{reverse(LIST)}?status=submitted&employee_id={expense.employee_id}",
        total=format_money,
        icon="wallet",
        permission=APPROVE,
        order=20,
    ),
    MenuItem(
        "expense_approvals",
        _("Expenses to approve"),
        "workmate:approvals",
        "check-check",
        "money",
        45,
        permission=APPROVE,
        query="kind=expenses",
    ),
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
        reads=(
            *("expense_date", "description"),
            *("employee__first_name", "employee__last_name", "employee__email"),
        ),
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
    NotificationKind("expense_submitted", _("An expense waits for my approval"), 46),
    NotificationKind("expense_approved", _("My expense was approved"), 47),
    NotificationKind("expense_rejected", _("My expense was rejected"), 48),
    NotificationKind("expense_reimbursed", _("My expense was reimbursed"), 49),
    Importer(Expense, ExpenseImporter(), "wallet"),
)
