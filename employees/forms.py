"""Forms for people, departments, roles and tokens."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from employees.fields import PatternLines
from employees.models import ApiToken, Department, Employee, Role
from employees.rights import tickable
from employees.services import change_own_profile, create_token, may_grant
from workmate.forms import BaseForm, limit_choices, show_errors


class DepartmentForm(BaseForm):
    """A department."""

    class Meta(BaseForm.Meta):
        model = Department
        fields = ["name", "code", "manager", "description"]


class OtherPatterns(forms.Textarea):
    """The patterns that have no box, one a line; sent together with those of the ticked boxes."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """The ticked ones and the typed ones."""
        return "\n".join(data.getlist(name)) if hasattr(data, "getlist") else data.get(name)

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """Never: no tick at all is an answer."""
        return False

    def format_value(self, value: Any) -> str:
        """Those without a box."""
        return "\n".join(item for item in (value or "").split() if item not in tickable())


class RoleForm(BaseForm):
    """A role: its rights as boxes, and as text what no box stands for.

    Of a role that the writer may not change the rights of, the boxes are disabled, so that browsers
    send none of them: they stay as they are. Whatever is sent besides, the services refuse.
    """

    class Meta(BaseForm.Meta):
        model = Role
        fields = ["name", "description", "keycloak_id", "permissions_json"]

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        adding = self.instance._state.adding
        self.before: list[str] = [] if adding else list(self.instance.permissions_json)
        self.is_own = not adding and self.instance.pk == user.role_id
        self.is_stronger = not may_grant(user, self.before)
        field = self.fields["permissions_json"]
        field.widget = OtherPatterns(attrs={"rows": 3, "spellcheck": "false"})
        if self.is_fixed:
            field.widget.attrs["readonly"] = True

    @property
    def is_fixed(self) -> bool:
        """Whether the writer may not change what the role grants, or could not when they opened it.

        Who gains rights meanwhile sends a form without the ticks that they could not set.
        """
        return self.is_own or self.is_stronger or "rights_fixed" in self.data

    def stays(self) -> list[str]:
        """The ticked patterns that are not sent, because their boxes are disabled."""
        return [item for item in self.before if item in tickable()] if self.is_fixed else []

    def ticked(self) -> set[str]:
        """The patterns that stand in the form now."""
        value = self["permissions_json"].value()
        sent = value if isinstance(value, list) else (value or "").split()
        return {*sent, *self.stays()}

    def may_tick(self, patterns: list[str]) -> bool:
        """Whether the writer may grant them by this form."""
        return not self.is_fixed and may_grant(self.user, patterns)

    def clean_permissions_json(self) -> list[str]:
        """All patterns; those that were there before in their order."""
        sent: list[str] = [*self.stays(), *self.cleaned_data["permissions_json"]]
        kept = [item for item in self.before if item in sent]
        return [*kept, *(item for item in dict.fromkeys(sent) if item not in kept)]


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
