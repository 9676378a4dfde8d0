"""Notifications in Django admin."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from reminders.models import Notification
from workmate.admin import BaseAdmin


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
