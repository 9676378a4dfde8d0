"""Pages for people, departments, roles, one's own profile and one's own API tokens."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from employees.fields import MAX_PATTERN_CHARS, MAX_PATTERNS
from employees.filters import DepartmentFilter, EmployeeFilter, RoleFilter
from employees.forms import (
    ApiTokenForm,
    DepartmentForm,
    EmployeeForm,
    OrgChartForm,
    ProfileForm,
    RoleForm,
)
from employees.models import ApiToken, Department, Employee, Role
from employees.preview import preview
from employees.rights import said, tree
from employees.services import revoke_token
from workmate.display import status_of
from workmate.permissions import is_pattern, perm_of
from workmate.templatetags.workmate import avatar
from workmate.views import Column, FormPage, ModelPages, Page, Section


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


class RoleFormPage(FormPage):
    """The role form, its rights as a tree of boxes."""

    def render(self, obj: Any, form: Any, status: int = 200, **more: Any) -> HttpResponse:
        """The form page."""
        general, modules = tree(form.ticked(), form.may_tick)
        more |= {"general": general, "modules": modules}
        if self.request.user.has_perm(perm_of(Role, "change")):
            url = self.pages.url("preview", obj.pk) if obj else self.pages.url("try")
            more["preview_url"] = url
        return super().render(obj, form, status, **more)


class RoleTryPage(Page):
    """What a role would show with the ticks of the form. Writes nothing."""

    kind = "preview"

    def perm(self) -> str:
        """To change roles."""
        return perm_of(Role, "change")

    def post(self, request: HttpRequest, pk: Any = None) -> HttpResponse:
        """With what is ticked and typed; what is no pattern grants nothing."""
        role = self.object() if pk else None
        form = RoleForm(request.POST, instance=role, user=request.user)
        patterns = [
            text
            for text in sorted(form.ticked())
            if len(text) <= MAX_PATTERN_CHARS and is_pattern(text)
        ]
        # Each is held against every right.
        return self.shown(role, patterns[:MAX_PATTERNS])

    def shown(self, role: Any, patterns: list[str]) -> HttpResponse:
        """The page, or for htmx the preview alone."""
        title = _("What this role sees")
        crumbs = self.crumbs(str(role), title) if role else self.crumbs(title)
        context = {"title": title, "crumbs": crumbs, "object": role, "preview": preview(patterns)}
        return self.page(context, partial="employees/_role_preview.html")


class RolePreviewPage(RoleTryPage):
    """What a role shows as it stands, or with the ticks of its form."""

    def get(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """As it stands."""
        role = self.object()
        return self.shown(role, role.permissions_json)


class RolePages(ModelPages):
    """Roles."""

    form_page = RoleFormPage

    model = Role
    form_class = RoleForm
    filter_class = RoleFilter
    prefix, icon, group = "roles", "shield", "team"
    columns = [
        Column("name", render=str),
        Column("description", css="wide-only", render=lambda role: role.purpose),
    ]
    sections = [
        Section(
            gettext_lazy("Facts"),
            [
                Column("name", render=str),
                Column("description", render=lambda role: role.purpose),
                "keycloak_id",
            ],
        )
    ]

    @classmethod
    def more_context(cls, request: HttpRequest, obj: Any) -> dict[str, Any]:
        """What the role may, in words; for who may change it also what it sees."""
        may_change = request.user.has_perm(perm_of(Role, "change"))
        return {
            "rights": said(obj.permissions_json),
            "preview": preview(obj.permissions_json) if may_change else None,
        }

    @classmethod
    def urls(cls) -> list[URLPattern]:
        """Also the preview of ticks and of a role."""
        tried, stands = RoleTryPage.as_view(pages=cls), RolePreviewPage.as_view(pages=cls)
        return [
            path(f"{cls.prefix}/preview/", tried, name="role-try"),
            path(f"{cls.prefix}/<uuid:pk>/preview/", stands, name="role-preview"),
            *super().urls(),
        ]


class EmployeePages(ModelPages):
    """People: the directory for all, the file for those who may see it."""

    model = Employee
    form_class = EmployeeForm
    filter_class = EmployeeFilter
    prefix, icon, group = "employees", "users", "team"
    quick = "status"
    looks = (
        (gettext_lazy("List"), "list", "employees:employee-list"),
        (gettext_lazy("Org chart"), "network", "employees:org-chart"),
    )
    columns = [
        Column(
            "full_name",
            gettext_lazy("Name"),
            order="last_name",
            sub="email",
            render=lambda person: format_html("{}{}", avatar(person, "avatar-row"), person),
        ),
        Column("department", css="wide-only"),
        Column("role", css="wide-only mid-only"),
        Column("phone", css="wide-only"),
        Column("employee_code", css="wide-only mid-only"),
        Column("reports_to", css="wide-only", extra=True),
        Column("employment_type", css="wide-only", extra=True),
        Column("hire_date", css="wide-only", extra=True),
        Column("matrix_username", css="wide-only", extra=True),
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
    def urls(cls) -> list[URLPattern]:
        """Also the org chart."""
        chart = path(f"{cls.prefix}/org-chart/", OrgChartPage.as_view(), name="org-chart")
        return [chart, *super().urls()]

    @classmethod
    def subtitle(cls, obj: Any) -> str:
        """The department below the name."""
        return str(obj.department or "")

    @classmethod
    def more_context(cls, request: HttpRequest, obj: Any) -> dict[str, Any]:
        """Who reports to the person."""
        return {"reports": list(cls.rows(request.user).active().filter(reports_to=obj))}


class OrgChartPage(Page):
    """The org chart: who reports to whom, of everybody or of one department."""

    pages = EmployeePages
    kind = "chart"

    def perm(self) -> str:
        """To see people."""
        return perm_of(Employee, "view")

    def get(self, request: HttpRequest) -> HttpResponse:
        """The chart; a department that does not exist has nobody."""
        form = OrgChartForm(request.GET, user=request.user)
        people = self.pages.rows(request.user)
        places = people.org_chart(form.cleaned_data["department_id"]) if form.is_valid() else []
        title = _("Org chart")
        context = {"title": title, "crumbs": self.crumbs(title), "form": form, "places": places}
        return self.page(context, status=200 if form.is_valid() else 400)


class ProfilePage(FormPage):
    """My profile: for everybody, of oneself."""

    pages = EmployeePages
    kind = "profile"

    def perm(self) -> str:
        """Whoever is signed in."""
        return ""

    def form(self, obj: Any, data: Any = None, files: Any = None) -> Any:
        """The own form."""
        return ProfileForm(data, files, instance=obj, user=self.request.user)

    def object(self) -> Any:
        """Oneself."""
        return Employee.objects.for_list().get(pk=self.request.user.pk)

    def get(self, request: HttpRequest, pk: Any = None) -> HttpResponse:
        """The form."""
        return super().get(request, request.user.pk)

    def post(self, request: HttpRequest, pk: Any = None) -> HttpResponse:
        """Write it."""
        return super().post(request, request.user.pk)

    def crumbs(self, *last: str) -> Any:
        """My profile."""
        return [(_("My profile"), None)]


class TokensPage(LoginRequiredMixin, View):
    """My API tokens: which there are, and a new one, whose text is shown this once."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The list and the form."""
        return self.page(ApiTokenForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Make one. Its text stands in this answer alone: a redirect would have to keep it."""
        form = ApiTokenForm(request.POST)
        made = form.make(request.user) if form.is_valid() else None
        if made is None:
            return self.page(form, status=422)
        return self.page(ApiTokenForm(), text=made[1], made=made[0])

    def page(self, form: ApiTokenForm, status: int = 200, **more: Any) -> HttpResponse:
        """The page; no cache keeps it."""
        title = _("API tokens")
        rows = [
            {"token": token, "status": status_of(token)}
            for token in ApiToken.objects.filter(employee_id=self.request.user.pk)
        ]
        context = {
            "title": title,
            "crumbs": [(_("My profile"), reverse("employees:profile")), (title, None)],
            "rows": rows,
            "form": form,
            **more,
        }
        response = render(self.request, "employees/tokens.html", context, status=status)
        response.headers["Cache-Control"] = "no-store"
        return response


class RevokeTokenPage(LoginRequiredMixin, View):
    """End one of one's own tokens."""

    def post(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """End it; somebody else's does not exist."""
        token = get_object_or_404(ApiToken, pk=pk, employee_id=request.user.pk)
        try:
            revoke_token(token, by=request.user)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, _("The token is revoked."))
        return redirect("employees:tokens")
