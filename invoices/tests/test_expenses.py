"""Expenses of a project on its invoice: each at most once, freed by whatever takes it off."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from employees.models import Employee
from finance.models import Expense
from finance.services import reimburse_expense
from finance.tests.factories import (
    make_approved_expense,
    make_expense,
    make_submitted_expense,
)
from invoices.models import BilledExpense, Invoice
from invoices.services import (
    cancel_invoice,
    change_invoice,
    delete_invoice,
    duplicate_invoice,
    finalize_invoice,
    invoice_project,
)
from invoices.tests.factories import make_buyer, make_hours
from projects.models import Project
from projects.tests.factories import make_project
from system.tests.factories import make_company
from workmate.errors import Conflict


def make_costs(**fields: Any) -> Project:
    """A project with 119.00 EUR gross to bill, and four expenses that are not to be billed."""
    make_company()
    project = make_project(customer=make_buyer(language="en"), hourly_rate=Decimal(100))
    make_approved_expense(project=project, billable=True, **fields)
    make_approved_expense(project=project)
    make_submitted_expense(project=project, billable=True)
    make_expense(project=project, billable=True)
    make_approved_expense(project=make_project(), billable=True)
    return project


def test_approved_billable_expenses_become_lines_at_their_net() -> None:
    parts = [
        {"tax_rate": Decimal(19), "gross": Decimal("23.80")},
        {"tax_rate": Decimal(7), "gross": Decimal("10.70")},
    ]
    project = make_costs(taxes=parts, category="travel", description="Train and bun")
    invoice = invoice_project(project=project, by=None)
    line = invoice.line_items.get()
    assert (line.quantity, line.unit, line.unit_price) == (1, "LS", Decimal("30.00"))
    # One's own supply: its VAT is that of the supply, whatever the receipts had.
    assert (line.tax_rate, invoice.total) == (Decimal(19), Decimal("35.70"))
    assert line.description == "Travel, 10/03/2025: Train and bun"
    assert (invoice.service_start, invoice.service_end) == (dt.date(2025, 3, 10),) * 2
    assert Expense.objects.invoiced().count() == BilledExpense.objects.count() == 1
    assert finalize_invoice(invoice, by=None).status == "finalized"


def test_hours_and_expenses_share_an_invoice_over_their_whole_period() -> None:
    project = make_costs(expense_date=dt.date(2025, 3, 20))
    make_hours(project, count=2)
    invoice = invoice_project(project=project, by=None)
    assert [line.unit for line in invoice.line_items.all()] == ["HUR", "LS"]
    assert [line.position for line in invoice.line_items.all()] == [1, 2]
    assert invoice.subtotal == Decimal("500.00")
    period = (invoice.service_start, invoice.service_end)
    assert period == (dt.date(2025, 3, 10), dt.date(2025, 3, 20))


def test_expenses_may_be_left_out_or_wait_for_later() -> None:
    project = make_costs(expense_date=dt.date(2025, 3, 20))
    make_hours(project, count=1)
    invoice = invoice_project(project=project, by=None, until=dt.date(2025, 3, 19))
    assert [line.unit for line in invoice.line_items.all()] == ["HUR"]
    with pytest.raises(Conflict, match="left to bill"):
        invoice_project(project=project, by=None, with_expenses=False)
    assert invoice_project(project=project, by=None).line_items.get().unit == "LS"


def test_reimbursed_expenses_are_billed_too() -> None:
    project = make_costs()
    reimburse_expense(Expense.objects.for_billing(project).get(), by=None)
    assert invoice_project(project=project, by=None).subtotal == Decimal("100.00")


def test_an_expense_is_billed_at_most_once() -> None:
    project = make_costs()
    first = invoice_project(project=project, by=None)
    with pytest.raises(Conflict, match="left to bill"):
        invoice_project(project=project, by=None)
    billed = BilledExpense.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        BilledExpense.objects.create(line_item=billed.line_item, expense=billed.expense)
    copy = duplicate_invoice(first, by=None)
    assert not BilledExpense.objects.filter(line_item__invoice=copy).exists()


def test_cancelling_frees_the_expenses_which_are_billed_anew() -> None:
    project = make_costs()
    first = finalize_invoice(invoice_project(project=project, by=None), by=None)
    cancel_invoice(first, by=None, reason="x")
    assert not Expense.objects.invoiced().exists()
    assert invoice_project(project=project, by=None).total == first.total
    assert BilledExpense.objects.current().count() == 1
    assert BilledExpense.objects.count() == 2


def test_a_deleted_draft_and_a_removed_line_free_them() -> None:
    project = make_costs()
    delete_invoice(invoice_project(project=project, by=None), by=None)
    assert not Expense.objects.invoiced().exists()
    invoice = invoice_project(project=project, by=None)
    with pytest.raises(ValidationError) as caught:
        change_invoice(invoice, by=None, customer=make_buyer(), project=None)
    assert set(caught.value.message_dict) == {"customer", "project"}
    change_invoice(invoice, by=None, line_items=[])
    assert not Expense.objects.invoiced().exists()
    assert change_invoice(invoice, by=None, customer=make_buyer(), project=None)


def test_a_small_business_bills_all_that_was_paid() -> None:
    project = make_costs()
    make_company(small_business_since=dt.date(2020, 1, 1))
    invoice = invoice_project(project=project, by=None)
    assert (invoice.total, invoice.tax_amount) == (Decimal("119.00"), 0)


def test_over_the_api_and_on_the_page(clerk: Employee, api_of: Any, client_of: Any) -> None:
    project = make_costs()
    client = client_of(clerk)
    editor = client.get(f"/invoices/new/?project_id={project.pk}")
    assert editor.context["form"]["customer"].value() == project.customer_id
    assert [item["amount"] for item in editor.context["unbilled"]["items"]] == [Decimal(100)]
    form = client.get(f"/invoices/from-project/?project_id={project.pk}")
    assert b'name="with_expenses"' in form.content
    url, body = "/api/invoices/from-project", {"project_id": str(project.pk)}
    refused = api_of(clerk).post(url, {**body, "with_expenses": False})
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (409, "nothing_to_bill")
    made = api_of(clerk).post(url, body)
    assert made.status_code == 201, made.content
    assert made.json()["total"] == "119.00"
    page = client.get(f"/expenses/{Expense.objects.invoiced().get().pk}/")
    assert page.status_code == 200
    assert Invoice.objects.count() == 1
