"""Filters: one class a model, used by the page list and the API list alike."""

from typing import Any, cast

import django_filters
from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.utils.translation import gettext_lazy as _

from workmate.querysets import BaseQuerySet

PAGING = {"skip", "limit", "page"}


class RelationFilter(django_filters.ModelChoiceFilter):
    """Rows whose foreign key points to one visible row: `customer_id=<uuid>`."""

    def __init__(self, to: type[models.Model], *args: Any, **kwargs: Any) -> None:
        self.to = to
        kwargs.setdefault("queryset", self.visible)
        kwargs.setdefault("label", to._meta.verbose_name)
        super().__init__(*args, **kwargs)

    def visible(self, request: Any) -> models.QuerySet[Any]:
        """What the person may choose."""
        rows = cast(BaseQuerySet, self.to._default_manager.all())
        return rows.visible_to(request.user) if request is not None else rows.none()


class Ordering(django_filters.OrderingFilter):
    """`ordering=-total,name`: only by the names given, with the key as last resort."""

    def __init__(self, *names: str, **kwargs: Any) -> None:
        self.names = names
        kwargs.setdefault("fields", [(name, name) for name in names])
        kwargs.setdefault("label", _("Order"))
        super().__init__(**kwargs)

    def filter(self, qs: Any, value: Any) -> Any:
        """Order, stably: rows that are equal keep one order over all pages."""
        ordered = super().filter(qs, value)
        return ordered.order_by(*ordered.query.order_by, "pk") if value else ordered


class BaseFilter(django_filters.FilterSet):
    """Search, ordering, and what the module adds. Unknown parameters are errors."""

    search = django_filters.CharFilter(method="by_search", label=_("Search"))

    def by_search(self, queryset: Any, name: str, value: str) -> Any:
        """Every word must occur somewhere."""
        return queryset.search(value)

    @classmethod
    def unknown(cls, parameters: Any) -> list[str]:
        """The query parameters that no filter answers to."""
        known = set(cls.parameter_names()) | PAGING
        return sorted(name for name in parameters if name not in known)

    @classmethod
    def parameter_names(cls) -> list[str]:
        """All names that may stand in the address; a range filter has two."""
        names = []
        for name, item in cls.base_filters.items():
            if isinstance(item, django_filters.RangeFilter | django_filters.DateFromToRangeFilter):
                raise ImproperlyConfigured("Name the two ends of a range as filters of their own.")
            names.append(name)
        return names
