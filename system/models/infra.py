"""The services that the company depends on, and what came of checking them."""

import datetime as dt
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from employees.models import Employee
from system.querysets import InfraCheckQuerySet, InfraServiceQuerySet
from system.vault import SealedUrlField, Unreadable, split
from workmate.models import BaseModel

MAX_TIMEOUT_SECONDS = 20
EXPIRY_WARNING = dt.timedelta(days=14)


class InfraService(BaseModel):
    """A technical service, such as the database or the mail server, that is watched."""

    class Type(models.TextChoices):
        DATABASE = "database", _("database")
        AUTH = "auth", _("sign-in")
        MAIL = "mail", _("mail server")
        CHAT = "chat", _("chat server")
        STORAGE = "storage", _("storage")
        EXTERNAL_API = "external_api", _("external API")

    class Status(models.TextChoices):
        ACTIVE = "active", _("active")
        INACTIVE = "inactive", _("inactive")
        ERROR = "error", _("error")

    status_looks = {
        "active": ("ok", "full"),
        "inactive": ("", "off"),
        "error": ("danger", "alert"),
    }
    SCHEMES: ClassVar[dict[str, tuple[str, ...]]] = {
        "database": ("postgresql", "postgres"),
        "auth": ("https", "http"),
        "mail": ("smtp", "smtps"),
        "chat": ("https", "http"),
        "storage": ("s3", "file"),
        "external_api": ("https", "http"),
    }

    name = models.CharField(_("name"), max_length=120, unique=True)
    type = models.CharField(_("type"), max_length=20, choices=Type)
    connection_url = SealedUrlField(
        _("connection address"),
        help_text=_("With user and password where needed. Secrets are not shown again."),
    )
    status = models.CharField(
        _("status"), max_length=10, choices=Status, default=Status.ACTIVE, editable=False
    )
    last_sync = models.DateTimeField(_("last contact"), null=True, blank=True, editable=False)
    manager = models.ForeignKey(
        Employee,
        verbose_name=_("responsible"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        db_column="managed_by",
        related_name="managed_services",
        help_text=_("Is told when the service fails and when it works again."),
    )
    timeout_seconds = models.PositiveSmallIntegerField(
        _("timeout in seconds"),
        default=5,
        validators=[MinValueValidator(1), MaxValueValidator(MAX_TIMEOUT_SECONDS)],
    )
    expected_status = models.PositiveSmallIntegerField(
        _("expected HTTP status"),
        default=200,
        validators=[MinValueValidator(100), MaxValueValidator(599)],
        help_text=_("For an external API."),
    )
    checked_at = models.DateTimeField(_("last check"), null=True, editable=False)
    response_ms = models.PositiveIntegerField(_("response in ms"), null=True, editable=False)
    last_error = models.CharField(_("last error"), max_length=500, blank=True, editable=False)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0, editable=False)
    successes = models.PositiveIntegerField(_("successes in a row"), default=0, editable=False)
    certificate_expires = models.DateTimeField(
        _("certificate expires"), null=True, blank=True, editable=False
    )
    # The end of the certificate of which the manager was warned.
    warned_of = models.DateTimeField(_("warned of"), null=True, editable=False)

    objects = InfraServiceQuerySet.as_manager()

    class Meta:
        db_table = "infra_services"
        ordering = ["name"]
        verbose_name = _("infrastructure service")
        verbose_name_plural = _("infrastructure services")
        permissions = [("check_infraservice", _("Check infrastructure services"))]
        constraints = [
            models.CheckConstraint(
                condition=Q(timeout_seconds__gte=1) & Q(timeout_seconds__lte=MAX_TIMEOUT_SECONDS),
                name="infra_services_timeout",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse an address that does not suit the type."""
        if not self.connection_url or self.type not in self.SCHEMES:
            return
        try:
            parts = split(self.connection_url.reveal())
        except Unreadable:
            return  # it was right when it was typed; the check says that it cannot be read
        except ValueError as error:
            raise _wrong_address(_("This address cannot be read.")) from error
        schemes = self.SCHEMES[self.type]
        if parts.scheme not in schemes:
            names = ", ".join(f"{scheme}://" for scheme in schemes)
            message = _("For this type the address begins with one of: %(names)s.")
            raise _wrong_address(message % {"names": names})
        text = self.connection_url.reveal()
        if any(char.isspace() or ord(char) < 32 for char in text) or len(text) > 2000:
            raise _wrong_address(_("This address cannot be read."))
        if parts.scheme == "file":
            if parts.netloc or not parts.path.startswith("/"):
                raise _wrong_address(_("A folder is written file:///path."))
        elif not parts.hostname:
            raise _wrong_address(_("The name of the server is missing."))

    @property
    def is_expiring(self) -> bool:
        """Whether the certificate ends within two weeks."""
        ends: dt.datetime | None = self.certificate_expires
        return ends is not None and ends - timezone.now() < EXPIRY_WARNING

    @property
    def is_active(self) -> bool:
        """Whether it is checked."""
        return bool(self.status != self.Status.INACTIVE)


def _wrong_address(message: Any) -> ValidationError:
    return ValidationError({"connection_url": message})


class InfraCheck(BaseModel):
    """One check of a service: when, how long it took, and what was wrong."""

    service = models.ForeignKey(
        InfraService,
        verbose_name=_("service"),
        on_delete=models.CASCADE,
        related_name="checks",
        editable=False,
    )
    checked_at = models.DateTimeField(_("checked at"), editable=False)
    ok = models.BooleanField(_("worked"), editable=False)
    response_ms = models.PositiveIntegerField(_("response in ms"), editable=False)
    error = models.CharField(_("what was wrong"), max_length=500, blank=True, editable=False)

    objects = InfraCheckQuerySet.as_manager()

    class Meta:
        db_table = "infra_checks"
        ordering = ["-checked_at", "-id"]
        verbose_name = _("check")
        verbose_name_plural = _("checks")
        # Written by checking, pruned by night.
        default_permissions = ("view",)
        indexes = [
            models.Index(fields=["service", "-checked_at", "-id"], name="infra_checks_newest"),
            models.Index(fields=["checked_at"], name="infra_checks_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.service} {timezone.localtime(self.checked_at):%d.%m.%Y %H:%M}"
