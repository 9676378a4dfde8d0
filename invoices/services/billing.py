"""From a project's approved hours and expenses to a draft invoice; each is billed once at most."""

import datetime as dt
from collections import defaultdict
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from finance.models import Expense
from finance.services import mark_invoiced as mark_expenses
from invoices.models import BilledExpense, BilledTime, Invoice, InvoiceLineItem, Unit
from invoices.services.documents import create_invoice
from invoices.services.lines import Taxation, taxation_of
from projects.models import Project
from system.models import Company
from timetracking.models import TimeEntry
from timetracking.services import billed_hours, mark_invoiced
from workmate.errors import Conflict
from workmate.events import emit
from workmate.services import Actor
from workmate.verbs import verb

GROUPS = [
    ("task_type", _("One line for each kind of work")),
    ("employee", _("One line for each person")),
    ("entry", _("One line for each entry")),
]


@verb(
    Invoice,
    "from_project",
    permission="add_invoice",
    label=_("Bill hours and expenses"),
    icon="timer",
    on="list",
    takes={
        "project": models.ForeignKey(Project, models.PROTECT, verbose_name=_("project")),
        "until": models.DateField(
            _("until"), null=True, blank=True, help_text=_("Left empty: all that is approved.")
        ),
        "group_by": models.CharField(
            _("lines"), max_length=20, choices=GROUPS, default="task_type"
        ),
        "with_expenses": models.BooleanField(
            _("with expenses"),
            default=True,
            help_text=_("Approved billable ones, net, each on a line of its own."),
        ),
    },
    creates=True,
    summary=_("Make a draft of a project's approved hours and expenses"),
)
@transaction.atomic
def invoice_project(
    *,
    project: Project,
    by: Actor | None,
    until: dt.date | None = None,
    group_by: str = "task_type",
    with_expenses: bool = True,
) -> Invoice:
    """A draft invoice over a project's approved, billable hours and expenses not billed yet.

    Hours at one rate share a line, by kind of work, person or entry. The rows are locked
    meanwhile: of two runs at once the second finds nothing left. Refuses when there is nothing to
    bill, and hours without any rate.
    """
    entries = _entries_of(project, until)
    expenses = _expenses_of(project, until) if with_expenses else []
    if not entries and not expenses:
        raise Conflict(
            _("Nothing approved of this project is left to bill."), code="nothing_to_bill"
        )
    groups: dict[tuple[Any, Decimal], list[TimeEntry]] = defaultdict(list)
    for entry in entries:
        groups[(_group_key(entry, group_by), _rate_of(entry))].append(entry)
    days = [timezone.localtime(entry.start_time).date() for entry in entries]
    days += [expense.expense_date for expense in expenses]
    invoice = create_invoice(
        by=by,
        customer=project.customer,
        project=project,
        title=project.title,
        service_start=min(days),
        service_end=max(days),
    )
    _add_lines(invoice, groups, expenses)
    mark_invoiced(entries, by=by)
    mark_expenses(expenses, by=by)
    invoice.recalculate_totals()
    emit(
        "billed",
        invoice,
        by=by,
        about=invoice.event_subjects(),
        entries=len(entries),
        expenses=len(expenses),
    )
    return invoice


def _entries_of(project: Project, until: dt.date | None) -> list[TimeEntry]:
    rows = TimeEntry.objects.for_billing(project, until=until).select_for_update(of=("self",))
    return list(rows.select_related("employee", "project"))


def _expenses_of(project: Project, until: dt.date | None) -> list[Expense]:
    rows = Expense.objects.for_billing(project, until=until)
    return list(rows.select_for_update(of=("self",)))


def _rate_of(entry: TimeEntry) -> Decimal:
    rate = entry.effective_rate
    if rate is None:
        message = _("Neither the entry of %(day)s nor the project has an hourly rate.")
        day = f"{timezone.localtime(entry.start_time):%d.%m.%Y}"
        raise ValidationError({"project": message % {"day": day}})
    return rate


def _add_lines(
    invoice: Invoice,
    groups: dict[tuple[Any, Decimal], list[TimeEntry]],
    expenses: list[Expense],
) -> None:
    taxation = taxation_of(invoice)
    if taxation is None:
        raise ValidationError({"project": _("No default VAT rate is set for the day of supply.")})
    lines: list[InvoiceLineItem] = []
    times: list[BilledTime] = []
    costs: list[BilledExpense] = []
    with override(invoice.language):
        for (_key, rate), members in groups.items():
            line = _line(invoice, taxation, billed_hours(*members), Unit.HOUR, rate)
            line.description = _description(members)
            lines.append(line)
            times += [BilledTime(line_item=line, time_entry=entry) for entry in members]
        # Who shows no VAT gets none back: then all that was paid is the cost.
        is_small = Company.current().is_small_business(invoice.supply_day)
        for expense in expenses:
            cost = expense.amount if is_small else expense.net_amount
            line = _line(invoice, taxation, Decimal(1), Unit.FLAT, cost)
            line.description = _description_of_expense(expense)
            lines.append(line)
            costs.append(BilledExpense(line_item=line, expense=expense))
    for position, line in enumerate(lines, start=1):
        line.position = position
        line.full_clean(exclude=["id", "invoice"])
    InvoiceLineItem.objects.bulk_create(lines)
    BilledTime.objects.bulk_create(times)
    BilledExpense.objects.bulk_create(costs)


def _line(
    invoice: Invoice, taxation: Taxation, quantity: Decimal, unit: Unit, price: Decimal
) -> InvoiceLineItem:
    category, tax_rate = taxation
    return InvoiceLineItem(
        invoice=invoice,
        quantity=quantity,
        unit=unit,
        unit_price=price,
        tax_category=category,
        tax_rate=tax_rate,
    )


def _group_key(entry: TimeEntry, group_by: str) -> Any:
    if group_by == "entry":
        return entry.pk
    return entry.employee_id if group_by == "employee" else entry.task_type


def _description(entries: list[TimeEntry]) -> str:
    """What the line is for, in the document's language."""
    first = entries[0]
    kind = first.get_task_type_display() if first.task_type else str(_("Services"))
    if len(entries) == 1 and first.note:
        return f"{kind}: {first.note}"[:2000]
    people = {entry.employee.full_name for entry in entries}
    return f"{kind} ({people.pop()})" if len(people) == 1 else str(kind)


def _description_of_expense(expense: Expense) -> str:
    """What was spent for the customer, and when, in the document's language."""
    day = date_format(expense.expense_date, "SHORT_DATE_FORMAT")
    return f"{capfirst(expense.get_category_display())}, {day}: {expense.description}"[:2000]
