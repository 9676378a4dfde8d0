"""Pages for reminders, notifications, and how one wishes to be told."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from reminders.filters import NotificationFilter, ReminderFilter
from reminders.forms import NotificationPreferenceForm, ReminderForm
from reminders.models import Notification, NotificationPreference, Reminder
from reminders.services import mark_read
from workmate.display import value_html
from workmate.views import (
    Column,
    DetailPage,
    ModelPages,
    Page,
    Section,
    errors_of,
    figure,
    parts_of,
)


def about(reminder: Any) -> str:
    """The linked row with its page; empty where it is none, or not visible."""
    return value_html(reminder.linked, link=True) if reminder.linked is not None else ""


def due_of(reminder: Any) -> str:
    """The day; below it, until when it is quiet."""
    day = value_html(reminder.due_date)
    if reminder.snoozed_until is None:
        return day
    until = gettext("snoozed until %(day)s") % {"day": value_html(reminder.snoozed_until)}
    return format_html('{} <span class="muted">{}</span>', day, until)


class ReminderPages(ModelPages):
    """One's own reminders, and those that one has delegated."""

    model = Reminder
    form_class = ReminderForm
    filter_class = ReminderFilter
    prefix, icon, group = "reminders", "alarm-clock", "overview"
    quick = "status"
    empty_text = _("What you have to think of by a day is kept here.")
    columns = [
        Column("title", narrow="due_date"),
        Column("linked_title", _("About"), css="wide-only", render=about),
        Column("due_date", css="wide-only", render=due_of),
        Column("priority", css="wide-only mid-only"),
        Column("owner", css="wide-only mid-only"),
        Column("delegated_by", css="wide-only", extra=True),
        Column("repeat", css="wide-only", extra=True),
        Column("completed_at", css="wide-only", extra=True),
        Column("created_at", css="wide-only", extra=True),
        Column("status"),
    ]
    sections = [
        Section(
            _("Reminder"),
            [
                Column("due_date", render=due_of),
                Column("linked", _("About"), render=about),
                "priority",
                "repeat",
                "owner",
                "delegated_by",
                "completed_at",
            ],
        ),
        Section(_("Description"), ["description"], wide=True),
    ]

    @classmethod
    def may_delete(cls, obj: Any) -> bool:
        """Not what follows from data: it would come back."""
        return not obj.is_derived

    @classmethod
    def figures(cls, request: HttpRequest, rows: Any) -> list[dict[str, Any]]:
        """Those still open, and of these the overdue ones."""
        return [
            figure(request, gettext("not completed"), rows.unfinished().count(), is_open="true"),
            figure(
                request, gettext("overdue"), rows.filter(status="overdue").count(), status="overdue"
            ),
        ]

    @classmethod
    def initial(cls, request: HttpRequest) -> dict[str, Any]:
        """Today, and the row that the address names."""
        return {"due_date": timezone.localdate(), **super().initial(request)}


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


class NotificationPreferencePages(ModelPages):
    """How one wishes to be told: one page with a box for each kind and channel."""

    model = NotificationPreference
    prefix, icon, group = "notification-preferences", "bell", "overview"
    writes = ()


class NotificationPreferencePage(Page):
    """The boxes; saving keeps them all at once."""

    pages = NotificationPreferencePages
    kind = "form"

    def perm(self) -> str:
        """To change them."""
        return "reminders.change_notificationpreference"

    def get(self, request: HttpRequest) -> HttpResponse:
        """The boxes as they are."""
        return self.show(NotificationPreferenceForm(user=request.user))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep them."""
        form = NotificationPreferenceForm(request.POST, user=request.user)
        if not form.is_valid():
            return self.show(form, status=422)
        form.write(by=request.user)
        messages.success(request, gettext("Your preferences are saved."))
        return HttpResponseRedirect(request.path)

    def show(self, form: Any, status: int = 200) -> HttpResponse:
        """The form page."""
        context = {
            "title": gettext("Notification settings"),
            "crumbs": self.crumbs(),
            "form": form,
            "parts": parts_of(form),
            "error_list": errors_of(form),
            "submit_label": gettext("Save"),
            "cancel_url": reverse("reminders:notification-list"),
        }
        return self.page(context, status=status)
