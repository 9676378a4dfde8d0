"""Projects and their members in Django admin."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from projects.models import Project, ProjectMember
from projects.services import refuse_inactive
from workmate import services
from workmate.admin import BaseAdmin, BaseInline


class ProjectMemberInline(BaseInline):
    """Who takes part, and as what; a membership keeps its person."""

    model = ProjectMember
    fields = ["employee", "role"]
    readonly_fields = ["employee"]

    def get_queryset(self, request: HttpRequest) -> Any:
        """With the names."""
        user: Any = request.user
        return ProjectMember.objects.visible_to(user).for_list()

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """New ones have rows of their own: a choice of people costs a query in each row."""
        return False


class NewMemberForm(forms.ModelForm):  # type: ignore[type-arg]
    """A person who is to take part."""

    def clean(self) -> dict[str, Any]:
        """Tell at the field whom the services would refuse."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        employee = data.get("employee")
        refuse_inactive("employee", employee)
        if employee is not None:
            # Django leaves the parent's key out, and with it who takes part already.
            member = ProjectMember(project=data.get("project"), employee=employee)
            member.validate_constraints()
        return data


class NewMemberInline(BaseInline):
    """Who is to take part from now on."""

    model = ProjectMember
    form = NewMemberForm
    fields = ["employee", "role"]
    autocomplete_fields = ["employee"]
    verbose_name_plural = _("new members")

    def get_queryset(self, request: HttpRequest) -> Any:
        """None: those who take part already stand above."""
        return ProjectMember.objects.none()

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only where one may be added."""
        return self.has_add_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """There is nothing to change."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """There is nothing to remove."""
        return False


@admin.register(Project)
class ProjectAdmin(BaseAdmin):
    """Projects with their members; what the person may not see is not on the page."""

    list_display = [
        "project_number",
        "title",
        "customer",
        "project_manager",
        "status",
        "priority",
        "deadline",
    ]
    list_display_links = ["project_number", "title"]
    list_filter = ["status", "priority", "department", "deadline"]
    search_fields = ["project_number", "title", "customer__name"]
    date_hierarchy = "created_at"
    autocomplete_fields = ["customer", "department", "project_manager"]
    inlines = [ProjectMemberInline, NewMemberInline]
    fieldsets = [
        (None, {"fields": ["customer", "title", "project_number", "description"]}),
        (_("Organisation"), {"fields": ["project_manager", "department", "status", "priority"]}),
        (_("Schedule"), {"fields": ["start_date", "end_date", "deadline"]}),
        (_("Money"), {"fields": ["budget", "hourly_rate", "notes"]}),
        (None, {"fields": ["id", "created_at", "updated_at"]}),
    ]

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        """Those who take part, once there is a project."""
        return self.inlines if obj is not None else [NewMemberInline]

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Write the members through the services, as every other door does."""
        user: Any = request.user
        formset.save(commit=False)
        for member in formset.deleted_objects:
            services.delete(member, by=user)
        for member in formset.new_objects:
            values = {"employee": member.employee, "role": member.role}
            services.create(ProjectMember, by=user, project=form.instance, **values)
        for member, _names in formset.changed_objects:
            services.change(member, by=user, role=member.role)


@admin.register(ProjectMember)
class ProjectMemberAdmin(BaseAdmin):
    """Members of all projects."""

    list_display = ["employee", "project", "role", "created_at"]
    search_fields = [
        "employee__last_name",
        "employee__first_name",
        "project__title",
        "project__project_number",
    ]
    autocomplete_fields = ["project", "employee"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A membership keeps its project and its person."""
        fixed = ["project", "employee"] if obj is not None else []
        return [*super().get_readonly_fields(request, obj), *fixed]
