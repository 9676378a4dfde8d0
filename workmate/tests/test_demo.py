"""The demo company: built by the rules, refused outside of development."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F, Sum
from django.test import Client

from crm.models import Customer
from employees.models import Employee
from finance.models import Expense
from invoices.models import Invoice, InvoiceLineItem, Payment
from projects.models import Project
from timetracking.models import TimeEntry


def build(**options: Any) -> str:
    out = StringIO()
    call_command("demo", stdout=out, **options)
    return out.getvalue()


@pytest.fixture(autouse=True)
def _development(settings: Any) -> None:
    settings.DEBUG = True
    settings.DEMO_PASSWORD = "for the demo only"


def test_it_is_refused_where_debug_is_off(settings: Any) -> None:
    settings.DEBUG = False
    with pytest.raises(CommandError):
        build()
    assert not Employee.objects.exists()


def test_a_second_company_is_refused_and_once_does_nothing(admin: Employee) -> None:
    with pytest.raises(CommandError):
        build()
    assert build(once=True) == ""
    assert Employee.objects.count() == 1


def test_the_company_is_whole_and_everything_adds_up(mailbox: list[Any]) -> None:
    told = build()
    assert Employee.objects.count() == 15
    assert Customer.objects.count() == 40 + 3  # three of them from a file
    assert Project.objects.count() == 60
    assert set(Project.objects.values_list("status", flat=True)) == set(Project.Status.values)
    assert set(TimeEntry.objects.values_list("status", flat=True)) == set(TimeEntry.Status.values)
    assert TimeEntry.objects.running().count() == 1
    states = set(Invoice.objects.values_list("status", flat=True))
    assert states == set(Invoice.Status.values)
    kinds = set(Invoice.objects.values_list("document_type", flat=True))
    assert kinds == set(Invoice.DocumentType.values)

    # Something waits for whoever decides, and most of what was worked is billed.
    assert set(Expense.objects.values_list("status", flat=True)) == set(Expense.Status.values)
    assert Expense.objects.submitted().count() >= 5
    approved = TimeEntry.objects.approved().billable()
    assert approved.unbilled().sum_minutes() < approved.sum_minutes() / 2

    for invoice in Invoice.objects.all():
        lines = InvoiceLineItem.objects.filter(invoice=invoice).aggregate(net=Sum("total"))["net"]
        assert lines == invoice.subtotal
        assert invoice.total == invoice.subtotal + invoice.tax_amount
        paid = Payment.objects.filter(invoice=invoice).aggregate(sum=Sum("amount"))["sum"] or 0
        assert paid == invoice.paid_amount
    assert not TimeEntry.objects.filter(end_time__lte=F("start_time")).exists()
    numbers = Invoice.objects.exclude(invoice_number=None).filter(document_type="invoice")
    dates = numbers.order_by("invoice_number").values_list("issued_date", flat=True)
    assert list(dates) == sorted(dates)
    assert mailbox == []

    email = Employee.objects.get(role__name="Admin").email
    assert email in told
    client = Client()
    client.post("/login/", {"username": email, "password": "for the demo only"})
    assert client.get("/").status_code == 200
    assert email in build(once=True)
