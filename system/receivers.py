"""The activity feed: one entry for each event about a registered entity; the steps of imports."""

import logging
from threading import local
from typing import Any

from django.db import transaction
from kombu.exceptions import OperationalError

from system.models import ActivityEntry, Import
from system.tasks import work_on_import
from workmate.events import Event, on, on_any
from workmate.registry import registry

log = logging.getLogger("workmate.imports")
PLAIN = {"created", "changed", "deleted"}

# The last `changed` entry of this thread's transaction. A verb that saves and then tells its
# own name (`changed`, then `finalized`) is one thing that happened, and so one entry.
_last = local()


@on_any(after_commit=False)
def write_entry(event: Event) -> None:
    """Write it down in the event's own transaction: feed and fact stand or fall together."""
    entity = registry.entity_of(type(event.target))
    if entity is None or not entity.in_feed:
        return
    entry = _entry_of(event)
    if event.verb not in PLAIN and _rewrite_last(entry):
        return
    entry.save(force_insert=True)
    if event.verb == "changed":
        _last.entry = entry
        transaction.on_commit(_forget)


def _entry_of(event: Event) -> ActivityEntry:
    target = event.target
    ids = [target.pk, *(subject.pk for subject in event.about)]
    return ActivityEntry(
        actor_id=event.by.pk if event.by is not None else None,
        verb=event.verb,
        target_type=type(target).__name__,
        target_id=target.pk,
        target_label=str(target)[:200],
        targets=list(dict.fromkeys(str(pk) for pk in ids)),
        data=event.data,
    )


def _rewrite_last(entry: ActivityEntry) -> bool:
    """Whether the transaction's `changed` of the same row by the same person became this entry.

    One that was rolled back is not found, and the entry is written anew.
    """
    last: ActivityEntry | None = getattr(_last, "entry", None)
    _forget()
    if last is None or (last.target_id, last.actor_id) != (entry.target_id, entry.actor_id):
        return False
    changes: dict[str, Any] = {
        "verb": entry.verb,
        "target_label": entry.target_label,
        "targets": list(dict.fromkeys([*last.targets, *entry.targets])),
        "data": entry.data,
    }
    return bool(ActivityEntry.objects.filter(pk=last.pk).update(**changes))


def _forget() -> None:
    _last.entry = None


@on(Import, "started")
def queue_step(event: Event) -> None:
    """A worker carries it out."""
    try:
        work_on_import.delay(str(event.target.pk))
    except OperationalError:  # the broker is down: the sweep of the next minutes does it
        log.warning("import_not_queued", exc_info=True)
