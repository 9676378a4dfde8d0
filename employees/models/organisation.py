"""Departments, and roles: what a person may do."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from employees.fields import PatternsField, check_patterns
from employees.querysets import DepartmentQuerySet, RoleQuerySet
from workmate.models import BaseModel


class Department(BaseModel):
    """A part of the company, such as IT or Finance."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    code = models.CharField(_("short code"), max_length=20, blank=True)
    description = models.TextField(_("description"), blank=True)
    manager = models.ForeignKey(
        "employees.Employee",
        verbose_name=_("manager"),
        on_delete=models.PROTECT,
        related_name="managed_departments",
        null=True,
        blank=True,
    )

    objects = DepartmentQuerySet.as_manager()

    class Meta:
        db_table = "departments"
        ordering = ["name"]
        verbose_name = _("department")
        verbose_name_plural = _("departments")

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse to put an inactive person in charge; one who became inactive may still stand."""
        if self.manager is None:
            return
        people = type(self.manager)._base_manager.filter(pk=self.manager_id, status="inactive")
        if people.exists() and not self.stands_as_it_was("manager_id"):
            raise ValidationError({"manager": _("This person is inactive.")})


class Role(BaseModel):
    """What a person may do: a list of permission patterns."""

    # What readers call the roles that every company starts with; single sign-on, the API and the
    # settings go by their names as stored.
    WORDS: ClassVar[dict[str, Any]] = {
        "Admin": pgettext_lazy("role", "Admin"),
        "Management": pgettext_lazy("role", "Management"),
        "Accounting": pgettext_lazy("role", "Accounting"),
        "Project lead": pgettext_lazy("role", "Project lead"),
        "Employee": pgettext_lazy("role", "Employee"),
        "External": pgettext_lazy("role", "External"),
        "May do everything.": _("May do everything."),
        "Runs the company.": _("Runs the company."),
        "Invoices, payments and expenses.": _("Invoices, payments and expenses."),
        "Projects, their hours and their chat.": _("Projects, their hours and their chat."),
        "Own time, own expenses, own projects.": _("Own time, own expenses, own projects."),
        "Own time on own projects.": _("Own time on own projects."),
    }

    name = models.CharField(_("name"), max_length=120, unique=True)
    description = models.TextField(_("description"), blank=True)
    keycloak_id = models.CharField(
        _("single sign-on role"),
        max_length=255,
        blank=True,
        help_text=_("The role's id at the identity provider."),
    )
    permissions_json = PatternsField(
        _("permissions"),
        default=list,
        blank=True,
        help_text=_(
            "One pattern a line, such as backoffice.crm.* or documents.document.view. "
            "A star at the end stands for all the rest, elsewhere for one part."
        ),
    )

    objects = RoleQuerySet.as_manager()

    class Meta:
        db_table = "roles"
        ordering = ["name"]
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        constraints = [
            models.UniqueConstraint(
                fields=["keycloak_id"],
                condition=~Q(keycloak_id=""),
                name="one_role_a_keycloak_id",
                violation_error_message=_("Another role has this single sign-on role already."),
            )
        ]

    def __str__(self) -> str:
        return str(self.WORDS.get(self.name, self.name))

    @property
    def purpose(self) -> str:
        """The description, of a role that every company starts with in the reader's language."""
        return str(self.WORDS.get(self.description, self.description))

    def clean(self) -> None:
        """Refuse anything that is not a list of patterns."""
        check_patterns("permissions_json", self.permissions_json)

    @property
    def is_all_powerful(self) -> bool:
        """Whether it may do everything."""
        return "*" in self.permissions_json
