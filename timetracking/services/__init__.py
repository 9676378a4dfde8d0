"""What may be done with time: timers, entries, approval, and what invoices take of it."""

from timetracking.services.approval import (
    approve_time_entry,
    reject_time_entry,
    reopen_time_entry,
    submit_time_entry,
)
from timetracking.services.billing import (
    billed_hours,
    billed_minutes,
    mark_invoiced,
    release_invoiced,
)
from timetracking.services.entries import (
    change_time_entry,
    create_time_entry,
    delete_time_entry,
)
from timetracking.services.rules import CLOSED, may_write
from timetracking.services.timer import start_timer, stop_timer
from timetracking.services.week import CellChange, fill_week

__all__ = [
    "CLOSED",
    "CellChange",
    "approve_time_entry",
    "billed_hours",
    "billed_minutes",
    "change_time_entry",
    "create_time_entry",
    "delete_time_entry",
    "fill_week",
    "mark_invoiced",
    "may_write",
    "reject_time_entry",
    "release_invoiced",
    "reopen_time_entry",
    "start_timer",
    "stop_timer",
    "submit_time_entry",
]
