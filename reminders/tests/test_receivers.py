"""What follows when somebody was told something."""

from kombu.exceptions import OperationalError

from reminders import receivers
from reminders.models import Notification
from reminders.tests.factories import make_notification


def test_a_waiting_mail_is_queued_after_the_commit(
    worker, mailbox, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        make_notification(worker, mail=True)
        assert mailbox == []
    assert len(mailbox) == 1


def test_without_a_mail_nothing_is_queued(worker, monkeypatch, django_capture_on_commit_callbacks):
    queued: list[str] = []
    monkeypatch.setattr(receivers.deliver, "delay", queued.append)
    with django_capture_on_commit_callbacks(execute=True):
        make_notification(worker)
    assert queued == []


def test_a_broker_that_is_down_fails_nobody(
    worker, monkeypatch, django_capture_on_commit_callbacks
):
    def down(key: str) -> None:
        raise OperationalError("nobody listens")

    monkeypatch.setattr(receivers.deliver, "delay", down)
    with django_capture_on_commit_callbacks(execute=True):
        note = make_notification(worker, mail=True)
    note.refresh_from_db()
    assert note.mail_state == Notification.MailState.WAITING
