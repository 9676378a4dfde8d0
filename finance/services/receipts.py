"""The receipt's file: a document of the person, which the expense keeps."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError

from documents.models import Document
from documents.services import change_document, trash_document, upload_document
from finance.models import Expense
from workmate import services
from workmate.services import Actor

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
        services.save(expense, by=by)
    document = expense.receipt
    if document is None or document.linked_entity_id is not None or document.is_confidential:
        return
    if by is None or document.owner_id in {expense.employee_id, by.pk}:
        change_document(document, by=None, **link)


def keep_file(file: Any, *, by: Actor) -> Document:
    """Take in the file of an expense that is not right yet, so that nobody chooses it twice.

    It waits among the person's own documents. Refuses what no document may be.
    """
    return _taken_in(file, by)


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
        for found in getattr(error, "error_dict", {}).get("file", []):
            if found.code == "duplicate" and by is not None:
                waiting: Document | None = (
                    waiting_receipts(by).filter(pk=found.params["id"]).first()
                )
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
