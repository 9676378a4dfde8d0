"""Time entries as JSON."""

from rest_framework import serializers

from timetracking.models import TimeEntry
from workmate.serializers import BaseSerializer


class TimeEntrySerializer(BaseSerializer):
    """A time entry. `overlaps` warns that another entry of the person shares time with it."""

    duration_hours = serializers.DecimalField(
        max_digits=8, decimal_places=2, read_only=True, allow_null=True
    )
    is_approved = serializers.BooleanField(read_only=True)
    overlaps = serializers.BooleanField(read_only=True)

    class Meta:
        model = TimeEntry
        fields = [
            "id",
            "employee_id",
            "project_id",
            "start_time",
            "end_time",
            "duration_minutes",
            "duration_hours",
            "billable",
            "hourly_rate",
            "note",
            "task_type",
            "status",
            "is_approved",
            "is_invoiced",
            "approved_by_id",
            "approved_at",
            "rejection_reason",
            "overlaps",
            "created_at",
            "updated_at",
        ]
        extra_kwargs = {
            "employee_id": {"required": False, "help_text": "Left out: oneself."},
        }
