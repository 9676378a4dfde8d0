"""REST endpoints for messages."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from chat.filters import ChatMessageFilter
from chat.models import ChatMessage
from chat.querysets import VIEW
from chat.serializers import ChatMessageSerializer, UnreadSerializer
from chat.services import mark_read
from workmate import services
from workmate.api import BaseViewSet, router


class ChatMessageViewSet(BaseViewSet):
    """Messages of one's rooms; only one's own are edited and deleted."""

    queryset = ChatMessage.objects.all()
    serializer_class = ChatMessageSerializer
    filterset_class = ChatMessageFilter
    nested_under = {"projects": "project"}
    # No PUT: but for the words nothing of a message can be replaced.
    writes = ("create", "destroy")
    own_perms = {"unread": VIEW, "read": VIEW}

    @extend_schema(summary="Edit a message")
    def partial_update(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        message = self.get_object()
        serializer = self.get_serializer(message, data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        data = serializer.validated_data
        with self.as_sent(message):
            changed = self.perform(lambda: services.change(message, by=request.user, **data))
        return self.answer(changed)

    @extend_schema(summary="Count what is unread", responses=UnreadSerializer)
    @action(detail=False, methods=["get"], filter_backends=[], pagination_class=None)
    def unread(self, request: Any) -> Response:
        counts = ChatMessage.objects.visible_to(request.user).unread_by(request.user)
        rooms = counts.count_by_room()
        body = {
            "unread": sum(rooms.values()),
            "rooms": [{"project_id": key, "unread": rooms[key]} for key in sorted(rooms)],
        }
        return Response(UnreadSerializer(body).data)

    @extend_schema(
        summary="Mark everything up to a message as read", request=None, responses={204: None}
    )
    @action(detail=True, methods=["post"], filter_backends=[], pagination_class=None)
    def read(self, request: Any, pk: Any) -> Response:
        message = self.get_object()
        self.perform(lambda: mark_read(message, by=request.user))
        return Response(status=204)


router.register("messages", ChatMessageViewSet, basename="chatmessage")
