"""Reminders, notifications and preferences as JSON."""

from typing import Any

from rest_framework import serializers

from reminders.models import LINK_FIELDS, Notification, NotificationPreference, Reminder
from workmate.serializers import BaseSerializer


class ReminderSerializer(BaseSerializer):
    """A reminder; its link is left out once the linked object may not be seen any more."""

    concealable = LINK_FIELDS
    linked_title = serializers.CharField(read_only=True)
    linked_url = serializers.CharField(read_only=True)

    class Meta:
        model = Reminder
        fields = [
            "id",
            "title",
            "description",
            "due_date",
            "priority",
            "repeat",
            "linked_entity_type",
            "linked_entity_id",
            "linked_title",
            "linked_url",
            "owner_id",
            "delegated_by_id",
            "status",
            "snoozed_until",
            "notified",
            "completed_at",
            "completed_by_id",
            "rule",
            "created_at",
            "updated_at",
        ]
        read_only_fields = [
            "id",
            "owner_id",
            "delegated_by_id",
            "status",
            "snoozed_until",
            "notified",
            "completed_at",
            "completed_by_id",
            "rule",
            "created_at",
            "updated_at",
        ]

    def get_uniqueness_extra_kwargs(self, *args: Any) -> Any:
        """Nothing: a link that is not given is left alone, not set to null."""
        return args[-1], {}

    def concealed(self, obj: Any) -> frozenset[str]:
        """The link, where the linked object is not visible."""
        return obj.concealed_from(self.context["request"].user) & set(self.Meta.fields)


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


class NotificationPreferenceSerializer(BaseSerializer):
    """Whether one wishes to be told of a kind of thing on a channel."""

    class Meta:
        model = NotificationPreference
        fields = ["id", "person_id", "kind", "channel", "enabled", "created_at", "updated_at"]
        read_only_fields = ["id", "person_id", "created_at", "updated_at"]
