"""The daily job and its catch-up: each due reminder is told once, whatever happens."""

import datetime as dt
import threading
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.db import connections
from django.utils import timezone

from employees.models import Role
from employees.tests.factories import make_employee, make_role
from reminders import tasks
from reminders.models import Notification, Reminder
from reminders.services import complete_reminder, remind_due, snooze_reminder
from reminders.services import reminders as module
from reminders.tests.factories import make_reminder
from workmate import services
from workmate.tests.threads import at_once, failures

NOON = dt.datetime.combine(timezone.localdate(), dt.time(12), dt.UTC)
DAY = dt.timedelta(days=1)


def due(person, ago=0, **fields) -> Reminder:
    return make_reminder(person, due_date=NOON.date() - ago * DAY, **fields)


def told() -> list[str]:
    return sorted(Notification.objects.filter(kind="reminder_due").values_list("title", flat=True))


def someone(**fields):
    role = Role.objects.filter(name="Own").first() or make_role("Own", ["reminders.*"])
    return make_employee(role=role, **fields)


def test_what_is_due_becomes_overdue_and_is_told_by_mail_and_in_the_app(
    worker, mailbox, django_capture_on_commit_callbacks
):
    reminder = due(worker, title="Tax", description="Call the office")
    make_reminder(worker, due_date=NOON.date() + DAY, title="Later")
    with django_capture_on_commit_callbacks(execute=True):
        assert remind_due(NOON) == 1
    reminder.refresh_from_db()
    assert (reminder.status, reminder.notified) == ("overdue", True)
    note = Notification.objects.get(recipient=worker)
    assert (note.title, note.url) == ("Tax", reminder.get_absolute_url())
    assert "Call the office" in note.body
    assert [message["Subject"] for message in mailbox] == ["Tax"]


def test_a_second_run_tells_nothing(worker):
    due(worker)
    assert [remind_due(NOON), remind_due(NOON), remind_due(NOON + DAY)] == [1, 0, 0]


def test_after_three_days_off_each_is_told_once(worker):
    for ago in range(4):
        due(worker, ago, title=f"{ago} days ago")
    assert remind_due(NOON) == 4
    assert remind_due(NOON) == 0
    assert told() == [f"{ago} days ago" for ago in range(4)]


def test_what_is_done_or_snoozed_is_not_told_until_its_day(worker):
    complete_reminder(due(worker), by=worker)
    snooze_reminder(due(worker, title="Snoozed"), until=NOON.date() + 2 * DAY, by=worker)
    assert remind_due(NOON) == 0
    assert remind_due(NOON + 2 * DAY) == 1
    assert told() == ["Snoozed"]


def test_the_day_is_the_owners_own():
    east, west = someone(timezone="Pacific/Auckland"), someone(timezone="America/Los_Angeles")
    day = NOON.date() + 10 * DAY
    for person in (east, west):
        make_reminder(person, due_date=day, title=person.timezone)
    seven = dt.datetime.combine(day, dt.time(7), ZoneInfo("Pacific/Auckland"))
    assert remind_due(seven - dt.timedelta(hours=2)) == 0
    assert remind_due(seven) == 1
    assert told() == ["Pacific/Auckland"]
    assert remind_due(seven + DAY) == 1


def test_the_inactive_are_not_told_and_hold_nobody_up(admin, worker):
    due(worker)
    due(admin, title="Other")
    services.delete(worker, by=admin)
    assert remind_due(NOON) == 1
    assert told() == ["Other"]


def test_one_that_fails_holds_up_no_other_and_is_tried_again(worker, monkeypatch):
    for title in ("a", "b", "c"):
        due(worker, title=title)
    real = module.notify

    def fragile(person, *, title, **fields):
        if title == "b":
            raise RuntimeError("out of paper")
        return real(person, title=title, **fields)

    monkeypatch.setattr(module, "notify", fragile)
    assert remind_due(NOON) == 2
    assert not Reminder.objects.get(title="b").notified
    monkeypatch.setattr(module, "notify", real)
    assert remind_due(NOON) == 1
    assert told() == ["a", "b", "c"]


@pytest.mark.django_db(transaction=True)
def test_killed_in_the_middle_the_next_run_tells_the_rest(monkeypatch):
    person = someone()
    for number in range(4):
        due(person, title=str(number))
    real, calls = module.notify, []

    class Killed(BaseException):
        """What no `except Exception` stops."""

    def killed_at_the_third(*args, **fields):
        note = real(*args, **fields)
        calls.append(note)
        if len(calls) == 3:  # told, but not committed
            raise Killed
        return note

    monkeypatch.setattr(module, "notify", killed_at_the_third)
    with pytest.raises(Killed):
        remind_due(NOON)
    assert len(told()) == 2
    monkeypatch.setattr(module, "notify", real)
    assert remind_due(NOON) == 2
    assert told() == ["0", "1", "2", "3"]


@pytest.mark.django_db(transaction=True)
def test_a_worker_whose_connection_is_cut_loses_and_doubles_nothing(monkeypatch):
    person = someone()
    for number in range(3):
        due(person, title=str(number))
    real, cut = module.notify, threading.Event()

    def cut_off(*args, **fields):
        note = real(*args, **fields)
        if not cut.is_set():
            cut.set()
            connections["default"].connection.close()
        return note

    monkeypatch.setattr(module, "notify", cut_off)
    at_once(lambda: remind_due(NOON))
    remind_due(NOON)
    assert told() == ["0", "1", "2"]


@pytest.mark.django_db(transaction=True)
def test_many_runs_at_once_tell_each_once():
    person = someone()
    for number in range(12):
        due(person, title=f"{number:02d}")
    results = at_once(*[lambda: remind_due(NOON)] * 5)
    assert failures(results) == []
    remind_due(NOON)  # whatever each passed over because another held it
    assert told() == [f"{number:02d}" for number in range(12)]
    assert not Reminder.objects.filter(notified=False).exists()


def test_the_job_stands_in_the_schedule_daily_and_hourly():
    entries = [
        entry["schedule"]
        for entry in settings.CELERY_BEAT_SCHEDULE.values()
        if entry["task"] == "reminders.check_due"
    ]
    assert sorted(len(schedule.hour) for schedule in entries) == [1, 24]


def test_the_task_runs_rules_and_reminders(worker):
    due(worker, 1)
    assert tasks.check_due() == 1
    assert tasks.check_due() == 0
