"""How time entries are filtered."""

import datetime as dt
import zoneinfo
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from employees.models import Employee
from projects.models import Project
from timetracking.models import TimeEntry
from workmate.filters import BaseFilter, BooleanFilter, DateFilter, Ordering, RelationFilter

# Days outside of these have no midnight that the database and every time zone could tell.
SENSIBLE = [MinValueValidator(dt.date(1900, 1, 1)), MaxValueValidator(dt.date(2999, 12, 31))]


class TimeEntryFilter(BaseFilter):
    """Time entries. Days are those of the person who asks."""

    employee_id = RelationFilter(Employee, field_name="employee")
    project_id = RelationFilter(Project, field_name="project")
    start_date = DateFilter(method="from_day", label=_("From"), validators=SENSIBLE)
    end_date = DateFilter(method="to_day", label=_("To"), validators=SENSIBLE)
    is_approved = BooleanFilter(label=_("Approved"))
    ordering = Ordering("start_time", "duration_minutes")

    class Meta:
        model = TimeEntry
        fields = ["billable", "is_invoiced", "status", "task_type"]

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        """The time zone of the person who asks."""
        return zoneinfo.ZoneInfo(self.request.user.timezone)

    def from_day(self, queryset: Any, name: str, value: dt.date) -> Any:
        """What starts on that day or later."""
        return queryset.on_days(value, None, self.zone)

    def to_day(self, queryset: Any, name: str, value: dt.date) -> Any:
        """What starts on that day or earlier."""
        return queryset.on_days(None, value, self.zone)
