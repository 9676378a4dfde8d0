"""What the questions before a verb show: of which document, over how much, by when."""

from copy import copy
from typing import Any

from django.db.models import DecimalField, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from finance.models import Expense
from invoices.models import Invoice, Payment
from invoices.querysets import ZERO
from invoices.services import complete_draft, unclaimed_hours
from projects.models import Project
from timetracking.models import TimeEntry
from workmate.fields import round_money
from workmate.pickers import key_of
from workmate.templatetags.workmate import format_date, format_money, format_number
from workmate.views import VerbPage

AMOUNT: "DecimalField[Any, Any]" = DecimalField(max_digits=20, decimal_places=8)
Facts = list[tuple[str, Any]]
# The verbs that are about a document's money, or that cannot be taken back.
ASKED = {"finalize", "send", "pay", "cancel"}


def total_label(invoice: Invoice) -> str:
    """What its gross is called: the paper has no sign, so where it flows back is said in words."""
    return _("To be refunded, gross") if invoice.is_credit else _("Total, gross")


def foreseen(invoice: Invoice) -> tuple[Invoice, dict[str, Any]]:
    """A draft as it will be once it is finalized, and what it still lacks; others as they are."""
    shown, lacks = copy(invoice), {}
    if shown.is_draft:
        lacks = complete_draft(shown, list(invoice.line_items.all()))
    return shown, lacks


def about_document(shown: Invoice, verb: str) -> Facts:
    """Customer, amount and days of a document as `foreseen`."""
    facts: Facts = [(_("Customer"), shown.customer)]
    if verb == "pay":
        return [*facts, (_("Open"), format_money(shown.outstanding_amount))]
    facts.append((total_label(shown), format_money(shown.total)))
    if verb == "cancel" and shown.paid_amount:
        label = _("Refunded, to be claimed back") if shown.is_credit else _("Paid, to be paid back")
        facts.append((label, format_money(shown.paid_amount)))
    if verb != "finalize":
        return facts
    days = [
        (_("Date"), shown.issued_date),
        (_("Valid until"), shown.valid_until if shown.is_quote else None),
        (_("Due"), None if shown.is_quote else shown.due_date),
        (_("Date of supply"), shown.service_date),
    ]
    facts += [(label, format_date(day)) for label, day in days if day is not None]
    if shown.service_start:
        period = f"{format_date(shown.service_start)} – {format_date(shown.service_end)}"
        facts.append((_("Period of supply"), period))
    if hours := unclaimed_hours(shown):
        # Nothing is wrong with that, but nobody is to find out by chance.
        text = _("%(hours)s h less than recorded; they count as billed.")
        facts.append((_("Hours"), text % {"hours": format_number(hours, 2)}))
    return facts


def offer_open_projects(form: Any) -> None:
    """Let the field for a project offer those of which something is open, the most in front.

    One that is chosen stays, whatever is left of it.
    """
    field, chosen = form.fields["project"], key_of(form["project"].value())
    hours, costs = TimeEntry.objects.unbilled(), Expense.objects.unbilled()
    is_open = Q(pk__in=hours.order_by().values("project"))
    is_open |= Q(pk__in=costs.order_by().values("project"))
    rows = field.queryset.filter(is_open | Q(pk=chosen))
    worth = Sum(F("duration_minutes") * Coalesce("hourly_rate", OuterRef("hourly_rate"), ZERO))
    rows = rows.annotate(
        open_hours=_sum_of_project(hours, worth / 60),
        open_costs=_sum_of_project(costs, "net_amount"),
    )
    field.queryset = rows.order_by((F("open_hours") + F("open_costs")).desc(), "pk")
    field.label_from_instance = label_of_open


def _sum_of_project(rows: QuerySet[Any], what: Any) -> Coalesce:
    """A project's sum of its rows, as a part of the query for the projects."""
    sums = rows.filter(project=OuterRef("pk")).order_by().values("project")
    total = sums.annotate(total=Sum(what) if isinstance(what, str) else what).values("total")
    return Coalesce(
        Subquery(total), ZERO, output_field=DecimalField(max_digits=20, decimal_places=8)
    )


def label_of_open(project: Project) -> str:
    """The project, and what of it is not billed yet, before hours are rounded for billing."""
    amount = round_money(
        getattr(project, "open_hours", ZERO) + getattr(project, "open_costs", ZERO)
    )
    return _("%(project)s · %(amount)s open") % {
        "project": project,
        "amount": format_money(amount),
    }


class PaymentVerbPage(VerbPage):
    """A verb's page that says which payment it is about."""

    def about(self, obj: Payment) -> Facts:
        """Of which document and customer, and how much."""
        return [
            (_("Customer"), obj.invoice.customer),
            (_("Document"), obj.invoice),
            (_("Amount"), format_money(obj.amount)),
        ]
