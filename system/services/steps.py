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


def try_mail(*, by: Actor) -> Company:
    """Send a mail to `by`, and note that one left. Refuses, and tells why, where it does not."""
    _send_mail(by)
    return _note(by=by, mail_tested_at=timezone.now())


def confirm_backup(*, by: Actor) -> Company:
    """Note that somebody says that backups are set up."""
    return _note(by=by, backup_confirmed_at=timezone.now())


def close_steps(*, by: Actor) -> Company:
    """Put the list away from everybody's start page."""
    company = _note(by=by, steps_closed_at=timezone.now())
    cache.set(OVER_KEY, True, OVER_SECONDS)
    return company


def show_steps(*, by: Actor) -> Company:
    """Take the list out again."""
    company = _note(by=by, steps_closed_at=None)
    cache.delete(OVER_KEY)
    return company


@services.acted
def _note(*, by: Actor, **data: object) -> Company:
    # Not by `services.save`: a company that is not filled in yet has first steps, too.
    company = services.lock(Company.current())
    for name, value in data.items():
        setattr(company, name, value)
    company.save(update_fields=[*data, "updated_at"])
    return company


def _send_mail(by: Actor) -> None:
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
