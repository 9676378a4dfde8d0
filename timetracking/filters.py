"""How time entries are filtered."""

from django.utils.translation import gettext_lazy as _

from employees.models import Employee
from projects.models import Project
from timetracking.models import TimeEntry
from workmate.filters import BaseFilter, BooleanFilter, FromDay, Ordering, RelationFilter, ToDay


class TimeEntryFilter(BaseFilter):
    """Time entries. Days are those of the person who asks."""

    employee_id = RelationFilter(Employee, field_name="employee")
    project_id = RelationFilter(Project, field_name="project")
    start_date = FromDay()
    end_date = ToDay()
    is_approved = BooleanFilter(label=_("Approved"))
    ordering = Ordering("start_time", "duration_minutes")

    class Meta:
        model = TimeEntry
        fields = ["billable", "is_invoiced", "status", "task_type"]
