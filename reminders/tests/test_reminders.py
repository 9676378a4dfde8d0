"""Reminders: linked, snoozed, delegated, completed, repeated."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from employees.tests.factories import make_department, make_employee, make_role
from reminders.models import Notification, Reminder
from reminders.services import (
    complete_reminder,
    create_reminder,
    delegate_reminder,
    reopen_reminder,
    snooze_reminder,
)
from reminders.tests.factories import make_notification, make_reminder
from workmate import services
from workmate.errors import Conflict
from workmate.registry import registry
from workmate.tests.threads import at_once, failures

Status = Reminder.Status
SOON = dt.timedelta(days=2)


def department_link() -> dict:
    return {"linked_entity_type": "Department", "linked_entity_id": make_department().pk}


def test_the_link_must_be_of_a_known_kind(worker):
    with pytest.raises(ValidationError) as refused:
        make_reminder(worker, **department_link() | {"linked_entity_type": "Spaceship"})
    assert list(refused.value.error_dict) == ["linked_entity_type"]


def test_the_linked_row_must_be_there(worker):
    with pytest.raises(ValidationError) as refused:
        make_reminder(worker, **department_link() | {"linked_entity_id": worker.pk})
    assert list(refused.value.error_dict) == ["linked_entity_id"]


def test_nobody_is_reminded_of_a_reminder(worker):
    about = make_reminder(worker)
    with pytest.raises(ValidationError) as refused:
        make_reminder(worker, linked_entity_type="Reminder", linked_entity_id=about.pk)
    assert list(refused.value.error_dict) == ["linked_entity_type"]
    assert "Reminder" not in refused.value.messages[0].split(":", 1)[-1]


@pytest.mark.parametrize("name", ["linked_entity_type", "linked_entity_id"])
def test_half_a_link_is_refused(worker, name):
    with pytest.raises(ValidationError) as refused:
        make_reminder(worker, **{name: department_link()[name]})
    missing = {"linked_entity_type": "linked_entity_id"}.get(name, "linked_entity_type")
    assert list(refused.value.error_dict) == [missing]


def test_what_one_may_not_see_cannot_be_linked(worker):
    with pytest.raises(ValidationError) as refused:
        make_reminder(
            worker, linked_entity_type="Role", linked_entity_id=make_role("Secret", []).pk
        )
    assert list(refused.value.error_dict) == ["linked_entity_id"]


def test_the_link_is_concealed_once_the_row_cannot_be_seen_any_more(admin):
    role = make_role("Plumber", [])
    make_reminder(admin, linked_entity_type="Role", linked_entity_id=role.pk)
    reminder = Reminder.objects.visible_to(admin).get()
    assert (reminder.linked_title, reminder.concealed_from(admin)) == ("Plumber", frozenset())
    admin = services.change(make_employee(role=make_role("Narrow", ["reminders.*"])), by=None)
    Reminder.objects.update(owner=admin)
    reminder = Reminder.objects.visible_to(admin).get()
    assert reminder.linked_title == ""
    assert "linked_entity_id" in reminder.concealed_from(admin)


def test_linked_rows_are_read_together(worker, django_assert_num_queries):
    for _number in range(5):
        make_reminder(worker, **department_link())
    with django_assert_num_queries(2):
        assert all(one.linked_title for one in Reminder.objects.visible_to(worker))


def test_everybody_sees_their_own_and_what_they_gave_away(admin, worker):
    mine = make_reminder(admin)
    given = delegate_reminder(make_reminder(admin), owner=worker, by=admin)
    make_reminder(worker)
    assert set(Reminder.objects.visible_to(admin)) == {mine, given}


def test_completing_keeps_who_and_when_and_is_harmless_twice(worker):
    done = complete_reminder(make_reminder(worker), by=worker)
    assert (done.status, done.completed_by) == (Status.DONE, worker)
    again = complete_reminder(done, by=worker)
    assert again.completed_at == done.completed_at


@pytest.mark.parametrize(
    ("repeat", "due", "today", "expected"),
    [
        ("daily", (2026, 1, 1), (2026, 1, 1), (2026, 1, 2)),
        ("daily", (2026, 1, 1), (2026, 3, 1), (2026, 3, 2)),
        ("weekly", (2026, 1, 1), (2025, 12, 1), (2026, 1, 8)),
        ("weekly", (2026, 1, 1), (2026, 1, 8), (2026, 1, 15)),
        ("monthly", (2026, 1, 31), (2026, 1, 31), (2026, 2, 28)),
        ("monthly", (2026, 1, 31), (2026, 2, 28), (2026, 3, 31)),
        ("monthly", (2026, 1, 15), (2026, 4, 14), (2026, 4, 15)),
        ("monthly", (2026, 1, 15), (2026, 4, 15), (2026, 5, 15)),
        ("yearly", (2024, 2, 29), (2024, 2, 29), (2025, 2, 28)),
        ("yearly", (2024, 2, 29), (2028, 1, 1), (2028, 2, 29)),
        ("yearly", (2999, 5, 1), (2026, 1, 1), None),
        ("none", (2026, 1, 1), (2026, 1, 1), None),
    ],
)
def test_the_next_day_of_a_rhythm(repeat, due, today, expected):
    reminder = Reminder(repeat=repeat, due_date=dt.date(*due), repeat_day=due[2])
    assert reminder.next_due(dt.date(*today)) == (expected and dt.date(*expected))


def test_the_end_of_the_month_comes_back_after_february(worker):
    january = dt.date(timezone.localdate().year + 1, 1, 31)
    first = make_reminder(worker, due_date=january, repeat="monthly")
    complete_reminder(first, by=worker)
    second = Reminder.objects.unfinished().get()
    complete_reminder(second, by=worker)
    third = Reminder.objects.unfinished().get()
    assert second.due_date.month == 2
    assert (third.due_date.month, third.due_date.day) == (3, 31)


def test_the_rhythm_goes_on_with_the_next_one_alone(worker):
    done = complete_reminder(make_reminder(worker, repeat="weekly"), by=worker)
    reopened = reopen_reminder(done, by=worker)
    assert (reopened.repeat, reopened.status) == ("none", Status.OPEN)
    assert Reminder.objects.filter(repeat="weekly").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_complete_at_once_make_one_next():
    worker = make_employee(role=make_role("Own", ["reminders.*"]))
    reminder = make_reminder(worker, repeat="daily")
    acts = [lambda: complete_reminder(reminder, by=worker)] * 4
    assert failures(at_once(*acts)) == []
    assert Reminder.objects.count() == 2


def test_snoozing_makes_it_come_up_again(worker):
    reminder = make_reminder(worker, notified=True)
    until = timezone.localdate() + SOON
    snoozed = snooze_reminder(reminder, until=until, by=worker)
    assert (snoozed.due_on, snoozed.notified, snoozed.status) == (until, False, Status.OPEN)


def test_snoozing_wants_a_day_to_come(worker):
    with pytest.raises(ValidationError) as refused:
        snooze_reminder(make_reminder(worker), until=timezone.localdate(), by=worker)
    assert list(refused.value.error_dict) == ["until"]


def test_what_is_done_is_neither_snoozed_nor_delegated(admin, worker):
    done = complete_reminder(make_reminder(admin), by=admin)
    with pytest.raises(Conflict):
        snooze_reminder(done, until=timezone.localdate() + SOON, by=admin)
    with pytest.raises(Conflict):
        delegate_reminder(done, owner=worker, by=admin)


def test_only_what_is_done_is_reopened(worker):
    with pytest.raises(Conflict):
        reopen_reminder(make_reminder(worker), by=worker)


def test_delegating_tells_the_new_owner_and_completing_tells_back(admin, worker):
    given = delegate_reminder(make_reminder(admin), owner=worker, by=admin)
    assert (given.owner, given.delegated_by) == (worker, admin)
    assert Notification.objects.get(recipient=worker).kind == "reminder_delegated"
    complete_reminder(given, by=worker)
    assert Notification.objects.get(recipient=admin).kind == "reminder_completed"


def test_what_was_given_away_can_be_taken_back(admin, worker):
    given = delegate_reminder(make_reminder(admin), owner=worker, by=admin)
    back = delegate_reminder(given, owner=admin, by=admin)
    assert (back.owner, back.delegated_by) == (admin, None)


def test_it_is_not_given_to_who_cannot_see_it(admin, clerk, worker):
    reminder = make_reminder(admin)
    services.delete(worker, by=admin)
    worker.refresh_from_db()
    for person in (clerk, worker, admin):
        with pytest.raises(ValidationError) as refused:
            delegate_reminder(reminder, owner=person, by=admin)
        assert list(refused.value.error_dict) == ["owner"]


def test_another_day_makes_it_come_up_again(worker):
    reminder = make_reminder(worker, notified=True)
    later = services.change(reminder, by=worker, due_date=reminder.due_date + SOON)
    assert not later.notified
    renamed = services.change(make_reminder(worker, notified=True), by=worker, title="New")
    assert renamed.notified


def test_what_follows_from_data_is_not_rewritten_or_deleted(worker):
    derived = make_reminder(worker, rule="test", **department_link())
    with pytest.raises(ValidationError) as refused:
        services.change(derived, by=worker, title="Mine")
    assert list(refused.value.error_dict) == ["title"]
    assert services.change(derived, by=worker, priority="high").priority == "high"
    with pytest.raises(Conflict):
        services.delete(derived, by=worker)


def test_a_link_whose_row_is_gone_stops_nothing(worker):
    link = department_link()
    reminder = create_reminder(by=worker, title="x", due_date=timezone.localdate(), **link)
    registry.entity("Department").model.objects.filter(pk=link["linked_entity_id"]).delete()
    assert complete_reminder(reminder, by=worker).is_done


def test_unwanted_kinds_do_not_come_on_that_channel(worker):
    wish = services.create(
        Notification._meta.apps.get_model("reminders.NotificationPreference"),
        by=worker,
        kind="reminder_due",
        channel="mail",
        enabled=False,
    )
    note = make_notification(worker, kind="reminder_due", mail=True)
    assert note.mail_state == "none"
    services.change(wish, by=worker, channel="app")
    note = make_notification(worker, kind="reminder_due", mail=True)
    assert (note.mail_state, note.in_app) == ("waiting", False)
    assert note not in Notification.objects.visible_to(worker)
