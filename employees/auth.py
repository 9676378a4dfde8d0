"""Sign-in: password with throttling, API tokens, sessions on the API."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import authentication, exceptions

from employees.models import ApiToken, Employee
from workmate.querysets import Prepared

LAST_USED_STEP = dt.timedelta(minutes=1)


class PasswordBackend(ModelBackend):
    """E-mail and password; permissions are the employee's own answer, never the backend's."""

    def get_user(self, user_id: Any) -> Employee | None:
        """The person with role, in one query; None when inactive."""
        person = Employee.objects.select_related("role").filter(pk=user_id).first()
        return person if person and self.user_can_authenticate(person) else None

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        """Never asked: `Employee.has_perm` answers."""
        return False


_valid_tokens = Prepared(
    lambda token_hash, now: (
        ApiToken.objects.valid(now).filter(token_hash=token_hash).select_related("employee__role")
    ),
    token_hash="hash",  # noqa: S106  an example
    now=dt.datetime(2000, 1, 1, tzinfo=dt.UTC),
)


class TokenAuthentication(authentication.BaseAuthentication):
    """`Authorization: Bearer wm_…`."""

    keyword = "Bearer"

    def authenticate(self, request: Any) -> tuple[Employee, ApiToken] | None:
        """The person whose token it is, limited to its scopes; None without such a header."""
        scheme, _space, text = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        text = text.strip()
        if not text.startswith(ApiToken.PREFIX):
            raise exceptions.AuthenticationFailed(_("This token is not valid."))
        now = timezone.now()
        token = next(iter(_valid_tokens(token_hash=ApiToken.hash_of(text), now=now)), None)
        if token is None:
            raise exceptions.AuthenticationFailed(_("This token is not valid."))
        if token.last_used_at is None or now - token.last_used_at > LAST_USED_STEP:
            ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
        person = token.employee
        person.limit_to(token.scopes)
        # The middleware knows sessions only; what it switched on ends with the request.
        translation.activate(person.language)
        timezone.activate(ZoneInfo(person.timezone))
        return person, token

    def authenticate_header(self, request: Any) -> str:
        """Makes DRF answer 401 where nobody is signed in."""
        return self.keyword


class SessionAuthentication(authentication.SessionAuthentication):
    """The browser's session, with CSRF protection."""


class TokenScheme(OpenApiAuthenticationExtension):
    """How the schema names the token."""

    target_class = "employees.auth.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """A bearer token."""
        return {"type": "http", "scheme": "bearer", "bearerFormat": "wm_…"}


class SessionScheme(OpenApiAuthenticationExtension):
    """How the schema names the session."""

    target_class = "employees.auth.SessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """A cookie."""
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}


def account_of(request: HttpRequest | None, credentials: Any) -> str:
    """Under which name failed attempts are counted: the e-mail as it is looked up."""
    given = credentials or getattr(request, "POST", {})
    return str(given.get("username") or given.get("email") or "").strip().lower()


def locked_out(request: HttpRequest, credentials: Any, *args: Any, **kwargs: Any) -> HttpResponse:
    """Too many wrong passwords: wait a quarter of an hour, or reset the password."""
    context = {"title": _("Sign in"), "crumbs": []}
    return render(request, "registration/locked_out.html", context, status=429)
