"""Rows into tables by COPY, and numbers drawn by the thousand."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import connection, models
from django.utils import timezone

from workmate.models import NumberCounter, NumberSequence


def copy_rows(model: type[models.Model], rows: Iterable[models.Model]) -> None:
    """Write new rows past every rule and the history; times that are not set become now."""
    fields = [field for field in model._meta.concrete_fields if not field.generated]
    names = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    table = connection.ops.quote_name(model._meta.db_table)
    now = timezone.now()
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy,
    ):
        for row in rows:
            for name in ("created_at", "updated_at"):
                if getattr(row, name) is None:
                    setattr(row, name, now)
            copy.write_row(
                [
                    field.get_db_prep_save(getattr(row, str(field.attname)), connection)
                    for field in fields
                ]
            )


class Series:
    """The numbers of one series. `store` leaves its counters where the last draw left off.

    Belongs into a transaction: the series stays locked until its end.
    """

    def __init__(self, key: str, pattern: str) -> None:
        self.sequence, _made = NumberSequence.objects.get_or_create(
            key=key, defaults={"pattern": pattern}
        )
        NumberSequence.objects.select_for_update().get(pk=self.sequence.pk)
        counters: Any = NumberCounter.objects.filter(sequence=self.sequence).select_for_update()
        self.last: dict[int, int] = dict(counters.values_list("year", "last_number"))

    def draw(self, day: dt.date) -> str:
        """The next number of that day's year."""
        pattern = self.sequence.pattern
        year = day.year if "{year" in pattern else 0
        self.last[year] = self.last.get(year, 0) + 1
        return pattern.format(n=self.last[year], year=day.year)

    def store(self) -> None:
        """Write the counters."""
        NumberCounter.objects.bulk_create(
            [
                NumberCounter(sequence=self.sequence, year=year, last_number=number)
                for year, number in self.last.items()
            ],
            update_conflicts=True,
            unique_fields=["sequence", "year"],
            update_fields=["last_number"],
        )
