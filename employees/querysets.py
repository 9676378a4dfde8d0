"""Which people, departments and roles there are, and for whom."""

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.models import BaseUserManager
from django.db.models import Q
from django.utils import timezone

from workmate.querysets import BaseQuerySet

if TYPE_CHECKING:
    from workmate.services import Actor


class DepartmentQuerySet(BaseQuerySet):
    """Departments."""

    def for_list(self) -> Self:
        """With the manager's name."""
        return self.select_related("manager")


class RoleQuerySet(BaseQuerySet):
    """Roles."""

    def visible_to(self, user: "Actor") -> Self:
        """All, for whoever may see roles or gives them to people."""
        perms = ("employees.view_role", "employees.add_employee", "employees.change_employee")
        return self if any(user.has_perm(perm) for perm in perms) else self.none()

    def all_powerful(self) -> Self:
        """Roles that may do everything."""
        return self.filter(permissions_json__contains=["*"])


class EmployeeQuerySet(BaseQuerySet):
    """People."""

    def active(self) -> Self:
        """Those who may sign in."""
        return self.filter(is_active=True)

    def to_sign_in(self) -> Self:
        """With what every page asks of the person who is signed in: role and look, in one query."""
        return self.select_related("role", "os_preferences")

    def by_password(self) -> Self:
        """Those who sign in by password, or may choose one: not who uses single sign-on alone."""
        without = Q(password__startswith=UNUSABLE_PASSWORD_PREFIX)
        return self.active().exclude(without & ~Q(uuid_keycloak=None))

    def administrators(self) -> Self:
        """Active people who may do everything."""
        return self.active().filter(role__permissions_json__contains=["*"])

    def holding(self, perm: str) -> list[Any]:
        """Active people who hold a permission. Roles are few: asked in Python."""
        people = self.active().select_related("role")
        return [person for person in people if person.has_perm(perm)]

    def org_chart(self, department: Any = None) -> list["Place"]:
        """Active people (of one department) below whom they report to, in the order of reading.

        Asked for all at once. Above somebody stands the next one upwards who is in the chart; who
        has nobody above, or is part of a circle, begins a line of their own.
        """
        names = ("first_name", "last_name", "email", "phone", "photo", "status", "reports_to")
        rows = self.select_related("department").only(*names, "is_active", "department__name")
        people = {person.pk: person for person in rows}
        shown = {
            pk: person
            for pk, person in people.items()
            if person.is_active and (department is None or person.department_id == department.pk)
        }
        below: dict[Any, list[Any]] = {}
        for pk, person in shown.items():
            below.setdefault(_next_above(pk, people, shown), []).append(person)
        places: list[Place] = []
        left = dict(shown)
        for first in [*below.get(None, []), *shown.values()]:
            _take_places(first, below, left, places)
        if places:
            places[-1].ends = places[-1].depth
        return places

    def for_list(self) -> Self:
        """With department, role and supervisor."""
        return self.select_related("department", "role", "reports_to")


@dataclass
class Place:
    """Somebody's place in the org chart: how deep, over how many, how many lists end behind it."""

    person: Any
    depth: int
    reports: int
    ends: int = 0

    @property
    def closing(self) -> range:
        """For templates: once for each list that ends here."""
        return range(self.ends)


def _next_above(pk: Any, people: dict[Any, Any], shown: dict[Any, Any]) -> Any:
    """The next one upwards who is in the chart; None where nobody is, or it goes in a circle."""
    seen, above = {pk}, people[pk].reports_to_id
    while above in people and above not in seen:
        if above in shown:
            return above
        seen.add(above)
        above = people[above].reports_to_id
    return None


def _take_places(
    first: Any, below: dict[Any, list[Any]], left: dict[Any, Any], places: list[Place]
) -> None:
    """Give a person and all below a place, those who have none yet; without recursion."""
    waiting = [(first, 0)]
    while waiting:
        person, depth = waiting.pop()
        if left.pop(person.pk, None) is None:
            continue
        if places:
            places[-1].ends = max(0, places[-1].depth - depth)
        reports = [one for one in below.get(person.pk, ()) if one.pk in left]
        places.append(Place(person, depth, len(reports)))
        waiting += [(one, depth + 1) for one in reversed(reports)]


class EmployeeManager(BaseUserManager.from_queryset(EmployeeQuerySet)):  # type: ignore[misc]
    """The manager that Django's sign-in asks for a person by e-mail."""

    def get_by_natural_key(self, username: str | None) -> Any:
        """The person with that e-mail address, whatever its case."""
        return self.get(email=(username or "").strip().lower())

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> Any:
        """An administrator, for `manage.py createsuperuser`: the first person of a new company."""
        roles: Any = self.model._meta.get_field("role").related_model
        person = self.model(
            email=email, role=roles.objects.all_powerful().earliest("name"), **fields
        )
        person.set_password(password)
        person.full_clean()
        person.save()
        return person


class ApiTokenQuerySet(BaseQuerySet):
    """Personal API tokens."""

    def visible_to(self, user: "Actor") -> Self:
        """One's own; everybody's for holders of the permission."""
        if user.has_perm("employees.view_all_apitoken"):
            return self
        return self.filter(employee_id=user.pk)

    def for_list(self) -> Self:
        """With the owner's name."""
        return self.select_related("employee")

    def valid(self, at: dt.datetime | None = None) -> Self:
        """Neither revoked nor expired, of a person who is active."""
        now = at or timezone.now()
        return self.filter(revoked_at=None, employee__is_active=True).exclude(expires_at__lte=now)
