"""How reminders, notifications and preferences are filtered."""

from typing import Any

import django_filters
from django.utils.translation import gettext_lazy as _

from employees.models import Employee
from reminders.models import Notification, NotificationPreference, Reminder
from workmate.filters import BaseFilter, BooleanFilter, DateFilter, Ordering, RelationFilter


class ReminderFilter(BaseFilter):
    """Reminders."""

    is_open = BooleanFilter(method="by_open", label=_("Not completed"))
    due_from = DateFilter(field_name="due_date", lookup_expr="gte", label=_("Due from"))
    due_to = DateFilter(field_name="due_date", lookup_expr="lte", label=_("Due to"))
    owner_id = RelationFilter(Employee, field_name="owner", label=_("Owner"))
    delegated_by_id = RelationFilter(Employee, field_name="delegated_by", label=_("Delegated by"))
    linked_entity_type = django_filters.CharFilter(label=_("Kind of the linked object"))
    linked_entity_id = django_filters.UUIDFilter(label=_("Linked object"))
    ordering = Ordering("due_date", "title", "created_at")

    class Meta:
        model = Reminder
        fields = ["status", "priority", "repeat"]

    def by_open(self, queryset: Any, name: str, value: bool) -> Any:
        """Open and overdue ones, or those that are done."""
        return queryset.unfinished() if value else queryset.filter(status="done")


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


class NotificationPreferenceFilter(BaseFilter):
    """One's own preferences."""

    kind = django_filters.CharFilter(label=_("Kind"))
    ordering = Ordering("kind")

    class Meta:
        model = NotificationPreference
        fields = ["channel", "enabled"]
