"""How people, departments and roles are filtered."""

from employees.models import Department, Employee, Role
from workmate.filters import BaseFilter, Ordering, RelationFilter


class DepartmentFilter(BaseFilter):
    """Departments."""

    manager_id = RelationFilter(Employee, field_name="manager")
    ordering = Ordering("name", "code", "created_at")

    class Meta:
        model = Department
        fields: list[str] = []


class RoleFilter(BaseFilter):
    """Roles."""

    ordering = Ordering("name", "created_at")

    class Meta:
        model = Role
        fields: list[str] = []


class EmployeeFilter(BaseFilter):
    """People. Personal fields are no filters: a filter would tell what it hides."""

    department_id = RelationFilter(Department, field_name="department")
    role_id = RelationFilter(Role, field_name="role")
    reports_to = RelationFilter(Employee)
    ordering = Ordering("last_name", "first_name", "employee_code", "email", "status", "created_at")

    class Meta:
        model = Employee
        fields = ["status"]
