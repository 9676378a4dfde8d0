"""Verbs over the API."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from finance.tests.factories import make_approved_expense
from invoices.models import InvoiceMail, Payment
from invoices.tests.factories import (
    make_buyer,
    make_finalized,
    make_hours,
    make_invoice,
    make_payment,
)
from invoices.tests.test_api import attrs, ids
from timetracking.models import TimeEntry


def test_sending_queues_a_mail_to_the_address_given_or_known(client: Any) -> None:
    invoice = make_finalized(customer=make_buyer(invoice_email="bill@foerde.example"))
    url = f"/api/invoices/{invoice.pk}/send"
    assert client.post(url).status_code == 200
    again = client.post(url)
    assert (again.status_code, again.json()["errors"][0]["code"]) == (409, "waiting")
    assert client.post(url, {"to": "boss@foerde.example", "message": "Hi"}).status_code == 200
    assert set(InvoiceMail.objects.values_list("to", flat=True)) == {
        "bill@foerde.example",
        "boss@foerde.example",
    }
    assert attrs(client.post(url, {"to": "nobody"})) == {"to"}
    assert attrs(client.post(url, {"message": "x" * 5001})) == {"message"}
    silent = make_finalized(customer=make_buyer(email=""))
    assert attrs(client.post(f"/api/invoices/{silent.pk}/send")) == {"to"}
    assert client.post(f"/api/invoices/{make_invoice().pk}/send").status_code == 409


def test_marking_as_sent(client: Any) -> None:
    invoice = make_finalized()
    url = f"/api/invoices/{invoice.pk}/mark-sent"
    body = client.post(url).json()
    assert body["status"] == "sent"
    assert body["sent_at"]
    assert client.post(url).status_code == 409


def test_paying_in_part_and_in_full(client: Any) -> None:
    invoice = make_finalized()
    url = f"/api/invoices/{invoice.pk}/pay"
    part = client.post(url, {"amount": "190.00", "payment_method": "cash", "reference": "E 1"})
    assert part.status_code == 200, part.content
    body = part.json()
    assert (body["status"], body["paid_amount"], body["outstanding_amount"]) == (
        "partial",
        "190.00",
        "1000.00",
    )
    full = client.post(url, {}).json()
    assert (full["status"], full["is_fully_paid"]) == ("paid", True)
    assert client.post(url, {}).status_code == 409


@pytest.mark.parametrize(
    "amount",
    ["0", "-1", "0.00", "0.001", "1190.01", "NaN", "Infinity", "-Infinity", "1e999", "1e-999", "x"]
    + ["9" * 5000, [], ""],
)
def test_amounts_that_are_none_are_refused(amount: Any, client: Any) -> None:
    invoice = make_finalized()
    for url, more in (
        (f"/api/invoices/{invoice.pk}/pay", {}),
        ("/api/payments", {"invoice_id": str(invoice.pk)}),
    ):
        response = client.post(url, {"amount": amount, **more})
        assert attrs(response) <= {"amount", "non_field_errors"}, response.content
    assert not Payment.objects.exists()


def test_cancelling_answers_with_the_cancellation(client: Any) -> None:
    invoice = make_payment(amount=Decimal(100)).invoice
    url = f"/api/invoices/{invoice.pk}"
    assert attrs(client.post(f"{url}/cancel", {})) == {"reason"}
    assert attrs(client.post(f"{url}/cancel", {"reason": " "})) == {"reason"}
    assert attrs(client.post(f"{url}/cancel", {"reason": "x" * 301})) == {"reason"}
    response = client.post(f"{url}/cancel", {"reason": "wrong customer"})
    assert response.status_code == 201, response.content
    body = response.json()
    assert (body["document_type"], body["total"]) == ("cancellation", "-1190.00")
    assert body["refers_to_id"] == str(invoice.pk)
    original = client.get(url).json()
    assert (original["status"], original["overpaid_amount"]) == ("cancelled", "100.00")
    assert client.post(f"{url}/cancel", {"reason": "again"}).status_code == 409
    assert ids(client.get("/api/invoices?overpaid=true")) == [str(invoice.pk)]


def test_a_credit_note_is_drafted_and_set_off(client: Any) -> None:
    invoice = make_finalized()
    response = client.post(f"/api/invoices/{invoice.pk}/credit")
    assert response.status_code == 201, response.content
    draft = response.json()
    line = {"id": draft["line_items"][0]["id"], "quantity": "1"}
    url = f"/api/invoices/{draft['id']}"
    client.patch(url, {"line_items": [line]})
    credit = client.post(f"{url}/finalize").json()
    assert (credit["total"], credit["outstanding_amount"]) == ("119.00", "0.00")
    now = client.get(f"/api/invoices/{invoice.pk}").json()
    assert (now["status"], now["outstanding_amount"]) == ("partial", "1071.00")
    assert client.post(f"{url}/credit").status_code == 409


def test_copies_and_quotes(client: Any) -> None:
    copy = client.post(f"/api/invoices/{make_finalized().pk}/duplicate")
    assert (copy.status_code, copy.json()["status"]) == (201, "draft")
    quote = make_finalized(document_type="quote")
    url = f"/api/invoices/{quote.pk}"
    assert client.post(f"{url}/accept").json()["status"] == "accepted"
    assert client.post(f"{url}/decline").status_code == 409
    converted = client.post(f"{url}/convert")
    assert converted.status_code == 201, converted.content
    assert converted.json()["refers_to_id"] == str(quote.pk)
    assert converted.json()["document_type"] == "invoice"
    assert client.post(f"{url}/convert").status_code == 409
    other = make_finalized(document_type="quote")
    assert client.post(f"/api/invoices/{other.pk}/decline").json()["status"] == "declined"


def test_hours_become_a_draft(client: Any) -> None:
    project = make_hours(task_type="development")
    url = "/api/invoices/from-project"
    body = {"project_id": str(project.pk), "until": "2025-03-11", "group_by": "entry"}
    response = client.post(url, body)
    assert response.status_code == 201, response.content
    assert len(response.json()["line_items"]) == 2
    assert (
        client.post(url, {"project_id": str(project.pk), "until": "9999-12-31"}).status_code == 201
    )
    assert client.post(url, body).status_code == 409
    assert TimeEntry.objects.invoiced().count() == 3
    assert attrs(client.post(url, {})) == {"project_id"}
    assert attrs(client.post(url, {**body, "group_by": "colour"})) == {"group_by"}
    assert attrs(client.post(url, {**body, "until": "soon"})) == {"until"}
    assert attrs(client.post(url, {**body, "project_id": str(uuid4())})) == {"project_id"}


def test_hours_and_expenses_are_put_on_a_draft_behind_its_lines(client: Any) -> None:
    project = make_hours(task_type="development")
    entries = [str(entry.pk) for entry in TimeEntry.objects.order_by("start_time")]
    cost = make_approved_expense(project=project, billable=True)
    draft = make_invoice(project=project, customer=project.customer)
    url = f"/api/invoices/{draft.pk}/bill-on"
    body = {"time_entry_ids": entries[:2], "expense_ids": [str(cost.pk)], "group_by": "entry"}
    response = client.post(url, body)
    assert response.status_code == 200, response.content
    assert len(response.json()["line_items"]) == 1 + 3
    again = client.post(url, {"time_entry_ids": entries})
    assert (again.status_code, again.json()["errors"][0]["code"]) == (409, "not_billable")
    assert client.post(url, {}).json()["errors"][0]["code"] == "nothing_to_bill"
    assert attrs(client.post(url, {"time_entry_ids": ["x"]})) == {"time_entry_ids.0"}
    assert attrs(client.post(url, {"group_by": "day"})) == {"group_by"}
    assert attrs(client.post(url, {"entries": entries})) == {"entries"}
    assert TimeEntry.objects.invoiced().count() == 2
    frozen = make_finalized(customer=project.customer)
    assert client.post(f"/api/invoices/{frozen.pk}/bill-on", body).status_code == 409
