"""Reminders from first to last, how people are told, and how the mails about it are delivered."""

from reminders.services.notifications import (
    create_preference,
    deliver_notification,
    mark_all_read,
    mark_read,
    mark_seen,
    notify,
    set_preferences,
    unread_count,
    unwanted_channels,
    world_of,
)
from reminders.services.reminders import (
    change_reminder,
    complete_reminder,
    create_reminder,
    delegate_reminder,
    delete_reminder,
    linkable_row,
    remind_due,
    reopen_reminder,
    snooze_reminder,
)
from reminders.services.rules import reconcile, reconcile_rule

__all__ = [
    "change_reminder",
    "complete_reminder",
    "create_preference",
    "create_reminder",
    "delegate_reminder",
    "delete_reminder",
    "deliver_notification",
    "linkable_row",
    "mark_all_read",
    "mark_read",
    "mark_seen",
    "notify",
    "reconcile",
    "reconcile_rule",
    "remind_due",
    "reopen_reminder",
    "set_preferences",
    "snooze_reminder",
    "unread_count",
    "unwanted_channels",
    "world_of",
]
