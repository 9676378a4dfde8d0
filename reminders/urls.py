"""Addresses of the pages."""

from django.urls import path

from reminders.views import NotificationPages, NotificationPreferencePage, ReminderPages

app_name = "reminders"
urlpatterns = [
    *ReminderPages.urls(),
    *NotificationPages.urls(),
    path(
        "notification-preferences/",
        NotificationPreferencePage.as_view(),
        name="notification-preferences",
    ),
]
