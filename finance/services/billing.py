"""What invoices take of expenses: each at most once."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from finance.models import Expense
from workmate import services
from workmate.errors import Conflict
from workmate.services import Actor


def mark_invoiced(expenses: Iterable[Expense], *, by: Actor | None) -> list[Expense]:
    """Mark expenses as standing on an invoice, in the caller's transaction.

    Raises Conflict unless each of them is there, approved, billable and on no invoice yet: of two
    runs over the same expenses the second one is refused.
    """
    with services.acting(by):
        locked = services.lock_all(expenses, "project")
        for expense in locked:
            if not (expense.is_approved and expense.billable) or expense.is_invoiced:
                raise Conflict(
                    _("%(expense)s cannot be billed (any more)."),
                    code="not_billable",
                    params={"expense": expense},
                )
        services.set_on_all(locked, by=by, is_invoiced=True)
        return locked


def release_invoiced(expenses: Iterable[Expense], *, by: Actor | None) -> list[Expense]:
    """Take expenses off their invoice, so that they can be billed again; they stay approved."""
    with services.acting(by):
        locked = services.lock_all(expenses, "project")
        services.set_on_all(locked, by=by, is_invoiced=False)
        return locked
