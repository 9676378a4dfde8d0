"""Documents and their lines over the REST API."""

import datetime as dt
from typing import Any

from django.utils.timezone import localdate

from invoices.models import Invoice
from invoices.tests.factories import (
    a_line,
    make_buyer,
    make_finalized,
    make_invoice,
    make_payment,
)
from projects.tests.factories import make_project

LINE = {
    "description": "Consulting",
    "quantity": "10",
    "unit": "HUR",
    "unit_price": "100",
    "tax_rate": "19",
}


VERBS = [
    "finalize",
    "send",
    "mark-sent",
    "pay",
    "cancel",
    "credit",
    "duplicate",
    "accept",
    "decline",
    "convert",
]


def ids(response: Any) -> list[str]:
    """The ids of a list's answer."""
    assert response.status_code == 200, response.content
    return [item["id"] for item in response.json()["items"]]


def attrs(response: Any, status: int = 400) -> set[str | None]:
    """The fields that a refusal names."""
    assert response.status_code == status, response.content
    return {error["attr"] for error in response.json()["errors"]}


def details(response: Any) -> str:
    """What a refusal says."""
    return " ".join(error["detail"] for error in response.json()["errors"])


def make_many() -> dict[str, Invoice]:
    """One document of each sort."""
    today = localdate()
    late = {"issued_date": today - dt.timedelta(20), "due_date": today - dt.timedelta(5)}
    return {
        "late": make_finalized([a_line(quantity=1)], document_type="deposit", **late),
        "draft": make_invoice(project=make_project(customer=make_buyer())),
        "open": make_finalized(title="Kühlschrank"),
        "paid": make_payment().invoice,
        "quote": make_finalized(document_type="quote"),
    }
