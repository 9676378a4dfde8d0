"""What invoices take of time: each hour at most once."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from timetracking.models import TimeEntry
from workmate import services
from workmate.errors import Conflict
from workmate.services import Actor


def mark_invoiced(entries: Iterable[TimeEntry], *, by: Actor | None) -> list[TimeEntry]:
    """Mark entries as standing on an invoice, in the caller's transaction.

    Raises Conflict unless each of them is there, approved, billable and on no invoice yet: of two
    runs over the same hours the second one is refused.
    """
    with services.acting(by):
        locked = services.lock_all(entries, "project")
        for entry in locked:
            approved = entry.status == TimeEntry.Status.APPROVED
            if not (approved and entry.billable) or entry.is_invoiced:
                raise Conflict(
                    _("%(entry)s cannot be billed (any more)."),
                    code="not_billable",
                    params={"entry": entry},
                )
        services.set_on_all(locked, by=by, is_invoiced=True)
        return locked


def release_invoiced(entries: Iterable[TimeEntry], *, by: Actor | None) -> list[TimeEntry]:
    """Take entries off their invoice, so that they can be billed again; they stay approved."""
    with services.acting(by):
        locked = services.lock_all(entries, "project")
        services.set_on_all(locked, by=by, is_invoiced=False)
        return locked


def billed_minutes(entry: TimeEntry) -> int:
    """The minutes that an entry bills: rounded up to the step that is set, for billing only."""
    step: int = max(1, settings.BILLING_ROUNDING_MINUTES)
    return -(-(entry.duration_minutes or 0) // step) * step


def billed_hours(*entries: TimeEntry) -> Decimal:
    """The hours that entries bill together, each rounded up, then summed: a quantity (12,4).

    Two decimals would bill 8:50 h as 8.83: at 95.50 EUR an hour 0.31 EUR less than was worked.
    """
    minutes = sum(billed_minutes(entry) for entry in entries)
    return (Decimal(minutes) / 60).quantize(Decimal("0.0001"), rounding=ROUND_HALF_UP)
