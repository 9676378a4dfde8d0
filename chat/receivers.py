"""What happens in a project is noted in its room; what is said there reaches who listens."""

from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from chat.consumers import room_of, text_of
from chat.models import ChatMessage
from chat.services import post_system_message
from projects.models import Project, ProjectMember
from workmate.consumers import recheck, tell
from workmate.events import Event, on


@on(ChatMessage, "created")
def tell_the_room(event: Event) -> None:
    """Hand a stored message to all open pages of its room."""
    message: Any = event.target
    room, text = room_of(message.project_id), text_of(message)
    tell(room, type="chat.message", version=message.version, text=text)


@on(ChatMessage, "changed")
def tell_the_room_anew(event: Event) -> None:
    """The same for one that was edited or deleted."""
    tell_the_room(event)


@on(Project, "created")
def note_creation(event: Event) -> None:
    """The first message of a room."""
    project: Any = event.target
    post_system_message(project, _("Project created"), by=event.by)


@on(Project, "status_changed")
def note_status(event: Event) -> None:
    """A new status."""
    project: Any = event.target
    label = Project.Status(project.status).label
    post_system_message(project, format_lazy(_("Status: {status}"), status=label), by=event.by)


@on(Project, "completed")
def note_completion(event: Event) -> None:
    """The same where a verb set it."""
    note_status(event)


@on(Project, "reopened")
def note_reopening(event: Event) -> None:
    """The same where a verb set it."""
    note_status(event)


@on(Project, "changed")
def ask_the_room_again(event: Event) -> None:
    """Whoever managed it so far may have to leave."""
    tell(room_of(event.target.pk), type="recheck")


@on(ProjectMember, "created")
def note_joining(event: Event) -> None:
    """A new member."""
    member: Any = event.target
    text = format_lazy(_("{name} takes part now"), name=member.employee)
    post_system_message(member.project, text, by=event.by)


@on(ProjectMember, "deleted")
def note_leaving(event: Event) -> None:
    """A member who left; their sockets are closed."""
    member: Any = event.target
    recheck(member.employee_id)
    text = format_lazy(_("{name} no longer takes part"), name=member.employee)
    post_system_message(member.project, text, by=event.by)
