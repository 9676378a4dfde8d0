"""REST endpoints for the company, VAT rates, activity, watched services and imports."""

from typing import Any

from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser

from system.filters import (
    ActivityEntryFilter,
    CompanyFilter,
    ImportFilter,
    InfraCheckFilter,
    InfraServiceFilter,
    TaxRateFilter,
)
from system.imports.faulty import faulty_file
from system.models import ActivityEntry, Company, Import, InfraCheck, InfraService, TaxRate
from system.serializers import (
    ActivityEntrySerializer,
    CompanySerializer,
    ImportSerializer,
    ImportSummarySerializer,
    InfraCheckSerializer,
    InfraServiceSerializer,
    TaxRateSerializer,
)
from workmate.api import BaseViewSet, router
from workmate.parsers import OrjsonParser
from workmate.serializers import ErrorBody


class CompanyViewSet(BaseViewSet):
    """The own legal data: one object, without an id in its address."""

    queryset = Company.objects.all()
    serializer_class = CompanySerializer
    filterset_class = CompanyFilter
    writes = ("update", "partial_update")
    is_single = True

    def get_object(self) -> Any:
        """The one company."""
        company = self.get_queryset().filter(pk=Company.current().pk).first()
        if company is None:
            raise Http404
        return company


class TaxRateViewSet(BaseViewSet):
    """VAT rates."""

    queryset = TaxRate.objects.all()
    serializer_class = TaxRateSerializer
    filterset_class = TaxRateFilter


class ActivityEntryViewSet(BaseViewSet):
    """What happened, to rows that one may see."""

    queryset = ActivityEntry.objects.all()
    serializer_class = ActivityEntrySerializer
    filterset_class = ActivityEntryFilter
    writes = ()


class InfraServiceViewSet(BaseViewSet):
    """Services that are watched."""

    queryset = InfraService.objects.all()
    serializer_class = InfraServiceSerializer
    filterset_class = InfraServiceFilter


class InfraCheckViewSet(BaseViewSet):
    """What came of checking services, newest first."""

    queryset = InfraCheck.objects.all()
    serializer_class = InfraCheckSerializer
    filterset_class = InfraCheckFilter
    writes = ()
    nested_under = {"infra-services": "service"}
    nested_as = "checks"


class ImportViewSet(BaseViewSet):
    """Imports. POST takes multipart/form-data; then `check`, `run`, and perhaps `undo`.

    Each step runs in the background: `status`, `position` and `total` tell how far it has come.
    """

    queryset = Import.objects.all()
    serializer_class = ImportSerializer
    filterset_class = ImportFilter
    writes = ("create", "partial_update", "destroy")
    own_perms = {"faulty": "system.view_import"}
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


router.register("company", CompanyViewSet, basename="company")
router.register("tax-rates", TaxRateViewSet, basename="taxrate")
router.register("activity", ActivityEntryViewSet, basename="activityentry")
router.register("infra-services", InfraServiceViewSet, basename="infraservice")
router.register("infra-checks", InfraCheckViewSet, basename="infracheck")
router.register("imports", ImportViewSet, basename="import")
