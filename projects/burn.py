"""How the budget of a project is used up, or its hours add up: week by week, as a chart."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from django.db.models import Value
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from projects.models import Project
from projects.querysets import minutes_times_rate
from workmate.charts import Line, LineChart, Point
from workmate.templatetags.workmate import NOTHING, format_hours, format_money, format_number

if TYPE_CHECKING:
    from workmate.services import Actor

WEEK = dt.timedelta(weeks=1)
# Beyond so many weeks a column is a month; beyond so many months they would be hairlines.
MOST_WEEKS, MOST_MONTHS = 60, 120


@dataclass(frozen=True)
class Column:
    """A week or a month: its first day, the first day after it, how it is called."""

    first: dt.date
    end: dt.date
    label: str
    title: str


def chart_of(project: Project, user: "Actor") -> LineChart | None:
    """The chart for this person: of the budget, or of the hours that they see; None without any.

    What it adds up is what the figures above it add up.
    """
    sees_money = "budget_used" not in project.concealed_from(user)
    if sees_money and project.budget:
        return _budget_chart(project)
    rows: Any = project.time_entries
    weeks = rows.visible_to(user).by_week(Value(0))
    minutes = {week: Decimal(row["minutes"]) / 60 for week, row in weeks.items()}
    return _hours_chart(project, minutes)


def _budget_chart(project: Project) -> LineChart | None:
    rate = minutes_times_rate(Value(project.hourly_rate or Decimal(0)))
    entries: Any = project.time_entries
    spent = {week: row["worth"] / 60 for week, row in entries.by_week(rate).items()}
    expenses: Any = project.expenses
    for week, net in expenses.counted().by_week().items():
        spent[week] = spent.get(week, Decimal(0)) + net
    columns = columns_of(project, spent)
    if not columns:
        return None
    budget = Decimal(project.budget or 0)
    each, used = _add_up(columns, spent)
    even = _evenly(project, columns, budget)
    lines = [
        Line("la", _("used"), _floats(used), area=True),
        *_forecast(project, columns, used),
        Line("lb", _("evenly over the time"), _floats(even)),
        Line("budget", _("Budget"), [float(budget)] * len(even)),
    ]
    return LineChart(
        title=_("Budget used over time, net"),
        heads=[_("Period"), _("Used in it"), _("Used so far"), _("Evenly over the time")],
        points=[
            Point(
                column.label,
                column.title,
                [],
                [*_texts(each[n], used[n + 1], format_money), format_money(even[n + 1])],
                "",
            )
            for n, column in enumerate(columns)
        ],
        lines=lines,
        tick=format_number,
        least=float(budget),
    )


def _hours_chart(project: Project, hours: dict[dt.date, Decimal]) -> LineChart | None:
    columns = columns_of(project, hours)
    if not columns or not hours:
        return None
    each, total = _add_up(columns, hours)
    return LineChart(
        title=_("Hours over time"),
        heads=[_("Period"), _("Hours in it"), _("Hours so far")],
        points=[
            Point(column.label, column.title, [], _texts(each[n], total[n + 1], format_hours), "")
            for n, column in enumerate(columns)
        ],
        lines=[Line("la", _("Hours"), _floats(total), area=True)],
        tick=format_number,
    )


def columns_of(project: Project, booked: dict[dt.date, Any]) -> list[Column]:
    """The weeks, or months, from the start to the deadline; wider where something was booked."""
    today = timezone.localdate()
    days = [day for day in (project.start_date, project.due_on, *booked) if day is not None]
    if not booked or not days:
        return []
    if not project.is_finished:
        days.append(today)
    first, last = _monday(min(days)), max(days)
    if (last - first).days < 7 * MOST_WEEKS:
        mondays = [first + WEEK * n for n in range((last - first).days // 7 + 1)]
        return [_week(monday) for monday in mondays]
    months = [first.replace(day=1)]
    while (following := _month_after(months[-1])) <= last and len(months) < MOST_MONTHS:
        months.append(following)
    return [_month(month) for month in months]


def _week(monday: dt.date) -> Column:
    number = _("week %(number)s") % {"number": monday.isocalendar().week}
    short = _("W%(number)s") % {"number": monday.isocalendar().week}
    end = monday + WEEK
    return Column(monday, end, short, f"{number}, {date_format(monday, 'SHORT_DATE_FORMAT')}")


def _month(month: dt.date) -> Column:
    return Column(month, _month_after(month), date_format(month, "M y"), date_format(month, "F Y"))


def _month_after(month: dt.date) -> dt.date:
    return (month + dt.timedelta(days=32)).replace(day=1)


def _monday(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=day.weekday())


def _add_up(
    columns: Sequence[Column], booked: dict[dt.date, Decimal]
) -> tuple[list[Decimal], list[Decimal | None]]:
    """What each column adds, and the sum at the start and at each end; None in the future."""
    today = timezone.localdate()
    each = [
        sum((v for day, v in booked.items() if column.first <= day < column.end), Decimal(0))
        for column in columns
    ]
    # Whatever lies before the first or after the last column is part of the sum all the same.
    each[0] += sum((v for day, v in booked.items() if day < columns[0].first), Decimal(0))
    each[-1] += sum((v for day, v in booked.items() if day >= columns[-1].end), Decimal(0))
    last = max([today, *booked])
    sums = list(accumulate(each, initial=Decimal(0)))
    begun = [True, *(column.first <= last for column in columns)]
    return each, [total if is_known else None for total, is_known in zip(sums, begun, strict=True)]


def _evenly(project: Project, columns: Sequence[Column], budget: Decimal) -> list[Decimal]:
    """The budget spread over the planned time: nothing before, no more after it."""
    start, end = project.start_date or columns[0].first, project.due_on or columns[-1].first
    planned = [start < column.end and column.first <= end for column in columns]
    each = budget / (sum(planned) or 1)
    return list(accumulate((each * is_planned for is_planned in planned), initial=Decimal(0)))


def _forecast(
    project: Project, columns: Sequence[Column], used: Sequence[Decimal | None]
) -> list[Line]:
    """How it ends if it goes on as it went so far; nothing where there is no time left."""
    known = [total for total in used if total is not None]
    passed, left = len(known) - 1, len(columns) - len(known) + 1
    if project.is_finished or passed < 1 or left < 1 or not known[-1]:
        return []
    pace = known[-1] / passed
    ahead = [known[-1] + pace * number for number in range(left + 1)]
    label = _("at this pace %(amount)s") % {"amount": format_money(ahead[-1])}
    return [Line("lc", label, [None] * passed + _floats(ahead))]


def _floats(values: Sequence[Decimal | None]) -> list[float | None]:
    return [None if value is None else float(value) for value in values]


def _texts(each: Decimal, total: Decimal | None, write: Any) -> list[str]:
    return [NOTHING, NOTHING] if total is None else [write(each), write(total)]
