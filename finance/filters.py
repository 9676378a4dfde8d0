"""How expenses are filtered."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from employees.models import Employee
from finance.models import Expense
from projects.models import Project
from workmate.filters import (
    SENSIBLE_DAYS,
    BaseFilter,
    BooleanFilter,
    DateFilter,
    NumberFilter,
    Ordering,
    RelationFilter,
)


class ExpenseFilter(BaseFilter):
    """Expenses."""

    employee_id = RelationFilter(Employee, field_name="employee")
    project_id = RelationFilter(Project, field_name="project")
    start_date = DateFilter(
        field_name="expense_date", lookup_expr="gte", label=_("From"), validators=SENSIBLE_DAYS
    )
    end_date = DateFilter(
        field_name="expense_date", lookup_expr="lte", label=_("To"), validators=SENSIBLE_DAYS
    )
    is_approved = BooleanFilter(method="by_approval", label=_("Approved"))
    is_reimbursed = BooleanFilter(label=_("Reimbursed"))
    has_receipt = BooleanFilter(
        field_name="receipt", lookup_expr="isnull", exclude=True, label=_("With receipt")
    )
    min_amount = NumberFilter(field_name="amount", lookup_expr="gte", label=_("Gross from"))
    max_amount = NumberFilter(field_name="amount", lookup_expr="lte", label=_("Gross to"))
    ordering = Ordering("expense_date", "amount", "created_at")

    class Meta:
        model = Expense
        fields = ["status", "category", "billable", "is_invoiced"]

    def by_approval(self, queryset: Any, name: str, value: bool) -> Any:
        """Those that were approved, whether they were paid back since or not; or the others."""
        return queryset.approved() if value else queryset.unapproved()
