"""System checks: mistakes in the configuration, told before the first request."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register


@register()
def one_database(**kwargs: Any) -> list[CheckMessage]:
    """Only PostgreSQL: row locks, partial unique indexes and triggers carry the rules."""
    if settings.DATABASES["default"]["ENGINE"].endswith("postgresql"):
        return []
    return [Error("WorkmateOS runs on PostgreSQL only: set DATABASE_URL.", id="workmate.E001")]


@register(deploy=True)
def mail_is_configured(**kwargs: Any) -> list[CheckMessage]:
    """Invoices and password resets leave by mail."""
    if settings.EMAIL_HOST:
        return []
    return [Warning("EMAIL_HOST is not set: no mail will leave.", id="workmate.W001")]


@register()
def single_sign_on_knows_its_client(**kwargs: Any) -> list[CheckMessage]:
    """Without a client the provider gives no tokens, and the API could not tell whose they are."""
    if not settings.OIDC_ISSUER or settings.OIDC_RP_CLIENT_ID:
        return []
    return [Error("OIDC_ISSUER is set: set OIDC_CLIENT_ID, too.", id="workmate.E002")]


@register(deploy=True)
def single_sign_on_is_encrypted(**kwargs: Any) -> list[CheckMessage]:
    """The provider's keys come over this line."""
    if not settings.OIDC_ISSUER.startswith("http:"):
        return []
    return [Warning("OIDC_ISSUER is no https address.", id="workmate.W002")]
