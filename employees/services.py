"""What may be done with people, roles and tokens."""

import datetime as dt
import secrets
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from employees.models import ApiToken, Employee, Role
from workmate import services
from workmate.errors import Conflict
from workmate.events import emit
from workmate.permissions import covered_codes, is_pattern
from workmate.services import Actor
from workmate.verbs import verb

# Who changes these of a person could then act as that person.
SIGN_IN_FIELDS = ("email", "role", "status", "uuid_keycloak")


@verb(Employee, "create", permission="add_employee", label=_("Create"))
@transaction.atomic
def create_employee(*, by: Actor | None, password: str | None = None, **data: Any) -> Employee:
    """Add a person. Refuses a role that grants what `by` does not hold."""
    person = Employee(**data)
    if person.role_id:
        _refuse_to_grant_more(person.role, by)
    person.set_password(password)
    return services.save(person, by=by)


@verb(Employee, "change", permission="change_employee", label=_("Save"))
@transaction.atomic
def change_employee(person: Employee, *, by: Actor | None, **data: Any) -> Employee:
    """Change a person.

    Refuses to change one's own role, to grant more than `by` holds, to touch the sign-in of
    somebody who may more than `by`, and to take the last active administrator away.
    """
    person = services.lock(person)
    changed = {name for name, value in data.items() if getattr(person, name) != value}
    if by is not None and changed & set(SIGN_IN_FIELDS):
        if "role" in changed and by.pk == person.pk:
            raise ValidationError({"role": _("Nobody changes their own role.")})
        if by.pk != person.pk:
            _refuse_to_touch_stronger(person, by)
    if "role" in changed and data["role"] is not None:
        _refuse_to_grant_more(data["role"], by)
    was_administrator = person.is_active and person.role.is_all_powerful
    for name, value in data.items():
        setattr(person, name, value)
    if "status" in changed and person.status == Employee.Status.INACTIVE:
        _end_access(person)
    saved = services.save(person, by=by)
    if was_administrator and changed & {"role", "status"}:
        _refuse_without_administrator()
    return saved


@verb(
    Employee,
    "delete",
    permission="delete_employee",
    label=_("Deactivate"),
    confirm=_("The person can no longer sign in; everything that they wrote stays."),
)
def deactivate_employee(person: Employee, *, by: Actor | None) -> Employee:
    """End a person's access at once; the row stays, for what refers to it.

    Refuses oneself and the last active administrator.
    """
    if by is not None and by.pk == person.pk:
        raise Conflict(_("Nobody deactivates themselves."), code="own_account")
    person = change_employee(person, by=by, status=Employee.Status.INACTIVE)
    emit("deactivated", person, by=by)
    return person


def change_own_profile(person: Employee, *, by: Actor | None, **data: Any) -> Employee:
    """Change what everybody may change of themselves: contact, language, look."""
    return change_employee(person, by=by, **data)


@verb(Role, "create", permission="add_role", label=_("Create"))
def create_role(*, by: Actor | None, **data: Any) -> Role:
    """Add a role. Refuses to grant what `by` does not hold."""
    role = Role(**data)
    role.clean()
    _refuse_to_grant_more(role, by)
    return services.save(role, by=by)


@verb(Role, "change", permission="change_role", label=_("Save"))
@transaction.atomic
def change_role(role: Role, *, by: Actor | None, **data: Any) -> Role:
    """Change a role.

    Refuses one's own, to add what `by` does not hold, and to leave no administrator.
    """
    role = services.lock(role)
    before, all_powerful = role.codes, role.is_all_powerful
    grows = data.get("permissions_json", role.permissions_json) != role.permissions_json
    for name, value in data.items():
        setattr(role, name, value)
    role.clean()
    if grows and by is not None:
        if getattr(by, "role_id", None) == role.pk and role.codes != before:
            raise ValidationError({"permissions_json": _("Nobody changes their own role.")})
        _refuse_to_grant_more(role, by, besides=before)
    saved = services.save(role, by=by)
    if all_powerful:
        _refuse_without_administrator()
    return saved


@verb(Role, "delete", permission="delete_role", label=_("Delete"))
def delete_role(role: Role, *, by: Actor | None) -> None:
    """Delete a role that nobody has."""
    if role.employees.exists():
        raise Conflict(_("The role is in use: give its people another one first."), code="in_use")
    try:
        with services.acting(by):
            emit("deleted", role, by=by)
            role.delete()
    except ProtectedError as error:  # somebody got the role at the same moment
        raise services.as_domain_error(error) from error


def create_token(
    person: Employee,
    *,
    by: Actor | None,
    name: str,
    scopes: list[str] | None = None,
    expires_at: dt.datetime | None = None,
) -> tuple[ApiToken, str]:
    """A new API token and, this once, its text. Refuses scopes that are no patterns."""
    wrong = [scope for scope in scopes or [] if not is_pattern(scope)]
    if wrong:
        raise ValidationError(
            {"scopes": _("Not a permission pattern: %(p)s.") % {"p": ", ".join(wrong)}}
        )
    text = ApiToken.new_secret()
    token = ApiToken(
        employee=person,
        name=name,
        scopes=scopes or ["*"],
        expires_at=expires_at,
        token_hash=ApiToken.hash_of(text),
    )
    return services.save(token, by=by), text


def revoke_token(token: ApiToken, *, by: Actor | None) -> ApiToken:
    """End a token; revoking it again changes nothing."""
    if token.revoked_at is None:
        token.revoked_at = timezone.now()
        services.save(token, by=by)
        emit("revoked", token, by=by)
    return token


def _end_access(person: Employee) -> None:
    person.session_salt = secrets.token_hex(16)
    person.api_tokens.filter(revoked_at=None).update(revoked_at=timezone.now())


def _held_by(by: Actor) -> set[str]:
    role: Role | None = getattr(by, "role", None)
    return covered_codes(role.permissions_json) if role else set()


def _refuse_to_grant_more(
    role: Role, by: Actor | None, besides: set[str] | frozenset[str] = frozenset()
) -> None:
    """Nobody may grant a permission that they do not hold."""
    if by is None or _is_all_powerful(by):
        return
    if role.is_all_powerful or role.codes - besides - _held_by(by):
        raise ValidationError(
            {
                "role" if not besides else "permissions_json": _(
                    "This grants more than you hold yourself."
                )
            }
        )


def _is_all_powerful(by: Actor) -> bool:
    role: Role | None = getattr(by, "role", None)
    return role is not None and role.is_all_powerful


def _refuse_to_touch_stronger(person: Employee, by: Actor) -> None:
    """Who could change an administrator's e-mail could have its password reset."""
    if _is_all_powerful(by):
        return
    if person.role.is_all_powerful or person.role.codes - _held_by(by):
        raise ValidationError(_("This person may more than you: ask an administrator."))


def _refuse_without_administrator() -> None:
    # The lock on the roles lets two administrators remove each other only one after the other.
    list(Role.objects.all_powerful().select_for_update().values_list("pk", flat=True))
    if not Employee.objects.administrators().exists():
        raise Conflict(_("The last active administrator stays."), code="last_administrator")


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
            "backoffice.timetracking.*.view",
            "backoffice.timetracking.*.view_all",
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
            "backoffice.chat.*",
            "backoffice.crm.*.view",
            "documents.document.view",
            "documents.document.add",
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
            "documents.document.view",
            "documents.document.add",
            "documents.document.change",
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
        ],
    ),
}


def seed_roles(**kwargs: Any) -> None:
    """Make the six roles that every company starts with, where no role exists at all."""
    if Role.objects.exists():
        return
    for name, (description, patterns) in SEEDED_ROLES.items():
        create_role(by=None, name=name, description=description, permissions_json=patterns)
