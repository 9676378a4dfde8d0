"""Forms for people, departments, roles and tokens."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from employees.fields import PatternLines
from employees.models import ApiToken, Department, Employee, Role
from employees.services import change_own_profile, create_token
from workmate.forms import BaseForm, limit_choices, show_errors


class DepartmentForm(BaseForm):
    """A department."""

    class Meta(BaseForm.Meta):
        model = Department
        fields = ["name", "code", "manager", "description"]


class RoleForm(BaseForm):
    """A role."""

    class Meta(BaseForm.Meta):
        model = Role
        fields = ["name", "description", "keycloak_id", "permissions_json"]


class EmployeeForm(BaseForm):
    """A person."""

    parts = [
        (
            _("Person"),
            _("The name as it stands in the directory."),
            ["first_name", "last_name", "gender", "birth_date", "nationality", "photo", "bio"],
        ),
        (
            _("Contact"),
            _("The e-mail address is also the sign-in."),
            ["email", "phone", "matrix_username"],
        ),
        (
            _("Private address"),
            _("Seen only by the person and by staff administration."),
            ["address_street", "address_zip", "address_city", "address_country"],
        ),
        (
            _("Organisation"),
            _("Role and department decide what the person sees."),
            ["department", "reports_to", "role", "employee_code", "status"],
        ),
        (_("Employment"), "", ["employment_type", "hire_date", "termination_date", "cost_rate"]),
        (_("Preferences"), "", ["language", "timezone", "theme", "notifications_enabled"]),
    ]

    class Meta(BaseForm.Meta):
        model = Employee
        fields = [
            "first_name",
            "last_name",
            "gender",
            "birth_date",
            "nationality",
            "photo",
            "bio",
            "email",
            "phone",
            "matrix_username",
            "address_street",
            "address_zip",
            "address_city",
            "address_country",
            "department",
            "reports_to",
            "role",
            "employee_code",
            "status",
            "employment_type",
            "hire_date",
            "termination_date",
            "cost_rate",
            "language",
            "timezone",
            "theme",
            "notifications_enabled",
        ]


class OrgChartForm(forms.Form):
    """Of which department the org chart is."""

    department_id = forms.ModelChoiceField(
        Department.objects.all(),
        required=False,
        label=_("Department"),
        empty_label=_("Whole company"),
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        limit_choices(self.fields["department_id"], user)


class ProfileForm(BaseForm):
    """What everybody changes of themselves."""

    parts = [
        (_("Contact"), "", ["photo", "phone", "matrix_username", "bio"]),
        (
            _("Private address"),
            _("Seen only by the person and by staff administration."),
            ["address_street", "address_zip", "address_city", "address_country"],
        ),
        (_("Preferences"), "", ["language", "timezone", "theme", "notifications_enabled"]),
    ]

    class Meta(BaseForm.Meta):
        model = Employee
        fields = Employee.OWN

    def write(self, *, by: Any) -> Any:
        """Change oneself; None where the services refuse."""
        try:
            return change_own_profile(self.instance, by=by, **self.cleaned_data)
        except ValidationError as error:
            self.take_errors(error)
            return None


class ApiTokenForm(forms.Form):
    """A new API token of one's own."""

    DAYS = [(30, _("30 days")), (90, _("90 days")), (365, _("a year")), (0, _("until revoked"))]

    name = forms.CharField(
        label=_("Name"), max_length=100, help_text=_("What uses it, such as “Stock sync”.")
    )
    days = forms.TypedChoiceField(label=_("Valid for"), choices=DAYS, coerce=int, initial=365)
    scopes = PatternLines(
        label=_("Only these rights"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text=_("One pattern a line; empty: everything that you may yourself."),
    )

    def make(self, person: Any) -> tuple[ApiToken, str] | None:
        """The token and its text; None where the services refuse."""
        days = self.cleaned_data["days"]
        try:
            return create_token(
                person,
                by=person,
                name=self.cleaned_data["name"],
                scopes=self.cleaned_data["scopes"],
                expires_at=timezone.now() + dt.timedelta(days=days) if days else None,
            )
        except ValidationError as error:
            show_errors(self, error)
            return None
