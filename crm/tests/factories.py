"""Customers, contacts and activities for tests."""

from itertools import count
from typing import Any

from crm.models import Activity, Contact, Customer
from workmate import services

_numbers = count(1)


def make_customer(**fields: Any) -> Customer:
    """A business customer."""
    return services.create(Customer, by=None, **{"name": f"Customer {next(_numbers)}", **fields})


def make_contact(**fields: Any) -> Contact:
    """A person at a customer's."""
    values = {"firstname": "Karla", "lastname": f"Kontakt{next(_numbers)}", **fields}
    if "customer" not in values:
        values["customer"] = make_customer()
    return services.create(Contact, by=None, **values)


def make_activity(**fields: Any) -> Activity:
    """A note about a customer."""
    values = {"description": "Talked about the offer.", **fields}
    if "customer" not in values:
        values["customer"] = make_customer()
    return services.create(Activity, by=None, **values)
