"""What this module contributes to the others."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from employees.models import Department, Employee, Role
from workmate.registry import Command, Entity, FirstStep, MenuItem, Series, register

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
    Entity(
        Employee,
        ("first_name", "last_name", "email"),
        "user",
        numbers=("employee_code", "phone"),
        reads=("first_name", "last_name", "email", "department__name"),
    ),
    Entity(Department, ("name",), "network", numbers=("code",), few=True),
    Entity(Role, ("name",), "shield", few=True),
    Command(
        "new_employee",
        _("New employee"),
        "employees:employee-new",
        "user",
        permission="employees.add_employee",
        order=70,
    ),
    Series("employees.employee", _("Employees"), settings.EMPLOYEE_CODE_PATTERN, 80),
    FirstStep(
        "person",
        _("Invite the first person"),
        _("They get a mail with a link, choose a password and can sign in."),
        "user-plus",
        lambda: Employee.objects.count() > 1,
        "employees:employee-new",
        permission="employees.add_employee",
        order=30,
    ),
)
