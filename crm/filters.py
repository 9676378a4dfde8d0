"""How customers, contacts and activities are filtered."""

import datetime as dt
import zoneinfo
from typing import Any

import django_filters
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from crm.models import Activity, Contact, Customer
from employees.models import Employee
from workmate.filters import BaseFilter, BooleanFilter, DateFilter, Ordering, RelationFilter

# Days outside of these have no midnight that the database and every time zone could tell.
SENSIBLE = [MinValueValidator(dt.date(1900, 1, 1)), MaxValueValidator(dt.date(2999, 12, 31))]


class CustomerFilter(BaseFilter):
    """Customers."""

    city = django_filters.CharFilter(lookup_expr="iexact", label=_("City"))
    country = django_filters.CharFilter(lookup_expr="iexact", label=_("Country"))
    ordering = Ordering("name", "customer_number", "city", "created_at")

    class Meta:
        model = Customer
        fields = ["status", "type"]


class ContactFilter(BaseFilter):
    """Contacts."""

    customer_id = RelationFilter(Customer, field_name="customer")
    is_primary = BooleanFilter(label=_("Primary contact"))
    ordering = Ordering("lastname", "created_at")

    class Meta:
        model = Contact
        fields: list[str] = []


class ActivityFilter(BaseFilter):
    """Activities. Days are those of the person who asks."""

    customer_id = RelationFilter(Customer, field_name="customer")
    contact_id = RelationFilter(Contact, field_name="contact")
    author_id = RelationFilter(Employee, field_name="author", label=_("Recorded by"))
    occurred_from = DateFilter(method="from_day", label=_("From"), validators=SENSIBLE)
    occurred_to = DateFilter(method="to_day", label=_("To"), validators=SENSIBLE)
    ordering = Ordering("occurred_at")

    class Meta:
        model = Activity
        fields = ["type"]

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        """The time zone of the person who asks."""
        return zoneinfo.ZoneInfo(self.request.user.timezone)

    def from_day(self, queryset: Any, name: str, value: dt.date) -> Any:
        """What happened on that day or later."""
        return queryset.on_days(value, None, self.zone)

    def to_day(self, queryset: Any, name: str, value: dt.date) -> Any:
        """What happened on that day or earlier."""
        return queryset.on_days(None, value, self.zone)
