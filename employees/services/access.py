"""What may be done with the ways in: API tokens, and the link to choose a password."""

import datetime as dt
import secrets

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext_lazy as _

from employees.models import ApiToken, Employee
from employees.services.guards import refuse_to_grant_more, refuse_to_touch_stronger
from workmate import services
from workmate.errors import Conflict, Forbidden
from workmate.events import emit
from workmate.services import Actor
from workmate.verbs import verb


def create_token(
    person: Employee,
    *,
    by: Actor | None,
    name: str,
    scopes: list[str] | None = None,
    expires_at: dt.datetime | None = None,
) -> tuple[ApiToken, str]:
    """A new API token and, this once, its text.

    Without scopes it may what its owner may. Refuses a token of somebody else or of an inactive
    person, an expiry that is over, and scopes beyond those of the token that asks for it.
    """
    if by is not None and by.pk != person.pk:
        raise Forbidden(_("Everybody makes their own tokens."))
    if person.status == Employee.Status.INACTIVE:
        raise Conflict(_("This person is inactive."), code="inactive")
    if expires_at is not None and expires_at <= timezone.now():
        raise ValidationError({"expires_at": _("This time is over.")})
    text = ApiToken.new_secret()
    token = ApiToken(
        employee=person,
        name=name,
        scopes=scopes or ["*"],
        expires_at=expires_at,
        token_hash=ApiToken.hash_of(text),
    )
    token.clean()
    if isinstance(by, Employee) and by.scopes is not None:
        refuse_to_grant_more(token.scopes, by, at="scopes")
    return services.save(token, by=by), text


@verb(
    ApiToken,
    "revoke",
    permission="change_apitoken",
    label=_("Revoke"),
    icon="ban",
    tone="danger",
    when=lambda token: token.revoked_at is None,
    done=_("%(name)s was revoked."),
    done_many=_("%(name)s were revoked."),
)
def revoke_token(token: ApiToken, *, by: Actor | None) -> ApiToken:
    """End a token at once; revoking it again changes nothing.

    Refuses the token of somebody who may more than `by`.
    """
    if by is not None and by.pk != token.employee_id:
        refuse_to_touch_stronger(token.employee, by)
    with services.acting(by):
        token = services.lock(token)
        if token.revoked_at is None:
            token.revoked_at = timezone.now()
            services.save(token, by=by)
            emit("revoked", token, by=by)
    return token


def end_access(person: Employee) -> None:
    """End every session (once the person is saved) and every token of a person."""
    person.session_salt = secrets.token_hex(16)
    person.api_tokens.filter(revoked_at=None).update(revoked_at=timezone.now())


def link_days() -> int:
    """How many days the link to choose a password works."""
    return int(settings.PASSWORD_RESET_TIMEOUT // (24 * 3600))


def send_password_link(person: Employee, *, welcome: bool = False) -> None:
    """Mail a person the link by which they choose a password, in their own language."""
    uid = urlsafe_base64_encode(force_bytes(person.pk))
    token = default_token_generator.make_token(person)
    path = reverse("password_reset_confirm", kwargs={"uidb64": uid, "token": token})
    context = {
        "person": person,
        "welcome": welcome,
        "site": settings.SITE_URL,
        "link": f"{settings.SITE_URL.rstrip('/')}{path}",
        "days": link_days(),
    }
    with translation.override(person.language):
        subject = render_to_string("registration/password_reset_subject.txt", context)
        body = render_to_string("registration/password_reset_email.txt", context)
    EmailMessage(" ".join(subject.split()), body, to=[person.email]).send()
