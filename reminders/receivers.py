"""What follows when somebody was told something."""

import logging

from kombu.exceptions import OperationalError

from reminders.models import Notification
from reminders.tasks import deliver
from workmate.events import Event, on

log = logging.getLogger("workmate.reminders")


@on(Notification, "created")
def queue_mail(event: Event) -> None:
    """Queue the mail. While the broker is down the sweep of the next minutes does it."""
    if getattr(event.target, "mail_state", "") != Notification.MailState.WAITING:
        return
    try:
        deliver.delay(str(event.target.pk))
    except OperationalError:
        log.warning("mail_not_queued", exc_info=True)
