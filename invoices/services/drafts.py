"""A draft that is written and filled in one step."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from invoices.models import Invoice
from invoices.services.billing import bill_on
from workmate import services
from workmate.services import Actor


def save_and_bill(
    invoice: Invoice | None,
    data: Mapping[str, Any],
    *,
    by: Actor | None,
    entries: Iterable[UUID] = (),
    expenses: Iterable[UUID] = (),
    group_by: str = "task_type",
) -> Invoice:
    """Make or change a draft, and put hours and expenses on it as `bill_on` does.

    What either of the two refuses is refused as a whole: then nothing is written.
    """
    with services.acting(by):
        if invoice is None:
            saved = services.create(Invoice, by=by, **data)
        else:
            saved = services.change(invoice, by=by, **data)
        return bill_on(saved, by=by, entries=entries, expenses=expenses, group_by=group_by)
