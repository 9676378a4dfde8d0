"""Who may give what to whom: the rules that people, roles and tokens share."""

from collections.abc import Iterable

from django.apps import apps
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from employees.models import Employee, Role
from workmate.errors import Conflict, Forbidden
from workmate.permissions import code_for, granted
from workmate.services import Actor


def may_grant(by: Actor | None, patterns: Iterable[str]) -> bool:
    """Whether `by` holds all of this, within the scopes of the token that was used."""
    return by is None or (isinstance(by, Employee) and by.holds(patterns))


def refuse_to_grant_more(patterns: Iterable[str], by: Actor | None, *, at: str) -> None:
    """Nobody may grant a permission that they do not hold; the error stands at the field `at`."""
    if not may_grant(by, patterns):
        raise ValidationError({at: _("This grants more than you hold yourself.")})


def refuse_to_touch_stronger(person: Employee, by: Actor | None) -> None:
    """Who could change an administrator's e-mail could have its password reset."""
    if not may_grant(by, person.role.permissions_json):
        raise ValidationError(_("This person may more than you: ask an administrator."))


def refuse_supervisor(person: Employee, by: Actor | None) -> None:
    """A supervisor sees a report's hours and expenses: that, too, gives nobody what they lack.

    Of somebody who may more than `by`, only others choose the supervisor; and nobody makes
    themselves the supervisor of anybody without the right to see everybody's of all that.
    """
    if by is None:
        return
    if person.role_id:
        refuse_to_touch_stronger(person, by)
    if person.reports_to_id == by.pk and not may_grant(by, rights_of_supervisors()):
        message = _("You would see more than your role includes: let somebody else set this.")
        raise ValidationError({"reports_to": message})


def rights_of_supervisors() -> list[str]:
    """To see everybody's rows of what supervisors see of their own reports."""
    found = []
    for model in apps.get_models():
        if getattr(model, "seen_by_supervisors", False):
            found.append(code_for(f"{model._meta.app_label}.view_all_{model._meta.model_name}"))
    return found


def refuse_narrow_token(by: Actor | None) -> None:
    """A token changes its owner's own things only where its scopes let it change people."""
    scopes = by.scopes if isinstance(by, Employee) else None
    if scopes is not None and not granted(scopes, code_for("employees.change_employee")):
        raise Forbidden(_("This token may not change people."))


def one_at_a_time() -> None:
    """Until the transaction ends, nobody else changes who is an administrator or who leads whom.

    Otherwise two administrators could remove each other, and two people could become each other's
    supervisor, at the same moment. Taken before any other lock, so that nobody waits in a circle.
    """
    rows = Role.objects.all_powerful().order_by("pk").select_for_update(no_key=True)
    list(rows.values_list("pk", flat=True))


def refuse_without_administrator() -> None:
    """The last active administrator cannot be taken away."""
    if not Employee.objects.administrators().exists():
        raise Conflict(_("The last active administrator stays."), code="last_administrator")
