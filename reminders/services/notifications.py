"""How people are told, and how the mails about it are delivered."""

import datetime as dt
import zoneinfo
from collections.abc import Iterator
from contextlib import contextmanager
from smtplib import SMTPRecipientsRefused
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from employees.models import Employee
from reminders.models import Notification, NotificationPreference
from workmate import services
from workmate.consumers import push
from workmate.querysets import Prepared
from workmate.services import Actor
from workmate.verbs import verb

Text = str | Promise
Channel = NotificationPreference.Channel

# The n-th failed attempt waits 5 min * 2^n, at most half a day: about two days in all.
FIRST_WAIT = dt.timedelta(minutes=5)
LONGEST_WAIT = dt.timedelta(hours=12)
MAX_ATTEMPTS = 11
TITLE_LENGTH = 200


@services.acted
def notify(
    person: Employee,
    *,
    kind: str,
    title: Text,
    body: Text = "",
    url: str = "",
    mail: bool = True,
    by: Actor | None = None,
) -> Notification | None:
    """Tell a person something: in the app at once, and by mail.

    Lazy texts are written in the person's language. What the person does not wish to be told of
    on a channel does not come there, and no mail goes to those who switched notifications off;
    unless `kind` is `security`. Where nothing is left, and to inactive people: None.
    Refuses a `url` outside of this app.
    """
    if person.status == Employee.Status.INACTIVE:
        return None
    is_security = kind == Notification.SECURITY
    unwanted = set() if is_security else unwanted_channels(person, kind)
    in_app = Channel.APP not in unwanted
    wants_mail = (
        mail and Channel.MAIL not in unwanted and (person.notifications_enabled or is_security)
    )
    if not in_app and not wants_mail:
        return None
    with world_of(person):
        heading, text = " ".join(str(title).split()), str(body).strip()
    if len(heading) > TITLE_LENGTH:
        heading = f"{heading[: TITLE_LENGTH - 1]}…"
    note = Notification(
        recipient=person, kind=kind, title=heading, body=text, url=url, in_app=in_app
    )
    if wants_mail:
        note.mail_state = Notification.MailState.WAITING
        note.mail_retry_at = timezone.now()
    services.save(note, by=by)
    if in_app:
        _ring(person.pk)
    return note


def unwanted_channels(person: Employee, kind: str) -> set[str]:
    """The channels on which a person does not wish to be told of this kind of thing."""
    refused = NotificationPreference.objects.filter(person=person, kind=kind, enabled=False)
    return set(refused.values_list("channel", flat=True))


@verb(
    NotificationPreference,
    "create",
    permission="add_notificationpreference",
    label=_("Create"),
)
def create_preference(*, by: Actor, **data: Any) -> NotificationPreference:
    """Keep a wish of one's own. Refuses a second one for the same kind and channel."""
    return services.save(NotificationPreference(person_id=by.pk, **data), by=by)


@services.acted
def set_preferences(wishes: dict[tuple[str, str], bool], *, by: Actor) -> None:
    """Keep one's wishes by kind and channel, all at once. Refuses unknown kinds."""
    services.lock(Employee.objects.get(pk=by.pk))  # two pages of one person wait for each other
    known = {
        (wish.kind, wish.channel): wish
        for wish in NotificationPreference.objects.filter(person_id=by.pk)
    }
    for (kind, channel), enabled in wishes.items():
        wish = known.get((kind, channel)) or NotificationPreference(
            person_id=by.pk, kind=kind, channel=channel
        )
        # What is wanted anyway needs no row.
        if wish.enabled != enabled:
            wish.enabled = enabled
            services.save(wish, by=by)


@verb(
    Notification,
    "read",
    permission="change_notification",
    label=_("Mark as read"),
    icon="check",
    when=lambda note: note.is_unread,
    done=_("%(name)s was read."),
    done_many=_("%(name)s were read."),
)
@services.acted
def mark_read(note: Notification, *, by: Actor | None) -> Notification:
    """Take the unread mark off; doing it again changes nothing."""
    note = services.lock(note)
    if note.is_unread:
        note.read_at = timezone.now()
        services.save(note, by=by)
        _ring(note.recipient_id)
    return note


@verb(
    Notification,
    "read_all",
    permission="change_notification",
    label=_("Mark all as read"),
    icon="check-check",
    on="list",
)
@services.acted
def mark_all_read(*, by: Actor) -> None:
    """Take the unread mark off everything that `by` was told."""
    now = timezone.now()
    Notification.objects.filter(recipient_id=by.pk).unread().update(read_at=now, updated_at=now)
    _ring(by.pk)


@services.acted
def mark_seen(url: str, *, by: Actor) -> None:
    """Take the unread mark off what `by` was told about a page: they are looking at it."""
    now = timezone.now()
    told = Notification.objects.filter(recipient_id=by.pk, url=url).unread()
    if told.update(read_at=now, updated_at=now):
        _ring(by.pk)


_unread = Prepared(
    lambda recipient: (
        Notification.objects.filter(recipient_id=recipient).unread().order_by().values("pk")
    ),
    recipient=UUID(int=1),
)


def unread_count(person_id: UUID) -> int:
    """How many notifications a person has not opened."""
    return _unread.count(recipient=person_id)


@services.acted
def deliver_notification(pk: UUID | str) -> bool:
    """Send the mail of a notification; whether it went out now.

    Whoever holds the row delivers it: a second worker passes it over, and one that is sent is
    never sent again. A failure is recorded and tried again later; after the last attempt, or
    when the server refuses the address for good, the state is `failed`.
    """
    note = (
        Notification.objects.filter(pk=pk, mail_state=Notification.MailState.WAITING)
        .select_related("recipient")
        .select_for_update(of=("self",), skip_locked=True)
        .first()
    )
    if note is None:
        return False
    if note.recipient.status == Employee.Status.INACTIVE:
        note.mail_state = Notification.MailState.NONE
        note.save(update_fields=["mail_state", "updated_at"])
        return False
    note.mail_attempts += 1
    try:
        _message(note).send()
    except (OSError, ValueError) as error:  # SMTP and network; an address that no mail can carry
        _record_failure(note, error)
    else:
        note.mail_state, note.mail_sent_at = Notification.MailState.SENT, timezone.now()
        note.mail_error, note.mail_retry_at = "", None
    note.save()
    return bool(note.mail_state == Notification.MailState.SENT)


def _record_failure(note: Notification, error: Exception) -> None:
    note.mail_error = f"{type(error).__name__}: {error}"[:500]
    if _is_final(error) or note.mail_attempts >= MAX_ATTEMPTS:
        note.mail_state, note.mail_retry_at = Notification.MailState.FAILED, None
        return
    wait = min(FIRST_WAIT * 2 ** (note.mail_attempts - 1), LONGEST_WAIT)
    note.mail_retry_at = timezone.now() + wait


def _is_final(error: Exception) -> bool:
    if isinstance(error, SMTPRecipientsRefused):
        return all(code >= 500 for code, _text in error.recipients.values())
    return not isinstance(error, OSError)


def _message(note: Notification) -> EmailMessage:
    site = settings.SITE_URL.rstrip("/")
    context = {"note": note, "person": note.recipient, "site": site}
    with world_of(note.recipient):
        text = render_to_string("reminders/email/notification.txt", context)
    host = urlsplit(site).hostname or "localhost"
    return EmailMessage(
        note.title,
        text,
        to=[note.recipient.email],
        headers={
            # The same at each attempt, so that a mail server knows a resend after a crash.
            "Message-ID": f"<{note.pk}@{host}>",
            "Auto-Submitted": "auto-generated",
        },
    )


@contextmanager
def world_of(person: Employee) -> Iterator[None]:
    """The language and the time zone of a person."""
    zone = zoneinfo.ZoneInfo(person.timezone)
    with translation.override(person.language), timezone.override(zone):
        yield


def _ring(person_id: UUID) -> None:
    push(person_id, "bell", unread=unread_count(person_id))
