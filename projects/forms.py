"""Forms for projects and their members."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.models import Customer
from employees.models import Employee
from projects.models import Project, ProjectMember
from workmate.forms import BaseForm


class ProjectForm(BaseForm):
    """A project."""

    parts = [
        (
            _("Project"),
            _("What is done for whom."),
            ["customer", "title", "description", "project_number"],
        ),
        (
            _("Organisation"),
            _("The project manager and the members see the project."),
            ["project_manager", "department", "status", "priority"],
        ),
        (
            _("Schedule"),
            _("Without a deadline the planned end counts."),
            ["start_date", "end_date", "deadline"],
        ),
        (_("Money"), _("Not shown to plain members."), ["budget", "hourly_rate", "notes"]),
    ]

    class Meta(BaseForm.Meta):
        model = Project
        fields = [
            "customer",
            "title",
            "description",
            "project_number",
            "project_manager",
            "department",
            "status",
            "priority",
            "start_date",
            "end_date",
            "deadline",
            "budget",
            "hourly_rate",
            "notes",
        ]

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        # The present customer and manager stay choices, whatever has become of them.
        customers: Any = self.fields["customer"]
        customers.queryset |= Customer.objects.filter(pk=self.instance.customer_id)
        managers: Any = self.fields["project_manager"]
        managers.queryset = managers.queryset.filter(
            Q(is_active=True) | Q(pk=self.instance.project_manager_id)
        )


class ProjectMemberForm(BaseForm):
    """Who takes part, and as what; later only the latter."""

    class Meta(BaseForm.Meta):
        model = ProjectMember
        fields = ["project", "employee", "role"]

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        if not self.instance._state.adding:
            del self.fields["project"], self.fields["employee"]
            return
        people: Any = self.fields["employee"]
        people.queryset = Employee.objects.visible_to(user).active()
