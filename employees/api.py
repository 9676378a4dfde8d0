"""REST endpoints for people, departments and roles."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from employees import services
from employees.filters import DepartmentFilter, EmployeeFilter, RoleFilter
from employees.models import Department, Employee, Role
from employees.serializers import (
    DepartmentSerializer,
    EmployeeSerializer,
    ProfileSerializer,
    RoleSerializer,
)
from workmate.api import BaseViewSet, router


class DepartmentViewSet(BaseViewSet):
    """Departments."""

    queryset = Department.objects.all()
    serializer_class = DepartmentSerializer
    filterset_class = DepartmentFilter


class RoleViewSet(BaseViewSet):
    """Roles."""

    queryset = Role.objects.all()
    serializer_class = RoleSerializer
    filterset_class = RoleFilter


class EmployeeViewSet(BaseViewSet):
    """People; DELETE deactivates."""

    queryset = Employee.objects.all()
    serializer_class = EmployeeSerializer
    filterset_class = EmployeeFilter
    own_perms = {"me": "", "change_me": ""}

    @extend_schema(summary="Show oneself", responses=EmployeeSerializer)
    @action(detail=False, methods=["get"], url_path="me", filter_backends=[], pagination_class=None)
    def me(self, request: Any) -> Response:
        return self.answer(request.user)

    @extend_schema(
        summary="Change oneself", request=ProfileSerializer, responses=EmployeeSerializer
    )
    @me.mapping.patch
    def change_me(self, request: Any) -> Response:
        context = self.get_serializer_context()
        serializer = ProfileSerializer(
            request.user, data=request.data, partial=True, context=context
        )
        serializer.is_valid(raise_exception=True)
        data = serializer.validated_data
        changed = self.perform(
            lambda: services.change_own_profile(request.user, by=request.user, **data)
        )
        return self.answer(changed)


router.register("departments", DepartmentViewSet, basename="department")
router.register("roles", RoleViewSet, basename="role")
router.register("employees", EmployeeViewSet, basename="employee")
