"""Who is told what becomes of their hours."""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any, cast

from django.urls import reverse
from django.utils.functional import lazy
from django.utils.translation import ngettext

from employees.models import Employee
from reminders.services import notify
from timetracking.models import TimeEntry
from timetracking.week import day_of
from workmate.events import Event, on_many
from workmate.templatetags.workmate import format_date, format_hours


@on_many(TimeEntry, "approved")
def tell_approved(events: Sequence[Event]) -> None:
    """Each person hears once that their hours were approved."""
    _tell_each(
        events,
        "hours_approved",
        lambda n: ngettext(
            "%(hours)s of your hours were approved (one entry)",
            "%(hours)s of your hours were approved (%(n)s entries)",
            n,
        ),
    )


@on_many(TimeEntry, "rejected")
def tell_rejected(events: Sequence[Event]) -> None:
    """Each person hears once what is to be corrected."""
    _tell_each(
        events,
        "hours_rejected",
        lambda n: ngettext(
            "%(hours)s of your hours were rejected (one entry)",
            "%(hours)s of your hours were rejected (%(n)s entries)",
            n,
        ),
    )


def _tell_each(events: Sequence[Event], kind: str, text: Callable[[int], str]) -> None:
    """Tell each person of their entries, in words for so many, said in the reader's language."""
    for person, own in _by_person(events):

        def title(own: Sequence[Event] = own) -> str:
            return text(len(own)) % _words(own)

        _tell(person, own, kind, lazy(title, str)())


def _by_person(events: Sequence[Event]) -> list[tuple[Employee, list[Event]]]:
    """The events by whose hours they are of; nobody is told what they did themselves."""
    found: dict[Any, list[Event]] = {}
    for event in events:
        of = cast(TimeEntry, event.target).employee_id
        if event.by is None or event.by.pk != of:
            found.setdefault(of, []).append(event)
    return [(cast(TimeEntry, own[0].target).employee, own) for own in found.values()]


def _words(events: Sequence[Event]) -> dict[str, Any]:
    minutes = sum(cast(TimeEntry, event.target).duration_minutes for event in events)
    return {"n": len(events), "hours": format_hours(dt.timedelta(minutes=minutes))}


def _tell(person: Employee, events: Sequence[Event], kind: str, title: Any) -> None:
    """Tell a person of their entries: when they were, why they were rejected, where they are."""
    entries = [cast(TimeEntry, event.target) for event in events]
    days = sorted(day_of(entry) for entry in entries)

    def body() -> str:
        first, last = format_date(days[0]), format_date(days[-1])
        span = first if first == last else f"{first} – {last}"
        reasons = dict.fromkeys(filter(None, (event.data.get("reason") for event in events)))
        return "\n\n".join([span, *reasons])

    url = f"{reverse('timetracking:timeentry-list')}?employee_id={person.pk}"
    url = f"{url}&start_date={days[0]}&end_date={days[-1]}"
    notify(
        person,
        kind=kind,
        title=title,
        body=lazy(body, str)(),
        url=entries[0].get_absolute_url() if len(entries) == 1 else url,
        by=cast(Any, events[0].by),
    )
