"""Telling people, and delivering the mails about it."""

import datetime as dt
import threading
from email.message import EmailMessage

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy

from employees.models import Employee
from employees.tests.factories import make_employee
from reminders import tasks
from reminders.models import Notification
from reminders.services import deliver_notification, mark_all_read, mark_read, notify
from reminders.services.notifications import FIRST_WAIT, MAX_ATTEMPTS
from reminders.tests.factories import make_notification
from workmate import services

State = Notification.MailState


@pytest.fixture
def mail_is_down(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody listens where the mail server should be."""
    monkeypatch.setattr(settings, "EMAIL_PORT", 9)


@pytest.fixture
def pushed(monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
    """What was pushed to open pages."""
    calls: list[tuple[object, ...]] = []

    def push(person_id: object, kind: str, **payload: object) -> None:
        calls.append((person_id, kind, payload))

    monkeypatch.setattr("reminders.services.notifications.push", push)
    return calls


def waiting(person: Employee, **fields) -> Notification:
    return make_notification(person, mail=True, **fields)


def text_of(message: EmailMessage) -> str:
    return message.get_content()


def test_a_person_is_told_in_the_app_and_the_bell_rings(worker, pushed):
    note = notify(worker, kind="test", title="Hello", url="/employees/", mail=False)
    assert note is not None
    assert (note.title, note.url, note.mail_state) == ("Hello", "/employees/", State.NONE)
    assert pushed == [(worker.pk, "bell", {"unread": 1})]


def test_the_mail_goes_out_after_the_commit(worker, mailbox, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        note = waiting(worker, title="Invoice paid", body="RE-2026-001", url="/company/")
        assert mailbox == []
    (message,) = mailbox
    note.refresh_from_db()
    assert (note.mail_state, note.mail_attempts) == (State.SENT, 1)
    assert note.mail_sent_at is not None
    assert message["Subject"] == "Invoice paid"
    assert message["X-Rcpt-To"] == worker.email
    assert str(note.pk) in message["Message-ID"]
    assert "RE-2026-001" in text_of(message)
    assert f"{settings.SITE_URL}/company/" in text_of(message)


def test_nothing_goes_out_when_the_transaction_fails(
    worker, mailbox, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        waiting(worker)
        transaction.set_rollback(True)
    assert mailbox == []
    assert not Notification.objects.exists()


def test_texts_are_in_the_language_of_the_recipient():
    german = make_employee(language="de")
    english = make_employee(language="en")
    # Words that Django itself translates.
    texts = [
        make_notification(person, title=gettext_lazy("Monday")).title
        for person in (german, english)
    ]
    assert texts == ["Montag", "Monday"]


def test_a_title_is_one_line_and_not_too_long(worker):
    note = make_notification(worker, title="a\r\nBcc: x " + "y" * 300)
    assert note.title.startswith("a Bcc: x y")
    assert len(note.title) == 200
    assert note.title.endswith("…")


def test_who_switched_notifications_off_gets_no_mail_but_security(worker):
    worker = services.change(worker, by=worker, notifications_enabled=False)
    assert waiting(worker).mail_state == State.NONE
    assert waiting(worker, kind="security").mail_state == State.WAITING


def test_the_inactive_are_told_nothing(admin, worker):
    services.delete(worker, by=admin)
    worker.refresh_from_db()
    assert notify(worker, kind="test", title="Hello") is None


def test_who_became_inactive_gets_no_mail_that_still_waits(admin, worker, mailbox):
    note = waiting(worker)
    services.delete(worker, by=admin)
    assert deliver_notification(note.pk) is False
    note.refresh_from_db()
    assert note.mail_state == State.NONE
    assert mailbox == []


def test_a_sent_mail_is_never_sent_again(worker, mailbox):
    note = waiting(worker)
    assert deliver_notification(note.pk) is True
    assert deliver_notification(note.pk) is False
    assert len(mailbox) == 1


@pytest.mark.usefixtures("mail_is_down")
def test_a_failure_is_recorded_and_tried_again_later(worker):
    note = waiting(worker)
    assert deliver_notification(note.pk) is False
    note.refresh_from_db()
    assert (note.mail_state, note.mail_attempts) == (State.WAITING, 1)
    assert "refused" in note.mail_error
    first = note.mail_retry_at - timezone.now()
    assert dt.timedelta(0) < first <= FIRST_WAIT
    deliver_notification(note.pk)
    note.refresh_from_db()
    assert note.mail_retry_at - timezone.now() > FIRST_WAIT


@pytest.mark.usefixtures("mail_is_down")
def test_after_the_last_attempt_it_has_failed(worker):
    note = waiting(worker)
    Notification.objects.update(mail_attempts=MAX_ATTEMPTS - 1)
    deliver_notification(note.pk)
    note.refresh_from_db()
    assert (note.mail_state, note.mail_retry_at) == (State.FAILED, None)


def test_an_address_that_no_mail_can_carry_fails_at_once(worker, mailbox):
    note = waiting(worker)
    Employee.objects.filter(pk=worker.pk).update(email="a@b.example\nBcc: c@d.example")
    deliver_notification(note.pk)
    note.refresh_from_db()
    assert note.mail_state == State.FAILED
    assert mailbox == []


def test_the_sweep_sends_what_is_due_and_nothing_else(worker, mailbox):
    due, later = waiting(worker), waiting(worker)
    Notification.objects.filter(pk=later.pk).update(
        mail_retry_at=timezone.now() + dt.timedelta(hours=1)
    )
    tasks.deliver_waiting()
    due.refresh_from_db()
    later.refresh_from_db()
    assert (due.mail_state, later.mail_state) == (State.SENT, State.WAITING)
    assert len(mailbox) == 1


@pytest.mark.django_db(transaction=True)
def test_many_workers_at_once_send_one_mail(mailbox):
    note = waiting(make_employee())
    start, sent = threading.Barrier(6), []

    def deliver() -> None:
        start.wait()
        try:
            sent.append(deliver_notification(note.pk))
        finally:
            connection.close()

    mailbox.clear()
    Notification.objects.filter(pk=note.pk).update(
        mail_state=State.WAITING, mail_retry_at=timezone.now()
    )
    threads = [threading.Thread(target=deliver) for _number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(sent) == [False] * 5 + [True]
    assert len(mailbox) == 1


def test_reading_takes_the_mark_off_once(worker, pushed):
    note = make_notification(worker)
    read = mark_read(note, by=worker)
    assert not read.is_unread
    assert mark_read(note, by=worker).read_at == read.read_at
    assert [payload for _person, _kind, payload in pushed] == [{"unread": 1}, {"unread": 0}]


def test_reading_all_leaves_those_of_others(admin, worker):
    make_notification(worker)
    make_notification(worker)
    other = make_notification(admin)
    mark_all_read(by=worker)
    assert list(Notification.objects.unread()) == [other]
