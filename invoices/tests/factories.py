"""Documents, lines and payments for tests."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from crm.models import Customer
from crm.tests.factories import make_customer
from invoices.models import Invoice, Payment
from invoices.services import create_invoice, finalize_invoice, record_payment
from projects.models import Project
from projects.tests.factories import make_project
from system.models import Company
from system.tests.factories import make_company
from timetracking.tests.factories import at, make_approved_time_entry


def a_line(**fields: Any) -> dict[str, Any]:
    """Ten hours at 100 EUR and 19 %."""
    return {
        "description": "Consulting",
        "quantity": Decimal(10),
        "unit": "HUR",
        "unit_price": Decimal(100),
        "tax_rate": Decimal(19),
        **fields,
    }


def make_buyer(**fields: Any) -> Customer:
    """A customer to whom an invoice can be written."""
    values = {
        "name": "Förde Logistik GmbH",
        "street": "Am Nordhafen 7",
        "zip_code": "24106",
        "city": "Kiel",
        "email": "info@foerde.example",
        **fields,
    }
    return make_customer(**values)


def make_invoice(lines: Sequence[Mapping[str, Any]] | None = None, **fields: Any) -> Invoice:
    """A draft over 1,190.00 EUR that can be finalized; `lines` replaces its one line."""
    if not Company.current().is_complete_for_invoices:
        make_company()
    values = {"service_date": dt.date(2025, 3, 14), **fields}
    if "service_start" in values:
        values["service_date"] = None
    if "customer" not in values:
        project = values.get("project")
        values["customer"] = project.customer if project else make_buyer()
    return create_invoice(by=None, line_items=[a_line()] if lines is None else lines, **values)


def make_finalized(lines: Sequence[Mapping[str, Any]] | None = None, **fields: Any) -> Invoice:
    """A finalized document."""
    return finalize_invoice(make_invoice(lines, **fields), by=None)


def make_payment(**fields: Any) -> Payment:
    """A payment of all that is open on a new invoice."""
    values = dict(fields)
    if "invoice" not in values:
        values["invoice"] = make_finalized()
    return record_payment(by=None, **values)


def make_hours(project: Project | None = None, *, count: int = 3, **fields: Any) -> Project:
    """A project at 100 EUR an hour with approved hours, two on each of some days of March."""
    if project is None:
        project = make_project(customer=make_buyer(), hourly_rate=Decimal(100))
    if not Company.current().is_complete_for_invoices:
        make_company()
    for number in range(count):
        values = {"start_time": at(f"2025-03-{10 + number} 09:00"), **fields}
        make_approved_time_entry(project=project, **values)
    return project
