"""How documents are filtered."""

from typing import Any

import django_filters
from django.utils.translation import gettext_lazy as _

from documents.models import Document
from employees.models import Employee
from workmate.filters import BaseFilter, BooleanFilter, FromDay, Ordering, RelationFilter, ToDay


class DocumentFilter(BaseFilter):
    """Documents; those in the trash only where asked for."""

    category = django_filters.CharFilter(lookup_expr="iexact", label=_("Category"))
    owner_id = RelationFilter(Employee, field_name="owner", label=_("Owner"))
    is_confidential = BooleanFilter(label=_("Confidential"))
    linked_module = django_filters.CharFilter(label=_("Module"))
    linked_entity_type = django_filters.CharFilter(label=_("Kind of object"))
    linked_entity_id = django_filters.UUIDFilter(label=_("Object"))
    checksum = django_filters.CharFilter(lookup_expr="iexact", label=_("Checksum"))
    uploaded_from = FromDay()
    uploaded_to = ToDay()
    trashed = BooleanFilter(method="by_trash", label=_("In the trash"))
    ordering = Ordering("title", "category", "uploaded_at", "size_bytes")

    class Meta:
        model = Document
        fields = ["type", "retention_class"]

    def by_trash(self, queryset: Any, name: str, value: bool) -> Any:
        """Those in the trash, or those that are not."""
        return queryset.trashed() if value else queryset.live()

    @property
    def qs(self) -> Any:
        """The rows; without those in the trash unless these are asked for."""
        rows = super().qs
        return rows if self.form.cleaned_data.get("trashed") else rows.live()
