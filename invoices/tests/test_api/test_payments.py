"""Payments over the API."""

import datetime as dt
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.utils.timezone import localdate

from employees.models import Employee
from invoices.models import Payment
from invoices.tests.factories import (
    make_finalized,
    make_payment,
)
from invoices.tests.test_api import attrs, ids, make_many


def test_payments_are_recorded_listed_and_taken_back(client: Any, clerk: Employee) -> None:
    invoice = make_finalized()
    body = {
        "invoice_id": str(invoice.pk),
        "amount": "190.00",
        "payment_date": "2025-04-01",
        "payment_method": "paypal",
        "reference": "PP-1",
        "notes": "thanks",
    }
    response = client.post("/api/payments", body)
    assert response.status_code == 201, response.content
    made = response.json()
    assert made == {
        **made,
        **body,
        "recorded_by_id": str(clerk.pk),
        "reverses_id": None,
        "is_reversed": False,
    }
    url = f"/api/payments/{made['id']}"
    for method in (client.put, client.patch, client.delete):
        assert method(url, {}).status_code == 405
    assert attrs(client.post(f"{url}/reverse", {})) == {"reason"}
    counter = client.post(f"{url}/reverse", {"reason": "returned debit"})
    assert counter.status_code == 201, counter.content
    assert (counter.json()["amount"], counter.json()["reverses_id"]) == ("-190.00", made["id"])
    assert client.get(url).json()["is_reversed"] is True
    assert client.post(f"{url}/reverse", {"reason": "again"}).status_code == 409
    assert (
        client.post(
            f"/api/payments/{counter.json()['id']}/reverse", {"reason": "again"}
        ).status_code
        == 409
    )
    assert client.get(f"/api/invoices/{invoice.pk}").json()["status"] == "finalized"


@pytest.mark.parametrize(
    ("fields", "attr"),
    [
        ({"invoice_id": None}, "invoice_id"),
        ({"invoice_id": str(uuid4())}, "invoice_id"),
        ({"payment_date": "2099-01-01"}, "payment_date"),
        ({"payment_method": "barter"}, "payment_method"),
        ({"payment_method": "offset"}, "payment_method"),
        ({"reference": "x" * 201}, "reference"),
        ({"colour": "red"}, "colour"),
        ({"recorded_by_id": str(uuid4())}, "recorded_by_id"),
    ],
)
def test_what_is_wrong_with_a_payment_is_named(
    fields: dict[str, Any], attr: str, client: Any
) -> None:
    body = {"invoice_id": str(make_finalized().pk), "amount": "1.00", **fields}
    assert attrs(client.post("/api/payments", body)) == {attr}
    assert not Payment.objects.exists()


@pytest.mark.parametrize("kind", ["draft", "quote", "paid"])
def test_payments_for_what_asks_for_no_money_are_conflicts(kind: str, client: Any) -> None:
    made = make_many()
    body = {"invoice_id": str(made[kind].pk), "amount": "1.00"}
    response = client.post("/api/payments", body)
    assert (response.status_code, response.json()["errors"][0]["code"]) == (409, "not_payable")


def test_payments_are_filtered_and_ordered(client: Any) -> None:
    first = make_payment(amount=Decimal(10), payment_date=dt.date(2025, 4, 1))
    second = make_payment(amount=Decimal(5), payment_date=localdate(), payment_method="cash")
    names = {first.pk: "first", second.pk: "second"}

    def found(query: str) -> list[str]:
        keys = ids(client.get(f"/api/payments?{query}"))
        return [name for key in keys for pk, name in names.items() if str(pk) == key]

    assert found("") == ["second", "first"]
    assert found("ordering=payment_date") == ["first", "second"]
    assert found("ordering=amount") == ["second", "first"]
    assert found("ordering=-created_at") == ["second", "first"]
    assert found("payment_method=cash") == ["second"]
    assert found("paid_to=2025-04-01") == ["first"]
    assert found(f"invoice_id={first.invoice_id}") == ["first"]
    assert found(f"customer_id={second.invoice.customer_id}") == ["second"]
    assert attrs(client.get("/api/payments?colour=red")) == {"colour"}
