"""Hours and expenses that are not billed yet, beside the editor: listed, and ticked."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from finance.models import Expense
from invoices.models import Invoice
from invoices.models.amounts import line_net
from invoices.querysets import ZERO
from invoices.services import GROUPS, cost_of, sum_of, unbilled_of
from system.models import Company
from timetracking.models import TimeEntry
from timetracking.services import billed_hours
from workmate.pickers import key_of

HOURS, EXPENSES, GROUP = "bill_entry", "bill_expense", "bill_by"
# More than so many are billed by "Bill hours and expenses", not one by one.
LISTED = 100


def ticked(data: QueryDict, name: str) -> list[UUID]:
    """The rows whose boxes are ticked; what is no key counts for nothing."""
    return [key for text in data.getlist(name) if (key := key_of(text)) is not None]


def group_of(data: QueryDict) -> str:
    """How their hours share lines."""
    wanted = data.get(GROUP, "")
    return wanted if wanted in dict(GROUPS) else GROUPS[0][0]


def whose(invoice: Invoice) -> str:
    """What the list depends on, as one word: it is shown anew when that changes."""
    return f"{invoice.customer_id or ''}:{invoice.project_id or ''}:{invoice.document_type}"


def unbilled_context(invoice: Invoice, user: Any, data: QueryDict | None = None) -> dict[str, Any]:
    """The list for a document as it stands in the editor, with what is ticked in it."""
    hours, costs = unbilled_of(invoice, user)
    rows = list(hours[: LISTED + 1])
    expenses = list(costs[: LISTED + 1])
    is_small = bool(expenses) and Company.current().is_small_business(invoice.supply_day)
    chosen = {*ticked(data, HOURS), *ticked(data, EXPENSES)} if data is not None else set()
    items = [
        *map(item_of_entry, rows[:LISTED]),
        *(item_of_expense(one, is_small=is_small) for one in expenses[:LISTED]),
    ]
    for item in items:
        item["is_ticked"] = item["key"] in chosen
    url = reverse("invoices:invoice-from-project")
    return {
        "of": whose(invoice),
        "items": items,
        "hours": hours.sum_hours() if len(rows) > LISTED else billed_hours(*rows),
        "expenses": costs.count() if len(expenses) > LISTED else len(expenses),
        "is_cut": len(rows) > LISTED or len(expenses) > LISTED,
        "all_url": f"{url}?project_id={invoice.project_id}" if invoice.project_id else url,
        "groups": GROUPS,
        "group": group_of(data) if data is not None else GROUPS[0][0],
        "with_project": not invoice.project_id,
        "ticked": ticked_context(invoice, user, data),
    }


def ticked_context(invoice: Invoice, user: Any, data: QueryDict | None) -> dict[str, Any] | None:
    """How many are ticked, and what they come to on the lines that they would make."""
    if data is None:
        return None
    keys = ticked(data, HOURS), ticked(data, EXPENSES)
    if not any(keys):
        return None
    hours, costs = unbilled_of(invoice, user)
    rows, expenses = list(hours.filter(pk__in=keys[0])), list(costs.filter(pk__in=keys[1]))
    try:
        amount = sum_of(invoice, rows, expenses, group_of(data))
    except ValidationError:  # hours without a rate: said when they are put on the document
        return {"count": len(rows) + len(expenses), "amount": None}
    return {"count": len(rows) + len(expenses), "amount": amount}


def item_of_entry(entry: TimeEntry) -> dict[str, Any]:
    """An hour in the list."""
    rate = entry.effective_rate
    quantity = billed_hours(entry)
    return {
        "name": HOURS,
        "key": entry.pk,
        "text": entry.note or entry.get_task_type_display() or _("Services"),
        "day": timezone.localtime(entry.start_time).date(),
        "who": entry.employee.full_name,
        "project": entry.project,
        "hours": quantity,
        "amount": None if rate is None else line_net(quantity, rate, ZERO),
    }


def item_of_expense(expense: Expense, *, is_small: bool) -> dict[str, Any]:
    """An expense in the list, at what it is billed."""
    return {
        "name": EXPENSES,
        "key": expense.pk,
        "text": expense.description or expense.get_category_display(),
        "day": expense.expense_date,
        "who": expense.employee.full_name,
        "project": expense.project,
        "hours": None,
        "amount": cost_of(expense, is_small=is_small),
    }
