"""Reminders that follow from data: made, moved and closed as the data change."""

import datetime as dt
import logging
from typing import Any, cast
from uuid import UUID

from django.db import connection
from django.utils import timezone

from employees.models import Employee
from reminders.models import Reminder
from reminders.services.notifications import TITLE_LENGTH, world_of
from reminders.services.reminders import reopen
from workmate import services
from workmate.querysets import BaseQuerySet
from workmate.registry import ReminderRule, registry

log = logging.getLogger("workmate.reminders")


def reconcile() -> int:
    """Bring the reminders of every rule in line with the data; returns how many changed."""
    changed = 0
    for rule in registry.rules():
        try:
            changed += reconcile_rule(rule)
        except Exception:  # one rule that fails holds up no other
            log.exception("reminder_rule_failed", extra={"rule": rule.key})
    return changed


@services.acted
def reconcile_rule(rule: ReminderRule) -> int:
    """Make, move and close the reminders of one rule; returns how many changed.

    One run at a time. What a person completed stays so until the day moves; whom it was
    delegated to keeps it. Nobody is reminded of what they may not see.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"reminders.{rule.key}"])
    wanted = _wanted(rule)
    rows = Reminder.objects.filter(rule=rule.key).order_by("pk")
    # Not `of=self` with joins: bare rows, so that no person's row is held.
    known = {row.linked_entity_id: row for row in rows.select_for_update(no_key=True)}
    changed = 0
    for pk, (row, person, due) in wanted.items():
        with world_of(person):
            title = rule.title(row)[:TITLE_LENGTH]
        reminder = known.pop(pk, None)
        if reminder is None:
            made = Reminder(
                rule=rule.key,
                title=title,
                due_date=due,
                owner=person,
                linked_entity_type=rule.model.__name__,
                linked_entity_id=pk,
            )
            services.save(made, by=None)
            changed += 1
        elif _follow(reminder, title, due, person):
            services.save(reminder, by=None)
            changed += 1
    for reminder in known.values():
        if not reminder.is_done:
            reminder.status, reminder.completed_at = Reminder.Status.DONE, timezone.now()
            services.save(reminder, by=None)
            changed += 1
    return changed


def _wanted(rule: ReminderRule) -> dict[UUID, tuple[Any, Employee, dt.date]]:
    """The rule's rows with whom it reminds and when, as far as they see the rows."""
    found: dict[UUID, tuple[Any, Employee, dt.date]] = {}
    people: dict[UUID, tuple[Employee, set[UUID]]] = {}
    for row in rule.queryset():
        person, day = cast(Employee | None, rule.to(row)), getattr(row, rule.due)
        if person is None or day is None or not person.is_active:
            continue
        people.setdefault(person.pk, (person, set()))[1].add(row.pk)
        found[row.pk] = (row, person, day - dt.timedelta(days=rule.days_before))
    for person, ids in people.values():
        rows = cast(BaseQuerySet, rule.model._default_manager.all()).visible_to(person)
        seen = set(rows.order_by().filter(pk__in=ids).values_list("pk", flat=True))
        for pk in ids - seen:
            del found[pk]
    return found


def _follow(reminder: Reminder, title: str, due: dt.date, person: Employee) -> bool:
    """Set what the data say; whether that changes anything."""
    moved = reminder.due_date != due
    # Closed by the rule, and back again.
    returned = reminder.is_done and reminder.completed_by_id is None
    handed_on = reminder.delegated_by_id is None and reminder.owner_id != person.pk
    renamed = reminder.title != title and not reminder.is_done
    if not (moved or returned or handed_on or renamed):
        return False
    reminder.title, reminder.due_date = title, due
    if handed_on:
        reminder.owner = person
    if moved or returned or (handed_on and not reminder.is_done):
        reopen(reminder)
    return True
