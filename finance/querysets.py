"""Which expenses there are, for whom, and what they add up to."""

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Self

from django.db.models import Q, Sum
from django.db.models.functions import TruncWeek
from django.utils.translation import gettext_lazy as _

from employees.models import Employee
from workmate.querysets import BaseQuerySet

if TYPE_CHECKING:
    from workmate.services import Actor

ZERO = Decimal("0.00")
# From here on an expense no longer changes: book-keeping and invoices rely on it.
SETTLED = ("approved", "reimbursed")


class ExpenseQuerySet(BaseQuerySet):
    """Expenses."""

    sees = _("own, and those of the team")

    def visible_to(self, user: "Actor") -> Self:
        """One's own and those of one's direct reports; all for holders of the permission."""
        rows = super().visible_to(user)
        if user.has_perm("finance.view_all_expense"):
            return rows
        team = Employee.objects.filter(Q(pk=user.pk) | Q(reports_to=user.pk))
        return rows.filter(employee__in=team.order_by().values("pk"))

    def for_list(self) -> Self:
        """With person and project, and the VAT of each."""
        return self.select_related("employee", "project").prefetch_related("taxes")

    def for_approval(self) -> Self:
        """With the person, and what is told of an expense that waits."""
        people = ("employee__first_name", "employee__last_name", "employee__email")
        own = ("expense_date", "supplier", "description", "amount", "updated_at")
        return self.select_related("employee").only(*own, *people)

    def of(self, person: "Actor") -> Self:
        """One person's own."""
        return self.filter(employee_id=person.pk)

    def submitted(self) -> Self:
        """Those that wait for approval."""
        return self.filter(status="submitted")

    def awaiting(self, user: "Actor") -> Self:
        """What waits for this person's decision: nothing of their own, or submitted by them."""
        rows = self.visible_to(user).submitted().exclude(employee=user.pk)
        # Not `exclude`, which would ask for null besides.
        return rows.filter(Q(submitted_by=None) | ~Q(submitted_by=user.pk))

    def approved(self) -> Self:
        """Those that were approved, whether they were paid back since or not."""
        return self.filter(status__in=SETTLED)

    def unapproved(self) -> Self:
        """Those that nobody approved (yet)."""
        return self.exclude(status__in=SETTLED)

    def unreimbursed(self) -> Self:
        """Those that were approved and wait to be paid back."""
        return self.filter(status="approved")

    def counted(self) -> Self:
        """Those that cost the company something: all that were not rejected."""
        return self.exclude(status="rejected")

    def invoiced(self) -> Self:
        """Those that stand on an invoice."""
        return self.filter(is_invoiced=True)

    def unbilled(self) -> Self:
        """Those that can be put on an invoice now: approved costs of projects that are paid for."""
        rows = self.approved().filter(billable=True, is_invoiced=False)
        return rows.filter(project__isnull=False)

    def for_billing(self, project: Any, until: dt.date | None = None) -> Self:
        """What can be billed of a project now, in the order in which it was spent."""
        rows = self.unbilled().filter(project=project)
        if until is not None:
            rows = rows.filter(expense_date__lte=until)
        return rows.order_by("expense_date", "pk")

    def figures(self) -> dict[str, Decimal]:
        """Gross and net, in one query."""
        return self.order_by().aggregate(
            expenses=Sum("amount", default=ZERO), net_expenses=Sum("net_amount", default=ZERO)
        )

    def by_week(self) -> dict[dt.date, Decimal]:
        """The net sum of each week (its Monday)."""
        weeks = self.annotate(week=TruncWeek("expense_date")).order_by().values("week")
        return {row["week"]: row["net"] for row in weeks.annotate(net=Sum("net_amount"))}

    def sum_amount(self) -> Decimal:
        """Gross, in EUR."""
        return self._sum("amount")

    def sum_net(self) -> Decimal:
        """Net, in EUR: what remains once the input VAT has come back."""
        return self._sum("net_amount")

    def _sum(self, name: str) -> Decimal:
        total: Decimal = self.order_by().aggregate(total=Sum(name, default=ZERO))["total"]
        return total


class ExpenseTaxQuerySet(BaseQuerySet):
    """What expenses consist of, by VAT rate."""

    sees = _("of the expenses that one sees")

    def for_list(self) -> Self:
        """With the expense that each belongs to."""
        return self.select_related("expense")
