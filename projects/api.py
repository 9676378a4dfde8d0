"""REST endpoints for projects and their members."""

from typing import Any, cast

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from projects.filters import ProjectFilter, ProjectMemberFilter
from projects.models import Project, ProjectMember
from projects.serializers import (
    ProjectMemberSerializer,
    ProjectSerializer,
    ProjectStatisticsSerializer,
)
from system.models import ActivityEntry
from system.serializers import ActivityEntrySerializer
from workmate.api import BaseViewSet, router
from workmate.serializers import ErrorBody


class ProjectViewSet(BaseViewSet):
    """Projects; DELETE only of those on which nothing was booked."""

    queryset = Project.objects.all()
    serializer_class = ProjectSerializer
    filterset_class = ProjectFilter
    nested_under = {"customers": "customer"}
    own_perms = {"statistics": "projects.view_project", "timeline": "projects.view_project"}

    def get_queryset(self) -> Any:
        """Without the joins of the pages: JSON names related rows by id only."""
        return super().get_queryset().select_related(None)

    @extend_schema(summary="Add a project up", responses=ProjectStatisticsSerializer)
    @action(detail=True, methods=["get"], filter_backends=[], pagination_class=None)
    def statistics(self, request: Any, pk: Any) -> Response:
        project = self.get_object().add_up()
        context = self.get_serializer_context()
        return Response(ProjectStatisticsSerializer(project, context=context).data)

    @extend_schema(
        summary="Show what happened with a project",
        responses={200: ActivityEntrySerializer(many=True), 400: ErrorBody},
    )
    @action(detail=True, methods=["get"], filter_backends=[])
    def timeline(self, request: Any, pk: Any) -> Response:
        rows = ActivityEntry.objects.timeline(self.get_object(), request.user)
        entries = self.paginate_queryset(rows.select_related(None))
        context = self.get_serializer_context()
        data = ActivityEntrySerializer(cast(Any, entries), many=True, context=context).data
        return self.get_paginated_response(data)


class ProjectMemberViewSet(BaseViewSet):
    """Who takes part in which project; only the part can be changed."""

    queryset = ProjectMember.objects.all()
    serializer_class = ProjectMemberSerializer
    filterset_class = ProjectMemberFilter
    nested_under = {"projects": "project"}
    nested_as = "members"

    def get_queryset(self) -> Any:
        """Without the joins of the pages: JSON names related rows by id only."""
        return super().get_queryset().select_related(None)


router.register("projects", ProjectViewSet, basename="project")
router.register("project-members", ProjectMemberViewSet, basename="projectmember")
