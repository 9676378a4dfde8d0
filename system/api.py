"""REST endpoints for the company, VAT rates, activity and watched services."""

from typing import Any

from django.http import Http404

from system.filters import (
    ActivityEntryFilter,
    CompanyFilter,
    InfraCheckFilter,
    InfraServiceFilter,
    TaxRateFilter,
)
from system.models import ActivityEntry, Company, InfraCheck, InfraService, TaxRate
from system.serializers import (
    ActivityEntrySerializer,
    CompanySerializer,
    InfraCheckSerializer,
    InfraServiceSerializer,
    TaxRateSerializer,
)
from workmate.api import BaseViewSet, router


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


router.register("company", CompanyViewSet, basename="company")
router.register("tax-rates", TaxRateViewSet, basename="taxrate")
router.register("activity", ActivityEntryViewSet, basename="activityentry")
router.register("infra-services", InfraServiceViewSet, basename="infraservice")
router.register("infra-checks", InfraCheckViewSet, basename="infracheck")
