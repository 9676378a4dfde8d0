"""Who is told what becomes of an expense."""

from collections.abc import Callable
from typing import Any

from django.utils.functional import lazy
from django.utils.translation import gettext as _

from employees.models import Employee
from finance.models import Expense
from reminders.services import notify
from workmate.events import Event, on
from workmate.templatetags.workmate import format_money


@on(Expense, "submitted")
def tell_supervisor(event: Event) -> None:
    """Who leads the person is asked to decide."""
    expense = _expense(event)
    boss = expense.employee.reports_to
    if boss is None or not boss.has_perm("finance.view_expense"):
        return

    def title() -> str:
        words = {"name": expense.employee, "amount": format_money(expense.amount)}
        return _("%(name)s has submitted an expense of %(amount)s") % words

    _tell(boss, event, "expense_submitted", title)


@on(Expense, "approved")
def tell_approved(event: Event) -> None:
    """The person hears that the expense was approved."""
    _tell(_expense(event).employee, event, "expense_approved", _title_of(event, "approved"))


@on(Expense, "rejected")
def tell_rejected(event: Event) -> None:
    """The person hears what is to be corrected."""
    _tell(_expense(event).employee, event, "expense_rejected", _title_of(event, "rejected"))


@on(Expense, "reimbursed")
def tell_reimbursed(event: Event) -> None:
    """The person hears that the money is on its way."""
    _tell(_expense(event).employee, event, "expense_reimbursed", _title_of(event, "reimbursed"))


def _expense(event: Event) -> Expense:
    assert isinstance(event.target, Expense)  # noqa: S101  the receivers ask for no other
    return event.target


def _title_of(event: Event, verb: str) -> Callable[[], str]:
    expense = _expense(event)

    def title() -> str:
        texts = {
            "approved": _("Your expense of %(amount)s was approved"),
            "rejected": _("Your expense of %(amount)s was rejected"),
            "reimbursed": _("Your expense of %(amount)s was reimbursed"),
        }
        return texts[verb] % {"amount": format_money(expense.amount)}

    return title


def _tell(person: Employee, event: Event, kind: str, title: Callable[[], str]) -> None:
    """Tell a person, in their own language; nobody is told what they did themselves."""
    by: Any = event.by
    if by is not None and by.pk == person.pk:
        return
    expense = _expense(event)
    body = expense.subject
    if reason := event.data.get("reason"):
        body = f"{body}\n\n{reason}"
    notify(
        person,
        kind=kind,
        title=lazy(title, str)(),
        body=body,
        url=expense.get_absolute_url(),
        by=by,
    )
