"""Reminders and messages of the demo company."""

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reminders.models import Notification
from reminders.services import complete_reminder, create_reminder, delegate_reminder, notify
from workmate.demo import Demo

# (title, days from today, priority, repeat)
TITLES = [
    ("Stundenzettel der Woche abgeben", 2, "medium", "weekly"),
    ("Umsatzsteuer-Voranmeldung prüfen", 6, "high", "monthly"),
    ("Angebot nachfassen", 1, "high", "none"),
    ("Erste-Hilfe-Kasten auffüllen", 12, "low", "yearly"),
    ("Zugang zum Testsystem verlängern", 4, "critical", "none"),
]


def build(demo: Demo) -> None:
    """Everybody is welcomed and has a few reminders; no mail goes out."""
    people = demo.rows["people"]
    today = timezone.localdate()
    for number, person in enumerate(people):
        notify(
            person,
            kind="welcome",
            title=_("Welcome to WorkmateOS"),
            body=_("Your profile holds language, colours and notifications."),
            url="/profile/",
            mail=False,
        )
        if not person.has_perm("reminders.add_reminder"):
            continue
        for step in range(3):
            title, days, priority, repeat = TITLES[(number + step) % len(TITLES)]
            made = create_reminder(
                by=person,
                title=title,
                due_date=today + dt.timedelta(days=days + step),
                priority=priority,
                repeat=repeat,
            )
            if step == 2:
                complete_reminder(made, by=person)
    giver, taker = [one for one in people if one.has_perm("reminders.add_reminder")][:2]
    given = create_reminder(
        by=giver, title="Wartungsvertrag verlängern", due_date=today + dt.timedelta(days=9)
    )
    delegate_reminder(given, owner=taker, by=giver)
    Notification.objects.filter(mail_state="waiting").update(mail_state="none", mail_retry_at=None)
