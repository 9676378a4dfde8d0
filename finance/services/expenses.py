"""Recording, changing and deleting expenses."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from documents.models import Document
from employees.models import Employee
from finance.models import Expense, ExpenseTax
from finance.services.receipts import attach_receipt, drop_receipt
from finance.services.rules import (
    hand_in,
    refuse_foreign,
    refuse_frozen,
    refuse_project,
    refuse_receipt,
    taxes_for,
)
from workmate import services
from workmate.errors import Conflict
from workmate.events import emit
from workmate.services import Actor
from workmate.verbs import verb

Taxes = Sequence[Mapping[str, Any]]


@verb(Expense, "create", permission="add_expense", label=_("Create"))
def create_expense(
    *,
    by: Actor | None,
    employee: Employee | None = None,
    amount: Decimal | None = None,
    taxes: Taxes | None = None,
    receipt_file: Any = None,
    kept_receipt: Document | None = None,
    **data: Any,
) -> Expense:
    """Record an expense, of oneself when nobody is named, with the file of its receipt.

    `taxes` names the gross amount at each VAT rate; an amount alone counts as without VAT.
    `kept_receipt` is a file that waits for its expense (`keep_file`).
    Refuses other people's expenses without the right to see and change everybody's, a project
    that the person does not see, parts that do not add up, and a kept file that another expense
    has taken.
    """
    person = employee or by
    if not isinstance(person, Employee):
        raise ValidationError({"employee": _("Whose expense it is must be said.")})
    refuse_foreign(person.pk, by)
    if kept_receipt is not None:
        data["receipt"] = kept_receipt
    expense = Expense(employee=person, **data)
    with services.acting(by):
        refuse_project(expense, by)
        refuse_receipt(expense, by, is_kept=kept_receipt is not None)
        rows = taxes_for(expense, amount, taxes)
        expense.add_up(rows)
        saved = services.save(expense, by=by)
        ExpenseTax.objects.bulk_create(rows)
        attach_receipt(saved, receipt_file, by=by)
    return saved


@verb(Expense, "change", permission="change_expense", label=_("Save"))
def change_expense(
    expense: Expense,
    *,
    by: Actor | None,
    amount: Decimal | None = None,
    taxes: Taxes | None = None,
    receipt_file: Any = None,
    kept_receipt: Document | None = None,
    **data: Any,
) -> Expense:
    """Change an expense; what its own person changes after submitting is a draft again.

    Whoever else changes how much a submitted one is, or whose, has handed it in themselves.

    Refuses approved ones, and whatever recording it would refuse.
    """
    if data.get("employee", expense) is None:
        del data["employee"]
    if kept_receipt is not None:
        data["receipt"] = kept_receipt
    with services.acting(by):
        expense = services.lock(expense)
        refuse_foreign(expense.employee_id, by)
        refuse_frozen(expense)
        if "employee" in data:
            refuse_foreign(data["employee"].pk, by)
        former, person_id = expense.receipt, expense.employee_id
        changed = {name for name, value in data.items() if getattr(expense, name) != value}
        for name, value in data.items():
            setattr(expense, name, value)
        if changed & {"project", "employee"}:
            refuse_project(expense, by)
        if "receipt" in changed:
            refuse_receipt(expense, by, is_kept=kept_receipt is not None)
        now = list(expense.taxes.all())
        rows = taxes_for(expense, amount, taxes, now)
        is_new = _parts(rows) != _parts(now)
        expense.add_up(rows)
        own = by is not None and by.pk == expense.employee_id
        if own and (changed or is_new or receipt_file):
            expense.status = Expense.Status.DRAFT
        elif expense.status == Expense.Status.SUBMITTED and (is_new or "employee" in changed):
            hand_in(expense, by)
        saved = services.save(expense, by=by)
        if is_new:
            expense.taxes.all().delete()
            ExpenseTax.objects.bulk_create(rows)
        attach_receipt(saved, receipt_file, by=by)
        if former is not None and former.pk != saved.receipt_id:
            drop_receipt(former, expense.pk, person_id)
    return saved


@verb(Expense, "delete", permission="delete_expense", label=_("Delete"))
def delete_expense(expense: Expense, *, by: Actor | None) -> None:
    """Delete a draft; its receipt goes to the trash.

    Refuses what was handed in, and other people's.
    """
    with services.acting(by):
        expense = services.lock(expense)
        refuse_foreign(expense.employee_id, by)
        refuse_frozen(expense)
        if expense.status != Expense.Status.DRAFT:
            message = _("Only drafts are deleted: withdraw the expense first.")
            raise Conflict(message, code="not_draft")
        emit("deleted", expense, by=by, about=services.subjects_of(expense))
        former, gone = expense.receipt, expense.pk
        expense.delete()
        if former is not None:
            drop_receipt(former, gone, expense.employee_id)


def _parts(rows: Sequence[ExpenseTax]) -> dict[Decimal, Decimal]:
    return {row.tax_rate: row.gross for row in rows}
