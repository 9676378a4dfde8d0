"""How VAT rates, activity, watched services and imports are filtered."""

from typing import Any

import django_filters
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from employees.models import Employee
from system.models import ActivityEntry, Company, Import, InfraCheck, InfraService, TaxRate
from workmate.filters import (
    BaseFilter,
    BooleanFilter,
    DateFilter,
    FromDay,
    Ordering,
    RelationFilter,
    ToDay,
    WordFilter,
)
from workmate.registry import registry


class CompanyFilter(BaseFilter):
    """The company: there is one."""

    class Meta:
        model = Company
        fields: list[str] = []


class TaxRateFilter(BaseFilter):
    """VAT rates."""

    valid_on = DateFilter(method="by_day", label=_("Valid on"))
    ordering = Ordering("rate", "category", "valid_from", "valid_until")

    class Meta:
        model = TaxRate
        fields = ["category"]

    def by_day(self, queryset: Any, name: str, value: Any) -> Any:
        """Those that hold on that day."""
        return queryset.valid_on(value)


class ActivityEntryFilter(BaseFilter):
    """Activity. `about_id` finds what happened to a row and around it."""

    actor_id = RelationFilter(Employee, field_name="actor", label=_("By"))
    target_type = django_filters.CharFilter(label=_("Kind of object"))
    target_id = django_filters.UUIDFilter(label=_("Object"))
    about_id = django_filters.UUIDFilter(method="by_subject", label=_("About"))
    verb = django_filters.CharFilter(label=_("What"))
    ordering = Ordering("created_at")

    class Meta:
        model = ActivityEntry
        fields: list[str] = []

    def by_subject(self, queryset: Any, name: str, value: Any) -> Any:
        """Those about that row."""
        return queryset.about_id(value)


class InfraServiceFilter(BaseFilter):
    """Services that are watched."""

    managed_by = RelationFilter(Employee, field_name="manager", label=_("Responsible"))
    ordering = Ordering(
        "name", "type", "status", "last_sync", "checked_at", "response_ms", "certificate_expires"
    )

    class Meta:
        model = InfraService
        fields = ["type", "status"]


class InfraCheckFilter(BaseFilter):
    """Checks of services."""

    service_id = RelationFilter(InfraService, field_name="service")
    ok = BooleanFilter(label=_("worked"))
    start_date = FromDay()
    end_date = ToDay()
    ordering = Ordering("checked_at", "response_ms")

    class Meta:
        model = InfraCheck
        fields: list[str] = []


def importable_kinds() -> list[tuple[str, Any]]:
    """What files may hold."""
    return [
        (item.key, capfirst(item.model._meta.verbose_name_plural)) for item in registry.importers()
    ]


class ImportFilter(BaseFilter):
    """Imports."""

    kind = django_filters.ChoiceFilter(choices=importable_kinds, label=_("what it holds"))
    unfinished = WordFilter(label=_("Unfinished"))
    ordering = Ordering("created_at")

    class Meta:
        model = Import
        fields = ["status"]
