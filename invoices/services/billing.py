"""From a project's approved hours to a draft invoice; each hour is billed at most once."""

import datetime as dt
from collections import defaultdict
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from invoices.models import BilledTime, Invoice, InvoiceLineItem, Unit
from invoices.services.documents import create_invoice
from invoices.services.lines import taxation_of
from projects.models import Project
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
    label=_("Bill hours"),
    icon="timer",
    on="list",
    takes={
        "project": models.ForeignKey(Project, models.PROTECT, verbose_name=_("project")),
        "until": models.DateField(
            _("until"), null=True, blank=True, help_text=_("Left empty: all approved hours.")
        ),
        "group_by": models.CharField(
            _("lines"), max_length=20, choices=GROUPS, default="task_type"
        ),
    },
    creates=True,
    summary=_("Make a draft of a project's approved hours"),
)
@transaction.atomic
def invoice_project(
    *,
    project: Project,
    by: Actor | None,
    until: dt.date | None = None,
    group_by: str = "task_type",
) -> Invoice:
    """A draft invoice over the approved, billable hours of a project that are not billed yet.

    Hours at one rate share a line, by kind of work, person or entry. The entries' rows are
    locked meanwhile: of two runs at once the second finds nothing left. Refuses when there is
    nothing to bill, and hours without any rate.
    """
    entries = list(
        TimeEntry.objects.for_billing(project, until=until)
        .select_for_update(of=("self",))
        .select_related("employee", "project")
    )
    if not entries:
        raise Conflict(
            _("There are no approved hours of this project left to bill."), code="nothing_to_bill"
        )
    groups: dict[tuple[Any, Decimal], list[TimeEntry]] = defaultdict(list)
    for entry in entries:
        rate = entry.effective_rate
        if rate is None:
            raise ValidationError(
                {
                    "project": _("Neither the entry of %(day)s nor the project has an hourly rate.")
                    % {"day": f"{timezone.localtime(entry.start_time):%d.%m.%Y}"}
                }
            )
        groups[(_group_key(entry, group_by), rate)].append(entry)
    first = timezone.localtime(min(entry.start_time for entry in entries)).date()
    last = timezone.localtime(max(entry.start_time for entry in entries)).date()
    invoice = create_invoice(
        by=by,
        customer=project.customer,
        project=project,
        title=project.title,
        service_start=first,
        service_end=last,
    )
    _add_lines(invoice, groups)
    mark_invoiced(TimeEntry.objects.filter(pk__in=[entry.pk for entry in entries]), by=by)
    invoice.recalculate_totals()
    emit("billed", invoice, by=by, about=invoice.event_subjects(), entries=len(entries))
    return invoice


def _add_lines(invoice: Invoice, groups: dict[tuple[Any, Decimal], list[TimeEntry]]) -> None:
    taxation = taxation_of(invoice)
    if taxation is None:
        raise ValidationError({"project": _("No default VAT rate is set for the day of supply.")})
    category, tax_rate = taxation
    lines, billed = [], []
    for position, ((_key, rate), members) in enumerate(groups.items(), start=1):
        line = InvoiceLineItem(
            invoice=invoice,
            position=position,
            quantity=billed_hours(*members),
            unit=Unit.HOUR,
            unit_price=rate,
            tax_category=category,
            tax_rate=tax_rate,
        )
        with override(invoice.language):
            line.description = _description(members)
        line.full_clean(exclude=["id", "invoice"])
        lines.append(line)
        billed += [BilledTime(line_item=line, time_entry=entry) for entry in members]
    InvoiceLineItem.objects.bulk_create(lines)
    BilledTime.objects.bulk_create(billed)


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
