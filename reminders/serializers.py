"""Notifications as JSON."""

from reminders.models import Notification
from workmate.serializers import BaseSerializer


class NotificationSerializer(BaseSerializer):
    """A notification."""

    class Meta:
        model = Notification
        fields = [
            "id",
            "recipient_id",
            "kind",
            "title",
            "body",
            "url",
            "read_at",
            "mail_state",
            "mail_sent_at",
            "created_at",
            "updated_at",
        ]
        read_only_fields = fields
