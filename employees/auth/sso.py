"""Sign-in by the identity provider: authorization code with PKCE, and what its tokens tell."""

from collections.abc import Mapping
from typing import Any

import jwt
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.utils.crypto import constant_time_compare
from mozilla_django_oidc.auth import OIDCAuthenticationBackend

from employees.auth.provider import is_configured, provider
from employees.models import Employee
from employees.services import Identity, admit

ZITADEL_ROLES = "urn:zitadel:iam:org:project:roles"


class SingleSignOnBackend(OIDCAuthenticationBackend):  # type: ignore[misc]
    """The library's exchange of code for tokens, with checks and rules of our own.

    Endpoints come from discovery. The id token is checked for issuer and audience too, people are
    told apart by `sub` and never by e-mail, and who somebody is decides `services.admit`.
    """

    def __init__(self) -> None:
        # Made for each request with a session: the provider must not be asked here.
        self.UserModel = Employee
        self.OIDC_RP_CLIENT_ID = settings.OIDC_RP_CLIENT_ID
        self.OIDC_RP_CLIENT_SECRET = settings.OIDC_RP_CLIENT_SECRET

    @property
    def OIDC_OP_TOKEN_ENDPOINT(self) -> str:  # noqa: N802
        """Where a code becomes tokens."""
        return provider().endpoint("token_endpoint")

    @property
    def OIDC_OP_USER_ENDPOINT(self) -> str:  # noqa: N802
        """Where the provider tells more of the person."""
        return provider().endpoint("userinfo_endpoint")

    def authenticate(self, request: Any, *, nonce: str, code_verifier: str) -> Employee | None:
        """Who comes back from the provider. Raises SuspiciousOperation, ValidationError, or
        what the connection to the provider raises; None for an address without a code."""
        if not is_configured():
            return None
        found: Employee | None = super().authenticate(
            request, nonce=nonce, code_verifier=code_verifier
        )
        return found

    def get_user(self, user_id: Any) -> Employee | None:
        """The person in one query; None when inactive, or without single sign-on."""
        if not is_configured():
            return None
        person = Employee.objects.to_sign_in().filter(pk=user_id).first()
        return person if person and self.user_can_authenticate(person) else None

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        """Never asked: `Employee.has_perm` answers."""
        return False

    def get_token(self, payload: dict[str, Any]) -> dict[str, Any]:
        """The tokens for a code. A client without a secret shows the verifier alone."""
        if not payload.get("client_secret"):
            payload.pop("client_secret", None)
        found = super().get_token(payload)
        if not isinstance(found, dict) or not isinstance(found.get("id_token"), str):
            raise SuspiciousOperation("The provider sent no id token.")
        return found

    def verify_token(self, token: str, nonce: str | None = None, **kwargs: Any) -> dict[str, Any]:
        """The claims of an id token that is meant for us, and for this very sign-in."""
        client = settings.OIDC_RP_CLIENT_ID
        try:
            claims, _kind = provider().verify(token, audience=[client])
        except jwt.PyJWTError as error:
            raise SuspiciousOperation(f"id token: {error}") from error
        if not nonce or not constant_time_compare(str(claims.get("nonce", "")), nonce):
            raise SuspiciousOperation("id token: another nonce")
        if claims.get("azp", client) != client:
            raise SuspiciousOperation("id token: given to another client")
        return claims

    def get_userinfo(
        self, access_token: str, id_token: str, payload: dict[str, Any]
    ) -> dict[str, Any]:
        """What all sources say of the person, as `{"identity": ...}`."""
        userinfo = super().get_userinfo(access_token, id_token, payload)
        if userinfo.get("sub") != payload["sub"]:
            raise SuspiciousOperation("userinfo: of somebody else")
        return {"identity": identity_of(payload, userinfo, self._claims_of(access_token))}

    def _claims_of(self, access_token: str) -> dict[str, Any]:
        """What the access token says, if it is one to read: Keycloak puts the roles there."""
        try:
            claims, _kind = provider().verify(access_token, audience=None)
        except jwt.PyJWTError:
            return {}
        return claims

    def verify_claims(self, claims: Any) -> bool:
        """They are checked by now."""
        return True

    def filter_users_by_claims(self, claims: dict[str, Any]) -> Any:
        """Who signed in by this identity before: by `sub`, which nobody else can ever have."""
        return Employee.objects.filter(uuid_keycloak=claims["identity"].subject)

    def update_user(self, user: Employee, claims: dict[str, Any]) -> Employee:
        """The same person, with the role that the provider gives them now."""
        return admit(claims["identity"])

    def create_user(self, claims: dict[str, Any]) -> Employee:
        """Who signs in for the first time: linked by e-mail, or new."""
        return admit(claims["identity"])


def identity_of(
    id_token: Mapping[str, Any], userinfo: Mapping[str, Any], access: Mapping[str, Any]
) -> Identity:
    """Who it is by all that the provider says; roles by both shapes of claims.

    An address counts as verified only where the very source that names it says so.
    """
    with_email = next((source for source in (userinfo, id_token) if source.get("email")), {})

    def text(name: str) -> str:
        found = next((source[name] for source in (userinfo, id_token) if source.get(name)), "")
        return printable(found)

    # An access token may be somebody else's only if the provider errs; then it tells no roles.
    sources = [id_token, userinfo, *([access] if access.get("sub") == id_token["sub"] else [])]
    return Identity(
        subject=id_token["sub"] if id_token["sub"].isprintable() else "",
        email=printable(with_email.get("email")).lower(),
        email_is_verified=with_email.get("email_verified") is True,
        first_name=text("given_name"),
        last_name=text("family_name"),
        language=text("locale"),
        roles=frozenset(name for source in sources for name in role_names(source)),
    )


def printable(value: Any) -> str:
    """The text without what no database keeps and nobody sees."""
    if not isinstance(value, str):
        return ""
    return "".join(char for char in value if char.isprintable()).strip()


def role_names(claims: Mapping[str, Any]) -> list[str]:
    """The roles that claims name: of the realm and of our client, or of Zitadel's project."""
    of_clients = _object(claims.get("resource_access"))
    found = [
        _object(claims.get("realm_access")).get("roles"),
        _object(of_clients.get(settings.OIDC_RP_CLIENT_ID)).get("roles"),
        list(_object(claims.get(ZITADEL_ROLES))),
    ]
    lists = [names for names in found if isinstance(names, list)]
    named = [name for names in lists for name in names if isinstance(name, str)]
    return [name for name in named if name and name.isprintable()]


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
