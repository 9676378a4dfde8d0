"""From a project's approved hours and expenses to a draft invoice; each is billed once at most."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from finance.models import Expense
from finance.querysets import ExpenseQuerySet
from finance.services import mark_invoiced as mark_expenses
from invoices.models import BilledExpense, BilledTime, Invoice, InvoiceLineItem, Unit
from invoices.models.amounts import sums_of
from invoices.querysets import ZERO, frozen
from invoices.services.documents import create_invoice
from invoices.services.lines import MAX_LINES, Taxation, taxation_of
from projects.models import Project
from system.models import Company, TaxRate
from timetracking.models import TimeEntry
from timetracking.querysets import TimeEntryQuerySet
from timetracking.services import billed_hours, mark_invoiced
from workmate import services
from workmate.errors import Conflict
from workmate.events import emit
from workmate.services import Actor
from workmate.templatetags.workmate import format_money
from workmate.verbs import verb

# Who types 8.83 h for 8.8333 h gives nothing away.
LEAST_HOURS = Decimal("0.01")
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
    done=_("A draft over %(amount)s was made of the hours and expenses."),
    words=lambda invoice: {"amount": format_money(invoice.total)},
)
@services.acted
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
    first, last = _days_of(entries, expenses)
    invoice = create_invoice(
        by=by,
        customer=project.customer,
        project=project,
        title=project.title,
        service_start=first,
        service_end=last,
    )
    _bill(invoice, entries, expenses, group_by=group_by, by=by)
    return invoice


@services.acted
def bill_on(
    invoice: Invoice,
    *,
    by: Actor | None,
    entries: Iterable[UUID] = (),
    expenses: Iterable[UUID] = (),
    group_by: str = "task_type",
) -> Invoice:
    """Put hours and expenses of the draft's project, or else of its customer, on new lines.

    Grouped as by `invoice_project`, behind the lines that are there. The draft's day or period of
    supply grows by their days (§14(4) Nr. 6 UStG). Refuses what is no draft invoice, what is
    another customer's or project's, what `by` does not see, and what is not approved or stands on
    an invoice already: then nothing is put on it.
    """
    invoice = services.lock(invoice)
    if invoice.is_frozen:
        raise frozen()
    if invoice.document_type != Invoice.DocumentType.INVOICE:
        raise ValidationError({"document_type": _("Hours and expenses are billed by an invoice.")})
    wanted = set(entries), set(expenses)
    hours, spent = _hours_for(invoice), _expenses_for(invoice)
    if by is not None:
        hours, spent = unbilled_of(invoice, by)
    times = list(hours.filter(pk__in=wanted[0]).select_for_update(of=("self",)))
    costs = list(spent.filter(pk__in=wanted[1]).select_for_update(of=("self",)))
    if len(times) < len(wanted[0]) or len(costs) < len(wanted[1]):
        raise Conflict(
            _("Some of these hours or expenses cannot be billed here (any more)."),
            code="not_billable",
        )
    if not times and not costs:
        raise Conflict(_("Nothing was selected."), code="nothing_to_bill")
    _stretch(invoice, *_days_of(times, costs))
    _bill(invoice, times, costs, group_by=group_by, by=by)
    return invoice


def _hours_for(invoice: Invoice) -> TimeEntryQuerySet:
    """What can be billed on a document: its project's, or else all of its customer's."""
    rows = TimeEntry.objects.unbilled().order_by("start_time", "pk")
    rows = rows.select_related("employee", "project")
    if invoice.project_id:
        return rows.filter(project=invoice.project_id)
    return rows.filter(project__customer=invoice.customer_id)


def _expenses_for(invoice: Invoice) -> ExpenseQuerySet:
    rows = Expense.objects.unbilled().order_by("expense_date", "pk")
    if invoice.project_id:
        return rows.filter(project=invoice.project_id)
    return rows.filter(project__customer=invoice.customer_id)


def unbilled_of(invoice: Invoice, user: Any) -> tuple[TimeEntryQuerySet, ExpenseQuerySet]:
    """The hours and expenses that could be put on a draft, saved or not, and that one may see."""
    projects = Project.objects.visible_to(user).order_by().values("pk")
    hours, costs = _hours_for(invoice), _expenses_for(invoice).select_related("employee", "project")
    if not invoice.customer_id or invoice.document_type != Invoice.DocumentType.INVOICE:
        return hours.none(), costs.none()
    return (
        hours.visible_to(user).filter(project__in=projects),
        costs.visible_to(user).filter(project__in=projects),
    )


def sum_of(
    invoice: Invoice, entries: Sequence[TimeEntry], expenses: Sequence[Expense], group_by: str
) -> Decimal:
    """What hours and expenses come to net on the lines that they would stand on."""
    lines = _lines_for(invoice, entries, expenses, group_by, (TaxRate.Category.ZERO, ZERO))
    return sums_of(line for line, _members in lines).subtotal


def unclaimed_hours(invoice: Invoice) -> Decimal:
    """How many recorded hours its lines no longer ask for, though they count as billed by them."""
    billed = BilledTime.objects.current().filter(
        line_item__invoice=invoice, line_item__unit=Unit.HOUR
    )
    asked: dict[UUID, Decimal] = {}
    entries: dict[UUID, list[TimeEntry]] = defaultdict(list)
    for one in billed.select_related("line_item", "time_entry"):
        asked[one.line_item_id] = one.line_item.quantity
        entries[one.line_item_id].append(one.time_entry)
    less = [billed_hours(*entries[key]) - quantity for key, quantity in asked.items()]
    return sum((hours for hours in less if hours >= LEAST_HOURS), ZERO)


def cost_of(expense: Expense, *, is_small: bool) -> Decimal:
    """What an expense is billed at: who shows no VAT gets none back, so all that was paid."""
    cost: Decimal = expense.amount if is_small else expense.net_amount
    return cost


def _days_of(entries: Iterable[TimeEntry], expenses: Iterable[Expense]) -> tuple[dt.date, dt.date]:
    days = [timezone.localtime(entry.start_time).date() for entry in entries]
    days += [expense.expense_date for expense in expenses]
    return min(days), max(days)


def _stretch(invoice: Invoice, first: dt.date, last: dt.date) -> None:
    """Let the day or period of supply reach over these days, too."""
    known = (invoice.service_date, invoice.service_start, invoice.service_end)
    days = [first, last, *(day for day in known if day is not None)]
    first, last = min(days), max(days)
    if first == last == invoice.service_date:
        return
    invoice.service_date = None
    invoice.service_start, invoice.service_end = first, last
    invoice.save()


def _bill(
    invoice: Invoice,
    entries: list[TimeEntry],
    expenses: list[Expense],
    *,
    group_by: str,
    by: Actor | None,
) -> None:
    """Write the lines, note what stands on which, and mark it as invoiced."""
    taxation = taxation_of(invoice)
    if taxation is None:
        raise ValidationError({"project": _("No default VAT rate is set for the day of supply.")})
    last = invoice.line_items.aggregate(last=models.Max("position", default=0))["last"]
    made = _lines_for(invoice, entries, expenses, group_by, taxation)
    if last + len(made) > MAX_LINES:
        raise ValidationError({"project": _("At most 1,000 lines.")})
    for position, (line, _members) in enumerate(made, start=last + 1):
        line.position = position
        line.full_clean(exclude=["id", "invoice"])
    InvoiceLineItem.objects.bulk_create([line for line, _members in made])
    pairs = [(line, member) for line, members in made for member in members]
    BilledTime.objects.bulk_create(
        BilledTime(line_item=line, time_entry=one)
        for line, one in pairs
        if isinstance(one, TimeEntry)
    )
    BilledExpense.objects.bulk_create(
        BilledExpense(line_item=line, expense=one)
        for line, one in pairs
        if isinstance(one, Expense)
    )
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


def _lines_for(
    invoice: Invoice,
    entries: Iterable[TimeEntry],
    expenses: Iterable[Expense],
    group_by: str,
    taxation: Taxation,
) -> list[tuple[InvoiceLineItem, list[Any]]]:
    """The lines that hours and expenses make, unsaved, each with what stands on it."""
    groups: dict[tuple[Any, Decimal], list[TimeEntry]] = defaultdict(list)
    for entry in entries:
        groups[(_group_key(entry, group_by), _rate_of(entry))].append(entry)
    made: list[tuple[InvoiceLineItem, list[Any]]] = []
    with override(invoice.language):
        for (_key, rate), members in groups.items():
            line = _line(invoice, taxation, billed_hours(*members), Unit.HOUR, rate)
            line.description = _description(members)
            made.append((line, members))
        is_small = Company.current().is_small_business(invoice.supply_day)
        for expense in expenses:
            cost = cost_of(expense, is_small=is_small)
            line = _line(invoice, taxation, Decimal(1), Unit.FLAT, cost)
            line.description = _description_of_expense(expense)
            made.append((line, [expense]))
    for line, _members in made:
        line.compute()
    return made


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
