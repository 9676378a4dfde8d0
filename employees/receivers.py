"""What follows when somebody was invited, or may do less than before."""

from employees.models import Employee
from employees.tasks import mail_password_link
from workmate.consumers import recheck
from workmate.events import Event, on


@on(Employee, "invited")
def mail_the_link(event: Event) -> None:
    """Queue the mail."""
    mail_password_link.delay(str(event.target.pk))


@on(Employee, "changed")
def ask_sockets_again(event: Event) -> None:
    """Close the sockets of somebody who was deactivated, or whose role allows them no more."""
    recheck(event.target.pk)
