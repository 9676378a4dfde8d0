"""The mails with links to choose a password."""

import pytest
from celery.exceptions import Retry
from django.core.mail.backends.smtp import EmailBackend

from employees.models import Employee
from employees.services import deactivate_employee
from employees.tasks import mail_new_password, mail_password_link
from employees.tests.factories import make_employee


def test_an_invitation_goes_to_whoever_is_active_and_to_nobody_else(
    worker: Employee, mailbox: list
) -> None:
    gone = make_employee()
    deactivate_employee(gone, by=None)
    for pk in (worker.pk, gone.pk, "01900000-0000-7000-8000-000000000000"):
        mail_password_link(str(pk))
    assert [mail["X-Rcpt-To"] for mail in mailbox] == [worker.email]
    assert "/password-reset/" in mailbox[0].get_content()


def test_an_address_is_found_however_it_is_written_and_a_strange_one_is_passed_over(
    worker: Employee, mailbox: list
) -> None:
    mail_new_password(f"  {worker.email.upper()} ")
    mail_new_password("nobody@example.org")
    assert [mail["X-Rcpt-To"] for mail in mailbox] == [worker.email]


def test_a_mail_server_that_is_away_is_tried_again(
    worker: Employee, mailbox: list, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: EmailBackend) -> None:
        raise ConnectionRefusedError

    with monkeypatch.context() as away:
        away.setattr(EmailBackend, "open", refuse)
        with pytest.raises(Retry):
            mail_password_link.apply(args=[str(worker.pk)], throw=True)
    assert mailbox == []
    mail_password_link.apply(args=[str(worker.pk)], throw=True)
    assert [mail["X-Rcpt-To"] for mail in mailbox] == [worker.email]
