"""How projects and their members are filtered."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from crm.models import Customer
from employees.models import Department, Employee
from projects.models import Project, ProjectMember
from workmate.filters import BaseFilter, BooleanFilter, Ordering, RelationFilter, WordFilter


class ProjectFilter(BaseFilter):
    """Projects. Money is no filter and no order: either would tell what it conceals."""

    customer_id = RelationFilter(Customer, field_name="customer")
    department_id = RelationFilter(Department, field_name="department")
    project_manager_id = RelationFilter(
        Employee, field_name="project_manager", label=_("Project manager")
    )
    active = WordFilter(label=_("Active"))
    unfinished = WordFilter(label=_("Unfinished"))
    overdue = WordFilter(label=_("Overdue"))
    mine = BooleanFilter(method="by_own", label=_("My projects"))
    ordering = Ordering("created_at", "project_number", "title", "status", "deadline")

    class Meta:
        model = Project
        fields = ["status", "priority"]

    def by_own(self, queryset: Any, name: str, value: bool) -> Any:
        """The projects in which the person who asks takes part, or the others."""
        keys = Project.objects.of(self.request.user).order_by().values("pk")
        return queryset.filter(pk__in=keys) if value else queryset.exclude(pk__in=keys)


class ProjectMemberFilter(BaseFilter):
    """Who takes part in which project."""

    project_id = RelationFilter(Project, field_name="project")
    employee_id = RelationFilter(Employee, field_name="employee")
    ordering = Ordering("created_at")

    class Meta:
        model = ProjectMember
        fields: list[str] = []
