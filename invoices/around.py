"""What invoices and quotes show on the pages of customers and projects."""

from decimal import Decimal
from typing import Any

from django.db.models import F
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.models import Customer
from invoices.models import Invoice
from projects.models import Project
from workmate.registry import open_items
from workmate.templatetags.workmate import format_ago, format_date, format_money, format_number

LIST = "invoices:invoice-list"


def of(obj: Customer | Project, user: Any) -> Any:
    """The documents of a customer, or of a project, that the person sees."""
    name = "customer" if isinstance(obj, Customer) else "project"
    return Invoice.objects.visible_to(user).filter(**{name: obj})


def list_of(obj: Customer | Project, **narrowed: str) -> str:
    """The address of their list."""
    name = "customer_id" if isinstance(obj, Customer) else "project_id"
    return f"{reverse(LIST)}?{urlencode({name: obj.pk, **narrowed})}"


def money_of_customer(request: HttpRequest, customer: Customer) -> list[dict[str, Any]]:
    """Revenue, what is open and overdue, and how long the customer takes to pay."""
    rows = of(customer, request.user)
    found = rows.figures()
    settled = {"issued": "true", "status": "paid"}
    shown: list[dict[str, Any]] = [
        {
            # Issued and settled; the dashboard's is what was issued.
            "label": _("Paid revenue, gross"),
            "value": format_money(found["settled"]),
            "url": list_of(customer, **settled),
        },
        {
            "label": _("Open"),
            "value": format_money(found["outstanding"]),
            "url": list_of(customer, outstanding="true"),
            "note": less_credits(found["credits"]),
        },
        {
            "label": _("Overdue"),
            "value": format_money(found["overdue"]),
            "url": list_of(customer, overdue="true"),
            "tone": "danger" if found["overdue_count"] else "",
        },
    ]
    if (days := rows.average_days_to_pay()) is not None:
        shown.append(
            {
                "label": _("Days to pay, average"),
                "value": format_number(days),
                "url": list_of(customer, **settled),
            }
        )
    return shown


def less_credits(amount: Decimal) -> str:
    """Why more may be overdue than is open: credit notes count against the one alone."""
    return _("less %(amount)s of credit notes") % {"amount": format_money(amount)} if amount else ""


def open_invoices_of(request: HttpRequest, obj: Customer | Project) -> dict[str, Any]:
    """What is to be paid, the latest first; credit notes count against it."""
    rows = of(obj, request.user).outstanding()
    return open_items(
        rows.order_by(F("due_date").asc(nulls_last=True), "pk"),
        lambda invoice: {"title": str(invoice), **open_line(invoice)},
        url=list_of(obj, outstanding="true"),
        value=lambda: format_money(rows.sum_outstanding()),
        more=_("All open invoices"),
    )


def open_quotes_of(request: HttpRequest, obj: Customer | Project) -> dict[str, Any]:
    """Quotes that wait for an answer, the first to expire in front."""
    rows = of(obj, request.user).undecided()
    return open_items(
        rows.order_by(F("valid_until").asc(nulls_last=True), "pk"),
        lambda quote: {
            "title": str(quote),
            "url": quote.get_absolute_url(),
            "sub": valid_in_words(quote),
            "value": format_money(quote.total),
        },
        url=list_of(obj, document_type="quote", undecided="true"),
        value=lambda: format_money(rows.sum_total()),
        more=_("All open quotes"),
    )


def drafts_of(request: HttpRequest, obj: Customer | Project) -> dict[str, Any]:
    """Drafts that nobody finalized yet, the newest first."""
    rows = of(obj, request.user).drafts()
    return open_items(
        rows.order_by("-created_at", "-pk"),
        lambda draft: {
            "title": str(draft),
            "url": draft.get_absolute_url(),
            "sub": draft.title or format_ago(draft.created_at),
            "value": format_money(draft.total),
        },
        url=list_of(obj, status="draft"),
        more=_("All drafts"),
    )


def open_line(invoice: Invoice) -> dict[str, Any]:
    """How an open document stands in a list of what waits, but for its title."""
    return {
        "url": invoice.get_absolute_url(),
        "sub": due_in_words(invoice),
        "tone": "danger" if invoice.days_overdue else "",
        "value": format_money(invoice.open_amount),
    }


def due_in_words(invoice: Invoice) -> str:
    """How late it is, or when it will be due; empty without a due date."""
    if late := invoice.days_overdue:
        return ngettext("%(n)s day overdue", "%(n)s days overdue", late) % {"n": late}
    return _("due %(when)s") % {"when": format_ago(invoice.due_date)} if invoice.due_date else ""


def valid_in_words(quote: Invoice) -> str:
    """How long a quote is valid."""
    day = quote.valid_until
    return _("valid until %(day)s") % {"day": format_date(day)} if day else ""
