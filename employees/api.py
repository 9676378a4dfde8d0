"""REST endpoints for people, departments and roles."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response

from employees import services
from employees.filters import DepartmentFilter, EmployeeFilter, RoleFilter
from employees.models import Department, Employee, Role
from employees.serializers import (
    DepartmentSerializer,
    EmployeeSerializer,
    PhotoSerializer,
    ProfileSerializer,
    RoleSerializer,
)
from workmate.api import BaseViewSet, router
from workmate.files import StoredFileResponse, send_file
from workmate.parsers import OrjsonParser

# How long a browser need not ask again for a photo whose address names it.
PHOTO_SECONDS = 7 * 24 * 3600


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
    own_perms = {
        "me": "",
        "change_me": "",
        "photo": "employees.view_employee",
        "put_photo": "employees.change_employee",
        "delete_photo": "employees.change_employee",
    }

    def perform_content_negotiation(self, request: Any, force: bool = False) -> Any:
        """A picture is a picture, whatever a client says that it accepts."""
        return super().perform_content_negotiation(request, force or self.action == "photo")

    @extend_schema(summary="Show oneself", responses=EmployeeSerializer)
    @action(
        detail=False,
        methods=["get"],
        url_path="me",
        filter_backends=[],
        pagination_class=None,
        parser_classes=[OrjsonParser, MultiPartParser],
    )
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
        with self.as_sent(request.user):
            changed = self.perform(
                lambda: services.change_own_profile(request.user, by=request.user, **data)
            )
        return self.answer(changed)

    @extend_schema(
        summary="Show a person's photo",
        parameters=[OpenApiParameter("v", OpenApiTypes.STR, description="Which one it is.")],
        responses={(200, "image/jpeg"): OpenApiTypes.BINARY},
    )
    @action(
        detail=True,
        methods=["get"],
        filter_backends=[],
        pagination_class=None,
        parser_classes=[MultiPartParser],
    )
    def photo(self, request: Any, pk: Any) -> StoredFileResponse:
        person = self.get_object()
        # The address in `photo_url` is another one with each photo.
        kept = PHOTO_SECONDS if "v" in request.query_params else 0
        return send_file(
            person.photo,
            filename=f"{person}.jpg",
            content_type="image/jpeg",
            inline=True,
            kept_seconds=kept,
        )

    @extend_schema(
        summary="Change a person's photo", request=PhotoSerializer, responses=EmployeeSerializer
    )
    @photo.mapping.put
    def put_photo(self, request: Any, pk: Any) -> Response:
        person = self.get_object()
        serializer = PhotoSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        photo = serializer.validated_data["photo"]
        return self.answer(
            self.perform(lambda: services.change_employee(person, by=request.user, photo=photo))
        )

    @extend_schema(summary="Remove a person's photo", responses={204: None})
    @photo.mapping.delete
    def delete_photo(self, request: Any, pk: Any) -> Response:
        person = self.get_object()
        self.perform(lambda: services.change_employee(person, by=request.user, photo=None))
        return Response(status=204)


router.register("departments", DepartmentViewSet, basename="department")
router.register("roles", RoleViewSet, basename="role")
router.register("employees", EmployeeViewSet, basename="employee")
