"""API tokens: by which other systems act for a person."""

import hashlib
import secrets
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from employees.fields import PatternsField, check_patterns
from employees.models.person import Employee
from employees.querysets import ApiTokenQuerySet
from workmate.models import BaseModel


class ApiToken(BaseModel):
    """A key by which another system acts for a person; only its hash is kept."""

    PREFIX = "wm_"
    status_looks: ClassVar[dict[str, tuple[str, str]]] = {
        "valid": ("ok", "full"),
        "expired": ("", "off"),
        "revoked": ("", "off"),
    }

    employee = models.ForeignKey(
        Employee,
        verbose_name=_("employee"),
        on_delete=models.CASCADE,
        related_name="api_tokens",
    )
    name = models.CharField(_("name"), max_length=100)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    scopes = PatternsField(
        _("scopes"),
        default=list,
        blank=True,
        help_text=_("One pattern a line; empty: everything that you may yourself."),
    )
    expires_at = models.DateTimeField(_("expires at"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used at"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, editable=False)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        db_table = "api_tokens"
        ordering = ["-created_at"]
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        permissions = [("view_all_apitoken", _("See and revoke everybody's tokens"))]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse scopes that are no patterns."""
        check_patterns("scopes", self.scopes)

    @property
    def status(self) -> str:
        """`valid`, `expired` or `revoked`."""
        if self.revoked_at is not None:
            return "revoked"
        is_over = self.expires_at is not None and self.expires_at <= timezone.now()
        return "expired" if is_over else "valid"

    def get_status_display(self) -> str:
        """The status in words."""
        words = {"valid": _("valid"), "expired": _("expired"), "revoked": _("revoked")}
        return str(words[self.status])

    @staticmethod
    def hash_of(token: str) -> str:
        """The hash under which a token is kept."""
        return hashlib.sha256(token.encode()).hexdigest()

    @classmethod
    def new_secret(cls) -> str:
        """A fresh token: 256 random bits behind the prefix."""
        return f"{cls.PREFIX}{secrets.token_urlsafe(32)}"
