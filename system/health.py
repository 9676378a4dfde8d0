"""How watched services have been: response times, uptime and failures over a span."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Avg, Count, DateTimeField, F, Func, Max, Min, Q, Value, Window
from django.db.models.functions import RowNumber
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext_lazy as _

from system.models import InfraCheck, InfraService
from workmate.display import status_of
from workmate.registry import Text

# Each with its words and the width of a column of its picture: some fifty, whatever the span.
SPANS: dict[str, tuple[Text, dt.timedelta, dt.timedelta]] = {
    "24h": (_("24 hours"), dt.timedelta(hours=24), dt.timedelta(minutes=30)),
    "7d": (_("7 days"), dt.timedelta(days=7), dt.timedelta(hours=3)),
}
USUAL_SPAN = "24h"
WIDTH, HEIGHT = 300, 40
SHOWN_FAILURES = 4


@dataclass(frozen=True)
class Moment:
    """One column of the picture: how long answers took, and how many checks failed."""

    at: dt.datetime
    place: int
    checks: int
    failed: int
    usual_ms: float | None
    most_ms: int | None

    @property
    def label(self) -> str:
        """When it began."""
        return date_format(timezone.localtime(self.at), "SHORT_DATETIME_FORMAT")


@dataclass(frozen=True)
class Failure:
    """The same thing wrong, from the first time to the last one within the span."""

    error: str
    count: int
    first: dt.datetime
    last: dt.datetime


@dataclass
class Health:
    """A service with what its checks of a span say."""

    service: InfraService
    columns: int
    moments: list[Moment] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)

    @property
    def status(self) -> dict[str, str] | None:
        """Its state as word, colour and shape."""
        return status_of(self.service)

    @property
    def uptime(self) -> str:
        """The share of checks that went well, never rounded up to all; empty without checks."""
        checks = sum(moment.checks for moment in self.moments)
        if not checks:
            return ""
        failed = sum(moment.failed for moment in self.moments)
        tenths = (checks - failed) * 1000 // checks
        return number_format(tenths / 10, decimal_pos=0 if tenths in {0, 1000} else 1)

    @property
    def usual_ms(self) -> int | None:
        """How long a good answer took on average."""
        good = [(m.usual_ms, m.checks - m.failed) for m in self.moments if m.usual_ms is not None]
        count = sum(number for _ms, number in good)
        return round(sum(ms * number for ms, number in good) / count) if count else None

    @property
    def top_ms(self) -> int:
        """The height of the picture: above every column, in round steps."""
        highest = max((m.usual_ms or 0 for m in self.moments), default=0)
        return max(10, -(-int(highest * 1.2 + 1) // 10) * 10)

    @property
    def lines(self) -> list[str]:
        """The response times as lines, cut where nothing was checked; for `points`."""
        step, found, last = WIDTH / self.columns, [], -2
        for moment in self.moments:
            if moment.usual_ms is None:
                continue
            x = step * (moment.place + 0.5)
            y = HEIGHT - 2 - (HEIGHT - 4) * moment.usual_ms / self.top_ms
            point = f"{x:.1f},{y:.1f}"
            if moment.place == last + 1:
                found[-1] += f" {point}"
            else:
                # A column alone is still to be seen: a line as wide as the column.
                found.append(f"{x - step / 2:.1f},{y:.1f} {point}")
            last = moment.place
        return found

    @property
    def marks(self) -> list[dict[str, str]]:
        """Where checks failed: full height where all of them did."""
        step = WIDTH / self.columns
        return [
            {
                "x": f"{step * moment.place:.1f}",
                "y": f"{HEIGHT * (1 - max(0.2, moment.failed / moment.checks)):.1f}",
                "width": f"{step:.1f}",
                "height": f"{HEIGHT * max(0.2, moment.failed / moment.checks):.1f}",
            }
            for moment in self.moments
            if moment.failed
        ]


def health_of(
    services: Sequence[InfraService],
    span: str,
    *,
    with_checks: bool,
    now: dt.datetime | None = None,
) -> list[Health]:
    """Each service with its checks of that span. Two queries, however many services and checks."""
    _label, length, width = SPANS[span]
    columns = length // width
    # Whole columns, so that the picture does not flicker from one look to the next.
    seconds = int(width.total_seconds())
    end = int((now or timezone.now()).timestamp()) // seconds * seconds + seconds
    start = dt.datetime.fromtimestamp(end, dt.UTC) - length
    found = {service.pk: Health(service, columns) for service in services}
    if not found or not with_checks:
        return list(found.values())
    rows = InfraCheck.objects.filter(service__in=list(found), checked_at__gte=start).order_by()
    begins: Any = Func(
        Value(width),
        F("checked_at"),
        Value(start),
        function="date_bin",
        output_field=DateTimeField(),
    )
    good = Q(ok=True)
    for row in (
        rows.annotate(at=begins)
        .values("service", "at")
        .annotate(
            checks=Count("pk"),
            failed=Count("pk", filter=~good),
            usual=Avg("response_ms", filter=good),
            most=Max("response_ms", filter=good),
        )
        .order_by("at")
    ):
        place = (row["at"] - start) // width
        usual = None if row["usual"] is None else float(row["usual"])
        moment = Moment(row["at"], place, row["checks"], row["failed"], usual, row["most"])
        found[row["service"]].moments.append(moment)
    wrong = rows.filter(ok=False).values("service", "error")
    summed = wrong.annotate(count=Count("pk"), first=Min("checked_at"), last=Max("checked_at"))
    # Each service its own few: one that fails in many ways hides no other's.
    newest = Window(RowNumber(), partition_by="service", order_by=["-last", "error"])
    latest = summed.annotate(number=newest).filter(number__lte=SHOWN_FAILURES)
    for row in latest.order_by("-last", "error"):
        failure = Failure(row["error"], row["count"], row["first"], row["last"])
        found[row["service"]].failures.append(failure)
    return list(found.values())
