"""REST endpoints for time entries."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from timetracking.filters import TimeEntryFilter
from timetracking.models import TimeEntry
from timetracking.serializers import TimeEntrySerializer
from workmate.api import BaseViewSet, router


class TimeEntryViewSet(BaseViewSet):
    """Time entries and the timer."""

    queryset = TimeEntry.objects.all()
    serializer_class = TimeEntrySerializer
    filterset_class = TimeEntryFilter
    nested_under = {"employees": "employee", "projects": "project"}
    own_perms = {"current": "timetracking.view_timeentry"}

    def get_queryset(self) -> Any:
        """Without the joins of the pages: JSON names related rows by id only."""
        return super().get_queryset().select_related(None)

    def fresh(self, obj: Any) -> Any:
        """The entry as a list would load it, for the answer."""
        return TimeEntry.objects.with_overlaps().get(pk=obj.pk)

    @extend_schema(
        summary="Show one's running timer",
        responses={200: TimeEntrySerializer, 204: None},
    )
    @action(detail=False, methods=["get"], filter_backends=[], pagination_class=None)
    def current(self, request: Any) -> Response:
        running = TimeEntry.objects.of(request.user).running().with_overlaps().first()
        return Response(status=204) if running is None else self.answer(running)


router.register("time-entries", TimeEntryViewSet, basename="timeentry")
