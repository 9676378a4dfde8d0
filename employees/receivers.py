"""What follows when somebody was invited."""

from employees.models import Employee
from employees.tasks import mail_password_link
from workmate.events import Event, on


@on(Employee, "invited")
def mail_the_link(event: Event) -> None:
    """Queue the mail."""
    mail_password_link.delay(str(event.target.pk))
