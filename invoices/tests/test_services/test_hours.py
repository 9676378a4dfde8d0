"""Hours become lines."""

import datetime as dt
from decimal import Decimal

import pytest

from invoices.models import Invoice
from invoices.services import (
    bill_on,
    change_invoice,
    finalize_invoice,
    invoice_project,
    unclaimed_hours,
)
from invoices.tests.factories import make_hours, make_invoice
from invoices.tests.test_services import refused
from system.models import TaxRate
from system.tests.factories import make_company
from timetracking.models import TimeEntry
from timetracking.services import reopen_time_entry
from timetracking.tests.factories import at, make_approved_time_entry, make_time_entry
from workmate import services
from workmate.errors import Conflict


def test_hours_become_a_draft_over_their_period():
    project = make_hours(task_type="development")
    invoice = invoice_project(project=project, by=None)
    line = invoice.line_items.get()
    assert (line.quantity, line.unit, line.unit_price) == (Decimal(6), "HUR", Decimal(100))
    assert invoice.total == Decimal("714.00")
    assert (invoice.service_start, invoice.service_end) == (
        dt.date(2025, 3, 10), dt.date(2025, 3, 12),
    )  # fmt: skip
    assert invoice.customer == project.customer
    assert TimeEntry.objects.invoiced().count() == 3
    assert finalize_invoice(invoice, by=None).status == "finalized"


def test_no_minute_is_lost_between_the_hours_and_the_line_that_bills_them():
    project = make_hours(count=1, duration_minutes=440)
    services.change(project, by=None, hourly_rate=Decimal("95.50"))
    make_hours(project, count=1, start_time=at("2025-03-11 09:00"), duration_minutes=90)
    invoice = invoice_project(project=project, by=None)
    line = invoice.line_items.get()
    # 8:50 h at 95.50 EUR; as 8.83 h they would come to 843.27.
    assert (line.quantity, line.total) == (Decimal("8.8333"), Decimal("843.58"))
    assert unclaimed_hours(invoice) == 0
    line.quantity = Decimal("8.83")
    services.save(line, by=None)
    assert unclaimed_hours(invoice) == 0
    line.quantity = Decimal(8)
    services.save(line, by=None)
    assert unclaimed_hours(invoice) == Decimal("0.8333")


def test_the_period_of_supply_grows_by_what_is_put_on_a_draft():
    project = make_hours(count=2)
    invoice = invoice_project(project=project, by=None)
    make_hours(project, count=1, start_time=at("2025-04-04 09:00"))
    invoice = bill_on(invoice, by=None, entries=[TimeEntry.objects.unbilled().get().pk])
    assert (invoice.service_start, invoice.service_end) == (
        dt.date(2025, 3, 10), dt.date(2025, 4, 4),
    )  # fmt: skip
    make_hours(project, count=1, start_time=at("2025-02-03 09:00"))
    day = make_invoice(customer=project.customer, project=project, service_date=dt.date(2025, 2, 3))
    (entry,) = TimeEntry.objects.unbilled()
    assert bill_on(day, by=None, entries=[entry.pk]).service_date == dt.date(2025, 2, 3)
    make_hours(project, count=1, start_time=at("2025-02-01 09:00"))
    (entry,) = TimeEntry.objects.unbilled()
    day = bill_on(day, by=None, entries=[entry.pk])
    assert (day.service_date, day.service_start, day.service_end) == (
        None, dt.date(2025, 2, 1), dt.date(2025, 2, 3),
    )  # fmt: skip


@pytest.mark.parametrize(("group_by", "lines"), [("task_type", 2), ("employee", 3), ("entry", 4)])
def test_hours_share_lines_by_kind_person_or_entry(group_by, lines):
    project = make_hours(task_type="development", count=2)
    make_hours(project, count=1, task_type="support", start_time=at("2025-03-20 09:00"))
    person = TimeEntry.objects.filter(task_type="support").get().employee
    make_approved_time_entry(
        project=project, employee=person, task_type="support", start_time=at("2025-03-21 09:00")
    )
    invoice = invoice_project(project=project, by=None, group_by=group_by)
    assert invoice.line_items.count() == lines
    assert sum(line.quantity for line in invoice.line_items.all()) == 8


def test_hours_that_a_line_no_longer_asks_for_are_known():
    invoice = invoice_project(project=make_hours(count=2), by=None)
    assert unclaimed_hours(invoice) == 0
    line = invoice.line_items.get()
    change_invoice(invoice, by=None, line_items=[{"id": line.pk, "quantity": Decimal("1.5")}])
    assert unclaimed_hours(invoice) == Decimal("2.50")


def test_hours_at_another_rate_stand_on_a_line_of_their_own():
    project = make_hours(count=1)
    make_hours(project, count=1, hourly_rate=Decimal(150), start_time=at("2025-03-20 09:00"))
    invoice = invoice_project(project=project, by=None)
    assert sorted(line.unit_price for line in invoice.line_items.all()) == [100, 150]
    assert invoice.subtotal == Decimal("500.00")


def test_only_approved_billable_hours_until_the_day_are_billed():
    project = make_hours(count=2)
    make_time_entry(project=project)
    make_approved_time_entry(project=project, billable=False)
    invoice = invoice_project(project=project, by=None, until=dt.date(2025, 3, 10))
    assert invoice.line_items.get().quantity == Decimal(2)


def test_it_refuses_when_nothing_is_left_and_when_no_rate_is_known():
    project = make_hours(count=0)
    with pytest.raises(Conflict, match="left to bill"):
        invoice_project(project=project, by=None)
    make_hours(project, count=1)
    services.change(project, by=None, hourly_rate=None)
    assert "rate" in refused("project", invoice_project, project=project, by=None)
    assert not TimeEntry.objects.invoiced().exists()
    assert not Invoice.objects.exists()


def test_billed_hours_are_not_reopened():
    invoice_project(project=make_hours(count=1), by=None)
    with pytest.raises(Conflict):
        reopen_time_entry(TimeEntry.objects.get(), by=None)


def test_a_small_business_bills_hours_without_vat():
    make_company(small_business_since=dt.date(2020, 1, 1))
    invoice = invoice_project(project=make_hours(), by=None)
    assert (invoice.tax_amount, invoice.line_items.get().tax_category) == (0, "E")
    assert finalize_invoice(invoice, by=None).total == Decimal("600.00")


def test_hours_take_the_vat_rate_of_their_day():
    TaxRate.objects.all().delete()
    project = make_hours(count=1)
    assert "VAT rate" in refused("project", invoice_project, project=project, by=None)
