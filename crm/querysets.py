"""Which customers, contacts and activities there are."""

from typing import Any, Self

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

    moment = "occurred_at"

    def of(self, customer: Any) -> Self:
        """What happened with one customer."""
        return self.filter(customer=customer)

    def for_list(self) -> Self:
        """With customer, contact and author."""
        return self.select_related("customer", "contact", "author")
