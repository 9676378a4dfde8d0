"""Documents, payments and dispatches in Django admin."""

import re
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from conftest import ClientOf
from employees.models import Employee
from employees.tests.factories import make_employee, make_role
from invoices.models import Invoice, InvoiceMail, Payment
from invoices.services import finalize_invoice, invoice_project
from invoices.tests.factories import (
    a_line,
    make_buyer,
    make_finalized,
    make_hours,
    make_invoice,
    make_payment,
)
from timetracking.models import TimeEntry

URL = "/admin/invoices/invoice/"


@pytest.fixture
def client(admin: Employee, client_of: ClientOf) -> Client:
    """The administrator's browser."""
    return client_of(admin)


def form_of(response: Any) -> dict[str, Any]:
    """What a browser would send back of the page as it stands."""
    form = response.context["adminform"].form
    forms = [form]
    for inline in response.context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    found = {}
    for one in forms:
        for bound in one:
            value = bound.value()
            found[bound.html_name] = "" if value is None else bound.field.prepare_value(value)
    return found


def line(number: int, **fields: Any) -> dict[str, Any]:
    """One inline row."""
    values = {
        "description": "Beratung",
        "quantity": "2",
        "unit": "HUR",
        "unit_price": "1.234,50",
        "discount_percent": "0",
        "tax_category": "S",
        "tax_rate": "19",
        **fields,
    }
    return {f"line_items-{number}-{name}": value for name, value in values.items()}


def told(response: Any) -> str:
    """What the messages say."""
    return " ".join(str(message) for message in response.context["messages"])


def test_a_draft_is_written_with_its_lines_through_the_services(client: Client) -> None:
    page = client.get(f"{URL}add/")
    assert page.status_code == 200
    body = form_of(page) | {"customer": str(make_buyer().pk), "service_date": "14.03.2025"}
    body |= {"line_items-TOTAL_FORMS": "2", **line(0), **line(1, quantity="1", unit_price="50")}
    response = client.post(f"{URL}add/", body)
    assert response.status_code == 302, response.content
    invoice = Invoice.objects.get()
    assert [(one.position, one.total) for one in invoice.line_items.all()] == [
        (1, Decimal("2469.00")),
        (2, Decimal("50.00")),
    ]
    assert invoice.total == Decimal("2997.61")
    url = f"{URL}{invoice.pk}/change/"
    body = form_of(client.get(url)) | {"line_items-1-DELETE": "on", "line_items-0-quantity": "1"}
    response = client.post(url, body)
    assert response.status_code == 302, response.content
    invoice.refresh_from_db()
    assert invoice.total == Decimal("1469.06")
    assert invoice.line_items.count() == 1


def test_removing_the_line_of_hours_frees_them(client: Client) -> None:
    draft = invoice_project(project=make_hours(), by=None)
    url = f"{URL}{draft.pk}/change/"
    body = form_of(client.get(url)) | {"line_items-0-DELETE": "on"}
    assert client.post(url, body).status_code == 302
    assert not TimeEntry.objects.invoiced().exists()


def test_what_is_wrong_is_said_and_nothing_is_written(client: Client) -> None:
    page = client.get(f"{URL}add/")
    body = form_of(page) | {"customer": str(make_buyer().pk), "document_type": "cancellation"}
    body |= {"line_items-TOTAL_FORMS": "1", **line(0, unit_price="NaN")}
    response = client.post(f"{URL}add/", body)
    assert response.status_code == 200
    assert response.context["adminform"].form.errors.keys() == {"document_type"}
    assert response.context["inline_admin_formsets"][0].formset.errors[0].keys() == {"unit_price"}
    body |= {"document_type": "invoice", **line(0, tax_category="G")}
    response = client.post(f"{URL}add/", body, follow=True)
    assert "VAT" in response.content.decode() or "USt" in response.content.decode()
    assert not Invoice.objects.exists()


def test_what_is_finalized_is_read_only_with_its_lines_and_payments(client: Client) -> None:
    invoice = make_payment(amount=Decimal(190)).invoice
    url = f"{URL}{invoice.pk}/change/"
    page = client.get(url)
    text = page.content.decode()
    assert page.status_code == 200
    assert 'name="_save"' not in text
    typed = r'<(?:input type="(?!hidden)|textarea|select)[^>]*name="(?:title|line_items-0-\w+)"'
    assert not re.findall(typed, text)
    draft = client.get(f"{URL}{make_invoice().pk}/change/").content.decode()
    assert len(re.findall(typed, draft)) > 5
    assert len(page.context["inline_admin_formsets"]) == 2
    assert client.post(url, {"title": "Other"}).status_code == 403
    assert client.post(f"{URL}{invoice.pk}/delete/", {"post": "yes"}).status_code == 403
    assert Invoice.objects.get(pk=invoice.pk).title == ""


def test_a_document_finalized_meanwhile_is_not_changed(client: Client) -> None:
    draft = make_invoice()
    url = f"{URL}{draft.pk}/change/"
    body = form_of(client.get(url)) | {"title": "Too late"}
    finalize_invoice(draft, by=None)
    assert client.post(url, body).status_code == 403
    assert Invoice.objects.get().title == ""


def test_verbs_are_actions_and_one_refusal_does_not_stop_the_others(client: Client) -> None:
    good, bad = make_invoice(), make_invoice([])
    body = {"action": "finalize", "_selected_action": [str(good.pk), str(bad.pk)]}
    response = client.post(URL, body, follow=True)
    assert response.status_code == 200
    assert len(list(response.context["messages"])) == 2
    states = {Invoice.objects.get(pk=one.pk).status for one in (good, bad)}
    assert states == {"finalized", "draft"}
    client.post(URL, {"action": "mark_sent", "_selected_action": [str(good.pk)]})
    assert Invoice.objects.get(pk=good.pk).status == "sent"


def test_the_bulk_delete_takes_drafts_alone(client: Client) -> None:
    draft, final = make_invoice(), make_finalized()
    body = {"action": "delete_selected", "post": "yes"}
    client.post(URL, body | {"_selected_action": [str(draft.pk), str(final.pk)]}, follow=True)
    assert Invoice.objects.filter(pk=final.pk).exists()
    client.post(URL, body | {"_selected_action": [str(draft.pk)]}, follow=True)
    assert list(Invoice.objects.all()) == [final]


def test_payments_are_added_and_taken_back_but_never_changed(client: Client) -> None:
    invoice, url = make_finalized(), "/admin/invoices/payment/"
    body = form_of(client.get(f"{url}add/")) | {"invoice": str(invoice.pk)}
    for amount in ("0", "-1", "1.190,01", "NaN", "1e999"):
        assert client.post(f"{url}add/", body | {"amount": amount, "payment_date": "01.04.2025"}
                           ).status_code == 200, amount  # fmt: skip
    body |= {"amount": "190,00", "payment_date": "01.04.2025"}
    response = client.post(f"{url}add/", body)
    assert response.status_code == 302, response.content
    payment = Payment.objects.get()
    assert payment.amount == Decimal("190.00")
    page = client.get(f"{url}{payment.pk}/change/")
    assert page.status_code == 200
    assert b'name="_save"' not in page.content
    assert client.post(f"{url}{payment.pk}/change/", {"amount": "1"}).status_code == 403
    assert client.post(f"{url}{payment.pk}/delete/", {"post": "yes"}).status_code == 403
    take_back = {"action": "take_back", "_selected_action": [str(payment.pk)]}
    assert client.post(url, take_back)["Location"] == f"/payments/{payment.pk}/reverse/"


def test_dispatches_are_only_looked_at(client: Client) -> None:
    letter = InvoiceMail.objects.create(invoice=make_finalized(), to="info@foerde.example")
    url = "/admin/invoices/invoicemail/"
    assert letter.to in client.get(url).content.decode()
    assert client.get(f"{url}add/").status_code == 403
    assert client.post(f"{url}{letter.pk}/change/", {"to": "x@y.example"}).status_code == 403
    assert client.post(f"{url}{letter.pk}/delete/", {"post": "yes"}).status_code == 403


def test_rights_are_the_roles(client_of: ClientOf, worker: Employee) -> None:
    draft = make_invoice()
    assert client_of(worker).get(URL).status_code in {302, 403}
    role = make_role("Auditor", ["backoffice.invoices.invoice.view"])
    auditor = make_employee(role=role)
    response = client_of(auditor).get(URL)
    if response.status_code == 200:  # whoever may enter admin at all
        url = f"{URL}{draft.pk}/change/"
        assert b'name="_save"' not in client_of(auditor).get(url).content
        assert client_of(auditor).post(url, {"title": "x"}).status_code == 403
        assert "finalize" not in dict(response.context["action_form"].fields["action"].choices)


def test_the_queries_of_lists_and_pages_do_not_grow(client: Client) -> None:
    def counts() -> list[int]:
        found = []
        for url in (URL, "/admin/invoices/payment/", "/admin/invoices/invoicemail/",
                    f"{URL}{paid.pk}/change/", f"{URL}?q=a&status__exact=paid"):  # fmt: skip
            with CaptureQueriesContext(connection) as queries:
                assert client.get(url).status_code == 200
            found.append(len(queries))
        return found

    paid = make_payment(amount=Decimal(1)).invoice
    InvoiceMail.objects.create(invoice=paid, to="info@foerde.example")
    counts()
    first = counts()
    for _number in range(4):
        make_payment(invoice=paid, amount=Decimal(1))
        make_payment()
        make_invoice([a_line()] * 5)
        InvoiceMail.objects.create(invoice=paid, to="info@foerde.example")
    assert counts() == first
