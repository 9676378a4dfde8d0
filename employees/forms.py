"""Forms for people, departments and roles."""

from django.utils.translation import gettext_lazy as _

from employees.models import Department, Employee, Role
from workmate.forms import BaseForm


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
    """A person. Fields that the writer may not see are not offered."""

    parts = [
        (
            _("Person"),
            _("The name as it stands in the directory."),
            ["first_name", "last_name", "gender", "birth_date", "nationality", "bio"],
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

    def __init__(self, *args, user, **kwargs) -> None:  # type: ignore[no-untyped-def]
        super().__init__(*args, user=user, **kwargs)
        for name in self.instance.concealed_from(user) & set(self.fields):
            del self.fields[name]


class ProfileForm(BaseForm):
    """What everybody changes of themselves."""

    parts = [
        (_("Contact"), "", ["phone", "matrix_username", "bio"]),
        (_("Preferences"), "", ["language", "timezone", "theme", "notifications_enabled"]),
    ]

    class Meta(BaseForm.Meta):
        model = Employee
        fields = [
            "phone",
            "matrix_username",
            "bio",
            "language",
            "timezone",
            "theme",
            "notifications_enabled",
        ]
