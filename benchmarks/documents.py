"""Invoices, quotes, lines and payments of the load set."""

import datetime as dt
from decimal import Decimal
from random import Random

from django.db import connection
from django.utils import timezone

from benchmarks.copying import Series, copy_rows
from crm.models import Customer
from employees.models import Employee
from invoices.models import Invoice, InvoiceLineItem, Payment
from invoices.models.amounts import sums_of
from invoices.services.parties import buyer_of, seller_of
from projects.models import Project
from system.models import Company
from workmate.fields import round_money

TEXTS = ["Beratung", "Entwicklung", "Wartung der Server", "Lizenzen", "Schulung", "Anfahrt"]
DRAFT_SHARE, QUOTE_SHARE = 0.03, 0.08
TERMS_DAYS = 30
QUOTE_STATES = ["sent", "accepted", "accepted", "declined"]


def fill_invoices(
    count: int,
    customers: list[Customer],
    projects: list[tuple[Project, list[Employee]]],
    by: Employee,
    random: Random,
    today: dt.date,
    days: int,
) -> None:
    """Documents in every state, dated in the order of their numbers.

    The database takes lines of drafts only, so all of them become final in one statement at last.
    """
    company = Company.current()
    series = {
        kind: Series(f"invoices.{kind}", Invoice.NUMBER_PATTERNS[kind])
        for kind in ("invoice", "quote")
    }
    invoices, lines, payments = [], [], []
    states: list[tuple[object, str]] = []
    dates = sorted(today - dt.timedelta(days=random.randint(0, days)) for _number in range(count))
    for number, day in enumerate(dates):
        invoice = _document(customers, projects, random, day, number)
        own = _lines_of(invoice, random)
        sums = sums_of(own)
        invoice.subtotal, invoice.tax_amount, invoice.total = (
            sums.subtotal,
            sums.tax_amount,
            sums.total,
        )
        invoice.tax_breakdown = [row.as_json() for row in sums.rows]
        if random.random() >= DRAFT_SHARE:
            invoice.invoice_number = series[invoice.document_type].draw(day)
            invoice.finalized_at, invoice.finalized_by = invoice.created_at, by
            invoice.seller, invoice.buyer = seller_of(company, day), buyer_of(invoice)
            if random.random() < 0.97:
                invoice.sent_at, invoice.sent_to = invoice.created_at, invoice.customer.email
            payments += _payments_of(invoice, by, random, today)
            states.append((invoice.pk, _state_of(invoice, random, today)))
        else:
            invoice.issued_date = invoice.due_date = None
        invoices.append(invoice)
        lines += own
    copy_rows(Invoice, invoices)
    copy_rows(InvoiceLineItem, lines)
    _finish(states)
    copy_rows(Payment, payments)
    for one in series.values():
        one.store()


def _document(
    customers: list[Customer],
    projects: list[tuple[Project, list[Employee]]],
    random: Random,
    day: dt.date,
    number: int,
) -> Invoice:
    """A document of that day, still a draft; two of three are about a project."""
    project = projects[number % len(projects)][0] if projects and number % 3 else None
    is_quote = random.random() < QUOTE_SHARE
    moment = timezone.make_aware(dt.datetime.combine(day, dt.time(8, 0)))
    moment = min(moment + dt.timedelta(seconds=number % 28800), timezone.now())
    return Invoice(
        customer=project.customer if project else random.choice(customers),
        project=project,
        document_type="quote" if is_quote else "invoice",
        issued_date=day,
        due_date=None if is_quote else day + dt.timedelta(days=TERMS_DAYS),
        valid_until=day + dt.timedelta(days=TERMS_DAYS) if is_quote else None,
        service_date=None if is_quote else day,
        title=f"{random.choice(TEXTS)} {day:%m/%Y}",
        terms="Zahlbar innerhalb von 30 Tagen ohne Abzug.",
        created_at=moment,
        updated_at=moment,
    )


def _lines_of(invoice: Invoice, random: Random) -> list[InvoiceLineItem]:
    lines = []
    for position in range(1, random.randint(1, 5) + 1):
        line = InvoiceLineItem(
            invoice=invoice,
            position=position,
            description=f"{random.choice(TEXTS)}, {position}. Abschnitt",
            quantity=Decimal(random.randint(1, 160)) / 4,
            unit="HUR",
            unit_price=Decimal(random.randint(800, 14000)) / 100,
            discount_percent=Decimal(random.choice([0, 0, 0, 0, 5])),
            tax_rate=Decimal(random.choice(["19.00", "19.00", "19.00", "7.00"])),
        )
        line.compute()
        lines.append(line)
    return lines


def _payments_of(invoice: Invoice, by: Employee, random: Random, today: dt.date) -> list[Payment]:
    """What the customer has paid up to today: mostly all of it, and mostly in time."""
    luck = random.random()
    paid_on = invoice.issued_date + dt.timedelta(days=random.randint(3, 50))
    if invoice.is_quote or paid_on > today or luck > 0.94:
        return []
    parts = [invoice.total]
    if luck > 0.86:
        half = round_money(invoice.total / 2)
        parts = [half] if luck > 0.90 else [half, invoice.total - half]
    invoice.paid_amount = sum(parts, Decimal(0))
    return [
        Payment(invoice=invoice, amount=part, payment_date=paid_on, recorded_by=by)
        for part in parts
    ]


def _state_of(invoice: Invoice, random: Random, today: dt.date) -> str:
    if not invoice.is_quote:
        return invoice.status_by_money(today)
    if invoice.valid_until < today and random.random() < 0.4:
        return "expired"
    return random.choice(QUOTE_STATES)


def _finish(states: list[tuple[object, str]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE final_states (id uuid, status varchar(20))")
        with cursor.copy("COPY final_states FROM STDIN") as copy:
            for row in states:
                copy.write_row(row)
        cursor.execute(
            "UPDATE invoices SET status = final_states.status"
            " FROM final_states WHERE invoices.id = final_states.id"
        )
        cursor.execute("DROP TABLE final_states")
