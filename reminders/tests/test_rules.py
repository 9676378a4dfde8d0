"""Reminders that follow from data."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.utils import timezone

from employees.models import Department
from employees.tests.factories import make_department, make_employee, make_role
from reminders.models import Reminder
from reminders.services import complete_reminder, delegate_reminder, reconcile_rule
from workmate.registry import ReminderRule
from workmate.tests.threads import at_once, failures

DAY = dt.timedelta(days=1)


@dataclass
class World:
    """Departments of which their manager is to be reminded; the test says when and which."""

    manager: Any
    due: dt.date = field(default_factory=timezone.localdate)
    title: str = "Look after it"
    holds: bool = True

    def rows(self) -> list[Department]:
        found = list(Department.objects.all()) if self.holds else []
        for row in found:
            row.review_on = self.due
        return found

    @property
    def rule(self) -> ReminderRule:
        return ReminderRule(
            "test_review",
            Department,
            self.rows,
            "review_on",
            lambda row: f"{self.title}: {row}",
            lambda row: self.manager,
            days_before=1,
        )


@pytest.fixture
def world(worker) -> World:
    make_department(name="Works")
    return World(worker)


def test_it_makes_one_a_row_and_no_second(world):
    assert reconcile_rule(world.rule) == 1
    assert reconcile_rule(world.rule) == 0
    made = Reminder.objects.get()
    assert (made.title, made.owner) == ("Look after it: Works", world.manager)
    assert made.due_date == world.due - DAY


def test_it_moves_with_the_data_and_comes_up_again(world):
    reconcile_rule(world.rule)
    Reminder.objects.update(notified=True, status="overdue")
    world.due += 3 * DAY
    world.title = "Care for it"
    assert reconcile_rule(world.rule) == 1
    moved = Reminder.objects.get()
    assert (moved.notified, moved.status, moved.title[:4]) == (False, "open", "Care")


def test_it_closes_what_holds_no_longer_and_reopens_what_holds_again(world):
    reconcile_rule(world.rule)
    world.holds = False
    assert reconcile_rule(world.rule) == 1
    assert Reminder.objects.get().is_done
    assert reconcile_rule(world.rule) == 0
    world.holds = True
    assert reconcile_rule(world.rule) == 1
    assert not Reminder.objects.get().is_done


def test_what_a_person_completed_stays_so_until_the_day_moves(world, worker):
    reconcile_rule(world.rule)
    complete_reminder(Reminder.objects.get(), by=worker)
    assert reconcile_rule(world.rule) == 0
    world.due += DAY
    assert reconcile_rule(world.rule) == 1
    assert not Reminder.objects.get().is_done


def test_another_person_in_charge_gets_it(world, admin):
    reconcile_rule(world.rule)
    world.manager = admin
    reconcile_rule(world.rule)
    assert Reminder.objects.get().owner == admin


def test_what_was_delegated_stays_there(world, admin, worker):
    reconcile_rule(world.rule)
    delegate_reminder(Reminder.objects.get(), owner=admin, by=worker)
    assert reconcile_rule(world.rule) == 0
    assert Reminder.objects.get().owner == admin


def test_nobody_is_reminded_of_what_they_may_not_see(world, monkeypatch):
    monkeypatch.setattr(type(Department.objects.all()), "visible_to", lambda rows, u: rows.none())
    assert reconcile_rule(world.rule) == 0
    assert not Reminder.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_many_runs_at_once_make_one():
    make_department(name="Works")
    world = World(make_employee(role=make_role("Own", ["reminders.*"])))
    results = at_once(*[lambda: reconcile_rule(world.rule)] * 4)
    assert failures(results) == []
    assert sum(results) == 1
    assert Reminder.objects.count() == 1
