"""The socket of a room: `/ws/projects/{project_id}/chat`. The protocol: docs/chat.md."""

import json
import time
from collections import deque
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

import orjson
from channels.db import database_sync_to_async
from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext as _

from chat.models import ChatMessage
from chat.querysets import VIEW
from chat.serializers import ChatMessageSerializer
from chat.services import mark_read
from workmate import services
from workmate.consumers import FORBIDDEN, UNKNOWN_PATH, PersonConsumer

PROTOCOL = 1
TOO_FAST = 4429
# 4,000 characters of four bytes each, escaped, and what stands around them.
MOST_BYTES = 64 * 1024
# So many frames in so many seconds are answered; who does not mind the refusals is sent off.
MOST_FRAMES, FRAME_SECONDS, MOST_REFUSALS = 30, 10, 100
BATCH = 100
# Numbers of changes as JSON has them everywhere.
HIGHEST = 2**53


def room_of(project_id: UUID) -> str:
    """The channel layer's name for all open pages of one room."""
    return f"chat.{project_id.hex}"


class RefusedError(Exception):
    """A frame that cannot be carried out: its code, and what is said about it."""

    def __init__(self, code: str, detail: Any) -> None:
        self.code, self.detail = code, str(detail)


class ChatConsumer(PersonConsumer):
    """Tells each change of the room once and in order; takes messages, edits, deletions, reads."""

    version = 0

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.frames: deque[float] = deque(maxlen=MOST_FRAMES)
        self.refusals = 0

    @property
    def project_id(self) -> UUID:
        """The room's project."""
        found: UUID = self.scope["url_route"]["kwargs"]["project_id"]
        return found

    async def refusal(self) -> int:
        """4401 where nobody is signed in, 4403 without the right, 4404 for unseen rooms."""
        return await super().refusal() or await database_sync_to_async(self.room_refusal)()

    def room_refusal(self) -> int:
        """The code of the room; 0 where the person may enter it."""
        if not self.person.has_perm(VIEW):
            return FORBIDDEN
        self.room = ChatMessage.objects.all().rooms_of(self.person).filter(pk=self.project_id)
        self.room = self.room.first()
        return UNKNOWN_PATH if self.room is None else 0

    def rooms(self) -> list[str]:
        """The room's group."""
        return [room_of(self.project_id)]

    async def joined(self) -> None:
        """Greet, and tell what came after the version that the address names."""
        given = parse_qs(self.scope["query_string"].decode("latin1")).get("since", [""])[-1]
        await self.catch_up_from(int(given) if given.isdecimal() and len(given) < 17 else None)

    async def catch_up_from(self, since: int | None) -> None:
        """`hello`, all changes since then, `ready`; only new ones where nothing is named."""
        latest = await database_sync_to_async(lambda: self.rows().version())()
        self.version = latest if since is None else min(since, latest)
        await self.say("hello", protocol=PROTOCOL, version=self.version)
        await self.catch_up()
        await self.say("ready", version=self.version)

    async def catch_up(self) -> None:
        """Tell every change that this socket has not told yet."""
        more = True
        while more:
            texts, more = await database_sync_to_async(self.batch)()
            for version, text in texts:
                await self.tell_change(version, text)

    def rows(self) -> Any:
        """All messages of the room."""
        return ChatMessage.objects.filter(project=self.project_id)

    def batch(self) -> tuple[list[tuple[int, str]], bool]:
        """The next changes as JSON, and whether there may be more."""
        found = list(self.rows().since(self.version).for_list()[:BATCH])
        return [(message.version, text_of(message)) for message in found], len(found) == BATCH

    async def tell_change(self, version: int, text: str) -> None:
        """Hand a message on as it stands now."""
        self.version = version
        await self.send(text_data=f'{{"type":"message","message":{text}}}')

    async def chat_message(self, event: dict[str, Any]) -> None:
        """A change was broadcast. Where one before it was lost or overtaken, both are read."""
        if event["version"] == self.version + 1:
            await self.tell_change(event["version"], event["text"])
        elif event["version"] > self.version:
            await self.catch_up()

    async def say(self, kind: str, **values: Any) -> None:
        """Send a frame."""
        await self.send(text_data=orjson.dumps({"type": kind, **values}, default=str).decode())

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Carry a frame out, or answer why not. Nothing that a frame holds ends in a crash."""
        frame: dict[str, Any] = {}
        try:
            flooded = self.is_flooded()
            frame = parsed(text_data)
            if flooded:
                raise RefusedError("too_fast", _("Too many messages: please wait a little."))
            if not await self.recheck():
                return
            if frame["type"] == "resume":
                await self.catch_up_from(number_of(frame, "since"))
            else:
                answer = await database_sync_to_async(self.act)(frame)
                await self.say(answer.pop("kind"), **answer)
        except RefusedError as refused:
            about = {name: frame[name] for name in ("client_id", "id") if name in frame}
            await self.say("error", code=refused.code, detail=refused.detail, **about)
            if self.refusals > MOST_REFUSALS:
                await self.close(TOO_FAST)

    def is_flooded(self) -> bool:
        """Whether more frames came in a while than anybody types."""
        now = time.monotonic()
        if len(self.frames) == MOST_FRAMES and now - self.frames[0] < FRAME_SECONDS:
            self.refusals += 1
            return True
        self.frames.append(now)
        self.refusals = 0
        return False

    def act(self, frame: dict[str, Any]) -> dict[str, Any]:
        """What the services say to a frame, as the frame that answers it."""
        acts: dict[str, Any] = {
            "post": (self.post, "chat.add_chatmessage"),
            "edit": (self.edit, "chat.change_chatmessage"),
            "delete": (self.delete, "chat.delete_chatmessage"),
            "read": (self.read, VIEW),
        }
        with translation.override(self.person.language):
            if frame["type"] not in acts:
                raise RefusedError("unknown_type", _("There is no such kind of frame."))
            act, perm = acts[frame["type"]]
            if not self.person.has_perm(perm):
                raise RefusedError("permission_denied", _("Your role does not include this."))
            try:
                answer: dict[str, Any] = act(frame)
            except ValidationError as error:
                raise RefusedError(code_of(error), " ".join(error.messages)) from error
        return answer

    def post(self, frame: dict[str, Any]) -> dict[str, Any]:
        """Store a message; sent again it is answered again, and stored once."""
        client_id = id_of(frame, "client_id") if frame.get("client_id") is not None else None
        content = text_in(frame, "content")
        message = services.create(
            ChatMessage, by=self.person, project=self.room, content=content, client_id=client_id
        )
        return stored(message, client_id=client_id)

    def edit(self, frame: dict[str, Any]) -> dict[str, Any]:
        """Say a message in other words."""
        content = text_in(frame, "content")
        return stored(services.change(self.message(frame), by=self.person, content=content))

    def delete(self, frame: dict[str, Any]) -> dict[str, Any]:
        """Leave a tombstone."""
        message = self.message(frame)
        services.delete(message, by=self.person)
        return {"kind": "stored", "id": message.pk}

    def read(self, frame: dict[str, Any]) -> dict[str, Any]:
        """Move the read position."""
        return {"kind": "unread", "unread": mark_read(self.message(frame), by=self.person)}

    def message(self, frame: dict[str, Any]) -> Any:
        """The message of this room that a frame names."""
        found = self.rows().for_list().filter(pk=id_of(frame, "id")).first()
        if found is None:
            raise RefusedError("not_found", _("There is no such message."))
        return found


def text_of(message: Any) -> str:
    """A message as JSON."""
    return orjson.dumps(ChatMessageSerializer(message).data, default=str).decode()


def stored(message: Any, **more: Any) -> dict[str, Any]:
    """The answer to what was stored."""
    return {"kind": "stored", "id": message.pk, "version": message.version, **more}


def parsed(text: str | None) -> dict[str, Any]:
    """A frame with its type. Refuses all that is none."""
    if text is None:
        raise RefusedError("not_text", _("Frames are JSON texts."))
    if len(text.encode("utf-8", "surrogatepass")) > MOST_BYTES:
        raise RefusedError("too_large", _("This frame is too large."))
    try:
        frame = json.loads(text)
    except (ValueError, RecursionError):
        raise RefusedError("bad_json", _("Frames are JSON texts.")) from None
    if not isinstance(frame, dict) or not isinstance(frame.get("type"), str):
        raise RefusedError("bad_json", _("A frame is an object with a type."))
    # They are sent back with an error: as what they should be, or not at all.
    for name in ("client_id", "id"):
        if name in frame and frame[name] is not None:
            frame[name] = str(id_of(frame, name))
    return frame


def id_of(frame: dict[str, Any], name: str) -> UUID:
    """An id in a frame."""
    try:
        return UUID(frame[name])
    except (KeyError, ValueError, TypeError, AttributeError):
        frame.pop(name, None)
        message = _("“%(name)s” is no UUID.") % {"name": name}
        raise RefusedError("invalid", message) from None


def text_in(frame: dict[str, Any], name: str) -> str:
    """A text in a frame."""
    if not isinstance(frame.get(name), str):
        raise RefusedError("invalid", _("“%(name)s” is no text.") % {"name": name})
    found: str = frame[name]
    return found


def number_of(frame: dict[str, Any], name: str) -> int:
    """The number of a change in a frame."""
    value = frame.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= HIGHEST:
        raise RefusedError("invalid", _("“%(name)s” is no number.") % {"name": name})
    return value


def code_of(error: ValidationError) -> str:
    """The code of the first thing that was wrong."""
    errors = error.error_dict.values() if hasattr(error, "error_dict") else [error.error_list]
    return next((item.code for items in errors for item in items if item.code), None) or "invalid"
