"""What this module contributes to the others."""

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from invoices.around import drafts_of, money_of_customer, open_invoices_of, open_quotes_of
from invoices.models import Invoice, Payment
from invoices.services import series_of
from invoices.widgets import LIST, money_figures, open_invoices, revenue, unbilled_hours
from workmate.querysets import CountSeen
from workmate.registry import (
    DAY,
    FIGURES,
    Command,
    Entity,
    Figures,
    MenuItem,
    NotificationKind,
    OpenItems,
    Panel,
    ReminderRule,
    RowFigures,
    Series,
    Widget,
    register,
)

VIEW = "invoices.view_invoice"


_count_overdue = CountSeen(Invoice, lambda rows, today: rows.overdue(today), today=dt.date.min)


def overdue_count(user: Any) -> int:
    """How many invoices are overdue."""
    return _count_overdue(user, today=timezone.localdate())


def overdue_title(invoice: Invoice) -> str:
    """What is to be done about an overdue invoice."""
    return _("Invoice %(number)s is overdue: %(customer)s") % {
        "number": invoice.invoice_number,
        "customer": invoice.customer,
    }


def expiring_title(quote: Invoice) -> str:
    """What is to be done about a quote that is about to expire."""
    return _("Quote %(number)s expires on %(day)s: %(customer)s") % {
        "number": quote.invoice_number,
        "day": date_format(quote.valid_until, "SHORT_DATE_FORMAT"),
        "customer": quote.customer,
    }


register(
    ReminderRule(
        "invoice_overdue",
        Invoice,
        lambda: Invoice.objects.overdue().select_related("customer", "finalized_by__role"),
        "due_date",
        overdue_title,
        lambda invoice: invoice.finalized_by,
    ),
    ReminderRule(
        "quote_expiring",
        Invoice,
        lambda: (
            Invoice.objects.quotes()
            .filter(status__in=["finalized", "sent"], valid_until__isnull=False)
            .select_related("customer", "finalized_by__role")
        ),
        "valid_until",
        expiring_title,
        lambda quote: quote.finalized_by,
        days_before=3,
    ),
    NotificationKind("invoice_not_sent", gettext_lazy("An invoice could not be sent"), 50),
    MenuItem(
        "invoices",
        gettext_lazy("Invoices"),
        LIST,
        "receipt",
        "money",
        10,
        permission=VIEW,
        count=overdue_count,
        tone="danger",
    ),
    MenuItem(
        "quotes",
        gettext_lazy("Quotes"),
        LIST,
        "file-text",
        "money",
        20,
        permission=VIEW,
        query="document_type=quote",
    ),
    MenuItem(
        "open_items",
        gettext_lazy("Open items"),
        "invoices:payment-board",
        "hand-coins",
        "money",
        35,
        permission="invoices.view_payment",
    ),
    MenuItem(
        "payments",
        gettext_lazy("Payments"),
        "invoices:payment-list",
        "banknote",
        "money",
        40,
        permission="invoices.view_payment",
    ),
    Entity(
        Invoice,
        ("title", "customer__name"),
        "receipt",
        numbers=("invoice_number",),
        reads=("invoice_number", "document_type", "status", "customer__name"),
        known_by_name=True,  # its number tells an invoice from a quote, its kind does not
    ),
    Entity(
        Payment,
        ("invoice__invoice_number", "invoice__customer__name"),
        "banknote",
        numbers=("reference",),
        reads=("payment_date", "amount"),
    ),
    Figures("invoices", money_figures, permission=VIEW, order=50),
    Widget(
        "revenue",
        gettext_lazy("Invoiced revenue, net"),
        "workmate/widgets/chart.html",
        revenue,
        permission=VIEW,
        order=50,
        size=(7, 5),
        least=(4, 4),
        starts=[DAY, FIGURES],
    ),
    Widget(
        "open_invoices",
        gettext_lazy("Open invoices"),
        "workmate/widgets/list.html",
        open_invoices,
        permission=VIEW,
        order=60,
        size=(5, 5),
        starts=[DAY],
    ),
    Widget(
        "unbilled_hours",
        gettext_lazy("Unbilled hours"),
        "invoices/widgets/unbilled_hours.html",
        unbilled_hours,
        permission="invoices.add_invoice",
        order=30,
        size=(4, 4),
        starts=[DAY],
    ),
    Panel(
        "customer_invoices",
        on="crm.customer",
        list=LIST,
        by="customer",
        label=gettext_lazy("Invoices"),
        icon="receipt",
        permission=VIEW,
        order=40,
    ),
    Panel(
        "project_invoices",
        on="projects.project",
        list=LIST,
        by="project",
        label=gettext_lazy("Invoices"),
        icon="receipt",
        permission=VIEW,
        order=40,
    ),
    Panel(
        "invoice_reminders",
        on="invoices.invoice",
        list="reminders:reminder-list",
        by="linked_entity",
        label=gettext_lazy("Reminders"),
        icon="alarm-clock",
        permission="reminders.view_reminder",
        order=90,
    ),
    Command(
        "new_invoice",
        gettext_lazy("New invoice"),
        "invoices:invoice-new",
        "receipt",
        permission="invoices.add_invoice",
        order=25,
    ),
    Command(
        "invoice_for",
        gettext_lazy("New invoice for %(title)s"),
        "invoices:invoice-new",
        "receipt",
        permission="invoices.add_invoice",
        order=120,
        on="crm.customer",
        query="customer_id",
        short=gettext_lazy("New invoice"),
    ),
    Command(
        "bill_project",
        gettext_lazy("Bill hours and expenses of %(title)s"),
        "invoices:invoice-from-project",
        "receipt",
        permission="invoices.add_invoice",
        order=125,
        on="projects.project",
        query="project_id",
        short=gettext_lazy("Bill hours and expenses"),
    ),
    RowFigures("customer_money", "crm.customer", money_of_customer, permission=VIEW, order=10),
    *(
        OpenItems(f"{key}_{page}", on, label, icon, items, permission=VIEW, order=order)
        for page, on in (("customer", "crm.customer"), ("project", "projects.project"))
        for key, label, icon, items, order in (
            ("open_invoices", gettext_lazy("Open invoices"), "receipt", open_invoices_of, 10),
            ("open_quotes", gettext_lazy("Open quotes"), "file-text", open_quotes_of, 30),
            ("drafts", gettext_lazy("Drafts"), "pencil", drafts_of, 40),
        )
    ),
    *[
        Series(series_of(kind), Invoice.DocumentType(kind).label, pattern, 10 + number)
        for number, (kind, pattern) in enumerate(Invoice.NUMBER_PATTERNS.items())
    ],
)
