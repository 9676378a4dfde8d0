"""What runs in the background: reminders that come up, and mails of notifications."""

from celery import shared_task

from reminders.models import Notification
from reminders.services import deliver_notification, reconcile, remind_due
from workmate.schedule import LATER

SWEEP_SIZE = 500


@shared_task(name="reminders.check_due")  # type: ignore[untyped-decorator]
def check_due() -> int:
    """The daily job and its hourly catch-up: what follows from data, then what has come up.

    Run as often as you like: each reminder is told once. Returns how many were told.
    """
    reconcile()
    return remind_due()


@shared_task(name="reminders.deliver")  # type: ignore[untyped-decorator]
def deliver(pk: str) -> None:
    """Send the mail of one notification."""
    deliver_notification(pk)


@shared_task(name="reminders.deliver_waiting")  # type: ignore[untyped-decorator]
def deliver_waiting() -> None:
    """Queue every mail that is due: failed before, or lost with a worker.

    One that is queued twice is sent once, by whoever locks its row first.
    """
    due = Notification.objects.mail_due().order_by("mail_retry_at")
    for pk in due.values_list("pk", flat=True)[:SWEEP_SIZE]:
        deliver.apply_async([str(pk)], priority=LATER)
