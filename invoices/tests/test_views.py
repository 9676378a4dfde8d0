"""The pages of documents and payments."""

import csv
import datetime as dt
import re
from decimal import Decimal
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from conftest import ClientOf
from crm.models import Customer
from employees.models import Employee
from employees.tests.factories import make_employee, make_role
from invoices.models import Invoice, InvoiceMail, Payment
from invoices.services import cancel_invoice, mark_sent, send_invoice
from invoices.tests.factories import (
    a_line,
    make_buyer,
    make_finalized,
    make_hours,
    make_invoice,
    make_payment,
)
from invoices.views import InvoicePages
from projects.tests.factories import make_project
from system.models import TaxRate
from system.tests.factories import make_tax_rate
from workmate.templatetags.workmate import format_money, verb_groups

HTMX = {"HX-Request": "true"}


@pytest.fixture
def client(clerk: Employee, client_of: ClientOf) -> Client:
    """The clerk's browser."""
    return client_of(clerk)


def lines(*rows: dict[str, str]) -> dict[str, str]:
    """The editor's lines, as a browser sends them."""
    data = {"line_items-TOTAL_FORMS": str(len(rows)), "line_items-INITIAL_FORMS": "0"}
    for number, row in enumerate(rows):
        values = {"quantity": "1", "unit": "C62", "discount_percent": "0", "tax": "S-19.00", **row}
        data |= {f"line_items-{number}-{name}": value for name, value in values.items()}
    return data


def a_form(**fields: Any) -> dict[str, Any]:
    return {"document_type": "invoice", "language": "de", "service_date": "14.03.2025", **fields}


def test_the_editor_writes_a_document_with_german_numbers(client: Client) -> None:
    body = a_form(customer=make_buyer().pk) | lines(
        {"description": "Beratung", "quantity": "7,5", "unit": "HUR", "unit_price": "1.234,50"},
        {"description": "Anfahrt", "unit_price": "50"},
        {"description": "", "unit_price": ""},
    )
    response = client.post("/invoices/new/", body)
    invoice = Invoice.objects.get()
    assert response["Location"] == invoice.get_absolute_url()
    assert invoice.service_date == dt.date(2025, 3, 14)
    assert [line.total for line in invoice.line_items.all()] == [
        Decimal("9258.75"), Decimal("50.00"),
    ]  # fmt: skip
    assert invoice.total == Decimal("11077.41")


def test_what_is_wrong_stands_at_its_field_and_nothing_typed_is_lost(client: Client) -> None:
    body = a_form(customer="", title="Mein Betreff") | lines(
        {"description": "Beratung", "unit_price": "viel"}
    )
    response = client.post("/invoices/new/", body)
    page = response.content.decode()
    assert response.status_code == 422
    assert "error-summary" in page
    assert 'href="#id_customer"' in page
    assert 'href="#id_line_items-0-unit_price"' in page
    assert all(typed in page for typed in ("Mein Betreff", "Beratung", "viel"))
    assert not Invoice.objects.exists()


def test_a_line_is_removed_by_its_box_and_the_others_stay(client: Client) -> None:
    invoice = make_invoice([a_line(), a_line(description="Second")])
    first, second = invoice.line_items.all()
    body = a_form(customer=invoice.customer_id) | lines(
        {"id": str(first.pk), "description": "Consulting", "unit_price": "100", "DELETE": "on"},
        {"id": str(second.pk), "description": "Second", "unit_price": "80"},
    )
    assert client.post(f"/invoices/{invoice.pk}/edit/", body).status_code == 302
    assert [line.pk for line in invoice.line_items.all()] == [second.pk]


def test_the_sums_while_one_types_are_the_models_own(client: Client) -> None:
    body = lines({"description": "A", "quantity": "3", "unit_price": "0,335"})
    page = client.post("/invoices/totals/", body, headers=HTMX).content.decode()
    assert "1,01" in page
    assert "0,19" in page
    assert not Invoice.objects.exists()


def test_a_line_shows_all_decimals_of_what_its_net_was_multiplied_from(client: Client) -> None:
    minutes = a_line(quantity=Decimal("8.8333"), unit_price=Decimal("95.50"))
    sheets = a_line(quantity=Decimal(1200), unit_price=Decimal("0.0125"), unit="C62")
    page = client.get(make_finalized([minutes, sheets]).get_absolute_url()).content.decode()
    for text in ("8,8333", "95,50\xa0€", "843,58\xa0€", "1.200", "0,0125\xa0€", "15,00\xa0€"):
        assert text in page


def test_of_a_finalized_document_only_the_notes_can_be_edited(
    client: Client, clerk: Employee
) -> None:
    Employee.objects.filter(pk=clerk.pk).update(language="en")
    invoice = make_finalized()
    page = client.get(f"/invoices/{invoice.pk}/edit/")
    assert list(page.context["form"].fields) == ["notes"]
    client.post(f"/invoices/{invoice.pk}/edit/", {"notes": "Called", "title": "Other"})
    invoice.refresh_from_db()
    assert (invoice.notes, invoice.title) == ("Called", "")
    draft = make_invoice()
    said = [client.get(row.get_absolute_url()).context["edit_label"] for row in (invoice, draft)]
    assert said == ["Edit notes", "Edit"]


def test_a_document_shows_what_comes_next_in_each_state(client: Client) -> None:
    def verbs(invoice: Invoice) -> set[str]:
        response = client.get(invoice.get_absolute_url())
        assert response.status_code == 200
        return {verb["name"] for verb in response.context["verbs"]}

    assert "finalize" in verbs(make_invoice())
    assert {"pay", "send", "cancel"} <= verbs(make_finalized())
    assert "pay" not in verbs(make_payment().invoice)
    cancelled = make_finalized()
    cancellation = cancel_invoice(cancelled, by=None, reason="Wrong")
    assert "cancel" not in verbs(cancelled) | verbs(cancellation)
    assert {"accept", "decline", "convert"} <= verbs(make_finalized(document_type="quote"))


def test_sending_comes_next_until_it_was_sent_then_the_payment(client: Client) -> None:
    def first(invoice: Invoice) -> str:
        verbs = client.get(invoice.get_absolute_url()).context["verbs"]
        return str(verb_groups(verbs)["primary"][0]["name"])

    invoice = make_finalized()
    assert first(invoice) == "send"
    send_invoice(invoice, by=None, to="buchhaltung@foerde.example")
    assert first(invoice) == "pay"
    assert first(mark_sent(make_finalized(), by=None)) == "pay"


def test_a_dialog_tells_what_it_is_about_and_what_came_of_it(
    client: Client, clerk: Employee
) -> None:
    Employee.objects.filter(pk=clerk.pk).update(language="en")

    def told(invoice: Invoice) -> str:
        page = client.get(invoice.get_absolute_url())
        return " ".join(str(message) for message in page.context["messages"])

    invoice = make_invoice(service_date=dt.date(2025, 3, 14))
    url = f"/invoices/{invoice.pk}"
    amount = format_money(invoice.total, "en")
    about = dict(client.get(f"{url}/finalize/", headers=HTMX).context["about"])
    assert about["Customer"] == invoice.customer
    assert about["Total, gross"] == amount
    assert {"Date", "Due", "Date of supply"} <= set(about)
    answer = client.post(f"{url}/finalize/", headers=HTMX)
    # The dialog goes there by itself: followed by fetch, the message would be lost.
    assert (answer.status_code, answer["HX-Redirect"]) == (204, f"{url}/")
    invoice.refresh_from_db()
    assert told(invoice) == f"{invoice} over {amount} is finalized."
    client.post(f"{url}/send/", {"to": "buchhaltung@foerde.example"}, headers=HTMX)
    assert told(invoice) == f"{invoice} is on its way to buchhaltung@foerde.example."
    payment = make_payment(invoice=invoice, amount=Decimal("1000.50"))
    client.post(f"/payments/{payment.pk}/reverse/", {"reason": "Twice"}, headers=HTMX)
    assert format_money(Decimal("1000.50"), "en") in told(invoice)
    assert client.get(f"{url}/cancel/", headers=HTMX).context["about"]
    client.post(f"{url}/cancel/", {"reason": "Wrong"}, headers=HTMX)
    assert invoice.followers.get().invoice_number in told(invoice)
    other = make_finalized()
    client.post(f"{other.get_absolute_url()}credit/", headers=HTMX)
    credit = other.followers.get()
    assert told(credit) == f"A draft credit note for {other} was made."
    labels = [
        figure["label"] for figure in client.get(credit.get_absolute_url()).context["figures"]
    ]
    assert labels[0] == "To be refunded, gross"


def test_finalizing_says_all_that_is_missing_and_changes_nothing(client: Client) -> None:
    invoice = make_invoice([], service_date=None)
    asked = client.get(f"/invoices/{invoice.pk}/finalize/")
    response = client.post(f"/invoices/{invoice.pk}/finalize/")
    assert (asked.status_code, response.status_code) == (200, 422)
    assert "§14(4)" in response.content.decode()
    # One is told before one confirms, with the same words and ways to mend it.
    assert asked.context["error_list"] == response.context["error_list"] != []
    invoice.refresh_from_db()
    assert (invoice.status, invoice.invoice_number) == ("draft", None)


def test_a_card_of_the_list_tells_what_is_open_and_nothing_of_what_is_not(client: Client) -> None:
    make_invoice(), make_finalized()
    page = client.get("/invoices/").content.decode()
    cells = re.findall(r'<td class="(num[^"]*)" data-label="Offen">([^<]*)<', page)
    assert set(cells) == {("num  bare", "–"), ("num ", "1.190,00\N{NO-BREAK SPACE}€")}
    # Quotes have a list of their own, which nothing else narrows.
    empty = client.get("/invoices/?document_type=quote").context["empty"]
    assert (empty["text"], empty["all_url"]) == (InvoicePages.empty_text, "")
    empty = client.get("/invoices/?document_type=quote&status=draft").context["empty"]
    assert empty["all_url"] == "/invoices/?document_type=quote"


def test_the_way_from_draft_to_paid_by_buttons(client: Client) -> None:
    invoice = make_invoice()
    url, by_bank = f"/invoices/{invoice.pk}", {"payment_method": "bank_transfer"}
    assert client.get(f"{url}/finalize/", headers=HTMX).context["error_list"] == []
    assert client.post(f"{url}/finalize/").status_code == 302
    pdf = client.get(f"{url}/pdf/")
    assert (pdf.status_code, pdf["Content-Type"]) == (200, "application/pdf")
    assert pdf.open_file().read(5) == b"%PDF-"
    assert client.get(f"{url}/pay/").context["form"].initial["amount"] == Decimal("1190.00")
    assert client.post(f"{url}/pay/", {**by_bank, "amount": "190,00"}).status_code == 302
    assert client.post(f"{url}/pay/", {**by_bank, "amount": "1.000,01"}).status_code == 422
    assert client.post(f"{url}/pay/", {**by_bank, "amount": ""}).status_code == 302
    invoice.refresh_from_db()
    assert (invoice.status, invoice.paid_amount) == ("paid", Decimal("1190.00"))
    payment = Payment.objects.earliest("created_at")
    assert client.post(f"/payments/{payment.pk}/reverse/", {}).status_code == 422
    assert client.post(f"/payments/{payment.pk}/reverse/", {"reason": "Twice"}).status_code == 302
    assert client.get(f"/payments/{payment.pk}/").status_code == 200


def test_hours_are_billed_from_their_project(client: Client) -> None:
    project = make_hours(count=2)
    make_project(customer=project.customer, title="Nothing to bill")
    page = client.get(f"/invoices/from-project/?project_id={project.pk}")
    assert page.status_code == 200
    with CaptureQueriesContext(connection) as asked:
        offered = client.get("/invoices/from-project/?pick=project&q=").context["options"]
    assert [option["value"] for option in offered] == [project.pk]
    assert "400" in offered[0]["label"]
    assert sum("time_entries" in query["sql"] for query in asked) == 1
    body = {"project": project.pk, "group_by": "task_type"}
    response = client.post("/invoices/from-project/", body)
    invoice = Invoice.objects.get()
    assert response["Location"] == invoice.get_absolute_url()
    again = client.post("/invoices/from-project/", body)
    assert again.status_code == 422


def test_invoices_and_quotes_have_lists_of_their_own(client: Client) -> None:
    invoice, quote = make_finalized(), make_finalized(document_type="quote")
    listed = client.get("/invoices/").content.decode()
    assert invoice.invoice_number in listed
    assert quote.invoice_number not in listed
    quotes = client.get("/invoices/?document_type=quote").content.decode()
    assert quote.invoice_number in quotes
    assert invoice.invoice_number not in quotes


def test_what_was_only_offered_is_in_no_sum_of_invoices(client: Client) -> None:
    buyer = make_buyer()
    make_finalized(customer=buyer), make_finalized(customer=buyer, document_type="quote")

    def foot(query: str) -> str:
        return client.get(f"/invoices/?{query}").content.decode().split("<tfoot")[1]

    for query in (f"customer_id={buyer.pk}", "customer_id=", "document_type=quote"):
        assert "1.190,00" in foot(query)
        assert "2.380,00" not in foot(query)
    cancel_invoice(Invoice.objects.get(document_type="invoice"), by=None, reason="wrong")
    assert "1.190,00" not in foot(f"customer_id={buyer.pk}")


def test_a_figure_links_to_the_rows_that_make_it_up(client: Client) -> None:
    make_finalized(issued_date=dt.date(2025, 3, 20), due_date=dt.date(2025, 4, 1))
    make_payment()
    page = client.get("/invoices/")
    for figure in page.context["figures"]:
        rows = client.get(f"/invoices/{figure['url']}")
        assert rows.status_code == 200
        assert rows.context["table"]["rows"]


def test_a_verb_on_many_documents_tells_who_refused(client: Client) -> None:
    good, bad = make_invoice(), make_invoice([])
    response = client.post(
        "/invoices/bulk/finalize/", {"ids": [good.pk, bad.pk, "nonsense"]}, follow=True
    )
    told = [str(message) for message in response.context["messages"]]
    assert len(told) == 2
    good.refresh_from_db()
    bad.refresh_from_db()
    assert (good.status, bad.status) == ("finalized", "draft")


def test_only_verbs_that_fit_a_shown_row_are_offered_for_many(client: Client) -> None:
    def offered(query: str) -> set[str]:
        return {verb["name"] for verb in client.get(f"/invoices/{query}").context["bulk_verbs"]}

    make_invoice(), make_finalized()  # noqa: B018
    assert "finalize" in offered("")
    assert "finalize" in offered("?status=draft")
    assert "finalize" not in offered("?status=finalized")
    assert not {"accept", "decline"} & offered("")


def test_a_draft_has_no_pdf_and_only_drafts_are_deleted(client: Client) -> None:
    draft, final = make_invoice(), make_finalized()
    assert client.get(f"/invoices/{draft.pk}/pdf/").status_code == 404
    assert client.post(f"/invoices/{final.pk}/delete/").status_code == 409
    assert client.post(f"/invoices/{draft.pk}/delete/").status_code == 302
    assert list(Invoice.objects.all()) == [final]


def test_admin_shows_a_finalized_document_and_lets_nobody_change_it(
    admin: Employee, client_of: ClientOf
) -> None:
    invoice = make_finalized()
    url = f"/admin/invoices/invoice/{invoice.pk}/change/"
    browser = client_of(admin)
    page = browser.get(url)
    assert page.status_code == 200
    assert b'name="_save"' not in page.content
    assert browser.post(url, {"title": "Other"}).status_code == 403
    invoice.refresh_from_db()
    assert invoice.title == ""


def test_the_list_as_a_part_of_a_page_and_as_a_panel(client: Client) -> None:
    project = make_project(customer=make_buyer())
    invoice = make_invoice(project=project)
    part = client.get("/invoices/", headers=HTMX).content.decode()
    assert "<html" not in part
    assert invoice.get_absolute_url() in part
    panel = client.get(
        f"/invoices/?project_id={project.pk}", headers={**HTMX, "HX-Target": "panel"}
    ).content.decode()
    assert "<html" not in panel
    assert f"/invoices/from-project/?project_id={project.pk}" in panel


def test_what_was_paid_for_a_cancelled_document_is_shown_and_can_be_taken_back(
    client: Client,
) -> None:
    invoice = make_payment(amount=Decimal(190)).invoice
    cancel_invoice(invoice, by=None, reason="Wrong")
    page = client.get(invoice.get_absolute_url())
    payment = invoice.payments.get()
    assert f"/payments/{payment.pk}/reverse/" in page.content.decode()
    assert any("190,00" in str(figure["value"]) for figure in page.context["figures"])
    rows = client.get("/invoices/?overpaid=true").context["table"]["rows"]
    assert [row["object"] for row in rows] == [invoice]


def test_the_rates_of_the_editor_are_those_of_the_day_of_supply(client: Client) -> None:
    make_tax_rate()
    TaxRate.objects.filter(rate=19).update(valid_from=dt.date(2021, 1, 1))
    TaxRate.objects.filter(rate=16).update(is_default=True)
    draft = make_invoice([a_line(tax_rate=Decimal(16))], service_date=dt.date(2020, 8, 1))
    formset = client.get(f"/invoices/{draft.pk}/edit/").context["formset"]
    assert formset.empty_form["tax"].value() == "S-16.00"
    assert "S-19.00" in dict(formset.empty_form.fields["tax"].choices)


@pytest.mark.parametrize("count", ["", "x", "-1", "100000"])
def test_a_broken_count_of_lines_is_no_crash(count: str, client: Client) -> None:
    body = a_form(customer=make_buyer().pk) | lines({"description": "A", "unit_price": "1"})
    body["line_items-TOTAL_FORMS"] = count
    assert client.post("/invoices/new/", body).status_code in {302, 422}
    assert client.post("/invoices/totals/", body, headers=HTMX).status_code == 200


@pytest.mark.parametrize("typed", ["NaN", "Infinity", "1e999", "9" * 60, "99999999999999", "1,2,3"])
def test_a_number_that_is_none_stands_at_its_line(typed: str, client: Client) -> None:
    body = a_form(customer=make_buyer().pk) | lines({"description": "A", "unit_price": typed})
    response = client.post("/invoices/new/", body)
    assert response.status_code == 422
    assert "unit_price" in response.context["formset"].errors[0]
    assert typed in response.content.decode()
    assert client.post("/invoices/totals/", body, headers=HTMX).status_code == 200


def test_whoever_may_only_look_gets_no_buttons_and_no_editor(client_of: ClientOf) -> None:
    role = make_role("Auditor", ["backoffice.invoices.invoice.view"])
    browser, invoice = client_of(make_employee(role=role)), make_invoice()
    page = browser.get(invoice.get_absolute_url())
    assert page.status_code == 200
    assert page.context["verbs"] == []
    for path in ("edit/", "delete/", "finalize/", "pay/"):
        assert browser.get(f"{invoice.get_absolute_url()}{path}").status_code == 403, path
    assert browser.post("/invoices/totals/", {}).status_code == 403
    assert browser.get("/payments/").status_code == 403


def test_foreign_documents_are_not_there(client: Client) -> None:
    for path in ("", "edit/", "pdf/", "finalize/", "credit/"):
        assert client.get(f"/invoices/{uuid4()}/{path}").status_code == 404, path


def test_the_queries_of_pages_do_not_grow_with_lines_payments_and_mails(client: Client) -> None:
    def counts() -> list[int]:
        found = []
        for url in ("/invoices/", invoice.get_absolute_url(), "/payments/"):
            with CaptureQueriesContext(connection) as queries:
                assert client.get(url).status_code == 200
            found.append(len(queries))
        return found

    invoice = make_payment(amount=Decimal(1)).invoice
    InvoiceMail.objects.create(invoice=invoice, to="info@foerde.example")
    counts()
    first = counts()
    for _number in range(4):
        make_payment(invoice=invoice, amount=Decimal(1))
        InvoiceMail.objects.create(invoice=invoice, to="info@foerde.example")
        make_payment()
        make_invoice([a_line()] * 6)
    assert counts() == first


@pytest.mark.parametrize("kind", ["invoice", "quote"])
def test_a_file_of_documents_holds_net_vat_and_customer_number_each_once(
    admin: Employee, client_of: ClientOf, kind: str
) -> None:
    admin.language = "en"
    admin.save()
    make_invoice(document_type=kind, project=make_project(customer=make_buyer()))
    rest = "" if kind == "invoice" else "&document_type=quote"
    file = client_of(admin).get(f"/invoices/?export=csv{rest}")
    heads, row = csv.reader(StringIO(file.getvalue().decode()))
    found = dict(zip(heads, row, strict=True))
    assert len(found) == len(heads)
    amounts = [found[name] for name in ("Net", "VAT", "Gross")]
    assert amounts == ["1000.00", "190.00", "1190.00"]
    assert found["Customer number"] == Customer.objects.get().customer_number
    assert "Title" not in found  # the project's, which is named as a whole
