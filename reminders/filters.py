"""How notifications are filtered."""

from typing import Any

import django_filters
from django.utils.translation import gettext_lazy as _

from reminders.models import Notification
from workmate.filters import BaseFilter, BooleanFilter, Ordering


class NotificationFilter(BaseFilter):
    """Notifications."""

    unread = BooleanFilter(method="by_unread", label=_("Unread"))
    kind = django_filters.CharFilter(label=_("Kind"))
    ordering = Ordering("created_at")

    class Meta:
        model = Notification
        fields: list[str] = []

    def by_unread(self, queryset: Any, name: str, value: bool) -> Any:
        """Those not opened, or those opened."""
        return queryset.unread() if value else queryset.read()
