"""Who it is whom the identity provider vouches for, and which role they have by it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from employees.models import Employee, Role
from employees.services.guards import one_at_a_time
from employees.services.people import INACTIVE, change_employee, create_employee
from workmate import services
from workmate.errors import Conflict, Forbidden
from workmate.permissions import subsumes

MAX_SUBJECT_CHARS = 255
MAX_NAME_CHARS = 100


@dataclass(frozen=True)
class Identity:
    """What the provider says of who signs in."""

    subject: str
    email: str = ""
    email_is_verified: bool = False
    first_name: str = ""
    last_name: str = ""
    language: str = ""
    roles: frozenset[str] = frozenset()


def admit(identity: Identity) -> Employee:
    """The person who signs in by this identity, with the role that the provider gives them.

    Known is who signed in so before. At the first time the person with that e-mail address is
    linked, else somebody new comes about. Refuses an inactive person, an address that is not
    verified, and one whose person signs in by another identity.
    """
    if not 0 < len(identity.subject) <= MAX_SUBJECT_CHARS:
        raise ValidationError(_("The identity provider does not say who this is."), code="subject")
    try:
        return _admit(identity)
    except ValidationError:
        # Two first sign-ins at once: the other one made the link or the person.
        if Employee.objects.filter(uuid_keycloak=identity.subject).exists():
            return _admit(identity)
        raise


def _admit(identity: Identity) -> Employee:
    person = _known(identity)
    if person is not None and _role_of(identity, person) == person.role:
        return person
    with transaction.atomic():
        one_at_a_time()
        person = _known(identity) or _link(identity)
        if person is None:
            return _welcome(identity)
        role = _role_of(identity, person)
        if role == person.role:
            return person
        try:
            return change_employee(person, by=None, role=role)
        except Conflict as error:
            if error.code != "last_administrator":
                raise
            kept: Employee = Employee.objects.select_related("role").get(pk=person.pk)
            return kept


def _known(identity: Identity) -> Employee | None:
    people = Employee.objects.select_related("role")
    person: Employee | None = people.filter(uuid_keycloak=identity.subject).first()
    if person is not None:
        _refuse_inactive(person)
    return person


def _refuse_inactive(person: Employee) -> None:
    if person.status == INACTIVE:
        raise Forbidden(_("This person is inactive."), code="inactive")


def _link(identity: Identity) -> Employee | None:
    """The person who has the address, from now on with this identity; None: nobody has it."""
    if not identity.email:
        raise ValidationError(
            _("The identity provider does not tell an e-mail address."), code="no_email"
        )
    if not identity.email_is_verified:
        # Whoever could type any address at the provider would become whom they like.
        raise ValidationError(
            _("The identity provider has not verified the e-mail address."),
            code="email_not_verified",
        )
    found: Employee | None = Employee.objects.filter(email=identity.email).first()
    if found is None:
        return None
    person = services.lock(found)
    _refuse_inactive(person)
    if person.uuid_keycloak:
        raise Conflict(
            _("Another single sign-on account is linked to this e-mail address."),
            code="other_subject",
        )
    person.uuid_keycloak = identity.subject
    services.save(person, by=None)
    return person


def _welcome(identity: Identity) -> Employee:
    """Somebody new."""
    if not settings.OIDC_NEW_PEOPLE:
        raise Forbidden(_("Nobody here has this e-mail address."), code="unknown")
    known = dict(settings.LANGUAGES)
    language = identity.language.lower().replace("_", "-").split("-")[0]
    return create_employee(
        by=None,
        uuid_keycloak=identity.subject,
        email=identity.email,
        first_name=identity.first_name[:MAX_NAME_CHARS] or identity.email.partition("@")[0][:100],
        last_name=identity.last_name[:MAX_NAME_CHARS] or "–",
        role=_mapped(identity.roles) or _default_role(),
        **({"language": language} if language in known else {}),
    )


def _role_of(identity: Identity, person: Employee) -> Role:
    """A role that the provider gives decides; one that it gave and takes away is gone.

    Where it names none that is known here, a role that was given here stays.
    """
    mapped = _mapped(identity.roles)
    if mapped is not None:
        return mapped
    return _default_role() if person.role.keycloak_id else person.role


def _mapped(names: Iterable[str]) -> Role | None:
    """The role of those names; of several the one that grants most of the others."""
    roles = list(Role.objects.exclude(keycloak_id="").filter(keycloak_id__in=list(names)))

    def contained(role: Role) -> int:
        return sum(_grants(role, other) for other in roles)

    return min(roles, key=lambda role: (-contained(role), role.name), default=None)


def _grants(role: Role, other: Role) -> bool:
    """Whether a role grants all that the other grants."""
    return all(
        any(subsumes(mine, pattern) for mine in role.permissions_json)
        for pattern in other.permissions_json
    )


def _default_role() -> Role:
    role: Role | None = Role.objects.filter(name=settings.OIDC_DEFAULT_ROLE).first()
    if role is None:
        raise Conflict(
            _("There is no role “%(name)s” for new people: ask an administrator.")
            % {"name": settings.OIDC_DEFAULT_ROLE},
            code="no_default_role",
        )
    return role
