"""People, departments and roles as JSON."""

from rest_framework import serializers

from employees.models import Department, Employee, Role
from workmate.serializers import BaseSerializer


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

    photo_url = serializers.CharField(
        read_only=True, help_text="Address of the photo, another one with each photo; or empty."
    )

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
        read_only_fields = ["last_login"]


class ProfileSerializer(EmployeeSerializer):
    """Oneself: what everybody may change of themselves, the rest read-only."""

    photo = serializers.FileField(
        write_only=True, required=False, allow_null=True, help_text="PNG, JPEG or WebP, 5 MB."
    )

    class Meta(EmployeeSerializer.Meta):
        fields = [*EmployeeSerializer.Meta.fields, "photo"]
        read_only_fields = [
            name for name in EmployeeSerializer.Meta.fields if name not in Employee.OWN
        ]


class PhotoSerializer(serializers.Serializer):  # type: ignore[type-arg]
    """A new photo."""

    photo = serializers.FileField(help_text="PNG, JPEG or WebP, 5 MB.")
