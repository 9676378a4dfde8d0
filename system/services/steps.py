"""The first steps of a new company: what is done, what is still open, and those done here."""

import logging
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.utils import timezone
from django.utils.translation import gettext as _

from system.models import Company
from workmate import services
from workmate.registry import FirstStep, registry
from workmate.services import Actor

log = logging.getLogger("workmate.system")
# Once all is done, or the list was put away, no start page asks any more.
OVER_KEY, OVER_SECONDS = "workmate.first_steps_over", 24 * 60 * 60


@dataclass(frozen=True)
class Step:
    """One step, and whether it is done."""

    step: FirstStep
    is_done: bool


def first_steps(by: Actor) -> list[Step]:
    """The steps that this person may take, each with whether it is done."""
    return [Step(step, step.done()) for step in registry.held(registry.in_order(FirstStep), by)]


def open_steps(by: Actor) -> list[Step]:
    """All steps while one of them is open and nobody has put the list away; else none."""
    if cache.get(OVER_KEY):
        return []
    is_closed = Company.current().steps_closed_at is not None
    steps = [] if is_closed else first_steps(by)
    if any(not step.is_done for step in steps):
        return steps
    # Others may still have to take what this person may not.
    if is_closed or all(step.done() for step in registry.in_order(FirstStep)):
        cache.set(OVER_KEY, True, OVER_SECONDS)
    return []


def take_step(act: str, *, by: Actor) -> str:
    """Try the mail (`mail`), confirm the `backup`, `close` the list or `open` it; says what came.

    Refuses anything else, and tells why the mail did not leave.
    """
    company, now = Company.current(), timezone.now()
    if act == "mail":
        address = _try_mail(by)
        _note(company, by, mail_tested_at=now)
        return _("The mail server took the mail to %(address)s. Look whether it arrives.") % {
            "address": address
        }
    if act == "backup":
        _note(company, by, backup_confirmed_at=now)
        return _("Noted. Try once a year whether it can be restored.")
    if act == "close":
        _note(company, by, steps_closed_at=now)
        cache.set(OVER_KEY, True, OVER_SECONDS)
        return _("Put away. You find the first steps on the company's page.")
    if act == "open":
        _note(company, by, steps_closed_at=None)
        cache.delete(OVER_KEY)
        return _("The start page shows the first steps again.")
    raise ValidationError(_("There is no such step."))


def _note(company: Company, by: Actor, **data: object) -> None:
    with services.acting(by):
        company = services.lock(company)
        for name, value in data.items():
            setattr(company, name, value)
        company.save(update_fields=[*data, "updated_at"])


def _try_mail(by: Actor) -> str:
    address = str(getattr(by, "email", ""))
    if not address:
        raise ValidationError(_("Your own e-mail address is missing."))
    if not settings.EMAIL_HOST:
        raise ValidationError(_("No mail server is set (EMAIL_HOST): no mail leaves."))
    subject, body = _("WorkmateOS: a mail to try it"), _("It works: WorkmateOS can send mail.")
    try:
        EmailMessage(subject, body, to=[address]).send()
    except OSError as error:  # SMTPException is one
        log.warning("test_mail_refused", exc_info=True)
        message = _("The mail server did not take it: %(error)s")
        raise ValidationError(message, params={"error": str(error)[:200]}) from error
    return address
