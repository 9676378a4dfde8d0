"""What may be done with messages. Every door ends here: page, API and socket alike."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from chat.models import ChatMessage, ChatRead
from employees.models import Employee
from projects.models import Project
from workmate import services
from workmate.consumers import push
from workmate.errors import Conflict, Forbidden
from workmate.services import Actor
from workmate.verbs import verb


@verb(ChatMessage, "create", permission="add_chatmessage", label=_("Send"))
def post_message(
    *, by: Actor, project: Project, content: str, client_id: UUID | None = None
) -> ChatMessage:
    """Say something in the room of a project; whoever says it has read so far.

    Sent again with the same `client_id` it is stored once: what was stored is returned. Refuses
    rooms that `by` may not enter, and a `client_id` used in another room.
    """
    _refuse_strangers(project, by)
    with services.acting(by):
        # Whoever holds the room's project draws the next number; so numbers come in order.
        project = services.lock(project)
        if client_id is not None:
            known = ChatMessage.objects.filter(author=by.pk, client_id=client_id).for_list().first()
            if known is not None and known.project_id != project.pk:
                raise Conflict({"client_id": _("This client id was used before.")}, code="used")
            if known is not None:
                return _as_message(known)
        number = _next(project)
        message = ChatMessage(
            project=project,
            author=by if isinstance(by, Employee) else Employee.objects.get(pk=by.pk),
            content=content,
            client_id=client_id,
            sequence=number,
            version=number,
        )
        services.save(message, by=by)
        _move_position(project.pk, by, number)
    return message


def post_system_message(
    project: Project, text: str | Promise, *, by: Actor | None = None
) -> ChatMessage | None:
    """Note in the room of a project what happened, in the company's language.

    A project that is gone meanwhile has no room: None.
    """
    with translation.override(settings.LANGUAGE_CODE):
        content = str(text)
    with services.acting(by):
        locked = Project.objects.filter(pk=project.pk).select_for_update(no_key=True).first()
        if locked is None:
            return None
        number = _next(locked)
        message = ChatMessage(
            project=locked,
            content=content,
            is_system_message=True,
            sequence=number,
            version=number,
        )
        return services.save(message, by=by)


@verb(ChatMessage, "change", permission="change_chatmessage", label=_("Save"))
def edit_message(message: ChatMessage, *, by: Actor, **data: Any) -> ChatMessage:
    """Say one's own message in other words.

    Refuses those of others, deleted ones, and to move it to another room.
    """
    with services.acting(by):
        message = _lock_own(message, by)
        if message.is_deleted:
            raise Conflict(_("This message was deleted."), code="deleted")
        for name in ("project", "client_id"):
            given = data.pop(name, getattr(message, name))
            if given != getattr(message, name):
                raise ValidationError({name: _("A message keeps this.")})
        content = data.pop("content", message.content)
        if content.strip() == message.content:
            return message
        message.content = content
        message.edited_at = timezone.now()
        message.version = _next(message.project)
        return services.save(message, by=by)


@verb(
    ChatMessage,
    "delete",
    permission="delete_chatmessage",
    label=_("Delete"),
    confirm=_("The text is gone for good; that a message was here stays to be seen."),
)
def delete_message(message: ChatMessage, *, by: Actor) -> ChatMessage:
    """Take the text of one's own message away; a tombstone stays. Refuses those of others."""
    with services.acting(by):
        message = _lock_own(message, by)
        if message.is_deleted:
            return message
        message.content = ""
        message.deleted_at = timezone.now()
        message.version = _next(message.project)
        return services.save(message, by=by)


def mark_read(message: ChatMessage, *, by: Actor) -> int:
    """Note that `by` has read up to this message; how many are unread now in all rooms.

    The position only moves forwards, whichever device tells it last.
    """
    room: UUID = message.project.pk
    with services.acting(by):
        moved = _move_position(room, by, message.sequence)
    unread: int = ChatMessage.objects.unread_by(by).count()
    if moved:
        push(by.pk, "chat", unread=unread, project_id=room)
    return unread


def _refuse_strangers(project: Project, by: Actor) -> None:
    if not ChatMessage.objects.all().rooms_of(by).filter(pk=project.pk).exists():
        raise ValidationError({"project": _("There is no such project.")})


def _lock_own(message: ChatMessage, by: Actor) -> ChatMessage:
    """The message under the locks of its room and its row, always in this order."""
    services.lock(message.project)
    message = services.lock(message)
    if message.author is None or message.author.pk != by.pk:
        raise Forbidden(_("Only whoever wrote a message may change it."), code="not_yours")
    return message


def _next(project: Project) -> int:
    """The next number of a room, whose project the caller has locked."""
    last = ChatMessage.objects.filter(project=project).aggregate(last=Max("version"))["last"]
    return (last or 0) + 1


def _move_position(project_id: UUID, by: Actor, sequence: int) -> bool:
    rows = ChatRead.objects.filter(project=project_id, employee=by.pk)
    if rows.filter(sequence__lt=sequence).update(sequence=sequence, updated_at=timezone.now()):
        return True
    position = ChatRead(project_id=project_id, employee_id=by.pk, sequence=sequence)
    if rows.exists():
        return False
    # Another device may be first: then its position stands, and is moved by the next message.
    ChatRead.objects.bulk_create([position], ignore_conflicts=True)
    return True


def _as_message(found: Any) -> ChatMessage:
    message: ChatMessage = found
    return message
