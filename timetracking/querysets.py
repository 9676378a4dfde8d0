"""Which time entries there are, for whom, and what they add up to."""

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from django.db.models import BooleanField, Count, DateField, DecimalField, F, Func, Q, Sum
from django.db.models.functions import TruncDate, TruncWeek
from django.utils.translation import gettext_lazy as _

from employees.models import Employee
from workmate.fields import CENT, round_money
from workmate.querysets import BaseQuerySet

if TYPE_CHECKING:
    from workmate.services import Actor

WORTH: "DecimalField[Any, Any]" = DecimalField(max_digits=24, decimal_places=4)
LONGEST = dt.timedelta(hours=24)
FOREVER = dt.datetime(9000, 1, 1, tzinfo=dt.UTC)


class Overlap(Func):
    """Whether another entry of the same person shares time with this one.

    Written as SQL, because every list asks for it: the same as two `Exists` takes Django longer to
    put into SQL than PostgreSQL to answer. Two questions, because each alone is answered by an
    index; nothing finished lasts longer than a day.
    """

    template = """(EXISTS (
        SELECT 1 FROM time_entries other WHERE other.employee_id = %(employee)s
        AND other.start_time < coalesce(%(end)s, 'infinity') AND other.id <> %(id)s
        AND other.start_time > %(start)s - interval '24 hours' AND other.end_time > %(start)s
    ) OR EXISTS (
        SELECT 1 FROM time_entries other WHERE other.employee_id = %(employee)s
        AND other.start_time < coalesce(%(end)s, 'infinity') AND other.id <> %(id)s
        AND other.end_time IS NULL
    ))"""

    def __init__(self) -> None:
        super().__init__("employee", "start_time", "end_time", "id", output_field=BooleanField())

    def as_sql(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, list[Any]]:
        """The template with the columns of this entry, which bring no parameters along."""
        names = ("employee", "start", "end", "id")
        columns = [compiler.compile(column)[0] for column in self.source_expressions]
        return self.template % dict(zip(names, columns, strict=True)), []


class TimeEntryQuerySet(BaseQuerySet):
    """Time entries."""

    sees = _("own, and those of the team")

    moment = "start_time"

    def visible_to(self, user: "Actor") -> Self:
        """One's own and those of one's direct reports; all for holders of the permission."""
        rows = super().visible_to(user)
        if user.has_perm("timetracking.view_all_timeentry"):
            return rows
        return rows.filter(employee__in=people_seen_by(user).values("pk"))

    def for_list(self) -> Self:
        """With person, project, and whether the entry overlaps another of the person's."""
        return self.select_related("employee", "project").with_overlaps()

    def for_approval(self) -> Self:
        """With person and project, and what is told of an entry that waits."""
        people = ("employee__first_name", "employee__last_name", "employee__email")
        projects = ("project__project_number", "project__title")
        own = ("start_time", "duration_minutes", "note", "updated_at")
        return self.select_related("employee", "project").only(*own, *people, *projects)

    def window(self, first: int, size: int) -> list[Any]:
        """One page. Overlaps are asked of its rows alone, not of all that it passes over."""
        if not first:
            return super().window(first, size)
        page = self.values("pk")[first : first + size]
        return list(self.filter(pk__in=page))

    def of(self, person: "Actor") -> Self:
        """One person's own."""
        return self.filter(employee_id=person.pk)

    def running(self) -> Self:
        """Timers that run."""
        return self.filter(end_time=None)

    def finished(self) -> Self:
        """Entries that have an end."""
        return self.exclude(end_time=None)

    def billable(self) -> Self:
        """Those that a customer pays."""
        return self.filter(billable=True)

    def approved(self) -> Self:
        """Those that were approved."""
        return self.filter(is_approved=True)

    def submitted(self) -> Self:
        """Those that wait for approval."""
        return self.filter(status="submitted")

    def awaiting(self, user: "Actor") -> Self:
        """What waits for this person's decision: nobody's own, unless there is no supervisor."""
        rows = self.visible_to(user).submitted()
        has_supervisor = getattr(user, "reports_to_id", None) is not None
        return rows.exclude(employee=user.pk) if has_supervisor else rows

    def invoiced(self) -> Self:
        """Those that stand on an invoice."""
        return self.filter(is_invoiced=True)

    def uninvoiced(self) -> Self:
        """Those that stand on no invoice."""
        return self.filter(is_invoiced=False)

    def unbilled(self) -> Self:
        """Those that can be put on an invoice now: approved hours of projects that are paid for."""
        return self.filter(project__isnull=False).approved().billable().uninvoiced()

    def for_billing(self, project: Any, until: dt.date | None = None) -> Self:
        """What can be billed of a project now, in the order in which it was worked."""
        rows = self.unbilled().filter(project=project)
        return rows.on_days(None, until).order_by("start_time", "pk")

    def overlapping(self, start: dt.datetime, end: dt.datetime | None) -> Self:
        """Entries that share time with a span; what has no end lasts forever."""
        # Nothing finished lasts longer than a day: so the index on the start is enough.
        finished = Q(end_time__gt=start, start_time__gt=start - LONGEST)
        return self.filter(finished | Q(end_time=None), start_time__lt=end or FOREVER)

    def with_overlaps(self) -> Self:
        """Annotate `has_overlap`: another entry of the same person shares time with this one."""
        return self.annotate(has_overlap=Overlap())

    @cached_property
    def minutes(self) -> dict[str, int]:
        """Minutes in all, billable, waiting for approval, approved and not billed.

        A list shows some above its table and some below: of the same rows they are asked once.
        """
        wanted = {
            "all": None,
            "billable": Q(billable=True),
            "submitted": Q(status="submitted"),
            "unbilled": Q(billable=True, is_approved=True, is_invoiced=False),
        }
        sums = {
            # Not the bare name: it would hide the field of that name from the others.
            f"minutes_{name}": Sum("duration_minutes", filter=condition, default=0)
            for name, condition in wanted.items()
        }
        found = self.order_by().aggregate(**sums)
        return {name: found[f"minutes_{name}"] for name in wanted}

    def minutes_by_day(self, zone: dt.tzinfo | None = None) -> dict[dt.date, int]:
        """Minutes of each local day on which anything starts."""
        days = self.annotate(day=TruncDate("start_time", tzinfo=zone)).order_by().values("day")
        rows = days.annotate(minutes=Sum("duration_minutes", default=0))
        return {row["day"]: row["minutes"] for row in rows}

    def most_used_lines(self, limit: int) -> list[tuple[UUID | None, str]]:
        """The pairs of project and kind of work that occur most, the most frequent first."""
        rows = self.finished().order_by().values("project_id", "task_type")
        rows = rows.annotate(times=Count("pk")).order_by("-times", "project_id", "task_type")
        return [(row["project_id"], row["task_type"]) for row in rows[:limit]]

    def hours_by(self, *names: str) -> Self:
        """For each combination of these fields its minutes, and those of them that are billable."""
        return (
            self.order_by()
            .values(*names)
            .annotate(
                minutes=Sum("duration_minutes", default=0),
                billable_minutes=Sum("duration_minutes", filter=Q(billable=True), default=0),
            )
        )

    def by_week(self, worth: Any) -> dict[dt.date, dict[str, Any]]:
        """For each week (its Monday): `minutes`, and of the billable ones the sum of `worth`."""
        weeks = self.annotate(week=TruncWeek("start_time", output_field=DateField()))
        rows = weeks.order_by().values("week")
        rows = rows.annotate(
            minutes=Sum("duration_minutes", default=0),
            worth=Sum(worth, filter=Q(billable=True), output_field=WORTH, default=Decimal(0)),
        )
        return {row["week"]: row for row in rows}

    def sum_minutes(self) -> int:
        """All minutes; a running timer counts nothing yet."""
        total: int = self.aggregate(total=Sum("duration_minutes", default=0))["total"]
        return total

    def sum_hours(self) -> Decimal:
        """All hours, to two decimals."""
        return hours_of(self.sum_minutes())

    def sum_labour_cost(self) -> Decimal:
        """What the hours cost the company, in EUR; people without a cost rate count nothing."""
        cost = F("duration_minutes") * F("employee__cost_rate")
        total = Sum(cost, output_field=DecimalField(max_digits=20, decimal_places=4))
        return round_money((self.aggregate(total=total)["total"] or Decimal(0)) / 60)


def people_seen_by(user: "Actor") -> Any:
    """Whose time the person may see: their own, their reports'; everybody's with the right."""
    if user.has_perm("timetracking.view_all_timeentry"):
        return Employee.objects.all()
    return Employee.objects.filter(Q(pk=user.pk) | Q(reports_to=user.pk))


def hours_of(minutes: int) -> Decimal:
    """Minutes as hours with two decimals, half up."""
    return (Decimal(minutes) / 60).quantize(CENT, rounding=ROUND_HALF_UP)
