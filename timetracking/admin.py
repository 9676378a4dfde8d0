"""Time entries in Django admin."""

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from timetracking.models import TimeEntry
from workmate.admin import BaseAdmin
from workmate.templatetags.workmate import format_hours


@admin.register(TimeEntry)
class TimeEntryAdmin(BaseAdmin):
    """Time entries; approval as actions, approved and invoiced ones to look at."""

    list_display = [
        "start_time",
        "employee",
        "project",
        "hours",
        "billable",
        "status",
        "is_invoiced",
        "note",
    ]
    list_filter = ["status", "billable", "is_invoiced", "task_type"]
    search_fields = [
        "note",
        "employee__last_name",
        "employee__first_name",
        "project__title",
        "project__project_number",
    ]
    autocomplete_fields = ["employee", "project"]
    date_hierarchy = "start_time"
    readonly_fields = [
        "status",
        "is_invoiced",
        "approved_by",
        "approved_at",
        "rejection_reason",
    ]
    fieldsets = [
        (None, {"fields": ["employee", "project", "task_type", "note"]}),
        (_("Time"), {"fields": ["start_time", "end_time", "duration_minutes"]}),
        (_("Billing"), {"fields": ["billable", "hourly_rate", "is_invoiced"]}),
        (_("Approval"), {"fields": ["status", "approved_by", "approved_at", "rejection_reason"]}),
        (None, {"fields": ["id", "created_at", "updated_at"]}),
    ]

    @admin.display(description=_("Hours"), ordering="duration_minutes")
    def hours(self, entry: Any) -> str:
        """The duration as a clock shows it."""
        return format_hours(entry.duration_hours)
