"""Customers, contacts and activities on pages and in Django admin."""

from typing import Any

from crm.tests.factories import make_activity, make_contact

UNKNOWN = "01900000-0000-7000-8000-000000000000"


HTMX = {"HX-Request": "true"}


PANEL = {"HX-Request": "true", "HX-Target": "panel"}


CUSTOMER = {
    "name": "Förde Logistik GmbH",
    "type": "business",
    "status": "active",
    "language": "de",
    "country": "Deutschland",
}


def rows_of_each() -> dict[str, Any]:
    """A customer, a contact and an activity that belong together."""
    contact = make_contact(is_primary=True, position="Einkauf", phone="0431 1", mobile="0170 1")
    return {
        "customers": contact.customer,
        "contacts": contact,
        "activities": make_activity(customer=contact.customer, contact=contact),
    }
