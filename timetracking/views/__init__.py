"""Pages: time entries and the timer, the week sheet, the report of hours."""

from timetracking.views.entries import StartPage, TimeEntryPages
from timetracking.views.report import HoursPage
from timetracking.views.timer import TimerPage
from timetracking.views.week import WeekPage

__all__ = ["HoursPage", "StartPage", "TimeEntryPages", "TimerPage", "WeekPage"]
