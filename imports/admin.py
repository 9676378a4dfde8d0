"""Imports in Django admin, to look at."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from imports.models import Import
from workmate.admin import BaseAdmin


@admin.register(Import)
class ImportAdmin(BaseAdmin):
    """Who imported what, when, and how much; written by the wizard alone."""

    list_display = ["created_at", "kind_label", "original_name", "owner", "status",
                    "created_count", "updated_count", "skipped_count", "faulty_count"]  # fmt: skip
    list_filter = ["status"]
    search_fields = ["original_name"]
    date_hierarchy = "created_at"
    # Neither the file nor its first values: they are looked at where they are needed.
    fields = ["kind", "original_name", "owner", "status", "mapping", "on_existing", "only_good",
              "total", "created_count", "updated_count", "skipped_count", "faulty_count",
              "kept_count", "error", "finished_at"]  # fmt: skip
    readonly_fields = fields
    actions = None

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Files are taken in by the wizard."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Its steps are those of the wizard."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Old files are forgotten by night."""
        return False
