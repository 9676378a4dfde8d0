"""People, departments and roles as JSON."""

from typing import Any

from rest_framework.exceptions import ValidationError

from employees.models import Department, Employee, Role
from workmate.serializers import BaseSerializer, unknown_field


class DepartmentSerializer(BaseSerializer):
    """A department."""

    class Meta:
        model = Department
        fields = ["id", "name", "code", "description", "manager_id", "created_at", "updated_at"]


class RoleSerializer(BaseSerializer):
    """A role."""

    class Meta:
        model = Role
        fields = [
            "id",
            "name",
            "description",
            "keycloak_id",
            "permissions_json",
            "created_at",
            "updated_at",
        ]


class EmployeeSerializer(BaseSerializer):
    """A person; personal fields only for those who may see them."""

    concealable = Employee.PERSONAL | Employee.SECRET | {"last_login", "uuid_keycloak"}

    class Meta:
        model = Employee
        fields = [
            "id",
            "employee_code",
            "uuid_keycloak",
            "first_name",
            "last_name",
            "gender",
            "birth_date",
            "nationality",
            "photo_url",
            "bio",
            "email",
            "phone",
            "address_street",
            "address_zip",
            "address_city",
            "address_country",
            "department_id",
            "role_id",
            "reports_to",
            "employment_type",
            "hire_date",
            "termination_date",
            "status",
            "timezone",
            "language",
            "theme",
            "notifications_enabled",
            "matrix_username",
            "cost_rate",
            "created_at",
            "updated_at",
            "last_login",
        ]
        read_only_fields = ["last_login", "photo_url"]

    def concealed(self, obj: Any) -> frozenset[str]:
        """What the model conceals from the person who asks; sign-in data likewise."""
        user = self.context["request"].user
        hidden: frozenset[str] = obj.concealed_from(user)
        if hidden and user.pk != obj.pk:
            hidden |= {"last_login", "uuid_keycloak"}
        return hidden

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse, as unknown, fields that the person may not even see."""
        obj = self.instance if self.instance is not None else Employee()
        hidden = self.concealed(obj)
        given = set(getattr(self, "initial_data", {})) & hidden
        if given:
            raise ValidationError({name: unknown_field() for name in sorted(given)})
        return super().validate(attrs)


class ProfileSerializer(EmployeeSerializer):
    """Oneself: what everybody may change of themselves, the rest read-only."""

    class Meta(EmployeeSerializer.Meta):
        read_only_fields = [
            name for name in EmployeeSerializer.Meta.fields if name not in Employee.OWN
        ]
