"""Which customers, contacts and activities there are."""

import re
from typing import Any, Self

from django.db.models import Func, Q, TextField, Value
from django.db.models.functions import Concat
from django.utils import timezone

from workmate.querysets import BaseQuerySet


class NameKey(Func):
    """A name as it is compared: without case, accents, punctuation and the company's legal form.

    `Müller & Söhne GmbH`, `MUELLER UND SOEHNE` and `Müller&Söhne GmbH & Co. KG` are alike.
    """

    function = "crm_name_key"
    arity = 1
    output_field = TextField()


class CustomerQuerySet(BaseQuerySet):
    """Customers."""

    def active(self) -> Self:
        """Those that business is done with."""
        return self.filter(status="active")

    def leads(self) -> Self:
        """Those that may become customers."""
        return self.filter(status="lead")

    def in_pipeline(self) -> Self:
        """Those with a stage of the sale."""
        return self.exclude(pipeline_stage="")

    def alike(self, customer: Any) -> Self:
        """Others that may be the same: with a name like it, its e-mail address or VAT id."""
        same = Q(key=NameKey(Value(customer.name)))
        if email := customer.email.strip():
            same |= Q(email__iexact=email)
        if vat_id := re.sub(r"[\s.\-/]", "", customer.vat_id).upper():
            same |= Q(vat_id=vat_id)
        return self.alias(key=NameKey("name")).filter(same).exclude(pk=customer.pk)

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

    def alike(self, contact: Any) -> Self:
        """Others that may be the same: with its e-mail address, or its name at its customer."""
        name = NameKey(Concat("firstname", Value(" "), "lastname", output_field=TextField()))
        mine = NameKey(Value(f"{contact.firstname} {contact.lastname}"))
        same = Q(customer=contact.customer_id, key=mine)
        if email := contact.email.strip():
            same |= Q(email__iexact=email)
        return self.alias(key=name).filter(same).exclude(pk=contact.pk)

    def for_list(self) -> Self:
        """With the customer's name."""
        return self.select_related("customer")


class ActivityQuerySet(BaseQuerySet):
    """Activities."""

    moment = "occurred_at"

    def of(self, customer: Any) -> Self:
        """What happened with one customer."""
        return self.filter(customer=customer)

    def planned(self) -> Self:
        """What is arranged for later."""
        return self.filter(occurred_at__gt=timezone.now())

    def for_list(self) -> Self:
        """With customer, contact and author."""
        return self.select_related("customer", "contact", "author")
