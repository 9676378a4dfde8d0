"""What runs in the background: mails with the link to choose a password."""

from smtplib import SMTPException
from typing import Any

from celery import shared_task

from employees.models import Employee
from employees.services import send_password_link

TRIES = 5


@shared_task(  # type: ignore[untyped-decorator]
    name="employees.mail_password_link",
    autoretry_for=(OSError, SMTPException),
    retry_backoff=10,
    max_retries=TRIES,
)
def mail_password_link(pk: str) -> None:
    """Invite a person, unless they became inactive in the meantime."""
    person = Employee.objects.active().filter(pk=pk).first()
    if person is not None:
        send_password_link(person, welcome=True)


@shared_task(  # type: ignore[untyped-decorator]
    name="employees.mail_new_password",
    autoretry_for=(OSError, SMTPException),
    retry_backoff=10,
    max_retries=TRIES,
)
def mail_new_password(email: str) -> None:
    """Mail whoever has this address the link to a new password; nobody else hears of it."""
    person: Any = Employee.objects.by_password().filter(email=email.strip().lower()).first()
    if person is not None:
        send_password_link(person)
