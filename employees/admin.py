"""People, departments, roles and tokens in Django admin."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.models import Group
from django.http import HttpRequest

from employees.models import ApiToken, Department, Employee, Role
from workmate.admin import BaseAdmin

admin.site.unregister(Group)


@admin.register(Department)
class DepartmentAdmin(BaseAdmin):
    """Departments."""

    list_display = ["name", "code", "manager"]
    search_fields = ["name", "code"]
    autocomplete_fields = ["manager"]


@admin.register(Role)
class RoleAdmin(BaseAdmin):
    """Roles."""

    list_display = ["name", "description", "keycloak_id"]
    search_fields = ["name"]


@admin.register(Employee)
class EmployeeAdmin(BaseAdmin):
    """People; what the person may not see is not on the page."""

    list_display = [
        "employee_code",
        "last_name",
        "first_name",
        "email",
        "department",
        "role",
        "status",
    ]
    list_display_links = ["employee_code", "last_name"]
    list_filter = ["status", "department", "role"]
    search_fields = ["first_name", "last_name", "email", "employee_code"]
    autocomplete_fields = ["department", "role", "reports_to"]
    readonly_fields = ["last_login", "photo_url"]
    exclude = ["password"]

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> Any:
        """Without what is concealed from the person."""
        hidden = (obj or Employee()).concealed_from(request.user)
        return [*(super().get_exclude(request, obj) or []), *hidden]

    def get_actions(self, request: HttpRequest) -> Any:
        """Deactivation is asked for one by one."""
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions


@admin.register(ApiToken)
class ApiTokenAdmin(BaseAdmin):
    """One's own API tokens, to look at."""

    list_display = ["name", "employee", "expires_at", "last_used_at", "revoked_at"]
    list_select_related = ["employee"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A token's text is shown once, by `manage.py api_token`."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A token is revoked, not changed."""
        return False
