"""Addresses of the pages."""

from django.urls import path

from timetracking.models import TimeEntry
from timetracking.views import HoursPage, StartPage, TimeEntryPages, TimerPage, WeekPage
from workmate.verbs import verb_of

app_name = "timetracking"
urlpatterns = [
    path("hours/", HoursPage.as_view(), name="hours"),
    path(
        "timer/",
        TimerPage.as_view(pages=TimeEntryPages, verb=verb_of(TimeEntry, "start")),
        name="timer",
    ),
    path("week/", WeekPage.as_view(), name="week"),
    # Before the generic page of the same name: it offers open projects only.
    path(
        "time-entries/start/",
        StartPage.as_view(pages=TimeEntryPages, verb=verb_of(TimeEntry, "start")),
        name="timeentry-start",
    ),
    *TimeEntryPages.urls(),
]
