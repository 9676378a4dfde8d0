"""REST endpoints for notifications."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from reminders.filters import NotificationFilter
from reminders.models import Notification
from reminders.serializers import NotificationSerializer
from reminders.services import mark_all_read
from workmate.api import BaseViewSet, router


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


router.register("notifications", NotificationViewSet, basename="notification")
