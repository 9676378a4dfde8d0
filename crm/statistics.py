"""What a customer comes to: revenue, what is open, hours and projects, in a handful of queries."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q, Sum

from crm.models import Customer
from workmate.fields import round_money
from workmate.permissions import perm_of

if TYPE_CHECKING:
    from workmate.services import Actor

MONEY = (
    "total_revenue",
    "net_revenue",
    "outstanding_amount",
    "overdue_amount",
    "average_days_to_pay",
)
WORK = ("total_hours_tracked", "billable_hours", "projects_count", "active_projects_count")
MINUTES = "time_entries__duration_minutes"


def statistics_of(customer: Customer, user: "Actor") -> dict[str, Any]:
    """The figures of a customer, over the invoices and projects that the person may see.

    Where somebody may see none at all, they are None: 0 would be a wrong answer.
    """
    found: dict[str, Any] = {**dict.fromkeys(MONEY + WORK), "by_year": []}
    if may_see("invoices", user):
        found |= _money(customer.invoices.visible_to(user))
    if may_see("projects", user):
        found |= _work(customer.projects.visible_to(user).order_by())
    return found


def may_see(relation: str, user: "Actor") -> bool:
    """Whether the person may see any rows of an upper module that belong to customers."""
    model: Any = Customer._meta.get_field(relation).related_model
    return user.has_perm(perm_of(model, "view"))


def _money(rows: Any) -> dict[str, Any]:
    found = rows.figures()
    return {
        "total_revenue": found["settled"],
        "net_revenue": found["settled_net"],
        "outstanding_amount": found["outstanding"],
        "overdue_amount": found["overdue"],
        "average_days_to_pay": rows.average_days_to_pay(),
        "by_year": list(rows.by_year()),
    }


def _work(rows: Any) -> dict[str, Any]:
    # Two queries: joined to their hours the projects would be counted once an entry.
    projects = rows.aggregate(all=Count("pk"), active=Count("pk", filter=Q(status="active")))
    minutes = rows.aggregate(
        all=Sum(MINUTES, default=0),
        billable=Sum(MINUTES, filter=Q(time_entries__billable=True), default=0),
    )
    return {
        "total_hours_tracked": round_money(Decimal(minutes["all"]) / 60),
        "billable_hours": round_money(Decimal(minutes["billable"]) / 60),
        "projects_count": projects["all"],
        "active_projects_count": projects["active"],
    }
