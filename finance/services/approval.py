"""Submitting, withdrawing, approving, rejecting, reimbursing: four eyes, and a lock behind them."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from employees.models import Employee
from finance.models import Expense
from finance.services.receipts import keep_receipt
from finance.services.rules import (
    refuse_foreign,
    refuse_own,
    refuse_unsubmitted,
    refuse_without_receipt,
)
from workmate import services
from workmate.errors import Conflict
from workmate.events import emit
from workmate.services import Actor
from workmate.verbs import verb

Status = Expense.Status
# The act that leads to a status, as it stands in the columns for who and when.
STEPS = {
    Status.SUBMITTED: "submitted",
    Status.APPROVED: "approved",
    Status.REJECTED: "rejected",
    Status.REIMBURSED: "reimbursed",
}
# What is still true of the way so far once a status is reached.
KEPT = {
    Status.DRAFT: (),
    Status.SUBMITTED: (),
    Status.APPROVED: ("submitted",),
    Status.REJECTED: ("submitted",),
    Status.REIMBURSED: ("submitted", "approved"),
}


@verb(
    Expense,
    "submit",
    permission="submit_expense",
    label=_("Submit"),
    icon="send",
    when=lambda expense: expense.status in {"draft", "rejected"},
    primary=True,
    done=_("%(name)s was submitted."),
    done_many=_("%(name)s were submitted."),
    undo="withdraw",
)
def submit_expense(expense: Expense, *, by: Actor | None) -> Expense:
    """Hand an expense in for approval.

    Refuses what was handed in already, and what has neither a receipt nor a reason for none.
    """
    with services.acting(by):
        expense = services.lock(expense)
        refuse_foreign(expense.employee_id, by)
        if expense.status not in {Status.DRAFT, Status.REJECTED}:
            raise Conflict(_("This expense has been submitted already."), code="not_draft")
        refuse_without_receipt(expense)
        return _move(expense, Status.SUBMITTED, "submitted", by=by)


@verb(
    Expense,
    "withdraw",
    permission="submit_expense",
    label=_("Withdraw"),
    icon="undo-2",
    when=lambda expense: expense.status in {"submitted", "rejected"},
    done=_("%(name)s was withdrawn."),
    done_many=_("%(name)s were withdrawn."),
)
def withdraw_expense(expense: Expense, *, by: Actor | None) -> Expense:
    """Make a submitted or rejected expense a draft again. Refuses approved ones."""
    with services.acting(by):
        expense = services.lock(expense)
        refuse_foreign(expense.employee_id, by)
        if expense.status not in {Status.SUBMITTED, Status.REJECTED}:
            message = _("Only submitted or rejected expenses can be withdrawn.")
            raise Conflict(message, code="not_submitted")
        return _move(expense, Status.DRAFT, "withdrawn", by=by)


@verb(
    Expense,
    "approve",
    permission="approve_expense",
    label=_("Approve"),
    icon="check",
    when=lambda expense: expense.status == "submitted",
    primary=True,
    tone="ok",
    done=_("%(name)s was approved."),
    done_many=_("%(name)s were approved."),
)
def approve_expense(expense: Expense, *, by: Actor | None) -> Expense:
    """Approve a submitted expense, which locks it; its receipt is kept as long as the law wants.

    Refuses one's own, and one without a receipt.
    """
    with services.acting(by):
        expense = services.lock(expense)
        refuse_own(expense, by)
        refuse_unsubmitted(expense)
        refuse_without_receipt(expense)
        keep_receipt(expense)
        return _move(expense, Status.APPROVED, "approved", by=by)


@verb(
    Expense,
    "reject",
    permission="approve_expense",
    label=_("Reject"),
    icon="x",
    when=lambda expense: expense.status == "submitted",
    tone="danger",
    takes={"reason": models.CharField(_("reason"), max_length=500)},
    done=_("%(name)s was rejected."),
)
def reject_expense(expense: Expense, *, by: Actor | None, reason: str) -> Expense:
    """Hand a submitted expense back with a reason. Refuses one's own, and an empty reason."""
    if not reason.strip():
        raise ValidationError({"reason": _("Say what is to be corrected.")})
    with services.acting(by):
        expense = services.lock(expense)
        refuse_own(expense, by)
        refuse_unsubmitted(expense)
        return _move(expense, Status.REJECTED, "rejected", by=by, reason=reason.strip())


@verb(
    Expense,
    "reimburse",
    permission="reimburse_expense",
    label=_("Mark as reimbursed"),
    icon="banknote",
    method="patch",
    when=lambda expense: expense.status == "approved",
    primary=True,
    tone="ok",
    summary="Mark an expense as reimbursed",
    done=_("%(name)s was reimbursed."),
    done_many=_("%(name)s were reimbursed."),
)
def reimburse_expense(expense: Expense, *, by: Actor | None) -> Expense:
    """Note that an approved expense was paid back. Refuses one's own, and a second time."""
    with services.acting(by):
        expense = services.lock(expense)
        refuse_own(expense, by)
        if expense.status == Status.REIMBURSED:
            message = _("This expense has been reimbursed already.")
            raise Conflict(message, code="reimbursed")
        if expense.status != Status.APPROVED:
            message = _("Only approved expenses are reimbursed.")
            raise Conflict(message, code="not_approved")
        return _move(expense, Status.REIMBURSED, "reimbursed", by=by)


@verb(
    Expense,
    "reopen",
    permission="approve_expense",
    label=_("Take the approval back"),
    icon="rotate-ccw",
    when=lambda expense: expense.status == "approved" and not expense.is_invoiced,
    bulk=False,
    done=_("%(name)s is open again."),
)
def reopen_expense(expense: Expense, *, by: Actor | None) -> Expense:
    """Make an approved expense a draft again, so that it can be corrected.

    Refuses one's own, and what was reimbursed or stands on an invoice.
    """
    with services.acting(by):
        expense = services.lock(expense)
        refuse_own(expense, by)
        if expense.is_invoiced:
            raise Conflict(_("This expense stands on an invoice."), code="invoiced")
        if expense.status != Status.APPROVED:
            message = _("Only an approval that nothing has followed yet can be taken back.")
            raise Conflict(message, code="not_approved")
        return _move(expense, Status.DRAFT, "reopened", by=by)


def _move(
    expense: Expense, status: Status, event: str, *, by: Actor | None, reason: str = ""
) -> Expense:
    """Set the status, with who and when; what is no longer true of the way is forgotten."""
    expense.status = status
    for reached, step in STEPS.items():
        if reached == status:
            setattr(expense, f"{step}_by", by if isinstance(by, Employee) else None)
            setattr(expense, f"{step}_at", timezone.now())
        elif step not in KEPT[status]:
            setattr(expense, f"{step}_by", None)
            setattr(expense, f"{step}_at", None)
    expense.rejection_reason = reason
    services.save(expense, by=by)
    told: dict[str, Any] = {"reason": reason} if reason else {}
    emit(event, expense, by=by, about=services.subjects_of(expense), **told)
    return expense
