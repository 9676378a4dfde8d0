"""Drafts and finalizing over the API."""

import datetime as dt
from typing import Any
from uuid import uuid4

import pytest
from django.utils.timezone import localdate

from crm.models import Customer
from invoices.models import Invoice
from invoices.tests.factories import (
    make_buyer,
    make_finalized,
    make_invoice,
)
from invoices.tests.test_api import LINE, attrs, details
from projects.tests.factories import make_project
from system.tests.factories import make_company


def test_a_draft_is_made_with_its_lines_shown_replaced_changed_and_deleted(client: Any) -> None:
    customer = make_buyer()
    body = {
        "customer_id": str(customer.pk),
        "title": "March",
        "service_date": "2025-03-14",
        "line_items": [LINE, {**LINE, "description": "Book", "quantity": "1", "tax_rate": "7"}],
    }
    response = client.post("/api/invoices", body)
    assert response.status_code == 201, response.content
    made = response.json()
    assert made["status"] == "draft"
    assert made["invoice_number"] is None
    assert made["pdf_path"] == ""
    assert (made["subtotal"], made["tax_amount"], made["total"]) == ("1100.00", "197.00", "1297.00")
    assert made["outstanding_amount"] == "0.00"
    lines = made["line_items"]
    assert [(line["position"], line["subtotal"], line["total"]) for line in lines] == [
        (1, "1000.00", "1000.00"),
        (2, "100.00", "100.00"),
    ]
    assert made["tax_breakdown"] == [
        {"category": "S", "rate": "19.00", "base": "1000.00", "tax": "190.00"},
        {"category": "S", "rate": "7.00", "base": "100.00", "tax": "7.00"},
    ]
    url = f"/api/invoices/{made['id']}"
    assert client.get(url).json() == made
    back = client.put(url, {**made, "title": "April"})
    assert back.status_code == 200, back.content
    later = {"title": "April", "updated_at": back.json()["updated_at"]}
    assert back.json() == {**made, **later}
    replaced = client.put(url, {"customer_id": str(customer.pk)}).json()
    assert (replaced["title"], replaced["service_date"]) == ("", None)
    assert len(replaced["line_items"]) == 2
    second = lines[1]["id"]
    patched = client.patch(url, {"line_items": [LINE, {"id": second, "quantity": "2"}]}).json()
    assert [line["description"] for line in patched["line_items"]] == ["Consulting", "Book"]
    assert patched["line_items"][1]["id"] == second
    assert patched["line_items"][0]["id"] != lines[0]["id"]
    assert patched["total"] == "1404.00"
    assert client.delete(url).status_code == 204
    assert client.get(url).status_code == 404


def test_a_stale_change_is_a_conflict(client: Any) -> None:
    invoice = make_invoice()
    url = f"/api/invoices/{invoice.pk}"
    read = client.get(url).json()
    client.patch(url, {"title": "Mine"})
    assert client.put(url, {**read, "title": "Yours"}).status_code == 409


@pytest.mark.parametrize(
    ("line", "attr", "said"),
    [
        ({"quantity": "NaN"}, "line_items.1.quantity", ""),
        ({"quantity": "Infinity"}, "line_items.1.quantity", ""),
        ({"unit_price": "-Infinity"}, "line_items.1.unit_price", ""),
        ({"unit_price": "1e999"}, "line_items.1.unit_price", ""),
        ({"unit_price": "1" * 400}, "line_items.1.unit_price", ""),
        ({"unit_price": "0.00001"}, "line_items.1.unit_price", ""),
        ({"unit_price": ""}, "line_items.1.unit_price", ""),
        ({"unit_price": None}, "line_items.1.unit_price", ""),
        ({"unit_price": []}, "line_items.1.unit_price", ""),
        ({"quantity": "99999999", "unit_price": "9999999999"}, "line_items", "2: einzelpreis"),
        ({"tax_rate": "-1"}, "line_items.1.tax_rate", ""),
        ({"tax_rate": "100.01"}, "line_items.1.tax_rate", ""),
        ({"discount_percent": "101"}, "line_items.1.discount_percent", ""),
        ({"unit": "XXX"}, "line_items.1.unit", ""),
        ({"tax_category": "G"}, "line_items", "2"),
        ({"description": ""}, "line_items.1.description", ""),
        ({"description": "x" * 2001}, "line_items.1.description", ""),
        ({"description": "a\x00b"}, "line_items.1.description", ""),
        ({"colour": "red"}, "line_items.1.colour", ""),
        ({"id": "x"}, "line_items.1.id", ""),
        ({"id": str(uuid4())}, "line_items", ""),
    ],
)
def test_what_is_wrong_with_a_line_names_the_line_and_the_field(
    line: dict[str, Any], attr: str, said: str, client: Any
) -> None:
    body = {"customer_id": str(make_buyer().pk), "line_items": [LINE, {**LINE, **line}]}
    response = client.post("/api/invoices", body, headers={"Accept-Language": "en"})
    assert attrs(response) == {attr}, response.content
    assert said.lower() in details(response).lower()
    assert not Invoice.objects.exists()


@pytest.mark.parametrize(
    ("fields", "attr"),
    [
        ({"customer_id": None}, "customer_id"),
        ({"customer_id": str(uuid4())}, "customer_id"),
        ({"customer_id": "x"}, "customer_id"),
        ({"project_id": str(uuid4())}, "project_id"),
        ({"document_type": "cancellation"}, "document_type"),
        ({"document_type": "receipt"}, "document_type"),
        ({"issued_date": "2025-02-30"}, "issued_date"),
        ({"issued_date": "1.3.2025"}, "issued_date"),
        ({"service_date": "2025-03-01", "service_start": "2025-03-01"}, "service_date"),
        ({"service_start": "2025-03-02"}, "service_end"),
        ({"service_start": "2025-03-02", "service_end": "2025-03-01"}, "non_field_errors"),
        ({"issued_date": "2025-03-02", "due_date": "2025-03-01"}, "non_field_errors"),
        ({"issued_date": "2025-03-02", "valid_until": "2025-03-01"}, "valid_until"),
        ({"language": "fr"}, "language"),
        ({"title": "x" * 201}, "title"),
        ({"status": "paid"}, "status"),
        ({"total": "1.00"}, "total"),
        ({"invoice_number": "RE-1"}, "invoice_number"),
        ({"refers_to_id": str(uuid4())}, "refers_to_id"),
        ({"colour": "red"}, "colour"),
        ({"line_items": {}}, "line_items.non_field_errors"),
        ({"line_items": ["x"]}, "line_items.0.non_field_errors"),
        ({"line_items": None}, "line_items"),
        ({"line_items": [LINE] * 1001}, "line_items"),
    ],
)
def test_what_is_wrong_is_named(fields: dict[str, Any], attr: str, client: Any) -> None:
    body = {"customer_id": str(make_buyer().pk), **fields}
    assert attrs(client.post("/api/invoices", body)) == {attr}


def test_the_project_must_be_the_customers(client: Any) -> None:
    body = {"customer_id": str(make_buyer().pk), "project_id": str(make_project().pk)}
    assert attrs(client.post("/api/invoices", body)) == {"project_id"}


def test_a_finalized_document_takes_notes_and_nothing_else(client: Any) -> None:
    invoice = make_finalized()
    url = f"/api/invoices/{invoice.pk}"
    assert client.patch(url, {"notes": "called"}).json()["notes"] == "called"
    read = client.get(url).json()
    response = client.put(url, {**read, "notes": "called twice"})
    assert response.status_code == 200, response.content
    assert response.json()["notes"] == "called twice"
    for change in (
        {"title": "New"},
        {"line_items": []},
        {"due_date": "2030-01-01"},
        {"document_type": "quote"},
        {"line_items": [{**LINE, "quantity": "11"}]},
    ):
        response = client.patch(url, change)
        assert response.status_code == 409, response.content
        assert response.json()["errors"][0]["code"] == "frozen"
    assert client.put(url, {"customer_id": str(invoice.customer_id)}).status_code == 409
    assert client.delete(url).status_code == 409
    assert client.get(url).json()["line_items"] == read["line_items"]


def test_finalizing_answers_with_the_number_or_with_all_that_is_missing(client: Any) -> None:
    invoice = make_invoice(
        [],
        customer=make_buyer(street=""),
        service_date=None,
        issued_date=localdate() + dt.timedelta(3),
    )
    url = f"/api/invoices/{invoice.pk}"
    assert attrs(client.post(f"{url}/finalize")) == {"line_items", "service_date", "issued_date"}
    make_company(city="")
    client.patch(url, {"line_items": [LINE]})
    missing = {"customer_id", "service_date", "issued_date", "non_field_errors"}
    assert attrs(client.post(f"{url}/finalize")) == missing
    make_company()
    Customer.objects.filter(pk=invoice.customer_id).update(street="Am Nordhafen 7")
    client.patch(url, {"service_date": "2025-03-14", "issued_date": None})
    response = client.post(f"{url}/finalize")
    assert response.status_code == 200, response.content
    body = response.json()
    assert (body["status"], body["invoice_number"]) == ("finalized", f"RE-{localdate().year}-001")
    assert body["issued_date"] == str(localdate())
    assert body["due_date"] == str(localdate() + dt.timedelta(30))
    assert body["seller"]["name"] == "Muster Dienste GmbH"
    assert body["buyer"]["city"] == "Kiel"
    assert body["pdf_path"] == f"/api/invoices/{invoice.pk}/pdf"
    assert client.post(f"{url}/finalize").status_code == 409


def test_the_pdf_is_an_attachment_with_the_documents_number(client: Any) -> None:
    draft = make_invoice()
    assert client.get(f"/api/invoices/{draft.pk}/pdf").status_code == 404
    invoice = make_finalized()
    url = f"/api/invoices/{invoice.pk}/pdf"
    response = client.get(url, headers={"Accept": "text/html"})
    assert response.status_code == 200
    assert response["Content-Type"] == "application/pdf"
    name = f"{invoice.invoice_number}.pdf"
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'
    assert response.open_file().read(5) == b"%PDF-"
    shown = client.get(f"{url}?inline=true")
    assert shown["Content-Disposition"] == f'inline; filename="{name}"'
    assert shown.open_file().read() == response.open_file().read()
