"""How time entries are filtered."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from crm.models import Customer
from employees.models import Employee
from projects.models import Project
from timetracking.models import TimeEntry
from workmate.filters import (
    BaseFilter,
    BooleanFilter,
    FromDay,
    Ordering,
    RelationFilter,
    ToDay,
    WordFilter,
)


class TimeEntryFilter(BaseFilter):
    """Time entries. Days are those of the person who asks."""

    employee_id = RelationFilter(Employee, field_name="employee")
    project_id = RelationFilter(Project, field_name="project")
    customer_id = RelationFilter(Customer, field_name="project__customer")
    unbilled = WordFilter(label=_("To be billed"))
    start_date = FromDay()
    end_date = ToDay()
    is_approved = BooleanFilter(label=_("Approved"))
    is_internal = BooleanFilter(
        field_name="project", lookup_expr="isnull", label=_("Internal time")
    )
    has_task_type = BooleanFilter(method="by_kind_given", label=_("Kind of work given"))
    ordering = Ordering("start_time", "duration_minutes")

    class Meta:
        model = TimeEntry
        fields = ["billable", "is_invoiced", "status", "task_type"]

    def by_kind_given(self, queryset: Any, name: str, value: bool) -> Any:
        """Those whose kind of work is, or is not, given."""
        return queryset.exclude(task_type="") if value else queryset.filter(task_type="")
