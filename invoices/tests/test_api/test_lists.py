"""Lists and statistics over the API."""

import datetime as dt
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localdate

from invoices.models import Invoice
from invoices.tests.factories import (
    a_line,
    make_buyer,
    make_finalized,
    make_invoice,
    make_payment,
)
from invoices.tests.test_api import attrs, ids, make_many
from projects.tests.factories import make_project


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("status=draft", {"draft"}),
        ("document_type=quote", {"quote"}),
        ("overdue=true", {"late"}),
        ("overdue=false", {"draft", "open", "paid", "quote"}),
        ("outstanding=true", {"late", "open"}),
        ("paid=true", {"paid"}),
        ("issued=1", {"late", "open", "paid"}),
        ("max_total=119.00", {"late"}),
        ("min_total=119.01&status=draft", {"draft"}),
        ("due_to={today}", {"late"}),
        ("issued_from={today}&document_type=invoice", {"open", "paid"}),
        ("issued_to={yesterday}", {"late"}),
        ("search=kühl", {"open"}),
        ("search=AN-{today.year}", {"quote"}),
    ],
)
def test_the_list_is_filtered(query: str, names: set[str], client: Any) -> None:
    made, today = make_many(), localdate()
    query = query.format(today=today, yesterday=today - dt.timedelta(1))
    assert set(ids(client.get(f"/api/invoices?{query}"))) == {str(made[n].pk) for n in names}


@pytest.mark.parametrize(
    ("query", "attr"),
    [
        ("colour=red", "colour"),
        ("status=odd", "status"),
        ("overdue=perhaps", "overdue"),
        ("min_total=NaN", "min_total"),
        ("min_total=1e5", "min_total"),
        ("max_total=" + "9" * 300, "max_total"),
        ("issued_from=1.3.2025", "issued_from"),
        ("customer_id=x", "customer_id"),
        ("customer_id=01900000-0000-7000-8000-000000000000", "customer_id"),
        ("ordering=notes", "ordering"),
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("skip=-1", "skip"),
        ("page=2", "page"),
    ],
)
def test_a_filter_that_cannot_be_is_refused(query: str, attr: str, client: Any) -> None:
    assert attrs(client.get(f"/api/invoices?{query}")) == {attr}
    if attr not in {"limit", "skip", "ordering", "page"}:
        assert attrs(client.get(f"/api/invoices/statistics?{query}")) == {attr}


@pytest.mark.parametrize(
    "name", ["created_at", "issued_date", "due_date", "total", "invoice_number"]
)
def test_the_list_has_a_stable_order_in_windows(name: str, client: Any) -> None:
    for _number in range(3):
        make_finalized()
    make_invoice()
    for order in (name, f"-{name}"):
        whole = ids(client.get(f"/api/invoices?ordering={order}"))
        pages = [
            ids(client.get(f"/api/invoices?ordering={order}&skip={skip}&limit=1"))
            for skip in range(4)
        ]
        assert [one for page in pages for one in page] == whole
        assert len(set(whole)) == 4


def test_lists_go_without_lines_and_nested_lists_hold_their_parents(client: Any) -> None:
    invoice = make_invoice(project=make_project(customer=make_buyer()))
    make_invoice()
    item = client.get(f"/api/customers/{invoice.customer_id}/invoices").json()["items"]
    assert [one["id"] for one in item] == [str(invoice.pk)]
    assert "line_items" not in item[0]
    assert ids(client.get(f"/api/projects/{invoice.project_id}/invoices")) == [str(invoice.pk)]
    assert ids(client.get(f"/api/projects/{invoice.project_id}/invoices?status=paid")) == []
    for parent in ("customers", "projects"):
        assert client.get(f"/api/{parent}/{uuid4()}/invoices").status_code == 404
        assert client.get(f"/api/{parent}/x/invoices").status_code == 404
    payment = make_payment()
    assert ids(client.get(f"/api/invoices/{payment.invoice_id}/payments")) == [str(payment.pk)]
    assert ids(client.get(f"/api/invoices/{invoice.pk}/payments")) == []
    assert client.get(f"/api/invoices/{uuid4()}/payments").status_code == 404


def test_statistics_add_up_what_the_filters_leave(client: Any) -> None:
    made = make_many()
    found = client.get("/api/invoices/statistics").json()
    assert (
        found
        == {
            "count": 5,
            "overdue_count": 1,
            "issued": "2499.00",
            "issued_net": "2100.00",
            "paid": "1190.00",
            "outstanding": "1309.00",
            "overdue": "119.00",
            "overpaid": "0.00",
            "drafts": "1190.00",
            "by_year": [
                {"year": localdate().year, "count": 3, "subtotal": "2100.00", "total": "2499.00"},
            ],
        }
        or localdate().timetuple().tm_yday <= 20
    )
    one = client.get(f"/api/invoices/statistics?customer_id={made['late'].customer_id}").json()
    assert (one["count"], one["issued"], one["overdue"]) == (1, "119.00", "119.00")
    nothing = client.get("/api/invoices/statistics?status=declined").json()
    assert (nothing["issued"], nothing["by_year"]) == ("0.00", [])


def test_the_queries_of_lists_details_and_statistics_do_not_grow(client: Any) -> None:
    def counts() -> list[int]:
        found = []
        last = Invoice.objects.latest("created_at")
        for url in ("", "/statistics", f"/{last.pk}", "?search=RE&ordering=-total"):
            with CaptureQueriesContext(
                connection,
            ) as queries:
                assert client.get(f"/api/invoices{url}").status_code == 200
            found.append(len(queries))
        with CaptureQueriesContext(connection) as queries:
            client.get("/api/payments")
        return [*found, len(queries)]

    make_finalized(project=make_project(customer=make_buyer()))
    make_payment()
    counts()  # the first call writes down that the token was used
    first = counts()
    make_many()
    make_finalized([a_line()] * 12, project=make_project(customer=make_buyer()))
    assert counts() == first
    assert max(first) <= 5
