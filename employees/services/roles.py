"""What may be done with roles, and the roles that every company starts with."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import ProtectedError
from django.utils.translation import gettext_lazy as _

from employees.models import Role
from employees.services.guards import (
    may_grant,
    one_at_a_time,
    refuse_to_grant_more,
    refuse_without_administrator,
)
from workmate import services
from workmate.errors import Conflict, as_domain_error
from workmate.events import emit
from workmate.services import Actor
from workmate.verbs import verb


@verb(Role, "create", permission="add_role", label=_("Create"))
def create_role(*, by: Actor | None, **data: Any) -> Role:
    """Add a role. Refuses to grant what `by` does not hold."""
    role = Role(**data)
    role.clean()
    refuse_to_grant_more(role.permissions_json, by, at="permissions_json")
    return services.save(role, by=by)


@verb(Role, "change", permission="change_role", label=_("Save"))
@services.acted
def change_role(role: Role, *, by: Actor | None, **data: Any) -> Role:
    """Change a role.

    What it grants, and who gets it by single sign-on (the name of the role for new people is part
    of that), is refused for one's own role, for a role that grants more than `by` holds, before or
    after, and where no administrator would be left.
    """
    one_at_a_time()
    role = services.lock(role)
    before, was_all_powerful = role.permissions_json, role.is_all_powerful
    rights = {"permissions_json", "keycloak_id"}
    if settings.OIDC_DEFAULT_ROLE in {role.name, data.get("name")}:
        rights.add("name")
    changed = {name for name in data.keys() & rights if getattr(role, name) != data[name]}
    for name, value in data.items():
        setattr(role, name, value)
    role.clean()
    if changed == {"permissions_json"} and set(before) == set(role.permissions_json):
        changed = set()  # another order grants the same
    if changed and by is not None:
        if getattr(by, "role_id", None) == role.pk:
            raise ValidationError({min(changed): _("Nobody changes their own role.")})
        _refuse_more_than(by, before)
        refuse_to_grant_more(role.permissions_json, by, at="permissions_json")
    saved = services.save(role, by=by)
    if was_all_powerful:
        refuse_without_administrator()
    return saved


@verb(Role, "delete", permission="delete_role", label=_("Delete"))
def delete_role(role: Role, *, by: Actor | None) -> None:
    """Delete a role that nobody has. Refused of one that grants more than `by` holds."""
    try:
        with services.acting(by):
            role = services.lock(role, to_delete=True)
            if role.employees.exists():
                text = _("The role is in use: give its people another one first.")
                raise Conflict(text, code="in_use")
            if by is not None:
                _refuse_more_than(by, role.permissions_json)
            emit("deleted", role, by=by)
            role.delete()
    except ProtectedError as error:  # somebody got the role at the same moment
        raise as_domain_error(error) from error


def _refuse_more_than(by: Actor, patterns: list[str]) -> None:
    """Whoever holds less has nothing to say about a role."""
    if not may_grant(by, patterns):
        raise ValidationError(_("This role may more than you: ask an administrator."))


# Of files one's own; what they may hold is what one may create.
IMPORTS = [
    "system.import.view",
    "system.import.add",
    "system.import.change",
    "system.import.delete",
]

SEEDED_ROLES: dict[str, tuple[str, list[str]]] = {
    "Admin": ("May do everything.", ["*"]),
    "Management": (
        "Runs the company.",
        [
            "employees.*",
            "documents.*",
            "reminders.*",
            "dashboards.*",
            "system.*.view",
            "system.import.*",
            "backoffice.*",
        ],
    ),
    "Accounting": (
        "Invoices, payments and expenses.",
        [
            "backoffice.invoices.*",
            "backoffice.finance.*",
            "backoffice.crm.*.view",
            "backoffice.projects.*.view",
            "backoffice.projects.*.view_all",
            "backoffice.projects.*.view_finances",
            "backoffice.timetracking.*.view",
            "backoffice.timetracking.*.view_all",
            *IMPORTS,
            "documents.*",
            "reminders.*",
            "dashboards.*",
        ],
    ),
    "Project lead": (
        "Projects, their hours and their chat.",
        [
            "backoffice.projects.*",
            "backoffice.timetracking.*",
            "backoffice.finance.expense.view",
            "backoffice.finance.expense.add",
            "backoffice.finance.expense.change",
            "backoffice.finance.expense.delete",
            "backoffice.finance.expense.submit",
            "backoffice.finance.expense.approve",
            "backoffice.chat.*",
            "backoffice.crm.*.view",
            *IMPORTS,
            "documents.document.view",
            "documents.document.add",
            "documents.document.change",
            "documents.document.delete",
            "reminders.*",
            "dashboards.*",
        ],
    ),
    "Employee": (
        "Own time, own expenses, own projects.",
        [
            "backoffice.timetracking.timeentry.view",
            "backoffice.timetracking.timeentry.add",
            "backoffice.timetracking.timeentry.change",
            "backoffice.timetracking.timeentry.delete",
            "backoffice.timetracking.timeentry.start",
            "backoffice.timetracking.timeentry.stop",
            "backoffice.timetracking.timeentry.submit",
            "backoffice.finance.expense.view",
            "backoffice.finance.expense.add",
            "backoffice.finance.expense.change",
            "backoffice.finance.expense.delete",
            "backoffice.finance.expense.submit",
            "backoffice.projects.project.view",
            "backoffice.projects.projectmember.view",
            "backoffice.chat.chatmessage.view",
            "backoffice.chat.chatmessage.add",
            "backoffice.chat.chatmessage.change",
            "backoffice.chat.chatmessage.delete",
            *IMPORTS,
            "documents.document.view",
            "documents.document.add",
            "documents.document.change",
            "documents.document.delete",
            "reminders.*",
            "dashboards.*",
        ],
    ),
    "External": (
        "Own time on own projects.",
        [
            "backoffice.timetracking.timeentry.view",
            "backoffice.timetracking.timeentry.add",
            "backoffice.timetracking.timeentry.change",
            "backoffice.timetracking.timeentry.delete",
            "backoffice.timetracking.timeentry.start",
            "backoffice.timetracking.timeentry.stop",
            "backoffice.timetracking.timeentry.submit",
            "backoffice.projects.project.view",
            "reminders.notification.*",
            "reminders.notificationpreference.*",
        ],
    ),
}


def seed_roles(**kwargs: Any) -> None:
    """Make the six roles that every company starts with, where no role exists at all."""
    if Role.objects.exists():
        return
    for name, (description, patterns) in SEEDED_ROLES.items():
        create_role(by=None, name=name, description=description, permissions_json=patterns)
