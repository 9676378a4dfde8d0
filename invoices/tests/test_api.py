"""Documents and their lines over the REST API."""

import datetime as dt
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.models import Customer
from employees.models import Employee
from employees.tests.factories import make_employee, make_role
from invoices.models import Invoice, InvoiceMail, Payment
from invoices.tests.factories import (
    a_line,
    make_buyer,
    make_finalized,
    make_hours,
    make_invoice,
    make_payment,
)
from projects.tests.factories import make_project
from system.tests.factories import make_company
from timetracking.models import TimeEntry

TODAY = timezone.localdate()
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


@pytest.fixture
def client(clerk: Employee, api_of: Any) -> Any:
    """The back office's."""
    return api_of(clerk)


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


# --- Writing ------------------------------------------------------------------------------------
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


# --- Finalizing ---------------------------------------------------------------------------------
def test_finalizing_answers_with_the_number_or_with_all_that_is_missing(client: Any) -> None:
    invoice = make_invoice(
        [], customer=make_buyer(street=""), service_date=None, issued_date=TODAY + dt.timedelta(3)
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
    assert (body["status"], body["invoice_number"]) == ("finalized", f"RE-{TODAY.year}-001")
    assert body["issued_date"] == str(TODAY)
    assert body["due_date"] == str(TODAY + dt.timedelta(30))
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


# --- Verbs --------------------------------------------------------------------------------------
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


# --- Lists, statistics --------------------------------------------------------------------------
def make_many() -> dict[str, Invoice]:
    """One document of each sort."""
    late = {"issued_date": TODAY - dt.timedelta(20), "due_date": TODAY - dt.timedelta(5)}
    return {
        "late": make_finalized([a_line(quantity=1)], document_type="deposit", **late),
        "draft": make_invoice(project=make_project(customer=make_buyer())),
        "open": make_finalized(title="Kühlschrank"),
        "paid": make_payment().invoice,
        "quote": make_finalized(document_type="quote"),
    }


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
        (f"due_to={TODAY}", {"late"}),
        (f"issued_from={TODAY}&document_type=invoice", {"open", "paid"}),
        (f"issued_to={TODAY - dt.timedelta(1)}", {"late"}),
        ("search=kühl", {"open"}),
        (f"search=AN-{TODAY.year}", {"quote"}),
    ],
)
def test_the_list_is_filtered(query: str, names: set[str], client: Any) -> None:
    made = make_many()
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
                {"year": TODAY.year, "count": 3, "subtotal": "2100.00", "total": "2499.00"},
            ],
        }
        or TODAY.timetuple().tm_yday <= 20
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


# --- Rights -------------------------------------------------------------------------------------
def test_without_the_right_every_verb_is_forbidden(worker: Employee, api_of: Any) -> None:
    client, invoice = api_of(worker), make_finalized()
    url = f"/api/invoices/{invoice.pk}"
    for path in ("/api/invoices", "/api/invoices/statistics", url, f"{url}/pdf", "/api/payments"):
        assert client.get(path).status_code == 403, path
    assert client.post("/api/invoices", {}).status_code == 403
    assert client.post("/api/payments", {}).status_code == 403
    assert client.patch(url, {"notes": "x"}).status_code == 403
    assert client.delete(url).status_code == 403
    assert client.get(f"{url}/payments").status_code == 403
    for verb in VERBS:
        assert client.post(f"{url}/{verb}", {"reason": "x"}).status_code == 403, verb
    assert client.post("/api/invoices/from-project", {}).status_code == 403


def test_whoever_may_only_look_does_nothing_and_nobody_finds_what_is_not_there(
    api_of: Any, clerk: Employee
) -> None:
    role = make_role("Auditor", ["backoffice.invoices.invoice.view"])
    auditor, invoice = api_of(make_employee(role=role)), make_finalized()
    url = f"/api/invoices/{invoice.pk}"
    assert auditor.get(url).status_code == 200
    assert auditor.get(f"{url}/pdf").status_code == 200
    for verb in VERBS:
        assert auditor.post(f"{url}/{verb}", {"reason": "x"}).status_code == 403, verb
    assert auditor.get(f"{url}/payments").status_code == 403
    missing = f"/api/invoices/{uuid4()}"
    for verb in VERBS:
        assert api_of(clerk).post(f"{missing}/{verb}", {"reason": "x"}).status_code == 404, verb
    assert api_of(clerk).get(f"{missing}/pdf").status_code == 404
    scoped = api_of(clerk, ["backoffice.invoices.invoice.view"])
    assert scoped.post(f"{url}/finalize").status_code == 403


def test_a_customer_that_one_may_not_see_gets_no_invoice(api_of: Any) -> None:
    role = make_role("Blind", ["backoffice.invoices.*"])
    body = {"customer_id": str(make_buyer().pk), "line_items": [LINE]}
    response = api_of(make_employee(role=role)).post("/api/invoices", body)
    assert attrs(response) == {"customer_id"}


# --- Payments -----------------------------------------------------------------------------------
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
        ({"payment_date": str(TODAY + dt.timedelta(2))}, "payment_date"),
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
    second = make_payment(amount=Decimal(5), payment_date=TODAY, payment_method="cash")
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
