"""Statistics over the API."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils import timezone

from crm.models import Customer
from crm.statistics import statistics_of
from crm.tests.factories import make_customer
from employees.models import Employee
from employees.tests.factories import make_employee, make_role
from invoices.services import cancel_invoice, record_payment, reverse_payment
from invoices.tests.factories import a_line, make_buyer, make_finalized, make_invoice
from projects.tests.factories import make_project
from timetracking.tests.factories import at, make_time_entry
from workmate import services


def a_customer_with_history() -> Customer:
    """Invoices in every state, hours on three projects."""
    customer = make_buyer()
    year = timezone.localdate().year
    last = dt.date(year - 1, 3, 3)
    paid = make_finalized(customer=customer, issued_date=last)
    wrong = record_payment(invoice=paid, by=None, payment_date=last + dt.timedelta(40))
    reverse_payment(wrong, by=None, reason="wrong invoice")
    paid.refresh_from_db()
    record_payment(
        invoice=paid, by=None, amount=Decimal("190.00"), payment_date=last + dt.timedelta(5)
    )
    record_payment(invoice=paid, by=None, payment_date=last + dt.timedelta(10))
    other = make_finalized(
        [a_line(quantity=Decimal("0.5"), unit_price=Decimal("33.33"))],
        customer=customer,
        issued_date=last,
    )
    record_payment(invoice=other, by=None, payment_date=last + dt.timedelta(15))
    credit = make_finalized(
        [a_line(quantity=Decimal(1))],
        customer=customer,
        issued_date=last,
        document_type="credit_note",
    )
    record_payment(invoice=credit, by=None, payment_date=last + dt.timedelta(100))
    late = make_finalized(customer=customer, issued_date=last, due_date=last + dt.timedelta(14))
    record_payment(invoice=late, by=None, amount=Decimal("90.00"))
    make_finalized([a_line(quantity=Decimal(2))], customer=customer)
    cancelled = make_finalized(customer=customer)
    cancel_invoice(cancelled, by=None, reason="mistake")
    make_finalized(customer=customer, document_type="quote")
    make_invoice(customer=customer)
    make_finalized()  # somebody else's
    for status in ("active", "active", "completed"):
        project = make_project(customer=customer)
        make_time_entry(project=project, duration_minutes=100)
        make_time_entry(
            project=project,
            duration_minutes=50,
            billable=False,
            start_time=at("2025-03-11 09:00"),
        )
        services.change(project, by=None, status=status)
    make_time_entry()
    return customer


def test_the_statistics_are_right_to_the_cent(clerk: Employee, api_of: Any) -> None:
    customer = a_customer_with_history()
    response = api_of(clerk).get(f"/api/customers/{customer.pk}/statistics")
    assert response.status_code == 200, response.content
    year = timezone.localdate().year
    # Paid: 1190.00 + 19.84 (16.67 + 3.17) - 119.00; open: 1190 - 90 late, and 238.00 new.
    assert response.json() == {
        "total_revenue": "1090.84",
        "net_revenue": "916.67",
        "outstanding_amount": "1338.00",
        "overdue_amount": "1100.00",
        "average_days_to_pay": "12.5",
        "total_hours_tracked": "7.50",
        "billable_hours": "5.00",
        "projects_count": 3,
        "active_projects_count": 2,
        "by_year": [
            {"year": year - 1, "count": 4, "subtotal": "1916.67", "total": "2280.84"},
            {"year": year, "count": 1, "subtotal": "200.00", "total": "238.00"},
        ],
    }
    assert Decimal(response.json()["total_revenue"]) == customer.total_revenue
    assert Decimal(response.json()["outstanding_amount"]) == customer.outstanding_amount


def test_a_new_customer_comes_to_nothing(clerk: Employee, api_of: Any) -> None:
    response = api_of(clerk).get(f"/api/customers/{make_customer().pk}/statistics")
    assert response.json() == {
        "total_revenue": "0.00",
        "net_revenue": "0.00",
        "outstanding_amount": "0.00",
        "overdue_amount": "0.00",
        "average_days_to_pay": None,
        "total_hours_tracked": "0.00",
        "billable_hours": "0.00",
        "projects_count": 0,
        "active_projects_count": 0,
        "by_year": [],
    }


def test_who_may_see_no_invoices_reads_no_revenue(api_of: Any) -> None:
    customer = a_customer_with_history()
    seller = make_employee(role=make_role("Seller", ["backoffice.crm.*"]))
    found = api_of(seller).get(f"/api/customers/{customer.pk}/statistics").json()
    assert found.pop("by_year") == []
    assert set(found.values()) == {None}
    lead = make_employee(
        role=make_role("Lead", ["backoffice.crm.*", "backoffice.projects.project.view"])
    )
    make_project(customer=customer, project_manager=lead, status="active")
    found = api_of(lead).get(f"/api/customers/{customer.pk}/statistics").json()
    # Only the own project, as in the list to which the figure leads.
    assert (found["projects_count"], found["total_revenue"]) == (1, None)


def test_statistics_take_no_unknown_parameter_for_granted(clerk: Employee, api_of: Any) -> None:
    url = f"/api/customers/{make_customer().pk}/statistics"
    assert api_of(clerk).post(url, {}).status_code == 405


def test_statistics_ask_as_often_whatever_there_is(
    clerk: Employee, django_assert_num_queries: Any
) -> None:
    many = a_customer_with_history()
    for customer in (make_customer(), many):
        with django_assert_num_queries(5):
            statistics_of(customer, clerk)
