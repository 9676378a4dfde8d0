"""Messages in Django admin: to look at, by those who may enter every room."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from chat.models import ChatMessage
from workmate.admin import BaseAdmin


@admin.register(ChatMessage)
class ChatMessageAdmin(BaseAdmin):
    """Messages; nobody puts words into somebody's mouth, nor takes them out of it."""

    list_display = ["created_at", "project", "author", "hint", "is_system_message", "deleted_at"]
    list_filter = ["is_system_message", "created_at"]
    search_fields = ["content", "project__title", "project__project_number"]
    date_hierarchy = "created_at"

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Messages are written in the rooms."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only whoever wrote it edits it, in the room."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only whoever wrote it deletes it, in the room."""
        return False
