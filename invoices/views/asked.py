"""What the questions before a verb show: of which document, over how much, by when."""

from copy import copy
from typing import Any

from django.utils.translation import gettext as _

from invoices.models import Invoice, Payment
from invoices.services import complete_draft, unclaimed_hours
from workmate.templatetags.workmate import format_date, format_money, format_number
from workmate.views import VerbPage

Facts = list[tuple[str, Any]]
# The verbs that are about a document's money, or that cannot be taken back.
ASKED = {"finalize", "send", "pay", "cancel"}


def about_document(invoice: Invoice, verb: str) -> Facts:
    """Customer, amount and days; of a draft as it will be once it is finalized."""
    if verb not in ASKED:
        return []
    shown = copy(invoice)
    if shown.is_draft:
        complete_draft(shown, list(invoice.line_items.all()))
    facts: Facts = [(_("Customer"), shown.customer)]
    if verb == "pay":
        return [*facts, (_("Open"), format_money(shown.outstanding_amount))]
    facts.append((_("Total, gross"), format_money(shown.total)))
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
    if hours := unclaimed_hours(invoice):
        # Nothing is wrong with that, but nobody is to find out by chance.
        text = _("%(hours)s h less than recorded; they count as billed.")
        facts.append((_("Hours"), text % {"hours": format_number(hours, 2)}))
    return facts


class PaymentVerbPage(VerbPage):
    """A verb's page that says which payment it is about."""

    def about(self, obj: Payment) -> Facts:
        """Of which document and customer, and how much."""
        return [
            (_("Customer"), obj.invoice.customer),
            (_("Document"), obj.invoice),
            (_("Amount"), format_money(obj.amount)),
        ]
