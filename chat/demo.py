"""Talk in the rooms of the demo company."""

import datetime as dt

from django.utils import timezone

from chat.models import ChatMessage
from chat.services import post_message, post_system_message
from workmate.demo import Demo

TALK = [
    "Guten Morgen! Der Kunde hat die Termine **bestätigt**.",
    "Prima. Ich fange mit der Bestandsaufnahme an.",
    "Die Liste liegt im Ordner. Offen sind noch:\n\n- Zugänge\n- Ansprechpartner im Lager",
    "Zugänge kommen heute Nachmittag.",
    "Kurzer Hinweis: `Testsystem` ist ab 16 Uhr nicht erreichbar.",
    "Danke, ich plane das ein.",
]
ROOMS, MOST = 12, 6


def build(demo: Demo) -> None:
    """The members of a dozen projects talk; some of it is unread."""
    now = timezone.now()
    for number, project in enumerate(demo.rows["projects"][:ROOMS]):
        team = [
            person
            for person in demo.rows["teams"][number]
            if person.has_perm("chat.add_chatmessage")
        ]
        if not team:
            continue
        made = [post_system_message(project, "Projekt angelegt")]
        for place, text in enumerate(TALK[: 2 + number % (MOST - 1)]):
            made.append(post_message(by=team[place % len(team)], project=project, content=text))
        # Said over the last hours: the services know only now.
        for place, message in enumerate(reversed(made)):
            if message is not None:
                when = now - dt.timedelta(hours=number, minutes=7 * place + 3)
                ChatMessage.objects.filter(pk=message.pk).update(created_at=when, updated_at=when)
