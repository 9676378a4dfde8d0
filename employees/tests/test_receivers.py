"""What follows when somebody was invited, or may do less than before."""

from typing import Any

import pytest

from employees import receivers
from employees.models import Employee
from employees.services import deactivate_employee, invite_employee
from employees.tests.factories import make_employee
from workmate import services


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids for which a mail was put into the queue."""
    found: list[str] = []
    monkeypatch.setattr(receivers.mail_password_link, "delay", found.append)
    return found


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The people whose sockets were asked again."""
    found: list[Any] = []
    monkeypatch.setattr(receivers, "recheck", found.append)
    return found


def test_an_invitation_is_mailed_once_it_is_certain(
    admin: Employee, queued: list[str], django_capture_on_commit_callbacks: Any
) -> None:
    person = make_employee()
    with django_capture_on_commit_callbacks() as waiting:
        invite_employee(person, by=admin)
    assert queued == []
    for callback in waiting:
        callback()
    assert queued == [str(person.pk)]


def test_the_sockets_of_whoever_was_changed_are_asked_again(
    admin: Employee, asked: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    person, other = make_employee(), make_employee()
    with django_capture_on_commit_callbacks(execute=True):
        services.change(person, by=admin, phone="0431 1")
    assert asked == [person.pk]
    with django_capture_on_commit_callbacks(execute=True):
        deactivate_employee(other, by=admin)
    assert set(asked[1:]) == {other.pk}
