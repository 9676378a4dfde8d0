"""How customers, contacts and activities are filtered."""

import django_filters
from django.utils.translation import gettext_lazy as _

from crm.models import Activity, Contact, Customer
from employees.models import Employee
from workmate.filters import (
    BaseFilter,
    BooleanFilter,
    FromDay,
    Ordering,
    RelationFilter,
    ToDay,
    WordFilter,
)


class CustomerFilter(BaseFilter):
    """Customers."""

    city = django_filters.CharFilter(lookup_expr="iexact", label=_("City"))
    country = django_filters.CharFilter(lookup_expr="iexact", label=_("Country"))
    ordering = Ordering("name", "customer_number", "city", "created_at")

    class Meta:
        model = Customer
        fields = ["status", "type", "pipeline_stage"]


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

    narrowed = {"contact_id": "customer_id"}

    customer_id = RelationFilter(Customer, field_name="customer")
    contact_id = RelationFilter(Contact, field_name="contact")
    author_id = RelationFilter(Employee, field_name="author", label=_("Recorded by"))
    planned = WordFilter(label=_("Planned"))
    occurred_from = FromDay()
    occurred_to = ToDay()
    ordering = Ordering("occurred_at")

    class Meta:
        model = Activity
        fields = ["type"]
