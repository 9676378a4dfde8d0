"""What runs in the background: mails of notifications."""

from celery import shared_task

from reminders.models import Notification
from reminders.services import deliver_notification

SWEEP_SIZE = 500


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
        deliver.delay(str(pk))
