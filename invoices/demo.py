"""A year of documents and payments of the demo company, in every state."""

import calendar
import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils import timezone

from invoices.models import Invoice, Unit
from invoices.services import (
    accept_quote,
    cancel_invoice,
    convert_quote,
    create_invoice,
    credit_invoice,
    decline_quote,
    expire_quotes,
    finalize_invoice,
    invoice_project,
    mark_overdue,
    mark_sent,
    record_payment,
    reverse_payment,
)
from timetracking.models import TimeEntry
from workmate import services
from workmate.demo import Demo
from workmate.errors import Conflict

A_MONTH = 5
GOODS = [
    ("Notebook 14 Zoll, vorbereitet und eingerichtet", "1249.00", Unit.PIECE),
    ("Wartungspauschale Server", "380.00", Unit.MONTH),
    ("Lizenz Büroprogramme, je Arbeitsplatz und Monat", "12.90", Unit.PIECE),
    ("Anfahrt", "0.68", Unit.KILOMETRE),
    ("Schulung vor Ort", "890.00", Unit.DAY),
]
QUOTES = ["Neues Lager-WLAN", "Umzug in die Cloud", "Telefonie für zwei Standorte", "Webshop",
          "Notfallkonzept", "Auswertung der Produktion"]  # fmt: skip


def build(demo: Demo) -> None:
    """Month by month, as numbers must follow dates; at last what is still a draft."""
    by = next(p for p in demo.rows["people"] if p.role.name == "Accounting")
    for back in range(11, -1, -1):
        end = _month_end(demo.today, back)
        day = min(end + dt.timedelta(days=3), demo.today)
        for invoice in [*_hours_of(demo, end, by), _goods(demo, end, by)]:
            _issue(invoice, day, demo, by)
    _corrections(demo, by)
    _deposit(demo, by)
    _quotes(demo, by)
    mark_overdue()
    _drafts(demo, by)


def _month_end(today: dt.date, back: int) -> dt.date:
    month = today.year * 12 + today.month - 1 - back
    year, number = divmod(month - 1, 12)
    return dt.date(year, number + 1, calendar.monthrange(year, number + 1)[1])


def _hours_of(demo: Demo, end: dt.date, by: Any) -> list[Invoice]:
    """Drafts of the hours up to that day, of the projects that have the most of them."""
    hours = TimeEntry.objects.unbilled().on_days(None, end).hours_by("project_id")
    most = hours.order_by("-minutes", "project__project_number")[:A_MONTH]
    projects = {project.pk: project for project in demo.rows["projects"]}
    return [invoice_project(project=projects[row["project_id"]], by=by, until=end) for row in most]


def _goods(demo: Demo, end: dt.date, by: Any) -> Invoice:
    """A draft of what was sold without a project."""
    chosen = demo.random.sample(GOODS, 2)
    return create_invoice(
        by=by,
        customer=demo.random.choice(demo.rows["customers"][:30]),
        title="Lieferung und Einrichtung",
        service_date=end,
        line_items=[
            {
                "description": text,
                "quantity": Decimal(demo.random.randint(1, 12)),
                "unit": unit,
                "unit_price": Decimal(price),
                "discount_percent": Decimal(demo.random.choice([0, 0, 0, 5])),
            }
            for text, price, unit in chosen
        ],
    )


def _issue(invoice: Invoice, day: dt.date, demo: Demo, by: Any) -> None:
    """Finalize, send, and let the customer pay: mostly, and mostly in time."""
    services.change(invoice, by=by, issued_date=day)
    invoice = finalize_invoice(invoice, by=by)
    if demo.random.random() < 0.04:
        return
    mark_sent(invoice, by=by)
    sent_at = timezone.make_aware(dt.datetime.combine(day, dt.time(9, 20)))
    Invoice.objects.filter(pk=invoice.pk).update(sent_at=sent_at)
    paid_on = day + dt.timedelta(days=demo.random.randint(4, 24))
    luck = demo.random.random()
    if paid_on > demo.today or luck > 0.93:
        return
    half = (invoice.total / 2).quantize(Decimal("0.01"))
    amount = half if luck > 0.88 else None
    record_payment(
        invoice=invoice, by=by, amount=amount, payment_date=paid_on, reference=f"Kto {day:%m%d}"
    )


def _corrections(demo: Demo, by: Any) -> None:
    """One paid by half, a cancelled one, a corrected one, a payment booked by mistake."""
    half_paid, wrong = (
        mark_sent(finalize_invoice(_goods(demo, demo.today, by), by=by), by=by)
        for _number in range(2)
    )
    half = (half_paid.total / 2).quantize(Decimal("0.01"))
    record_payment(invoice=half_paid, by=by, amount=half)
    cancel_invoice(wrong, by=by, reason="Falscher Leistungszeitraum")
    paid = Invoice.objects.paid().order_by("-invoice_number")[:2]
    finalize_invoice(credit_invoice(paid[0], by=by), by=by)
    reverse_payment(paid[1].payments.get(), by=by, reason="Doppelt gebucht")


def _deposit(demo: Demo, by: Any) -> None:
    invoice = create_invoice(
        by=by,
        document_type=Invoice.DocumentType.DEPOSIT,
        customer=demo.rows["customers"][4],
        title="Abschlag Umbau der Praxis",
        service_date=demo.today,
        line_items=[{"description": "Abschlag nach Auftrag", "unit_price": Decimal(2500)}],
    )
    mark_sent(finalize_invoice(invoice, by=by), by=by)


def _quotes(demo: Demo, by: Any) -> None:
    """Quotes: draft, finalized, sent, accepted and converted, declined, expired."""
    quotes = []
    for number, title in enumerate(QUOTES):
        quote = create_invoice(
            by=by,
            document_type=Invoice.DocumentType.QUOTE,
            customer=demo.rows["customers"][33 + number % 7],
            title=title,
            issued_date=demo.ago(60 - 10 * number),
            line_items=[
                {
                    "description": f"{title}: Planung und Umsetzung",
                    "quantity": Decimal(8 + 4 * number),
                    "unit": Unit.HOUR,
                    "unit_price": Decimal("98.00"),
                }
            ],
        )
        quotes.append(finalize_invoice(quote, by=by) if number < 5 else quote)
    for quote in quotes[:4]:
        mark_sent(quote, by=by)
    decline_quote(quotes[1], by=by)
    convert_quote(accept_quote(quotes[2], by=by), by=by)
    expire_quotes()


def _drafts(demo: Demo, by: Any) -> None:
    """What somebody is working on: hours of this month, and a delivery."""
    for project in demo.rows["projects"][:12]:
        try:
            invoice_project(project=project, by=by)
        except Conflict:  # nothing to bill on this one
            continue
        break
    _goods(demo, demo.today, by)
