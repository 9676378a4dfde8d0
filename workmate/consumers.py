"""Sockets of the ground: one a person for everything live, and the answer to unknown paths."""

import asyncio
import json
import logging
import time
import uuid
from contextlib import suppress
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from asgiref.sync import async_to_sync
from channels.auth import get_user
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from channels.layers import get_channel_layer
from django.conf import settings
from django.contrib.auth.signals import user_logged_out
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest
from django.urls import URLPattern, path, re_path
from redis.exceptions import RedisError
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework.settings import api_settings
from starlette.datastructures import Headers

from workmate import places

SIGNED_OUT = 4401
FORBIDDEN = 4403
UNKNOWN_PATH = 4404
TOO_MANY = 4430
FAILED = 1011

# A socket outlives what let it in (session, token, right, membership) by no more than this,
# whether or not somebody thought of `recheck`.
RECHECK_SECONDS = 4
# So long it is known when a person was last told something.
TOLD_SECONDS = 300
log = logging.getLogger("workmate.consumers")


def group_of(person_id: uuid.UUID) -> str:
    """The channel layer's name for all open pages of one person."""
    return f"person.{person_id.hex}"


def push(person_id: uuid.UUID, kind: str, **payload: Any) -> None:
    """Send `{"kind": ..., **payload}` to every open page of a person, once the data is committed.

    A lost message loses nothing: pages read the truth over HTTP. So a channel layer that is down
    is logged and does not fail the request.
    """
    text = json.dumps({"kind": kind, **payload}, cls=DjangoJSONEncoder)
    # Before it is sent: a socket that opens now hears it, or finds the mark.
    transaction.on_commit(lambda: mark_told(person_id), robust=True)
    tell(group_of(person_id), type="deliver", text=text)


def mark_told(person_id: uuid.UUID) -> None:
    """Note that the person is told something now."""
    places.connection().set(told_of(person_id), now_ms(), ex=TOLD_SECONDS)


def last_told(person_id: uuid.UUID) -> int:
    """When the person was last told something, in ms since 1970; 0 where it is long ago."""
    return int(places.connection().get(told_of(person_id)) or 0)


def told_of(person_id: uuid.UUID) -> str:
    """Where it is noted when the person was last told something."""
    return f"told.{person_id.hex}"


def now_ms() -> int:
    """This moment, in ms since 1970."""
    return int(time.time() * 1000)


def recheck(person_id: uuid.UUID) -> None:
    """Let every open socket of a person ask again, once the data is committed, whether it may."""
    tell(access_of(person_id), type="recheck")


def access_of(person_id: uuid.UUID) -> str:
    """The channel layer's name for all sockets of one person, of whatever kind."""
    return f"access.{person_id.hex}"


def tell(group: str, **message: Any) -> None:
    """Send an event to all sockets of a group, once the data is committed.

    A channel layer that is down is logged and does not fail the request.
    """

    def deliver() -> None:
        async_to_sync(get_channel_layer().group_send)(group, message)

    transaction.on_commit(deliver, robust=True)


@receiver(user_logged_out, dispatch_uid="workmate.consumers.signed_out")
def signed_out(sender: Any, user: Any, **kwargs: Any) -> None:
    """Close the sockets of the session that ends."""
    if user is not None:
        recheck(user.pk)


class PersonConsumer(AsyncWebsocketConsumer):
    """A socket for one person, by session or token, closed soon after that person may no more."""

    person: Any = None
    watch: "asyncio.Task[None] | None" = None
    counted_for: uuid.UUID | None = None

    async def connect(self) -> None:
        """Accept, and join the groups; or close with the code of the refusal."""
        # A close before the accept reaches the browser without its code.
        await self.accept()
        if not await self.recheck():
            return
        if not await self.take_place():
            await self.close(TOO_MANY)
            return
        for group in (access_of(self.person.pk), *self.rooms()):
            self.groups.append(group)
            await self.channel_layer.group_add(group, self.channel_name)
        self.watch = asyncio.create_task(self.keep_watch())
        with suppress(OSError):  # the page was closed in this very moment: `disconnect` follows
            await self.joined()

    def rooms(self) -> list[str]:
        """The groups whose events this socket hears."""
        return []

    async def joined(self) -> None:
        """What is said first."""

    async def refusal(self) -> int:
        """The code with which to close; 0 while the person may. Asks the database anew."""
        self.person = await person_of(self.scope)
        return SIGNED_OUT if self.person is None else 0

    async def recheck(self, event: Any = None) -> bool:
        """Close where the person may no more; whether the socket is still open."""
        try:
            code = await self.refusal()
        except Exception:  # whatever fails here: the page connects anew, and is asked anew
            log.exception("recheck_failed")
            code = FAILED
        if code:
            await self.close(code)
        return not code

    async def take_place(self) -> bool:
        """Count as one of the person's sockets; whether there was room.

        Where nobody can tell, there is: the limit guards the servers, not the data.
        """
        try:
            taken = await asyncio.to_thread(places.take, self.person.pk, self.channel_name)
        except RedisError:
            log.exception("socket_not_counted")
            return True
        self.counted_for = self.person.pk if taken else None
        return taken

    async def keep_watch(self) -> None:
        """Ask again and again, and keep the place."""
        with suppress(OSError):  # the page was closed in this very moment
            await asyncio.sleep(RECHECK_SECONDS)
            while await self.recheck():
                if self.counted_for is not None:
                    with suppress(RedisError):
                        await asyncio.to_thread(places.keep, self.counted_for, self.channel_name)
                await asyncio.sleep(RECHECK_SECONDS)

    async def disconnect(self, code: int) -> None:
        """Nobody is left to watch; the place is free."""
        if self.watch is not None:
            self.watch.cancel()
        if self.counted_for is not None:
            with suppress(RedisError):
                await asyncio.to_thread(places.leave, self.counted_for, self.channel_name)


async def person_of(scope: Any) -> Any:
    """Who holds the socket at this moment: by a token where one is sent, else by the session."""
    if bearer := Headers(scope=scope).get("authorization"):
        return await database_sync_to_async(person_of_token)(bearer)
    # A session of its own: that of the scope remembers what it read first.
    store = import_module(settings.SESSION_ENGINE).SessionStore
    user = await get_user({"session": store(scope["session"].session_key)})
    return user if user.is_authenticated else None


def person_of_token(bearer: str) -> Any:
    """Who holds this token, by the API's own ways of sign-in; None where it is not valid.

    Raises APIException where that cannot be said now, as while the provider is away.
    """
    request = HttpRequest()
    request.META["HTTP_AUTHORIZATION"] = bearer
    kinds: Any = api_settings.DEFAULT_AUTHENTICATION_CLASSES
    for kind in kinds:
        try:
            found = kind().authenticate(Request(request))
        except AuthenticationFailed:
            return None
        if found is not None:
            return found[0]
    return None


class MeConsumer(PersonConsumer):
    """`/ws/me`: bell, timer and progress of the person signed in. It only speaks."""

    async def refusal(self) -> int:
        """Also 4403 for a token with scopes: what is told here comes from all modules."""
        code = await super().refusal()
        is_narrow = not code and "*" not in (getattr(self.person, "scopes", None) or ["*"])
        return FORBIDDEN if is_narrow else code

    def rooms(self) -> list[str]:
        """What is pushed to the person."""
        return [group_of(self.person.pk)]

    async def joined(self) -> None:
        """Say that from now on everything is heard, and when the person was last told something.

        A page that was drawn before that, or before it was known, may have missed it.
        """
        try:
            told = await asyncio.to_thread(last_told, self.person.pk)
        except RedisError:
            log.exception("told_not_known")
            told = now_ms()
        since = now_ms() - TOLD_SECONDS * 1000
        ready = {"kind": "ready", "told": told, "known_since": since}
        await self.send(text_data=json.dumps(ready))

    async def deliver(self, event: dict[str, Any]) -> None:
        """Pass on what `push` sent."""
        await self.send(text_data=event["text"])


class UnknownConsumer(AsyncWebsocketConsumer):
    """Every other path: closed with 4404 instead of a traceback."""

    async def connect(self) -> None:
        """Accept, so that the code reaches the browser, and close."""
        await self.accept()
        await self.close(UNKNOWN_PATH)


def websocket_urlpatterns() -> list[URLPattern]:
    """All sockets: the ground's, then each module's `routing.websocket_urlpatterns`."""
    patterns = [path("ws/me", MeConsumer.as_asgi())]
    for module in settings.MODULES:
        if find_spec(f"{module}.routing"):
            patterns += import_module(f"{module}.routing").websocket_urlpatterns
    return [*patterns, re_path(r"", UnknownConsumer.as_asgi())]
