"""Pages: time entries and the timer, the week sheet."""

from timetracking.views.entries import StartPage, TimeEntryPages
from timetracking.views.week import WeekPage

__all__ = ["StartPage", "TimeEntryPages", "WeekPage"]
