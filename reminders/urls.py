"""Addresses of the pages."""

from reminders.views import NotificationPages

app_name = "reminders"
urlpatterns = [*NotificationPages.urls()]
