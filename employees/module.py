"""What this module contributes to the others."""

from django.utils.translation import gettext_lazy as _

from employees.models import Department, Employee, Role
from workmate.registry import Entity, MenuItem, register

register(
    MenuItem("employees", _("Employees"), "employees:employee-list", "users", "team", 20),
    MenuItem("departments", _("Departments"), "employees:department-list", "network", "team", 30),
    MenuItem(
        "roles",
        _("Roles"),
        "employees:role-list",
        "shield",
        "team",
        40,
        permission="employees.view_role",
    ),
    Entity(Employee, ("first_name", "last_name", "email", "employee_code", "phone"), "user"),
    Entity(Department, ("name", "code"), "network"),
    Entity(Role, ("name",), "shield"),
)
