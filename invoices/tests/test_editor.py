"""The editor: what it adds up, tells and draws while one types, and what it puts on a draft."""

from decimal import Decimal
from io import BytesIO
from uuid import uuid4

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from pypdf import PdfReader

from conftest import ClientOf
from employees.models import Employee
from employees.tests.factories import make_employee, make_role
from finance.models import Expense
from finance.tests.factories import make_approved_expense
from invoices.models import BilledTime, Invoice, InvoiceLineItem
from invoices.services import bill_on, finalize_invoice
from invoices.tests.factories import (
    a_line,
    make_buyer,
    make_finalized,
    make_hours,
    make_invoice,
)
from invoices.tests.test_views import a_form, lines
from projects.models import Project
from projects.tests.factories import make_project
from system.models import Company
from system.tests.factories import make_company
from timetracking.models import TimeEntry
from timetracking.tests.factories import make_approved_time_entry
from workmate.errors import Conflict
from workmate.models import NumberSequence

HTMX = {"HX-Request": "true"}


@pytest.fixture
def client(clerk: Employee, client_of: ClientOf) -> Client:
    """The clerk's browser."""
    make_company()
    return client_of(clerk)


def entries_of(project: Project) -> list[TimeEntry]:
    return list(TimeEntry.objects.for_billing(project))


A, B = {"description": "A"}, {"description": "B"}
CASES = {
    "half cents": [
        {**A, "quantity": "3", "unit_price": "0,335"},
        {**B, "quantity": "0,5", "unit_price": "0,01"},
    ],
    "one tax a rate, not a line": [{**A, "unit_price": "0,03"}] * 7,
    "rates mixed": [
        {**A, "unit_price": "99,99"},
        {**B, "unit_price": "33,33", "tax": "S-7.00"},
        {**A, "unit_price": "10"},
    ],
    "discounts": [
        {**A, "quantity": "7,5", "unit_price": "1.234,56", "discount_percent": "12,5"},
        {**B, "unit_price": "19,99", "discount_percent": "33,33", "tax": "S-7.00"},
    ],
    "nothing, and less than nothing": [
        {**A, "unit_price": "0", "discount_percent": "100"},
        {**B, "quantity": "-2", "unit_price": "12.50"},
        {**A, "unit_price": "1 000,00 €"},
    ],
    "four decimals": [{**A, "quantity": "1,2345", "unit_price": "0,9999"}] * 3,
}


@pytest.mark.parametrize("rows", CASES.values(), ids=CASES)
def test_what_is_shown_while_one_types_is_what_is_saved(
    rows: list[dict[str, str]], client: Client
) -> None:
    body = a_form(customer=make_buyer().pk) | lines(*rows, {"description": "", "unit_price": ""})
    shown = client.post("/invoices/totals/", body, headers=HTMX).context
    assert not Invoice.objects.exists()
    client.post("/invoices/new/", body)
    saved = Invoice.objects.get()
    assert (shown["subtotal"], shown["tax_amount"], shown["total"]) == (
        saved.subtotal,
        saved.tax_amount,
        saved.total,
    )
    assert list(shown["tax_rows"]) == saved.tax_rows
    nets = [line["total"] for line in shown["line_totals"]]
    assert nets[:-1] == [line.total for line in saved.line_items.all()]
    assert nets[-1] is None


def test_what_is_wrong_is_told_at_its_field_while_one_types(client: Client) -> None:
    other = make_project(customer=make_buyer())
    body = a_form(
        customer=make_buyer().pk, project=other.pk, issued_date="31.2.2026", due_date=""
    ) | lines({"description": "A", "unit_price": "viel"}, {"description": "", "unit_price": "1"})
    answer = client.post("/invoices/totals/", body, headers=HTMX)
    told = {error["id"] for error in answer.context["live_errors"]}
    # What is still empty is no error yet.
    assert told == {"id_issued_date", "id_line_items-0-unit_price"}
    assert answer.context["missing"]
    assert not Invoice.objects.exists()
    assert not InvoiceLineItem.objects.exists()


def test_a_line_that_cannot_be_read_has_no_net_and_the_sums_say_that_they_lack_it(
    client: Client, clerk: Employee
) -> None:
    Employee.objects.filter(pk=clerk.pk).update(language="en")
    draft = make_invoice(lines=[a_line(unit_price="10"), a_line(unit_price="20")])
    kept = [str(line.pk) for line in draft.line_items.all()]
    body = a_form(customer=draft.customer_id) | lines(
        {"id": kept[0], "description": "A", "quantity": "abc", "unit_price": "10"},
        {"id": kept[1], "description": "", "quantity": "2", "unit_price": "20"},
        {"description": "Noch ohne Preis", "unit_price": ""},
    )
    url = f"/invoices/{draft.pk}/totals/"
    answer = client.post(url, body, headers=HTMX)
    nets = [line["total"] for line in answer.context["line_totals"]]
    # The second lacks its words alone; that the third is not finished is nothing to warn of.
    assert nets == [None, Decimal("40.00"), None]
    # A line that nobody touched keeps its net.
    as_stored = {"description": "Consulting", "quantity": "10", "unit": "HUR", "unit_price": "20"}
    stored = {f"line_items-1-{name}": value for name, value in as_stored.items()}
    still = client.post(url, body | stored, headers=HTMX).context["line_totals"]
    assert [line["total"] for line in still] == [None, Decimal("200.00"), None]
    assert (answer.context["subtotal"], answer.context["unreadable"]) == (Decimal("40.00"), [1])
    page = answer.content.decode()
    assert "Without line 1, which cannot be worked out." in page
    assert '<strong id="bar-total" hx-swap-oob="innerHTML">–</strong>' in page
    assert "Ready to be finalized" not in page
    # The same without scripts, on the form that comes back.
    page = client.post(f"/invoices/{draft.pk}/edit/", body)
    row = page.content.decode().partition('id="line_items-0-total"')[2].partition("</output>")[0]
    assert page.status_code == 422
    assert ("10" in row, "cannot be worked out" in row) == (False, True)


def test_what_finalizing_will_ask_for_is_told_before(client: Client) -> None:
    body = a_form(customer=make_buyer(street="").pk, service_date="") | lines(
        {"description": "A", "unit_price": "500"}
    )
    missing = client.post("/invoices/totals/", body, headers=HTMX).context["missing"]
    assert {"id_customer", "id_service_date"} == {item["id"] for item in missing}
    draft = make_invoice()
    body = a_form(customer=draft.customer_id) | lines(
        {"id": str(draft.line_items.get().pk), "description": "A", "unit_price": "1"}
    )
    url = f"/invoices/{draft.pk}/totals/"
    assert client.post(url, body, headers=HTMX).context["missing"] == []


def test_each_reason_not_to_finalize_leads_to_where_it_can_be_mended(
    client: Client, admin: Employee, client_of: ClientOf
) -> None:
    customer = make_buyer(city="")
    invoice = make_invoice([a_line(tax_category="AE", tax_rate=0)], service_date=None)
    Invoice.objects.filter(pk=invoice.pk).update(customer=customer)
    Company.objects.update(vat_id="", tax_number="", street="")
    url, there = f"/invoices/{invoice.pk}/finalize/", f"/customers/{customer.pk}/edit/"
    ways = [
        f"/invoices/{invoice.pk}/edit/#id_service_date",
        f"{there}#id_city",
        f"{there}#id_vat_id",
        "/company/",
    ]
    for headers in ({}, HTMX):
        answer = client_of(admin).post(url, headers=headers)
        assert answer.status_code == 422
        assert {item["url"] for item in answer.context["error_list"]} == set(ways)
        assert all(f'href="{way}"' in answer.content.decode() for way in ways)
    # Nobody is sent where they may not write.
    role = make_role("Nur Belege", ["backoffice.invoices.*"])
    Employee.objects.filter(pk=admin.pk).update(role=role)
    listed = client_of(admin).post(url).context["error_list"]
    assert {item["url"] for item in listed} == {ways[0], ""}


def test_lines_are_saved_in_the_order_in_which_they_were_moved(client: Client) -> None:
    draft = make_invoice([a_line(description=name) for name in ("one", "two", "three")])
    kept = {line.description: str(line.pk) for line in draft.line_items.all()}
    rows = [
        {"id": kept["one"], "description": "one", "unit_price": "1", "ORDER": "3"},
        {"id": kept["two"], "description": "two", "unit_price": "1", "ORDER": "1"},
        {"id": kept["three"], "description": "three", "unit_price": "viel", "DELETE": "on"},
        {"description": "new", "unit_price": "1", "ORDER": "2"},
        {"description": "last", "unit_price": "1"},
    ]
    body = a_form(customer=draft.customer_id) | lines(*rows)
    assert client.post(f"/invoices/{draft.pk}/edit/", body).status_code == 302
    found = list(draft.line_items.values_list("position", "description"))
    assert found == [(1, "two"), (2, "new"), (3, "one"), (4, "last")]


def test_the_sheet_shows_what_is_typed_and_nothing_is_written(client: Client) -> None:
    body = a_form(customer=make_buyer().pk, introduction="Wie besprochen:") | lines(
        {"description": "Beratung", "quantity": "2", "unit_price": "1.234,50"},
    )
    before = list(NumberSequence.objects.values())
    sheet = client.post("/invoices/preview/", body)
    page = sheet.content.decode()
    for text in ("Förde Logistik GmbH", "Wie besprochen:", "2.469,00", "2.938,11", "Entwurf"):
        assert text in page
    assert 'class="draft"' in page
    assert "None" not in page
    policy = sheet["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "frame-ancestors 'self'" in policy
    assert sheet["X-Frame-Options"] == "SAMEORIGIN"
    assert not Invoice.objects.exists()
    assert list(NumberSequence.objects.values()) == before
    # Half a form is half a sheet, no crash.
    assert client.post("/invoices/preview/", {}).status_code == 200
    hurt = {**body, "introduction": "<script>alert(1)</script>", "customer": "nobody"}
    assert "<script" not in client.post("/invoices/preview/", hurt).content.decode()


def test_the_pdf_of_a_draft_says_so_and_carries_no_code_to_pay_by(client: Client) -> None:
    draft = make_invoice()
    body = a_form(customer=draft.customer_id) | lines(
        {"id": str(draft.line_items.get().pk), "description": "Neu", "unit_price": "7"}
    )
    answer = client.post(f"/invoices/{draft.pk}/preview/", {**body, "as": "pdf"})
    assert answer["Content-Type"] == "application/pdf"
    text = PdfReader(BytesIO(answer.content)).pages[0].extract_text()
    assert "Neu" in text
    assert "8,33" in text
    assert "Entwurf" in text
    assert "GiroCode" not in text
    draft.refresh_from_db()
    assert draft.total == Decimal("1190.00")


def test_the_stored_document_is_shown_as_a_sheet(client: Client) -> None:
    final = make_finalized()
    page = client.get(f"/invoices/{final.pk}/preview/").content.decode()
    assert final.invoice_number in page
    assert 'class="draft"' not in page
    assert 'class="draft"' in client.get(f"/invoices/{make_invoice().pk}/preview/").content.decode()


def test_who_may_not_write_or_what_is_final_gets_no_answer(
    client: Client, client_of: ClientOf
) -> None:
    final, draft = make_finalized(), make_invoice()
    for name in ("totals", "preview"):
        assert client.post(f"/invoices/{uuid4()}/{name}/", {}).status_code == 404
        assert client.post(f"/invoices/{final.pk}/{name}/", {}).status_code == 409
    reader = client_of(
        make_employee(role=make_role("Reader", ["backoffice.invoices.invoice.view"]))
    )
    assert reader.get(f"/invoices/{draft.pk}/preview/").status_code == 200
    for url in (f"/invoices/{draft.pk}/preview/", "/invoices/preview/"):
        assert reader.post(url, {}).status_code == 403


# --- Hours and expenses ---------------------------------------------------------------------------
def test_ticked_hours_and_expenses_are_put_on_a_new_draft_with_what_was_typed(
    client: Client,
) -> None:
    project = make_hours(count=3)
    cost = make_approved_expense(project=project, billable=True)
    first, second, third = entries_of(project)
    url = f"/invoices/new/?customer_id={project.customer_id}&project_id={project.pk}"
    listed = client.get(url).context["unbilled"]
    assert {item["key"] for item in listed["items"]} == {first.pk, second.pk, third.pk, cost.pk}
    body = a_form(
        customer=project.customer_id,
        project=project.pk,
        service_date="",
        unbilled_of=listed["of"],
        bill_entry=[first.pk, second.pk, "nonsense"],
        bill_expense=[cost.pk],
        bill_by="entry",
    ) | lines({"description": "Pauschale", "unit_price": "50"})
    ticked = client.post("/invoices/totals/", body, headers=HTMX).context["ticked"]
    response = client.post("/invoices/new/", {**body, "then": "bill"})
    assert len(get_messages(response.wsgi_request)) == 1
    draft = Invoice.objects.get()
    assert response["Location"] == f"/invoices/{draft.pk}/edit/"
    made = list(draft.line_items.all())
    assert [line.position for line in made] == [1, 2, 3, 4]
    assert made[0].description == "Pauschale"
    assert ticked == {"count": 3, "amount": sum(line.total for line in made[1:])}
    assert draft.subtotal == ticked["amount"] + 50
    # Their days became the period of supply, as none was typed.
    assert draft.service_start is not None
    assert [item["key"] for item in client.get(url).context["unbilled"]["items"]] == [third.pk]
    draft = finalize_invoice(draft, by=None)
    assert set(TimeEntry.objects.filter(is_invoiced=True)) == {first, second}


def test_of_two_drafts_the_second_gets_nothing_and_is_not_saved(client: Client) -> None:
    project = make_hours(count=1)
    (entry,) = entries_of(project)
    body = a_form(customer=project.customer_id, bill_entry=[entry.pk], then="bill") | lines()
    assert client.post("/invoices/new/", body).status_code == 302
    refused = client.post("/invoices/new/", body | {"title": "Zweite"})
    assert refused.status_code == 422
    assert "Zweite" in refused.content.decode()
    # Nothing was written, so nothing is told to be: the one message is that of the first.
    assert len(list(get_messages(refused.wsgi_request))) == 1
    assert Invoice.objects.count() == 1
    draft = make_invoice(customer=project.customer)
    body |= {"title": "Nicht gespeichert"}
    assert client.post(f"/invoices/{draft.pk}/edit/", body).status_code == 422
    draft.refresh_from_db()
    assert draft.title == ""
    assert draft.line_items.count() == 1


def test_only_what_belongs_to_the_document_is_put_on_it() -> None:
    project, foreign = make_hours(count=1), make_hours(count=1)
    other = make_hours(make_project(customer=project.customer, hourly_rate=Decimal(80)), count=1)
    draft = make_invoice(customer=project.customer, project=project)
    for wrong in (entries_of(foreign)[0], entries_of(other)[0]):
        with pytest.raises(Conflict):
            bill_on(draft, by=None, entries=[entries_of(project)[0].pk, wrong.pk])
    waiting = make_approved_time_entry(project=project, billable=False)
    with pytest.raises(Conflict):
        bill_on(draft, by=None, entries=[waiting.pk])
    with pytest.raises(Conflict):
        bill_on(make_finalized(customer=project.customer), by=None, entries=[])
    assert not BilledTime.objects.exists()
    # Without a project all of the customer's may stand on it.
    whole = make_invoice([], customer=project.customer)
    bill_on(whole, by=None, entries=[entries_of(project)[0].pk, entries_of(other)[0].pk])
    assert whole.line_items.count() == 2


def test_who_sees_no_hours_of_others_is_shown_none_to_tick(client_of: ClientOf) -> None:
    project = make_hours(count=2)
    make_approved_expense(project=project, billable=True)
    rights = ["invoices.invoice.*", "projects.project.*", "crm.customer.*"]
    writer = client_of(
        make_employee(role=make_role("Writer", [f"backoffice.{name}" for name in rights]))
    )
    url = f"/invoices/new/?customer_id={project.customer_id}&project_id={project.pk}"
    assert writer.get(url).context["unbilled"]["items"] == []
    # Nor is what they name without seeing it put on a document, and told by it.
    body = a_form(customer=project.customer_id, project=project.pk, then="bill") | lines()
    entry = entries_of(project)[0].pk
    assert writer.post("/invoices/new/", {**body, "bill_entry": entry}).status_code == 422
    assert not BilledTime.objects.exists()
    assert Expense.objects.filter(is_invoiced=True).count() == 0
