"""The receipt's file: a document of the person, which the expense keeps."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import F
from django.utils import timezone

from documents.models import Document
from documents.services import change_document, trash_document, upload_document
from finance.models import Expense
from finance.services.rules import refuse_taken
from workmate import services
from workmate.errors import Conflict, duplicate_of
from workmate.services import Actor

# Where a kept file comes from, as long as no expense has it; how long it waits; and how soon after
# it came its row was last written, where nobody has touched it.
MODULE = Expense._meta.app_label
KEPT_DAYS = 7
UNTOUCHED = dt.timedelta(minutes=1)
# Vouchers (§147(3) AO). What is kept longer already stays so.
SHORTER = {Document.Retention.NONE, Document.Retention.SIX}


def attach_receipt(expense: Expense, file: Any, *, by: Actor | None) -> None:
    """Make a file the receipt: whoever sees the expense sees it. Refuses what no document may be.

    The same file twice is refused, too: it may be the same expense, recorded twice. A document
    that was named and belongs to nothing yet belongs to the expense from now on.
    """
    link = {"linked_entity_type": Expense.__name__, "linked_entity_id": expense.pk}
    if file:
        # Who may record expenses, but see none, cannot link anything to one.
        sees = by is None or by.has_perm("finance.view_expense")
        values: dict[str, Any] = {"owner_id": expense.employee_id, **(link if sees else {})}
        expense.receipt = _taken_in(file, by, **values)
        # One that was kept may be taken by two at the same moment: the second waits here.
        refuse_taken(services.lock(expense.receipt), expense)
        services.save(expense, by=by)
    document = expense.receipt
    if document is None or document.linked_entity_id is not None or document.is_confidential:
        return
    if by is None or document.owner_id in {expense.employee_id, by.pk}:
        change_document(document, by=None, **link)


def keep_file(file: Any, *, by: Actor) -> Document:
    """Take in the file of an expense that is not right yet, so that nobody chooses it twice.

    It waits among the person's own documents, for some days. Refuses what no document may be.
    """
    return _taken_in(file, by, linked_module=MODULE)


def drop_kept_files() -> int:
    """Move kept files to the trash whose form nobody ever finished; how many it were.

    What the person has changed since, or what serves something else, stays.
    """
    rows = Document.objects.live().filter(
        linked_module=MODULE,
        linked_entity_id=None,
        expenses=None,
        created_at__lt=timezone.now() - dt.timedelta(days=KEPT_DAYS),
        updated_at__lt=F("created_at") + UNTOUCHED,
    )
    count = 0
    for document in rows.defer("text"):
        try:
            trash_document(document, by=None)
        except Conflict:  # taken, or thrown away, at this very moment
            continue
        count += 1
    return count


def waiting_receipts(by: Actor) -> Any:
    """The person's own files that no expense has: kept for the one that is being written."""
    mine = Document.objects.visible_to(by).live().filter(owner_id=by.pk, is_confidential=False)
    return mine.filter(linked_entity_id=None, expenses=None)


def keep_receipt(expense: Expense) -> None:
    """Let nobody delete the receipt before the law allows it."""
    document = expense.receipt
    if document is not None and document.retention_class in SHORTER:
        change_document(document, by=None, retention_class=Document.Retention.EIGHT)


def drop_receipt(document: Document, expense_id: UUID, person_id: UUID) -> None:
    """Move the receipt of an expense that no longer has it to the trash, unless it is needed.

    The document of somebody else than the expense's person is left to them.
    """
    is_its = document.linked_entity_id == expense_id and document.is_owned_by(person_id)
    if not is_its or document.is_kept or document.is_trashed or document.expenses.exists():
        return
    trash_document(document, by=None)


def _taken_in(file: Any, by: Actor | None, **values: Any) -> Document:
    """A document of the file; the one that waits already where it is the same file again."""
    try:
        return upload_document(file, by=by, **values)
    except ValidationError as error:
        found = duplicate_of(error, "file")
        if found is not None and by is not None:
            waiting: Document | None = waiting_receipts(by).filter(pk=found.params["id"]).first()
            if waiting is not None:
                return waiting
        raise _named(error) from error


def _named(error: ValidationError) -> ValidationError:
    """The same refusal, at the expense's own field."""
    if not hasattr(error, "error_dict"):
        return error
    found = {
        "receipt_file" if name == "file" else name: list(items)
        for name, items in error.error_dict.items()
    }
    return type(error)(found)
