"""REST endpoints for documents."""

from typing import Any

from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser

from documents import services
from documents.content import KINDS
from documents.filters import DocumentFilter
from documents.models import Document, DocumentAccess
from documents.serializers import DocumentSerializer
from workmate.api import BaseViewSet, asks_inline, router
from workmate.files import StoredFileResponse, send_file
from workmate.parsers import OrjsonParser
from workmate.serializers import ErrorBody


class DocumentViewSet(BaseViewSet):
    """Documents. POST takes multipart/form-data; PUT and PATCH with a file make a new version."""

    queryset = Document.objects.all()
    serializer_class = DocumentSerializer
    filterset_class = DocumentFilter
    nested_under = {"employees": "owner"}
    own_perms = {"download": "documents.view_document"}
    parser_classes = [OrjsonParser, MultiPartParser]

    def get_queryset(self) -> Any:
        """Without the owner's row: JSON names it by id only."""
        return super().get_queryset().select_related(None)

    def filter_queryset(self, queryset: Any) -> Any:
        """Without the trash, unless it is asked for."""
        rows = super().filter_queryset(queryset)
        if self.action == "list" and "trashed" not in self.request.query_params:
            return rows.live()
        return rows

    def perform_content_negotiation(self, request: Any, force: bool = False) -> Any:
        """A file is a file, whatever a client says that it accepts."""
        return super().perform_content_negotiation(request, force or self.action == "download")

    def retrieve(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """The facts."""
        return self.answer(self.get_object())

    def answer(self, obj: Any, status: int = 200) -> Any:
        """The facts; of a confidential document it is recorded who got them, but for its maker."""
        if self.action != "create":
            services.record_access(obj, by=self.request.user, kind=DocumentAccess.Kind.VIEW)
        return super().answer(obj, status)

    @extend_schema(
        summary="Download a document",
        parameters=[
            OpenApiParameter("inline", OpenApiTypes.BOOL, description="To be shown, not saved."),
            OpenApiParameter("version", OpenApiTypes.INT, description="An earlier file."),
        ],
        responses={
            **{(200, kind.mime): OpenApiTypes.BINARY for kind in KINDS},
            400: ErrorBody,
        },
    )
    @action(detail=True, methods=["get"], filter_backends=[], pagination_class=None)
    def download(self, request: Any, pk: Any) -> StoredFileResponse:
        document = self.get_object()
        facts = document.facts_of(request.query_params.get("version"))
        if facts is None:
            raise Http404
        services.record_access(document, by=request.user, kind=DocumentAccess.Kind.DOWNLOAD)
        return send_file(
            facts.file,
            filename=facts.original_name,
            content_type=facts.mime_type,
            inline=asks_inline(request),
        )


router.register("documents", DocumentViewSet, basename="document")
