"""Pages for people, departments, roles and one's own profile."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from employees.filters import DepartmentFilter, EmployeeFilter, RoleFilter
from employees.forms import DepartmentForm, EmployeeForm, ProfileForm, RoleForm
from employees.models import Department, Employee, Role
from workmate.views import Column, FormPage, ModelPages, Section


class DepartmentPages(ModelPages):
    """Departments."""

    model = Department
    form_class = DepartmentForm
    filter_class = DepartmentFilter
    prefix, icon, group = "departments", "network", "team"
    columns = [
        Column("name", narrow="manager"),
        Column("code", css="wide-only"),
        Column("manager", css="wide-only"),
    ]
    sections = [Section(gettext_lazy("Facts"), ["name", "code", "manager", "description"])]


class RolePages(ModelPages):
    """Roles."""

    model = Role
    form_class = RoleForm
    filter_class = RoleFilter
    prefix, icon, group = "roles", "shield", "team"
    columns = ["name", Column("description", css="wide-only")]
    sections = [
        Section(gettext_lazy("Facts"), ["name", "description", "keycloak_id", "permissions_json"])
    ]


class EmployeePages(ModelPages):
    """People: the directory for all, the file for those who may see it."""

    model = Employee
    form_class = EmployeeForm
    filter_class = EmployeeFilter
    prefix, icon, group = "employees", "users", "team"
    quick = "status"
    columns = [
        Column("full_name", gettext_lazy("Name"), order="last_name", sub="email"),
        Column("department", css="wide-only"),
        Column("role", css="wide-only mid-only"),
        Column("phone", css="wide-only"),
        Column("employee_code", css="wide-only mid-only"),
        Column("status"),
    ]
    sections = [
        Section(gettext_lazy("Contact"), ["email", "phone", "matrix_username", "bio"]),
        Section(
            gettext_lazy("Organisation"),
            [
                "employee_code",
                "department",
                "role",
                "reports_to",
                "employment_type",
                "hire_date",
                "termination_date",
                "cost_rate",
            ],
        ),
        Section(
            gettext_lazy("Personal"),
            [
                "birth_date",
                "gender",
                "nationality",
                "address_street",
                "address_zip",
                "address_city",
                "address_country",
            ],
        ),
    ]

    @classmethod
    def subtitle(cls, obj: Any) -> str:
        """The department below the name."""
        return str(obj.department or "")


class ProfilePage(FormPage):
    """My profile: for everybody, of oneself."""

    pages = EmployeePages

    def perm(self) -> str:
        """Whoever is signed in."""
        return ""

    def form(self, obj: Any, data: Any = None, files: Any = None) -> Any:
        """The own form."""
        return ProfileForm(data, files, instance=obj, user=self.request.user)

    def object(self) -> Any:
        """Oneself."""
        return Employee.objects.get(pk=self.request.user.pk)

    def get(self, request: HttpRequest, pk: Any = None) -> HttpResponse:
        """The form."""
        return super().get(request, request.user.pk)

    def post(self, request: HttpRequest, pk: Any = None) -> HttpResponse:
        """Write it."""
        return super().post(request, request.user.pk)

    def crumbs(self, *last: str) -> Any:
        """My profile."""
        return [(_("My profile"), None)]
