"""Pages for notifications."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _

from reminders.filters import NotificationFilter
from reminders.models import Notification
from reminders.services import mark_read
from workmate.views import Column, DetailPage, ModelPages, Section


class NotificationPage(DetailPage):
    """Opening a notification marks it as read and leads to what it is about."""

    def get(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """Go to what it is about; where that is nothing, show the text."""
        note = self.object()
        if request.user.has_perm("reminders.change_notification"):
            note = mark_read(note, by=request.user)
        return HttpResponseRedirect(note.url) if note.url else super().get(request, pk)


class NotificationPages(ModelPages):
    """One's own notifications."""

    model = Notification
    filter_class = NotificationFilter
    prefix, icon, group = "notifications", "bell", "overview"
    writes = ()
    empty_text = _("What happens around your work is told here.")
    columns = [
        Column("title", sub="body", narrow="created_at"),
        Column("status", _("Status")),
        Column("created_at", _("When"), css="wide-only"),
    ]
    sections = [Section(_("Message"), ["body", "created_at"])]
    detail_page = NotificationPage
