"""Recording, changing and deleting time."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from employees.models import Employee
from timetracking.models import TimeEntry
from timetracking.services.rules import (
    lock_people,
    refuse_foreign,
    refuse_frozen,
    refuse_overlap,
    refuse_project,
    refuse_second_timer,
    settle_end,
    tell,
)
from workmate import services
from workmate.consumers import push
from workmate.events import emit
from workmate.services import Actor
from workmate.verbs import verb


@verb(TimeEntry, "create", permission="add_timeentry", label=_("Create"))
def create_time_entry(
    *, by: Actor | None, employee: Employee | None = None, **data: Any
) -> TimeEntry:
    """Record time, of oneself when nobody is named; without an end it is a running timer.

    Refuses other people's time without the right to see and change everybody's, a second timer,
    and a project that is closed or that the person does not see.
    """
    person = employee or by
    if not isinstance(person, Employee):
        raise ValidationError({"employee": _("Whose time it is must be said.")})
    refuse_foreign(person.pk, by)
    entry = TimeEntry(employee=person, **data)
    with services.acting(by):
        lock_people(person.pk)
        settle_end(entry, data)
        if entry.is_running:
            refuse_second_timer(entry)
        refuse_project(entry, by)
        refuse_overlap(entry)
        saved = services.save(entry, by=by)
        if saved.is_running:
            tell(saved)
    return saved


@verb(TimeEntry, "change", permission="change_timeentry", label=_("Save"))
def change_time_entry(entry: TimeEntry, *, by: Actor | None, **data: Any) -> TimeEntry:
    """Change an entry; what its own person changes after submitting is a draft again.

    Refuses approved and invoiced entries, and whatever recording it would refuse.
    """
    if data.get("employee", entry) is None:
        del data["employee"]
    person = data.get("employee")
    with services.acting(by):
        lock_people(entry.employee_id, person.pk if person else None)
        entry = services.lock(entry)
        refuse_foreign(entry.employee_id, by)
        refuse_frozen(entry)
        if person is not None:
            refuse_foreign(person.pk, by)
        was_running = entry.is_running
        before = {"end": entry.end_time, "minutes": entry.duration_minutes}
        changed = {name for name, value in data.items() if getattr(entry, name) != value}
        for name, value in data.items():
            setattr(entry, name, value)
        settle_end(entry, data, before)
        if entry.is_running:
            refuse_second_timer(entry)
        if changed & {"project", "employee"}:
            refuse_project(entry, by)
        refuse_overlap(entry)
        own = by is not None and by.pk == entry.employee_id
        if entry.is_running or (own and changed):
            entry.status = TimeEntry.Status.DRAFT
        saved = services.save(entry, by=by)
        if was_running or saved.is_running:
            tell(saved)
    return saved


@verb(TimeEntry, "delete", permission="delete_timeentry", label=_("Delete"))
def delete_time_entry(entry: TimeEntry, *, by: Actor | None) -> None:
    """Delete an entry. Refuses approved and invoiced ones, and other people's."""
    with services.acting(by):
        entry = services.lock(entry)
        refuse_foreign(entry.employee_id, by)
        refuse_frozen(entry)
        emit("deleted", entry, by=by, about=services.subjects_of(entry))
        if entry.is_running:
            push(entry.employee_id, "timer", running=False)
        entry.delete()
