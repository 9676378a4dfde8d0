"""Sign-in on the API: personal tokens, tokens of the identity provider, sessions."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import jwt
from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import authentication, exceptions, status

from employees.auth.provider import ProviderUnavailableError, is_configured, provider
from employees.models import ApiToken, Employee
from workmate.querysets import Prepared

LAST_USED_STEP = dt.timedelta(minutes=1)


class ServiceUnavailable(exceptions.APIException):
    """What the answer depends on is away; the same request may be right a moment later."""

    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_code = "service_unavailable"


def bearer_of(request: Any) -> str | None:
    """The text behind `Authorization: Bearer`; None without such a header."""
    scheme, _space, text = request.headers.get("Authorization", "").partition(" ")
    return text.strip() if scheme.lower() == "bearer" else None


def speak_to(person: Employee) -> None:
    """Answer in the person's language and zone.

    The middleware knows sessions only; what it switched on ends with the request.
    """
    translation.activate(person.language)
    timezone.activate(ZoneInfo(person.timezone))


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
        text = bearer_of(request)
        if text is None:
            return None
        if not text.startswith(ApiToken.PREFIX):
            if is_configured():
                return None
            raise exceptions.AuthenticationFailed(_("This token is not valid."))
        now = timezone.now()
        token = next(iter(_valid_tokens(token_hash=ApiToken.hash_of(text), now=now)), None)
        if token is None:
            raise exceptions.AuthenticationFailed(_("This token is not valid."))
        if token.last_used_at is None or now - token.last_used_at > LAST_USED_STEP:
            ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
        person = token.employee
        person.limit_to(token.scopes)
        speak_to(person)
        return person, token

    def authenticate_header(self, request: Any) -> str:
        """Makes DRF answer 401 where nobody is signed in."""
        return self.keyword


_people_by_subject = Prepared(
    lambda subject: Employee.objects.active().filter(uuid_keycloak=subject).select_related("role"),
    subject="subject",
)


class BearerAuthentication(authentication.BaseAuthentication):
    """`Authorization: Bearer …` with an access token (JWT) of the identity provider.

    Checked by the provider's keys, which are kept: it is not asked on each request. Only who has
    signed in by it before is known; the role is the one of that moment.
    """

    keyword = "Bearer"

    def authenticate(self, request: Any) -> tuple[Employee, dict[str, Any]] | None:
        """The person whom the token names. Raises for one that is not valid for this API."""
        text = bearer_of(request)
        if text is None or not is_configured():
            return None
        refused = exceptions.AuthenticationFailed(_("This token is not valid."))
        try:
            claims, kind = provider().verify(text, audience=settings.OIDC_AUDIENCE)
        except jwt.PyJWTError as error:
            raise refused from error
        except ProviderUnavailableError as error:
            raise ServiceUnavailable(_("The identity provider does not answer.")) from error
        if not is_access_token(claims, kind) or not claims["sub"].isprintable():
            raise refused
        person = next(iter(_people_by_subject(subject=claims["sub"])), None)
        if person is None:
            raise refused
        speak_to(person)
        return person, claims

    def authenticate_header(self, request: Any) -> str:
        """Makes DRF answer 401 where nobody is signed in."""
        return self.keyword


def is_access_token(claims: dict[str, Any], kind: str) -> bool:
    """Whether a token opens an API. An id token has the same signer and audience, and does not.

    `kind` is the type in its header; Keycloak names the type among the claims.
    """
    if "typ" in claims:
        return claims["typ"] == "Bearer"
    if kind.removeprefix("application/") == "at+jwt":
        return True
    return not claims.keys() & {"nonce", "at_hash", "c_hash", "events"}


class SessionAuthentication(authentication.SessionAuthentication):
    """The browser's session, with CSRF protection."""


class TokenScheme(OpenApiAuthenticationExtension):
    """How the schema names the token."""

    target_class = "employees.auth.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """A bearer token."""
        return {"type": "http", "scheme": "bearer", "bearerFormat": "wm_…"}


class BearerScheme(OpenApiAuthenticationExtension):
    """How the schema names the token of the identity provider."""

    target_class = "employees.auth.BearerAuthentication"
    name = "singleSignOn"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """A bearer token."""
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}


class SessionScheme(OpenApiAuthenticationExtension):
    """How the schema names the session."""

    target_class = "employees.auth.SessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """A cookie."""
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}
