"""How imports are filtered."""

from typing import Any

import django_filters
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from imports.models import Import
from workmate.filters import BaseFilter, Ordering
from workmate.registry import registry


def kinds() -> list[tuple[str, Any]]:
    """What files may hold."""
    return [
        (item.key, capfirst(item.model._meta.verbose_name_plural)) for item in registry.importers()
    ]


class ImportFilter(BaseFilter):
    """Imports."""

    kind = django_filters.ChoiceFilter(choices=kinds, label=_("what it holds"))
    ordering = Ordering("created_at")

    class Meta:
        model = Import
        fields = ["status"]
