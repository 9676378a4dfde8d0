"""Messages in the bell of the demo company."""

from django.utils.translation import gettext_lazy as _

from reminders.services import notify
from workmate.demo import Demo


def build(demo: Demo) -> None:
    """Everybody is welcomed; no mail goes out."""
    for person in demo.rows["people"]:
        notify(
            person,
            kind="welcome",
            title=_("Welcome to WorkmateOS"),
            body=_("Your profile holds language, colours and notifications."),
            url="/profile/",
            mail=False,
        )
