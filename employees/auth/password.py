"""Sign-in by e-mail and password, with throttling."""

from typing import Any
from uuid import UUID

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from employees.models import Employee
from workmate.querysets import Prepared

# Asked on each request: the query is put into SQL once.
_people = Prepared(lambda pk: Employee.objects.to_sign_in().filter(pk=pk), pk=UUID(int=1))


class PasswordBackend(ModelBackend):
    """E-mail and password; permissions are the employee's own answer, never the backend's."""

    def get_user(self, user_id: Any) -> Employee | None:
        """The person with role and look, in one query; None when inactive."""
        person = next(iter(_people(pk=user_id)), None)
        return person if person and self.user_can_authenticate(person) else None

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        """Never asked: `Employee.has_perm` answers."""
        return False


def account_of(request: HttpRequest | None, credentials: Any) -> str:
    """Under which name failed attempts are counted: the e-mail as it is looked up."""
    given = credentials or getattr(request, "POST", {})
    return str(given.get("username") or given.get("email") or "").strip().lower()


def locked_out(request: HttpRequest, credentials: Any, *args: Any, **kwargs: Any) -> HttpResponse:
    """Too many wrong passwords: wait a quarter of an hour, or reset the password."""
    context = {"title": _("Sign in"), "crumbs": []}
    return render(request, "registration/locked_out.html", context, status=429)
