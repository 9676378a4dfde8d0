"""People, departments, roles and tokens in Django admin."""

from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from employees.models import ApiToken, Department, Employee, Role
from workmate import services
from workmate.admin import BaseAdmin

admin.site.unregister(Group)

# Never a column, never a filter: whoever could filter by a hash could read it letter by letter.
NEVER = frozenset({"password", "session_salt", "token_hash"})


@admin.register(Department)
class DepartmentAdmin(BaseAdmin):
    """Departments."""

    list_display = ["name", "code", "manager"]
    search_fields = ["name", "code"]
    autocomplete_fields = ["manager"]


@admin.register(Role)
class RoleAdmin(BaseAdmin):
    """Roles, with their patterns one a line."""

    list_display = ["name", "description", "keycloak_id", "patterns"]
    search_fields = ["name", "description"]

    @admin.display(description=_("permissions"))
    def patterns(self, role: Role) -> str:
        """The patterns as a list; the first ones in the changelist."""
        return format_html_join("", "<div>{}</div>", ((item,) for item in role.permissions_json))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """To look at: the patterns as a list and not as JSON."""
        fields = ["name", "description", "keycloak_id", "permissions_json"]
        if obj is not None and not self.has_change_permission(request, obj):
            fields = [*fields[:-1], "patterns"]
        return [*fields, "id", "created_at", "updated_at"] if obj else fields

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """The list of patterns is computed."""
        return [*super().get_readonly_fields(request, obj), "patterns"]


@admin.register(Employee)
class EmployeeAdmin(BaseAdmin):
    """People; what the person who looks may not see is not on the page."""

    list_display = [
        "employee_code",
        "last_name",
        "first_name",
        "email",
        "phone",
        "department",
        "role",
        "reports_to",
        "status",
    ]
    list_display_links = ["employee_code", "last_name"]
    list_filter = ["status", "department", "role"]
    search_fields = ["first_name", "last_name", "email", "employee_code", "phone"]
    autocomplete_fields = ["department", "role", "reports_to"]
    readonly_fields = ["last_login"]
    fieldsets = [
        (_("Person"), {"fields": ["first_name", "last_name", "employee_code", "bio"]}),
        (_("Contact"), {"fields": ["email", "phone", "matrix_username"]}),
        (_("Organisation"), {"fields": ["department", "role", "reports_to", "status"]}),
        (_("Personal"), {"fields": ["gender", "birth_date", "nationality"]}),
        (
            _("Private address"),
            {"fields": ["address_street", "address_zip", "address_city", "address_country"]},
        ),
        (
            _("Employment"),
            {"fields": ["employment_type", "hire_date", "termination_date", "cost_rate"]},
        ),
        (_("Preferences"), {"fields": ["language", "timezone", "theme", "notifications_enabled"]}),
        (
            _("Access"),
            {"fields": ["uuid_keycloak", "last_login", "id", "created_at", "updated_at"]},
        ),
    ]
    actions = ["deactivate"]

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """Nor by what nobody sees."""
        if lookup.split("__")[0] in NEVER:
            return False
        return super().lookup_allowed(lookup, value, request)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> Any:
        """The history tells every field's values: only for those who may see them all."""
        if self.hidden(request):
            raise PermissionDenied
        return super().history_view(request, object_id, extra_context)

    def get_actions(self, request: HttpRequest) -> Any:
        """Nobody is deleted."""
        found = super().get_actions(request)
        found.pop("delete_selected", None)
        return found

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """What goes: nothing, so nothing stands in the way either."""
        return [str(obj) for obj in objs], {}, set(), []

    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: Any) -> HttpResponse:
        """Say what was done, which is no deletion."""
        messages.success(request, _("Deactivated: %(name)s.") % {"name": obj_display})
        return self.response_post_save_change(request, None)

    @admin.action(description=_("Deactivate"), permissions=["delete"])
    def deactivate(self, request: HttpRequest, queryset: Any) -> None:
        """End the access of each; a refusal of one does not stop the others."""
        for person in queryset:
            try:
                services.delete(person, by=cast(services.Actor, request.user))
            except ValidationError as error:
                text = f"{person}: {' '.join(error.messages)}"
                self.message_user(request, text, messages.ERROR)
            else:
                self.message_user(request, _("Deactivated: %(name)s.") % {"name": person})


@admin.register(ApiToken)
class ApiTokenAdmin(BaseAdmin):
    """API tokens, to look at and to revoke: one's own, or everybody's with the permission."""

    list_display = ["name", "employee", "scopes", "expires_at", "last_used_at", "revoked_at"]
    list_filter = ["expires_at", "revoked_at"]
    search_fields = ["name", "employee__last_name", "employee__first_name", "employee__email"]
    fields = [*list_display, "id", "created_at", "updated_at"]

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """Not by the hash."""
        if lookup.split("__")[0] in NEVER:
            return False
        return super().lookup_allowed(lookup, value, request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Its owner makes a token, on the page of their profile."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A token is revoked, not changed."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A token that is no longer wanted is revoked: its history stays."""
        return False
