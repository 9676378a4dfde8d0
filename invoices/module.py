"""What this module contributes to the others."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from invoices.models import Invoice, Payment
from workmate.registry import (
    Entity,
    MenuItem,
    NotificationKind,
    Panel,
    ReminderRule,
    Widget,
    register,
)
from workmate.templatetags.workmate import format_ago, format_money

VIEW = "invoices.view_invoice"
LIST = "invoices:invoice-list"
SHOWN = 6


def overdue_count(user: Any) -> int:
    """How many invoices are overdue."""
    found: int = Invoice.objects.visible_to(user).overdue().count()
    return found


def open_invoices(request: HttpRequest) -> dict[str, Any]:
    """What is to be paid next, the latest first."""
    rows = Invoice.objects.visible_to(request.user).outstanding().select_related("customer")
    return {
        "rows": [
            {
                "title": f"{invoice} · {invoice.customer}",
                "url": invoice.get_absolute_url(),
                "sub": due_in_words(invoice),
                "tone": "danger" if invoice.days_overdue else "",
                "value": format_money(invoice.outstanding_amount),
            }
            for invoice in rows.exclude(document_type="credit_note").order_by("due_date", "pk")[
                :SHOWN
            ]
        ],
        "empty": _("Everything is paid."),
    }


def due_in_words(invoice: Invoice) -> str:
    """How late it is, or when it will be due."""
    if late := invoice.days_overdue:
        return ngettext("%(n)s day overdue", "%(n)s days overdue", late) % {"n": late}
    return _("due %(when)s") % {"when": format_ago(invoice.due_date)} if invoice.due_date else ""


def revenue(request: HttpRequest) -> dict[str, Any]:
    """What was issued this month, this year and last year, net; each links to its invoices."""
    today = timezone.localdate()
    spans = [
        (date_format(today, "F Y"), today.replace(day=1), today),
        (str(today.year), today.replace(month=1, day=1), today),
        (
            str(today.year - 1),
            today.replace(year=today.year - 1, month=1, day=1),
            today.replace(year=today.year - 1, month=12, day=31),
        ),
    ]
    rows = Invoice.objects.visible_to(request.user).claims()
    return {
        "rows": [
            {
                "title": title,
                "url": f"{reverse(LIST)}?issued=true&issued_from={first}&issued_to={last}",
                "value": format_money(rows.filter(issued_date__range=(first, last)).sum_subtotal()),
            }
            for title, first, last in spans
        ]
    }


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
        "payments",
        gettext_lazy("Payments"),
        "invoices:payment-list",
        "banknote",
        "money",
        40,
        permission="invoices.view_payment",
    ),
    Entity(Invoice, ("invoice_number", "title", "customer__name"), "receipt"),
    Entity(
        Payment, ("reference", "invoice__invoice_number", "invoice__customer__name"), "banknote"
    ),
    Widget(
        "open_invoices",
        gettext_lazy("Open invoices"),
        "workmate/widgets/list.html",
        open_invoices,
        permission=VIEW,
        order=50,
        size=(7, 4),
    ),
    Widget(
        "revenue",
        gettext_lazy("Revenue, net"),
        "workmate/widgets/list.html",
        revenue,
        permission=VIEW,
        order=60,
        size=(5, 4),
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
)
