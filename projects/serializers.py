"""Projects, their members and their figures as JSON."""

from rest_framework import serializers

from projects.models import Project, ProjectMember
from workmate.serializers import BaseSerializer, Concealing, HoursValue, MoneyValue


class ProjectSerializer(BaseSerializer):
    """A project. `budget`, `hourly_rate` and `notes` are absent for those who may not see them."""

    class Meta:
        model = Project
        fields = [
            "id",
            "customer_id",
            "project_number",
            "title",
            "department_id",
            "project_manager_id",
            "status",
            "priority",
            "start_date",
            "end_date",
            "deadline",
            "budget",
            "hourly_rate",
            "description",
            "notes",
            "created_at",
            "updated_at",
        ]


class ProjectMemberSerializer(BaseSerializer):
    """A person who takes part in a project."""

    class Meta:
        model = ProjectMember
        fields = ["id", "project_id", "employee_id", "role", "created_at", "updated_at"]


def _money(text: str) -> MoneyValue:
    """An amount that is left out for those who may not see it."""
    return MoneyValue(read_only=False, required=False, max_digits=20, help_text=text)


class ProjectStatisticsSerializer(Concealing, serializers.Serializer[Project]):
    """A project's figures. Money only for those who may see it, cost and margin for fewer."""

    is_active = serializers.BooleanField()
    is_overdue = serializers.BooleanField()
    days_until_deadline = serializers.IntegerField(
        allow_null=True, help_text="Negative when the deadline has passed."
    )
    total_hours_tracked = HoursValue(help_text="All hours.")
    billable_hours = HoursValue(help_text="Hours that the customer pays.")
    total_revenue = _money("Paid invoices, gross.")
    net_revenue = _money("Paid invoices, without VAT.")
    total_expenses = _money("All expenses that were not rejected, gross.")
    net_expenses = _money("The same without VAT.")
    labour_cost = _money("What the hours cost the company.")
    budget_used = _money("The worth of the billable hours, and the net expenses.")
    budget_utilization = serializers.FloatField(
        required=False, allow_null=True, help_text="In percent; null without a budget."
    )
    profit_margin = _money("Net revenue less labour cost and net expenses.")
    completion_percentage = serializers.FloatField(help_text="Of the planned time, in percent.")
