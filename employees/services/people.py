"""What may be done with people."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models.fields.files import FieldFile
from django.utils.translation import gettext_lazy as _

from employees.models import Employee
from employees.services.access import end_access
from employees.services.guards import (
    one_at_a_time,
    refuse_narrow_token,
    refuse_supervisor,
    refuse_to_grant_more,
    refuse_to_touch_stronger,
    refuse_without_administrator,
)
from workmate import services
from workmate.errors import Conflict
from workmate.events import emit
from workmate.pictures import square
from workmate.services import Actor
from workmate.verbs import verb

# Who changes these of a person could then act as that person.
SIGN_IN_FIELDS = frozenset({"email", "role", "status", "uuid_keycloak"})
INACTIVE = Employee.Status.INACTIVE
INVITE_PAUSE_SECONDS = 60
PHOTO_FORMATS = ("PNG", "JPEG", "WEBP")
MAX_PHOTO_BYTES = 5 * 1024 * 1024
PHOTO_SIDE = 512


@verb(Employee, "create", permission="add_employee", label=_("Create"))
@services.acted
def create_employee(*, by: Actor | None, password: str | None = None, **data: Any) -> Employee:
    """Add a person. Refuses a role, or oneself as supervisor, that gives more than `by` holds."""
    _make_portrait(data)
    person = Employee(**data)
    if person.role_id:
        refuse_to_grant_more(person.role.permissions_json, by, at="role")
    if person.reports_to_id:
        refuse_supervisor(person, by)
    person.set_password(password)
    with _no_photo_left_behind(person, ""):
        return services.save(person, by=by)


@verb(Employee, "change", permission="change_employee", label=_("Save"))
@services.acted
def change_employee(person: Employee, *, by: Actor | None, **data: Any) -> Employee:
    """Change a person. A photo that is replaced or taken away is deleted.

    Refuses to change one's own role or supervisor or to deactivate oneself, to grant more than `by`
    holds (by a role, or by becoming the supervisor), to touch the sign-in or the supervisor of
    somebody who may more than `by`, and to take the last active administrator away.
    """
    _make_portrait(data)  # before the lock: to unfold a picture takes a while
    if data.keys() & {"role", "status", "reports_to"}:
        one_at_a_time()
    person = services.lock(person)
    old_photo = str(person.photo.name or "")
    changed = {name for name, value in data.items() if getattr(person, name) != value}
    if "reports_to" in changed and by is not None and by.pk == person.pk:
        # Who approves what a person did is not for that person to choose.
        raise ValidationError({"reports_to": _("Nobody changes their own supervisor.")})
    if changed & SIGN_IN_FIELDS:
        _check_sign_in(person, changed, data, by)
    was_administrator = person.is_superuser
    for name in changed:
        setattr(person, name, data[name])
    if "reports_to" in changed:
        refuse_supervisor(person, by)
    if "status" in changed and person.status == INACTIVE:
        end_access(person)
    with _no_photo_left_behind(person, old_photo):
        services.save(person, by=by)
    if was_administrator and changed & {"role", "status"}:
        refuse_without_administrator()
    if "status" in changed:
        person.refresh_from_db(fields=["is_active"])
    return person


def _make_portrait(data: dict[str, Any]) -> None:
    """Put what is kept of a photo in the place of the upload, and nothing for none."""
    photo = data.get("photo")
    if isinstance(photo, FieldFile):
        del data["photo"]  # a form tells so that it stays
    elif not photo and "photo" in data:
        data["photo"] = ""  # a form tells a removed one by False
    elif photo:
        try:
            data["photo"] = square(
                photo, PHOTO_FORMATS, most_bytes=MAX_PHOTO_BYTES, side=PHOTO_SIDE
            )
        except ValidationError as error:
            raise ValidationError({"photo": error}) from error


@contextmanager
def _no_photo_left_behind(person: Employee, old: str) -> Iterator[None]:
    """Delete the photo that nobody sees any more: the old one, or the new one that failed."""
    storage = person.photo.storage
    try:
        yield
    except Exception:
        if person.photo and person.photo.name != old and storage.exists(str(person.photo.name)):
            storage.delete(str(person.photo.name))
        raise
    if old and person.photo.name != old:
        transaction.on_commit(partial(storage.delete, old), robust=True)


def _check_sign_in(
    person: Employee, changed: set[str], data: dict[str, Any], by: Actor | None
) -> None:
    """Refuse what `by` may not change of how a person signs in and what they then may."""
    if by is not None and by.pk == person.pk:
        if "role" in changed:
            raise ValidationError({"role": _("Nobody changes their own role.")})
        if data.get("status") == INACTIVE:
            raise Conflict(_("Nobody deactivates themselves."), code="own_account")
    refuse_to_touch_stronger(person, by)
    if "role" in changed and data["role"] is not None:
        refuse_to_grant_more(data["role"].permissions_json, by, at="role")


@verb(
    Employee,
    "delete",
    permission="delete_employee",
    label=_("Deactivate"),
    confirm=_("The person can no longer sign in; everything that they wrote stays."),
    done=_("%(name)s was deactivated."),
)
@services.acted
def deactivate_employee(person: Employee, *, by: Actor | None) -> Employee:
    """End a person's access at once; the row stays, for what refers to it.

    Refuses oneself and the last active administrator; doing it again changes nothing.
    """
    one_at_a_time()
    if services.lock(person).status != INACTIVE:
        person = change_employee(person, by=by, status=INACTIVE)
        emit("deactivated", person, by=by)
    return person


@verb(
    Employee,
    "invite",
    permission="change_employee",
    label=_("Invite"),
    icon="mail",
    summary="Mail a person the link to choose a password",
    when=lambda person: person.status != INACTIVE and person.last_login is None,
    done=_("%(name)s was invited."),
    done_many=_("%(name)s were invited."),
)
def invite_employee(person: Employee, *, by: Actor | None) -> Employee:
    """Mail a person the link by which they choose a password.

    Refuses an inactive one, and a second mail within a minute: nobody's mailbox is filled.
    """
    if person.status == INACTIVE:
        raise Conflict(_("This person is inactive."), code="inactive")
    if not cache.add(f"invite:{person.pk}", 1, INVITE_PAUSE_SECONDS):
        raise Conflict(_("The invitation has just been sent."), code="just_invited")
    emit("invited", person, by=by)
    return person


def change_own_profile(person: Employee, *, by: Actor | None, **data: Any) -> Employee:
    """Change what everybody may change of themselves: contact, language, look.

    Refuses the rest, and a token whose scopes do not let it change people.
    """
    refuse_narrow_token(by)
    if other := sorted(data.keys() - set(Employee.OWN)):
        raise ValidationError({name: _("This field cannot be written.") for name in other})
    return change_employee(person, by=by, **data)
