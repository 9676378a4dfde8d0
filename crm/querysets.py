"""Which customers, contacts and activities there are."""

import datetime as dt
from typing import Any, Self

from django.utils import timezone

from workmate.querysets import BaseQuerySet


class CustomerQuerySet(BaseQuerySet):
    """Customers."""

    def active(self) -> Self:
        """Those that business is done with."""
        return self.filter(status="active")

    def leads(self) -> Self:
        """Those that may become customers."""
        return self.filter(status="lead")

    def with_contacts(self) -> Self:
        """With their contacts, so that the primary one is known without a query a row."""
        return self.prefetch_related("contacts")

    def for_list(self) -> Self:
        """With their contacts."""
        return self.with_contacts()


class ContactQuerySet(BaseQuerySet):
    """Contacts."""

    def primary(self) -> Self:
        """The one that each customer has at most."""
        return self.filter(is_primary=True)

    def for_list(self) -> Self:
        """With the customer's name."""
        return self.select_related("customer")


class ActivityQuerySet(BaseQuerySet):
    """Activities."""

    def of(self, customer: Any) -> Self:
        """What happened with one customer."""
        return self.filter(customer=customer)

    def on_days(
        self, first: dt.date | None, last: dt.date | None, zone: dt.tzinfo | None = None
    ) -> Self:
        """What happened on a day from first to last, both included, in that time zone."""
        rows = self
        if first is not None:
            rows = rows.filter(occurred_at__gte=_midnight(first, zone))
        if last is not None:
            rows = rows.filter(occurred_at__lt=_midnight(last + dt.timedelta(days=1), zone))
        return rows

    def for_list(self) -> Self:
        """With customer, contact and author."""
        return self.select_related("customer", "contact", "author")


def _midnight(day: dt.date, zone: dt.tzinfo | None) -> dt.datetime:
    """The beginning of a local day."""
    return dt.datetime.combine(day, dt.time(), zone or timezone.get_current_timezone())
