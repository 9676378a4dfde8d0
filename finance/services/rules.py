"""Who may write and decide on whose expenses, and what no expense may be."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from documents.models import Document
from employees.models import Employee
from finance.models import Expense, ExpenseTax, is_likely
from projects.models import Project
from system.models import TaxRate
from workmate.errors import Conflict, Forbidden
from workmate.fields import CENT
from workmate.services import Actor
from workmate.templatetags.workmate import format_money

NO_TAX = Decimal("0.00")
MAX_TAXES = 20


def may_write(person_id: UUID | None, by: Actor | None) -> bool:
    """Whether `by` may write that person's expenses: one's own, or everybody's."""
    return (
        by is None
        or by.pk == person_id
        or (by.has_perm("finance.view_all_expense") and by.has_perm("finance.change_expense"))
    )


def refuse_foreign(person_id: UUID, by: Actor | None) -> None:
    if not may_write(person_id, by):
        raise Forbidden(_("You may write your own expenses only."), code="foreign_expense")


def refuse_own(expense: Expense, by: Actor | None) -> None:
    """Four eyes: neither whose money it is decides, nor who handed it in for them."""
    if by is not None and by.pk in {expense.employee_id, expense.submitted_by_id}:
        message = _("Nobody approves or reimburses what they spent or submitted themselves.")
        raise Forbidden(message, code="own_expense")


def hand_in(expense: Expense, by: Actor | None) -> None:
    """Note who answers for a submitted expense from now on: they do not approve it."""
    if isinstance(by, Employee):
        expense.submitted_by, expense.submitted_at = by, timezone.now()


def refuse_unsubmitted(expense: Expense) -> None:
    if expense.status != Expense.Status.SUBMITTED:
        message = _("Only submitted expenses can be approved or rejected.")
        raise Conflict(message, code="not_submitted")


def refuse_frozen(expense: Expense) -> None:
    if expense.is_frozen:
        message = _("This expense has been approved and no longer changes.")
        raise Conflict(message, code="approved")


def refuse_without_receipt(expense: Expense) -> None:
    if not expense.has_receipt:
        message = _("Add the receipt, or say why there is none.")
        raise ValidationError({"receipt": ValidationError(message, code="no_receipt")})


def refuse_receipt(expense: Expense, by: Actor | None, *, is_kept: bool = False) -> None:
    """Refuse another document than one that is there, seen by who names it, and theirs to show.

    Whoever sees an expense looks at its receipt. So it is a document of the expense's person or of
    who names it (of anybody, where that is who may change everybody's documents), not
    confidential, not a part of something else, and not the receipt of another person. One that
    was kept for an expense belongs to nothing yet.
    """
    if expense.receipt_id is None:
        return
    documents = Document.objects.live().filter(pk=expense.receipt_id)
    if by is not None:
        documents = documents.visible_to(by)
    # Under its lock: two people may name the same document at the same moment.
    rows = documents.defer("text").select_for_update(of=("self",), no_key=True)
    document = rows.first()
    if document is None:
        raise _no_receipt(_("There is no such document."), "not_found")
    is_own = document.is_owned_by(expense.employee_id) or by is None or document.is_owned_by(by.pk)
    if not is_own and not (by is not None and by.has_perm("documents.view_all_document")):
        raise _no_receipt(_("This document is somebody else's."), "foreign")
    if document.is_confidential:
        message = _("This document is confidential: who approves the expense could not look at it.")
        raise _no_receipt(message, "confidential")
    if document.is_bound:
        raise _no_receipt(_("This document is part of something else."), "bound")
    if is_kept:
        refuse_taken(document, expense)
    if document.expenses.exclude(employee=expense.employee_id).exists():
        message = _("This document is the receipt of somebody else's expense.")
        raise _no_receipt(message, "taken")


def refuse_taken(document: Document, expense: Expense) -> None:
    """Refuse a file that another expense, or the trash, has; the caller holds the row's lock."""
    is_gone = document.is_trashed or document.linked_entity_id not in {None, expense.pk}
    if is_gone or document.expenses.exclude(pk=expense.pk).exists():
        message = _("This file has become the receipt of another expense meanwhile.")
        raise _no_receipt(message, "taken")


def _no_receipt(message: Any, code: str) -> ValidationError:
    return ValidationError({"receipt": ValidationError(message, code=code)})


def refuse_project(expense: Expense, by: Actor | None) -> None:
    """A project is charged by those who see it; receipts still come when it is completed."""
    project = expense.project
    if project is None:
        return
    if project.status == Project.Status.CANCELLED:
        raise ValidationError({"project": _("This project was cancelled.")})
    # The acting person has their role at hand; an import (by nobody) books as it was told.
    person = by if by is not None and by.pk == expense.employee_id else expense.employee
    if by is not None and not Project.objects.visible_to(person).filter(pk=project.pk).exists():
        raise ValidationError({"project": _("The person does not take part in this project.")})


def taxes_for(
    expense: Expense,
    amount: Decimal | None,
    given: Sequence[Mapping[str, Any]] | None,
    now: Sequence[ExpenseTax] = (),
) -> list[ExpenseTax]:
    """What the expense consists of: as given, else the amount without VAT, else as it is `now`.

    Refuses parts that do not add up to an amount that was given, a rate that is named twice, and
    one that does not hold on the day of the expense. An amount alone replaces that of one part;
    of several it would have to be guessed which one changed.
    """
    if given is None:
        given = _parts(expense, amount, now)
    rows, errors = [], []
    for position, values in enumerate(given, start=1):
        row = ExpenseTax(expense=expense, **values)
        try:
            row.full_clean(exclude=["id", "expense"], validate_constraints=False)
        except ValidationError as error:
            errors += [
                ValidationError(
                    _("Line %(n)s: %(text)s"),
                    params={"n": position, "text": " ".join(item.messages)},
                    code=item.code,
                )
                for items in error.error_dict.values()
                for item in items
            ]
        rows.append(row)
    if not rows or len(rows) > MAX_TAXES:
        errors = [ValidationError(_("One to %(most)s lines."), params={"most": MAX_TAXES})]
    if errors:
        raise ValidationError({"taxes": errors})
    _refuse_rates(expense, [row.tax_rate for row in rows])
    total = sum(row.gross for row in rows)
    if amount is not None and amount != total:
        message = _("The lines come to %(total)s.") % {"total": format_money(total)}
        raise ValidationError({"amount": message})
    return rows


def _parts(
    expense: Expense, amount: Decimal | None, now: Sequence[ExpenseTax]
) -> list[dict[str, Any]]:
    parts = [{"tax_rate": row.tax_rate, "gross": row.gross} for row in now]
    if amount is None and not parts:
        raise ValidationError({"amount": ValidationError(_("How much was it?"), code="required")})
    if amount is None or amount == sum(part["gross"] for part in parts):
        return parts
    if len(parts) > 1:
        raise ValidationError({"taxes": _("Say how the amount is split among the VAT rates.")})
    rate = parts[0]["tax_rate"] if parts else NO_TAX
    # Input VAT is only claimed where somebody has said so.
    return [{"tax_rate": rate, "gross": amount}]


def _refuse_rates(expense: Expense, rates: Sequence[Decimal]) -> None:
    found = [rate.quantize(CENT) for rate in rates]
    if len(set(found)) < len(found):
        raise ValidationError({"taxes": _("Each VAT rate stands in one line only.")})
    if expense.expense_date is None or not is_likely(expense.expense_date):  # said by the model
        return
    known = {NO_TAX, *TaxRate.objects.valid_on(expense.expense_date).values_list("rate", flat=True)}
    for rate in found:
        if rate not in known:
            message = _("%(rate)s %% is no VAT rate of this day. Foreign VAT is entered as 0 %%.")
            rate_text = number_format(rate.normalize(), use_l10n=True)
            raise ValidationError({"taxes": message % {"rate": rate_text}})
