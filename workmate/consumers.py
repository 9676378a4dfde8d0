"""Sockets of the ground: one a person for everything live, and the answer to unknown paths."""

import json
import uuid
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from asgiref.sync import async_to_sync
from channels.generic.websocket import AsyncWebsocketConsumer
from channels.layers import get_channel_layer
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.urls import URLPattern, path, re_path

SIGNED_OUT = 4401
UNKNOWN_PATH = 4404


def group_of(person_id: uuid.UUID) -> str:
    """The channel layer's name for all open pages of one person."""
    return f"person.{person_id.hex}"


def push(person_id: uuid.UUID, kind: str, **payload: Any) -> None:
    """Send `{"kind": ..., **payload}` to every open page of a person, once the data is committed.

    A lost message loses nothing: pages read the truth over HTTP. So a channel layer that is down
    is logged and does not fail the request.
    """
    text = json.dumps({"kind": kind, **payload}, cls=DjangoJSONEncoder)

    def deliver() -> None:
        message = {"type": "deliver", "text": text}
        async_to_sync(get_channel_layer().group_send)(group_of(person_id), message)

    transaction.on_commit(deliver, robust=True)


class MeConsumer(AsyncWebsocketConsumer):
    """`/ws/me`: bell, timer and progress of the person signed in. It only speaks."""

    async def connect(self) -> None:
        """Join the person's group; close with 4401 when nobody is signed in."""
        # A close before the accept reaches the browser without its code.
        await self.accept()
        user = self.scope["user"]
        if not user.is_authenticated:
            await self.close(SIGNED_OUT)
            return
        self.groups.append(group_of(user.pk))
        await self.channel_layer.group_add(group_of(user.pk), self.channel_name)

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
