"""How projects and their members are filtered."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from crm.models import Customer
from employees.models import Department, Employee
from projects.models import Project, ProjectMember
from workmate.filters import BaseFilter, BooleanFilter, Ordering, RelationFilter


class ProjectFilter(BaseFilter):
    """Projects. Money is no filter and no order: either would tell what it conceals."""

    customer_id = RelationFilter(Customer, field_name="customer")
    department_id = RelationFilter(Department, field_name="department")
    project_manager_id = RelationFilter(
        Employee, field_name="project_manager", label=_("Project manager")
    )
    active = BooleanFilter(method="by_word", label=_("Active"))
    unfinished = BooleanFilter(method="by_word", label=_("Unfinished"))
    overdue = BooleanFilter(method="by_word", label=_("Overdue"))
    mine = BooleanFilter(method="by_word", label=_("My projects"))
    ordering = Ordering("created_at", "project_number", "title", "status", "deadline")

    class Meta:
        model = Project
        fields = ["status", "priority"]

    def by_word(self, queryset: Any, name: str, value: bool) -> Any:
        """The rows to which one of the queryset's words applies, or the others."""
        rows = Project.objects.all()
        if name == "mine":
            found = rows.of(self.request.user)
        else:
            words = {"active": rows.active, "unfinished": rows.unfinished, "overdue": rows.overdue}
            found = words[name]()
        keys = found.order_by().values("pk")
        return queryset.filter(pk__in=keys) if value else queryset.exclude(pk__in=keys)


class ProjectMemberFilter(BaseFilter):
    """Who takes part in which project."""

    project_id = RelationFilter(Project, field_name="project")
    employee_id = RelationFilter(Employee, field_name="employee")
    ordering = Ordering("created_at")

    class Meta:
        model = ProjectMember
        fields: list[str] = []
