"""Reminders: made, changed, snoozed, delegated, completed, and told when they come up."""

import datetime as dt
import logging
import zoneinfo
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from employees.models import Employee
from reminders.models import Reminder
from reminders.services.notifications import notify, world_of
from workmate import services
from workmate.errors import Conflict
from workmate.filters import SENSIBLE_DAYS
from workmate.registry import registry
from workmate.services import Actor
from workmate.verbs import verb

log = logging.getLogger("workmate.reminders")
Status = Reminder.Status

# A day begins with breakfast: nobody is reminded in the middle of the night.
FIRST_HOUR = dt.timedelta(hours=6)
IN_ADVANCE = {"title", "due_date", "repeat", "linked_entity_type", "linked_entity_id"}


@verb(Reminder, "create", permission="add_reminder", label=gettext_lazy("Create"))
@services.acted
def create_reminder(*, by: Actor, **data: Any) -> Reminder:
    """Remind oneself of something.

    Refuses a link to a row that does not exist or that `by` may not see.
    """
    reminder = Reminder(owner_id=by.pk, **data)
    _check_link(reminder, by)
    _begin_series(reminder)
    return services.save(reminder, by=by)


@verb(Reminder, "change", permission="change_reminder", label=gettext_lazy("Edit"))
@services.acted
def change_reminder(reminder: Reminder, *, by: Actor | None, **data: Any) -> Reminder:
    """Change a reminder; one that is put off to a later day comes up again then.

    Without `linked_entity_id` it is about nothing any more.

    Refuses a new link to a row that `by` may not see, and to change what follows from data.
    """
    reminder = services.lock(reminder)
    before = {name: getattr(reminder, name) for name in IN_ADVANCE}
    if "linked_entity_id" in data and data["linked_entity_id"] is None:
        data = {"linked_entity_type": "", **data}
    for name, value in data.items():
        setattr(reminder, name, value)
    changed = {name for name in before if getattr(reminder, name) != before[name]}
    if reminder.is_derived and changed:
        message = _("This reminder follows from data: change those instead.")
        raise ValidationError(dict.fromkeys(sorted(changed), message))
    if changed & {"linked_entity_type", "linked_entity_id"}:
        _check_link(reminder, by)
    if changed & {"due_date", "repeat"}:
        _begin_series(reminder)
    if "due_date" in changed and not reminder.is_done:
        _come_up_again(reminder)
    return services.save(reminder, by=by)


@verb(Reminder, "delete", permission="delete_reminder", label=gettext_lazy("Delete"))
@services.acted
def delete_reminder(reminder: Reminder, *, by: Actor | None) -> None:
    """Delete a reminder. Refuses one that follows from data: it would come back."""
    reminder = services.lock(reminder)
    if reminder.is_derived:
        raise Conflict(_("This reminder follows from data: complete it instead."), code="derived")
    reminder.delete()


@verb(
    Reminder,
    "complete",
    permission="change_reminder",
    label=gettext_lazy("Complete"),
    icon="check",
    method="patch",
    primary=True,
    when=lambda reminder: not reminder.is_done,
    done=gettext_lazy("%(name)s was completed."),
    done_many=gettext_lazy("%(name)s were completed."),
    undo="reopen",
)
@services.acted
def complete_reminder(reminder: Reminder, *, by: Actor | None) -> Reminder:
    """Done. One that repeats makes the next one, which carries the rhythm on.

    Whoever delegated it is told. Completing it again changes nothing.
    """
    reminder = services.lock(reminder)
    if reminder.is_done:
        return reminder
    with world_of(reminder.owner):
        due = reminder.next_due()
    if due is not None:
        following = Reminder(
            due_date=due,
            **{
                name: getattr(reminder, name)
                for name in (
                    "title",
                    "description",
                    "priority",
                    "repeat",
                    "repeat_day",
                    "linked_entity_type",
                    "linked_entity_id",
                    "owner_id",
                    "delegated_by_id",
                )
            },
        )
        reminder.repeat = Reminder.Repeat.NONE
        services.save(following, by=by)
    reminder.status, reminder.completed_at = Status.DONE, timezone.now()
    reminder.completed_by_id = by.pk if by is not None else None
    services.save(reminder, by=by)
    asked = reminder.delegated_by
    if asked is not None and by is not None and by.pk != asked.pk:
        with world_of(asked):
            title = _("Completed: %(title)s") % {"title": reminder.title}
        notify(
            asked,
            kind="reminder_completed",
            title=title,
            url=reminder.get_absolute_url(),
            by=by,
        )
    return reminder


@verb(
    Reminder,
    "reopen",
    permission="change_reminder",
    label=gettext_lazy("Reopen"),
    icon="rotate-ccw",
    when=lambda reminder: reminder.is_done,
    done=gettext_lazy("%(name)s is open again."),
    done_many=gettext_lazy("%(name)s are open again."),
)
@services.acted
def reopen_reminder(reminder: Reminder, *, by: Actor | None) -> Reminder:
    """Not done after all; it comes up again. Refuses one that is not completed."""
    reminder = services.lock(reminder)
    if not reminder.is_done:
        raise Conflict(_("This reminder is not completed."), code="not_done")
    reopen(reminder)
    return services.save(reminder, by=by)


@verb(
    Reminder,
    "snooze",
    permission="change_reminder",
    label=gettext_lazy("Snooze"),
    icon="clock",
    when=lambda reminder: not reminder.is_done,
    takes={"until": models.DateField(gettext_lazy("until"), validators=SENSIBLE_DAYS)},
    done=gettext_lazy("%(name)s was put off."),
)
@services.acted
def snooze_reminder(reminder: Reminder, *, until: dt.date, by: Actor | None) -> Reminder:
    """Be quiet until a day, and come up again then. Refuses a day that is not to come."""
    reminder = _unfinished(reminder)
    with world_of(reminder.owner):
        if until <= timezone.localdate():
            raise ValidationError({"until": _("Choose a day that is still to come.")})
    _come_up_again(reminder)
    reminder.snoozed_until = until
    return services.save(reminder, by=by)


@verb(
    Reminder,
    "delegate",
    permission="change_reminder",
    label=gettext_lazy("Delegate"),
    icon="user",
    when=lambda reminder: not reminder.is_done,
    takes={
        "owner": models.ForeignKey(
            Employee, on_delete=models.CASCADE, verbose_name=gettext_lazy("to whom")
        )
    },
    done=gettext_lazy("%(name)s was handed on."),
)
@services.acted
def delegate_reminder(reminder: Reminder, *, owner: Employee, by: Actor) -> Reminder:
    """Hand it to somebody, who is told; whoever delegates it goes on seeing it.

    Given to oneself, it is taken back. Refuses people who are inactive, whose role shows them no
    reminders, or who have it already.
    """
    reminder = _unfinished(reminder)
    if owner.pk == reminder.owner_id:
        raise ValidationError({"owner": _("It is theirs already.")})
    if not owner.is_active or not owner.has_perm("reminders.view_reminder"):
        raise ValidationError({"owner": _("This person cannot be given reminders.")})
    reminder.owner = owner
    reminder.delegated_by_id = by.pk if by.pk != owner.pk else None
    _come_up_again(reminder, snoozed_until=reminder.snoozed_until)
    services.save(reminder, by=by)
    if by.pk != owner.pk:
        with world_of(owner):
            title = _("For you: %(title)s") % {"title": reminder.title}
            body = _("%(person)s asks you to see to it by %(day)s.") % {
                "person": by,
                "day": date_format(reminder.due_on),
            }
        notify(
            owner,
            kind="reminder_delegated",
            title=title,
            body=body,
            url=reminder.get_absolute_url(),
            by=by,
        )
    return reminder


def linkable_row(key: str, pk: UUID, by: Actor | None) -> Any:
    """The row of that kind and id, as far as `by` sees it. Raises ValidationError."""
    entity = registry.entity(key)
    if entity is None or not entity.linkable:
        known = ", ".join(sorted(one.key for one in registry.linkable()))
        message = _("There is no such kind of object. Known are: %(known)s.")
        raise ValidationError({"linked_entity_type": message % {"known": known}})
    row = registry.row(key, pk, by)
    if row is None:
        raise ValidationError({"linked_entity_id": _("There is no such object.")})
    return row


def remind_due(now: dt.datetime | None = None) -> int:
    """Tell owners of what has come up, each once; returns how many reminders were told.

    A reminder becomes `overdue`, and its owner is told, in one transaction under its lock: so
    neither a crash nor a second run at the same moment loses or doubles one, and whatever days
    were missed are caught up. The day is the owner's own.
    """
    told = 0
    for pk, day in _came_up(now or timezone.now()):
        try:
            told += _remind(pk, day)
        except Exception:  # one that fails holds up no other; the next run tries it again
            log.exception("reminder_not_told", extra={"reminder": str(pk)})
    return told


def _came_up(now: dt.datetime) -> Iterator[tuple[UUID, dt.date]]:
    active = Reminder.objects.exclude(owner__status=Employee.Status.INACTIVE)
    zones = active.order_by().values_list("owner__timezone", flat=True).distinct()
    for name in list(zones):
        day = (now.astimezone(zoneinfo.ZoneInfo(name)) - FIRST_HOUR).date()
        due = active.filter(owner__timezone=name).to_notify(day).order_by("due", "pk")
        for pk in list(due.values_list("pk", flat=True)):
            yield pk, day


@services.acted
def _remind(pk: UUID, day: dt.date) -> bool:
    """Whether the owner was told now; whoever else holds the row tells them."""
    rows = Reminder.objects.to_notify(day).filter(pk=pk)
    reminder: Reminder | None = rows.select_for_update(
        of=("self",), no_key=True, skip_locked=True
    ).first()
    if reminder is None:
        return False
    reminder.status, reminder.notified = Status.OVERDUE, True
    services.save(reminder, by=None)
    late = reminder.due_date < day
    with world_of(reminder.owner):
        when = date_format(reminder.due_date)
        text = _("It was due on %(day)s.") if late else _("It is due today, %(day)s.")
        body = "\n\n".join(part for part in (text % {"day": when}, reminder.description) if part)
    notify(
        reminder.owner,
        kind="reminder_due",
        title=reminder.title,
        body=body,
        url=reminder.get_absolute_url(),
    )
    return True


def reopen(reminder: Reminder) -> None:
    """Take back that it was done."""
    reminder.completed_at, reminder.completed_by = None, None
    _come_up_again(reminder)


def _come_up_again(reminder: Reminder, snoozed_until: dt.date | None = None) -> None:
    reminder.status, reminder.notified = Status.OPEN, False
    reminder.snoozed_until = snoozed_until


def _unfinished(reminder: Reminder) -> Reminder:
    reminder = services.lock(reminder)
    if reminder.is_done:
        raise Conflict(_("This reminder is completed."), code="done")
    return reminder


def _begin_series(reminder: Reminder) -> None:
    in_months = reminder.repeat in (Reminder.Repeat.MONTHLY, Reminder.Repeat.YEARLY)
    day = reminder.due_date.day if in_months and reminder.due_date else None
    reminder.repeat_day = day


def _check_link(reminder: Reminder, by: Actor | None) -> None:
    if reminder.linked_entity_type and reminder.linked_entity_id:
        linkable_row(reminder.linked_entity_type, reminder.linked_entity_id, by)
