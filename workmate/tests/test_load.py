"""The load set is a company like any other: consistent, and numbers go on."""

import datetime as dt
from collections import Counter
from decimal import Decimal

import pytest
from django.db.models import F, Max, Min

from benchmarks.load import fill
from crm.models import Customer
from crm.tests.factories import make_customer
from employees.models import Employee
from employees.tests.factories import make_employee
from invoices.models import Invoice, Payment
from invoices.models.amounts import line_net, sums_of
from invoices.services import create_invoice, finalize_invoice
from projects.models import Project, ProjectMember
from projects.tests.factories import make_project
from system.models import Company
from timetracking.models import TimeEntry


@pytest.fixture(autouse=True)
def load_set() -> list[str]:
    said: list[str] = []
    fill(customers=50, projects=20, invoices=100, time_entries=1000, say=said.append)
    return said


def test_it_is_as_large_as_asked_for_and_says_who_signs_in(load_set: list[str]) -> None:
    counts = [model.objects.count() for model in (Customer, Project, Invoice, TimeEntry)]
    assert counts == [50, 20, 100, 1000]
    assert Employee.objects.get(role__name="Admin").email in "".join(load_set)
    assert Company.current().is_complete_for_invoices


def test_documents_are_the_sums_of_their_lines_and_payments() -> None:
    for invoice in Invoice.objects.prefetch_related("line_items", "payments"):
        lines = list(invoice.line_items.all())
        for line in lines:
            assert line.total == line_net(line.quantity, line.unit_price, line.discount_percent)
        sums = sums_of(lines)
        found = (invoice.subtotal, invoice.tax_amount, invoice.total)
        assert found == (sums.subtotal, sums.tax_amount, sums.total)
        assert invoice.tax_breakdown == [row.as_json() for row in sums.rows]
        assert invoice.paid_amount == sum((p.amount for p in invoice.payments.all()), Decimal(0))


def test_each_state_is_the_one_that_money_and_dates_make() -> None:
    rows = Invoice.objects.exclude(status="draft").filter(document_type="invoice")
    assert all(invoice.status == invoice.status_by_money() for invoice in rows)
    assert {"draft", "paid", "overdue"} <= set(Invoice.objects.values_list("status", flat=True))
    assert Invoice.objects.quotes().exists()
    assert not Invoice.objects.drafts().exclude(invoice_number=None).exists()


def test_every_row_passes_the_rules_of_its_model() -> None:
    for model in (Employee, Customer, Project, ProjectMember, Payment, Invoice):
        for row in model.objects.all():
            row.full_clean()
    assert not TimeEntry.objects.filter(end_time__lte=F("start_time")).exists()
    assert not TimeEntry.objects.with_overlaps().filter(has_overlap=True).exists()
    for entry in TimeEntry.objects.all()[:50]:
        entry.full_clean()


def test_time_is_mostly_billable_approved_and_of_projects() -> None:
    entries = TimeEntry.objects
    for many in (entries.approved(), entries.billable(), entries.exclude(project=None)):
        assert many.count() > 500
    span = entries.aggregate(first=Min("start_time"), last=Max("start_time"))
    assert span["last"] - span["first"] > dt.timedelta(days=700)


def test_numbers_are_dated_in_their_order() -> None:
    for kind in ("invoice", "quote"):
        rows = Invoice.objects.filter(document_type=kind).exclude(invoice_number=None)
        by_year: dict[int, list[tuple[int, dt.date]]] = {}
        for invoice in rows:
            number = int(invoice.invoice_number.rpartition("-")[2])
            by_year.setdefault(invoice.issued_date.year, []).append((number, invoice.issued_date))
        for pairs in by_year.values():
            pairs.sort()
            assert [number for number, _day in pairs] == list(range(1, len(pairs) + 1))
            assert [day for _number, day in pairs] == sorted(day for _number, day in pairs)


def test_the_next_numbers_go_on(admin: Employee) -> None:
    assert make_customer().customer_number == "KIT-CUS-000051"
    assert make_employee().employee_code not in {"", "KIT-0001"}
    this_year = dt.date.today().year
    drawn = Project.objects.filter(project_number__startswith=f"PRJ-{this_year}-").count()
    assert make_project().project_number == f"PRJ-{this_year}-{drawn + 1:03d}"
    issued = Invoice.objects.filter(invoice_number__startswith=f"RE-{this_year}-").count()
    draft = create_invoice(
        by=admin,
        customer=Customer.objects.order_by("customer_number").first(),
        service_date=dt.date.today(),
        line_items=[{"description": "Beratung", "unit_price": Decimal(100)}],
    )
    made = finalize_invoice(draft, by=admin)
    assert made.invoice_number == f"RE-{this_year}-{issued + 1:03d}"


def test_a_second_set_goes_on_where_the_first_ended() -> None:
    fill(customers=10, projects=5, invoices=20, time_entries=30, say=lambda line: None)
    numbers = Counter(Customer.objects.values_list("customer_number", flat=True))
    assert len(numbers) == 60
    assert Customer.objects.aggregate(last=Max("customer_number"))["last"] == "KIT-CUS-000060"


def test_invoices_alone_get_a_customer() -> None:
    fill(customers=0, projects=0, invoices=3, time_entries=0, say=lambda line: None)
    assert Customer.objects.count() == 51
