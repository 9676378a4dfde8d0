"""What this module contributes to the others."""

from django.utils.translation import gettext_lazy as _

from chat.markup import plain
from chat.models import ChatMessage
from chat.querysets import VIEW
from workmate.registry import Entity, MenuItem, Panel, register

register(
    MenuItem(
        "chat",
        _("Chat"),
        "chat:rooms",
        "message-square",
        "team",
        40,
        permission=VIEW,
    ),
    # What is said stays in the room: the feed tells facts.
    Entity(
        ChatMessage,
        ("author__last_name",),
        "message-square",
        in_feed=False,
        texts=("content",),
        plain=plain,
        reads=(
            *("content", "project__project_number"),
            *("author__first_name", "author__last_name", "author__email"),
        ),
    ),
    Panel(
        "chat",
        on="projects.project",
        list="chat:chatmessage-list",
        by="project",
        label=_("Chat"),
        icon="message-square",
        permission=VIEW,
        order=50,
    ),
)
