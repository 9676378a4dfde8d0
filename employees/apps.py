"""Employees: people, departments, roles."""

from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from workmate.apps import ModuleConfig


class EmployeesConfig(ModuleConfig):
    """People, departments, roles; the employee is the user."""

    name = "employees"
    verbose_name = _("Employees")
    icon = "users"
    order = 10

    def ready(self) -> None:
        """Also seed the roles after each migration: a flush empties what a migration wrote."""
        super().ready()
        from employees.services import seed_roles  # models are loaded by now

        post_migrate.connect(seed_roles, sender=self, dispatch_uid="employees.seed_roles")
