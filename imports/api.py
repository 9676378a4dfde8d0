"""REST endpoints for imports."""

from typing import Any

from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser

from imports.faulty import faulty_file
from imports.filters import ImportFilter
from imports.models import Import
from imports.serializers import ImportSerializer, ImportSummarySerializer
from workmate.api import BaseViewSet, router
from workmate.parsers import OrjsonParser
from workmate.serializers import ErrorBody


class ImportViewSet(BaseViewSet):
    """Imports. POST takes multipart/form-data; then `check`, `run`, and perhaps `undo`.

    Each step runs in the background: `status`, `position` and `total` tell how far it has come.
    """

    queryset = Import.objects.all()
    serializer_class = ImportSerializer
    filterset_class = ImportFilter
    writes = ("create", "partial_update", "destroy")
    own_perms = {"faulty": "imports.view_import"}
    parser_classes = [OrjsonParser, MultiPartParser]

    def get_serializer_class(self) -> Any:
        """Without what takes a query a row, in lists."""
        return ImportSummarySerializer if self.action == "list" else ImportSerializer

    def perform_content_negotiation(self, request: Any, force: bool = False) -> Any:
        """A file is a file, whatever a client says that it accepts."""
        return super().perform_content_negotiation(request, force or self.action == "faulty")

    @extend_schema(
        summary="Download the faulty lines of an import",
        description="CSV with the file's columns, and the reason as the last one.",
        responses={(200, "text/csv"): OpenApiTypes.BINARY, 404: ErrorBody},
    )
    @action(detail=True, methods=["get"], filter_backends=[], pagination_class=None)
    def faulty(self, request: Any, pk: Any) -> Any:
        job = self.get_object()
        if not job.file:
            raise Http404
        return faulty_file(job, request.user)


router.register("imports", ImportViewSet, basename="import")
