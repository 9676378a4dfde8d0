"""REST endpoints for reminders, notifications and preferences."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from reminders.filters import NotificationFilter, NotificationPreferenceFilter, ReminderFilter
from reminders.models import Notification, NotificationPreference, Reminder
from reminders.serializers import (
    NotificationPreferenceSerializer,
    NotificationSerializer,
    ReminderSerializer,
)
from reminders.services import mark_all_read
from workmate.api import BaseViewSet, router


class ReminderViewSet(BaseViewSet):
    """One's own reminders, and those that one has delegated."""

    queryset = Reminder.objects.all()
    serializer_class = ReminderSerializer
    filterset_class = ReminderFilter

    def get_queryset(self) -> Any:
        """Without the joins of the pages: JSON names people by id only."""
        return super().get_queryset().select_related(None)

    def fresh(self, obj: Any) -> Any:
        """The reminder as this person reads it."""
        found = super().fresh(obj)
        found.viewer = self.request.user
        return found


class NotificationViewSet(BaseViewSet):
    """One's own notifications."""

    queryset = Notification.objects.all()
    serializer_class = NotificationSerializer
    filterset_class = NotificationFilter
    writes = ()
    own_perms = {"verb_read_all": "reminders.change_notification"}

    @extend_schema(
        summary="Mark all own notifications as read", request=None, responses={204: None}
    )
    @action(
        detail=False,
        methods=["post"],
        url_path="read-all",
        filter_backends=[],
        pagination_class=None,
    )
    def verb_read_all(self, request: Any) -> Response:
        self.perform(lambda: mark_all_read(by=request.user))
        return Response(status=204)


class NotificationPreferenceViewSet(BaseViewSet):
    """How one wishes to be told: what has no row here is wanted."""

    queryset = NotificationPreference.objects.all()
    serializer_class = NotificationPreferenceSerializer
    filterset_class = NotificationPreferenceFilter


router.register("reminders", ReminderViewSet, basename="reminder")
router.register("notifications", NotificationViewSet, basename="notification")
router.register(
    "notification-preferences", NotificationPreferenceViewSet, basename="notificationpreference"
)
