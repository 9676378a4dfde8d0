"""People: who works here, who may what, and what others may see of them."""

import functools
import hashlib
import zoneinfo
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, ClassVar
from uuid import uuid4

from django.apps import apps
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from employees.models.organisation import Department, Role
from employees.querysets import EmployeeManager
from workmate.fields import NumberField, PriceField
from workmate.models import BaseModel, address_of
from workmate.permissions import code_for, granted, subsumes
from workmate.pictures import PictureField

# Everyone signed in sees the directory: names, departments, work contact.
EVERYONE = ("employees.employee.view", "employees.department.view")
# Whoever may change one of these works in the back office, and so may open Django admin.
BACK_OFFICE = ("crm.change_customer", "invoices.change_invoice", "employees.change_employee")
MAX_DEPTH = 50
# Reads some 600 files: asked for once, not with every save.
zone_names = functools.cache(zoneinfo.available_timezones)


def photo_name(person: "Employee", filename: str) -> str:
    """Where a photo is kept: a new name each time, no user input in the path."""
    return f"photos/{uuid4().hex}.jpg"


class Employee(BaseModel, AbstractBaseUser):
    """A person who works here; signs in with this row."""

    class Gender(models.TextChoices):
        MALE = "male", _("male")
        FEMALE = "female", _("female")
        DIVERSE = "diverse", _("diverse")
        OTHER = "other", _("other")

    class EmploymentType(models.TextChoices):
        FULLTIME = "fulltime", _("full time")
        PARTTIME = "parttime", _("part time")
        INTERN = "intern", _("internship")
        EXTERNAL = "external", _("external")

    class Status(models.TextChoices):
        ACTIVE = "active", _("active")
        INACTIVE = "inactive", _("inactive")
        ON_LEAVE = "on_leave", _("on leave")

    class Theme(models.TextChoices):
        FRAPPE = "catppuccin-frappe", "Frappé"
        LATTE = "catppuccin-latte", "Latte"
        MACCHIATO = "catppuccin-macchiato", "Macchiato"
        MOCHA = "catppuccin-mocha", "Mocha"
        SYSTEM = "system", _("like the system")

    # Seen by the person and by holders of `employees.employee.view_personal` only.
    PERSONAL: ClassVar[frozenset[str]] = frozenset(
        {
            "gender",
            "birth_date",
            "nationality",
            "address_street",
            "address_zip",
            "address_city",
            "address_country",
            "employment_type",
            "hire_date",
            "termination_date",
        }
    )
    # Not even the person sees these: holders of the permission only.
    SECRET: ClassVar[frozenset[str]] = frozenset({"cost_rate"})
    SIGN_IN: ClassVar[frozenset[str]] = frozenset({"last_login", "uuid_keycloak"})
    # What everybody may change of themselves.
    OWN: ClassVar[tuple[str, ...]] = (
        "photo",
        "phone",
        "matrix_username",
        "bio",
        "address_street",
        "address_zip",
        "address_city",
        "address_country",
        "language",
        "timezone",
        "theme",
        "notifications_enabled",
    )
    status_looks = {
        "active": ("ok", "full"),
        "inactive": ("", "off"),
        "on_leave": ("warn", "half"),
    }

    employee_code = NumberField(
        settings.EMPLOYEE_CODE_PATTERN,
        verbose_name=_("employee code"),
        help_text=_("Drawn when left empty."),
    )
    uuid_keycloak = models.CharField(
        _("single sign-on id"), max_length=255, unique=True, null=True, blank=True
    )
    first_name = models.CharField(_("first name"), max_length=100)
    last_name = models.CharField(_("last name"), max_length=100)
    gender = models.CharField(_("gender"), max_length=10, choices=Gender, blank=True)
    birth_date = models.DateField(_("birth date"), null=True, blank=True)
    nationality = models.CharField(_("nationality"), max_length=100, blank=True)
    photo = PictureField(
        _("photo"),
        upload_to=photo_name,
        max_length=500,
        db_column="photo_url",
        blank=True,
        help_text=_("PNG, JPEG or WebP, at most 5 MB; the middle of it is kept."),
    )
    bio = models.TextField(_("about me"), blank=True)
    email = models.EmailField(_("e-mail"), unique=True)
    phone = models.CharField(_("phone"), max_length=50, blank=True)
    address_street = models.CharField(_("street"), max_length=200, blank=True)
    address_zip = models.CharField(_("postcode"), max_length=20, blank=True)
    address_city = models.CharField(_("city"), max_length=100, blank=True)
    address_country = models.CharField(_("country"), max_length=100, blank=True)
    department = models.ForeignKey(
        Department,
        verbose_name=_("department"),
        on_delete=models.PROTECT,
        related_name="employees",
        null=True,
        blank=True,
    )
    role = models.ForeignKey(
        Role, verbose_name=_("role"), on_delete=models.PROTECT, related_name="employees"
    )
    reports_to = models.ForeignKey(
        "self",
        verbose_name=_("supervisor"),
        db_column="reports_to",
        on_delete=models.PROTECT,
        related_name="reports",
        null=True,
        blank=True,
    )
    employment_type = models.CharField(
        _("employment"), max_length=20, choices=EmploymentType, default=EmploymentType.FULLTIME
    )
    hire_date = models.DateField(_("hired on"), null=True, blank=True)
    termination_date = models.DateField(_("leaves on"), null=True, blank=True)
    status = models.CharField(_("status"), max_length=20, choices=Status, default=Status.ACTIVE)
    # In step with the status by the database itself; Django's sign-in and reset ask for a field.
    is_active = models.GeneratedField(
        expression=~Q(status="inactive"), output_field=models.BooleanField(), db_persist=True
    )
    timezone = models.CharField(_("time zone"), max_length=60, default="Europe/Berlin")
    language = models.CharField(
        _("language"), max_length=10, choices=settings.LANGUAGES, default="de"
    )
    theme = models.CharField(_("theme"), max_length=30, choices=Theme, default=Theme.FRAPPE)
    notifications_enabled = models.BooleanField(_("notifications"), default=True)
    matrix_username = models.CharField(_("Matrix name"), max_length=255, blank=True)
    cost_rate = PriceField(
        _("cost per hour"),
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text=_("What an hour costs the company, in EUR."),
    )
    # New salt, other session hash: every session of the person ends at once.
    session_salt = models.CharField(max_length=32, default="", blank=True, editable=False)

    objects = EmployeeManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["first_name", "last_name"]

    class Meta:
        db_table = "employees"
        ordering = ["last_name", "first_name"]
        verbose_name = _("employee")
        verbose_name_plural = _("employees")
        permissions = [("view_personal_employee", _("See personal data"))]
        indexes = [
            models.Index(fields=["last_name", "first_name"], name="employees_by_name"),
            models.Index(fields=["status"], name="employees_by_status"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(termination_date=None)
                | Q(hire_date=None)
                | Q(termination_date__gte=F("hire_date")),
                name="employees_leave_after_hire",
                violation_error_message=_("The leaving date lies before the hiring date."),
            ),
            models.CheckConstraint(
                condition=~Q(reports_to=F("id")),
                name="employees_not_own_supervisor",
                violation_error_message=_("Nobody is their own supervisor."),
            ),
        ]

    def __str__(self) -> str:
        return self.full_name or self.email

    def clean(self) -> None:
        """Lower-case the e-mail; refuse an unknown zone and a supervisor who makes no sense."""
        self.email = self.email.strip().lower()
        self.uuid_keycloak = self.uuid_keycloak or None
        if not self.employee_code and not self._state.adding:
            raise ValidationError({"employee_code": _("The code was drawn once and stays.")})
        if self.timezone not in zone_names():
            raise ValidationError({"timezone": _("There is no such time zone.")})
        self._check_supervisor()

    def _check_supervisor(self) -> None:
        """Walk up by what the table holds now: loaded objects may be of before the lock."""
        people = Employee._base_manager.values_list("reports_to_id", "status")
        above = self.reports_to_id
        for step in range(MAX_DEPTH):
            found = people.filter(pk=above).first() if above else None
            if found is None:
                return
            if above == self.pk:
                break
            # One who became inactive may still stand: other changes shall not fail on it.
            is_gone = step == 0 and found[1] == self.Status.INACTIVE
            if is_gone and not self.stands_as_it_was("reports_to_id"):
                raise ValidationError({"reports_to": _("This person is inactive.")})
            above = found[0]
        raise ValidationError({"reports_to": _("That would be a circle of supervisors.")})

    @property
    def full_name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def initials(self) -> str:
        """Two letters for the avatar."""
        return f"{self.first_name[:1]}{self.last_name[:1]}".upper() or "?"

    @property
    def photo_url(self) -> str:
        """The app's address of the photo, a new one with each photo; empty where there is none."""
        if not self.photo:
            return ""
        key = Path(str(self.photo.name)).stem[:8]
        return f"{address_of('api:employee-photo', self.pk)}?v={key}"

    @property
    def hint(self) -> str:
        """The line below the name in search results."""
        return str(self.department or self.email)

    @property
    def supervisor(self) -> "Employee | None":
        """Whom the person reports to."""
        return self.reports_to

    @property
    def flavour(self) -> str:
        """The theme as the style sheets name it."""
        return self.theme.removeprefix("catppuccin-")

    @property
    def is_staff(self) -> bool:
        """Whether Django admin opens for the person."""
        return any(self.has_perm(perm) for perm in BACK_OFFICE)

    @property
    def is_superuser(self) -> bool:
        """Whether the person, and the token that was used, may do everything."""
        return self.holds(["*"])

    @property
    def scopes(self) -> list[str] | None:
        """The patterns of the token that was used, None when signed in otherwise."""
        found: list[str] | None = self.__dict__.get("_scopes")
        return found

    def limit_to(self, scopes: list[str] | None) -> None:
        """Let this instance do only what the scopes grant, too."""
        self.__dict__["_scopes"] = scopes
        self.__dict__.pop("_answers", None)

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Whether the person may: the ONE question that every door asks.

        `perm` is Django's name (`crm.view_customer`). The role's patterns grant it, and those of
        the token that was used, if one was. An inactive person may nothing.
        """
        answers: dict[str, bool] = self.__dict__.setdefault("_answers", {})
        if perm not in answers:
            answers[perm] = self.may(code_for(perm))
        return answers[perm]

    def may(self, code: str) -> bool:
        """The same by the code of the permission: `backoffice.crm.customer.view`."""
        if self.status == self.Status.INACTIVE:
            return False
        held = code in EVERYONE or granted(self.role.permissions_json, code)
        return held and (self.scopes is None or granted(self.scopes, code))

    def holds(self, patterns: Iterable[str]) -> bool:
        """Whether the person may all that the patterns grant, today and later.

        Compared are patterns and not today's codes: `documents.*` grants nothing as long as there
        are no documents, and much on the day when they come.
        """
        if self.status == self.Status.INACTIVE:
            return False
        held = [*EVERYONE, *self.role.permissions_json]
        limits = [held] if self.scopes is None else [held, self.scopes]
        return all(
            any(subsumes(mine, pattern) for mine in limit)
            for pattern in patterns
            for limit in limits
        )

    def has_perms(self, perm_list: Any, obj: Any = None) -> bool:
        """Whether the person may all of these."""
        return all(self.has_perm(perm, obj) for perm in perm_list)

    def has_module_perms(self, app_label: str) -> bool:
        """Whether the person may anything in a module."""
        models_ = apps.get_app_config(app_label).get_models()
        return any(self.has_perm(f"{app_label}.view_{m._meta.model_name}") for m in models_)

    def concealed_from(self, user: Any) -> frozenset[str]:
        """The fields of this person that `user` may not see.

        Everybody sees their own; a token of theirs only where its scopes let it see people.
        """
        if user.has_perm("employees.view_personal_employee"):
            return frozenset()
        is_own = user.pk == self.pk and user.has_perm("employees.view_employee")
        return self.SECRET if is_own else self.SECRET | self.PERSONAL | self.SIGN_IN

    def get_session_auth_hash(self) -> str:
        """Changes with the password and with the salt, so that sessions can be ended."""
        return self._salted(super().get_session_auth_hash())

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        """The same under the secret keys of before."""
        return map(self._salted, super().get_session_auth_fallback_hash())

    def _salted(self, session_hash: str) -> str:
        return hashlib.sha256(f"{session_hash}{self.session_salt}".encode()).hexdigest()
