"""What a customer comes to: revenue, what is open, hours and projects, in a handful of queries."""

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Avg, Count, DurationField, ExpressionWrapper, F, Max, Q, Sum

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
SECONDS_A_DAY = 24 * 60 * 60
# The payments that count: neither reversals nor what was reversed.
KEPT = Q(payments__amount__gt=0, payments__reversal=None)
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
    paid, every = rows.paid().figures(), rows.figures()
    return {
        "total_revenue": paid["issued"],
        "net_revenue": paid["issued_net"],
        "outstanding_amount": every["outstanding"],
        "overdue_amount": every["overdue"],
        "average_days_to_pay": _days_to_pay(rows),
        "by_year": list(rows.by_year()),
    }


def _days_to_pay(rows: Any) -> Decimal | None:
    """Days from the date of an invoice to its last payment, on average; None before the first."""
    # A credit note is paid by the company, which says nothing about the customer.
    settled = rows.paid().exclude(document_type="credit_note").order_by()
    took = ExpressionWrapper(F("last") - F("issued_date"), output_field=DurationField())
    last = settled.annotate(last=Max("payments__payment_date", filter=KEPT))
    mean = last.aggregate(mean=Avg(took))["mean"]
    if mean is None:
        return None
    days = Decimal(mean.total_seconds()) / SECONDS_A_DAY
    return days.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)


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
