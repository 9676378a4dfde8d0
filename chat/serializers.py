"""Messages as JSON, over REST and over the socket alike."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from chat.markup import render
from chat.models import ChatMessage
from workmate.serializers import BaseSerializer


class ChatMessageSerializer(BaseSerializer):
    """A message: `content` as it was typed, `html` as it is shown; a deleted one is empty."""

    author_name = serializers.CharField(read_only=True)
    html = serializers.SerializerMethodField(help_text="Safe to be shown as it is.")

    class Meta:
        model = ChatMessage
        fields = [
            "id",
            "project_id",
            "author_id",
            "author_name",
            "content",
            "html",
            "is_system_message",
            "client_id",
            "sequence",
            "version",
            "edited_at",
            "deleted_at",
            "created_at",
            "updated_at",
        ]
        read_only_fields = [
            "author_id",
            "is_system_message",
            "sequence",
            "version",
            "edited_at",
            "deleted_at",
        ]

    @extend_schema_field(serializers.CharField())
    def get_html(self, message: ChatMessage) -> str:
        """The rendered Markdown."""
        return render(message.content)


class UnreadRoomSerializer(serializers.Serializer[None]):
    """A room with what is unread in it."""

    project_id = serializers.UUIDField()
    unread = serializers.IntegerField()


class UnreadSerializer(serializers.Serializer[None]):
    """What one has not read yet."""

    unread = serializers.IntegerField(help_text="In all rooms.")
    rooms = UnreadRoomSerializer(many=True, help_text="Only those where something is unread.")
