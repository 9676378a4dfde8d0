"""Reminders, notifications and preferences in Django admin."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from reminders.models import Notification, NotificationPreference, Reminder
from workmate.admin import BaseAdmin


@admin.register(Reminder)
class ReminderAdmin(BaseAdmin):
    """One's own reminders and those that one has delegated; completing as an action."""

    list_display = ["title", "due_date", "priority", "status", "owner", "delegated_by", "notified"]
    list_filter = ["status", "priority", "repeat", "notified"]
    search_fields = ["title", "description"]
    date_hierarchy = "due_date"
    readonly_fields = [
        "owner",
        "delegated_by",
        "status",
        "snoozed_until",
        "notified",
        "completed_at",
        "completed_by",
        "rule",
    ]


@admin.register(NotificationPreference)
class NotificationPreferenceAdmin(BaseAdmin):
    """One's own preferences."""

    list_display = ["kind", "channel", "enabled"]
    list_filter = ["channel", "enabled"]
    search_fields = ["kind"]
    readonly_fields = ["person"]


@admin.register(Notification)
class NotificationAdmin(BaseAdmin):
    """One's own notifications, to look at."""

    list_display = ["title", "kind", "created_at", "read_at", "mail_state", "mail_sent_at"]
    list_filter = ["kind", "mail_state"]
    search_fields = ["title", "body"]
    date_hierarchy = "created_at"

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Services tell people."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What was told stays as it was told."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What was told stays."""
        return False
