"""What every queryset of the house can do."""

import datetime as dt
from collections.abc import Callable, Iterator
from copy import copy
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any, ClassVar, Self, cast

from django.core.exceptions import EmptyResultSet
from django.db import connections, models
from django.db.models.query import ModelIterable
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from workmate.permissions import perm_of
from workmate.registry import Places, Text, registry
from workmate.search import Known, found_by, ranked, with_excerpt

if TYPE_CHECKING:
    from workmate.services import Actor

COUNT_CAP = 10_000


class BaseQuerySet(models.QuerySet[Any]):
    """A queryset that knows who may see which rows."""

    def visible_to(self, user: "Actor") -> Self:
        """The rows that this person may see: all with the permission to view, else none."""
        return self if user.has_perm(perm_of(self.model, "view")) else self.none()

    # What `visible_to` leaves where it leaves neither all nor nothing, in words.
    sees: ClassVar[Text] = pgettext_lazy("rows", "own")

    def seen_by(self, user: "Actor") -> Text:
        """Which rows `visible_to` leaves, in words; empty where it leaves none. No query."""
        rows = self.visible_to(user)
        if rows.query.is_empty():
            return ""
        return self.sees if rows.query.where else pgettext_lazy("rows", "all")

    # Where `search` looks in rows that are no entity, or in others than the entity names.
    search_fields: ClassVar[tuple[str, ...]] = ()

    @property
    def places(self) -> Places:
        """Where `search` looks."""
        entity = registry.entity_of(self.model)
        if self.search_fields or entity is None:
            return Places(self.search_fields, is_kept=False)
        return entity.places

    # The field with the moment at which a row happened, where it has one.
    moment: ClassVar[str] = ""

    def on_days(
        self, first: dt.date | None, last: dt.date | None, zone: dt.tzinfo | None = None
    ) -> Self:
        """Rows of the days from first to last, both included, in that time zone."""
        rows = self
        if first is not None:
            rows = rows.filter(**{f"{self.moment}__gte": midnight(first, zone)})
        if last is not None and last < dt.date.max:
            day_after = midnight(last + dt.timedelta(days=1), zone)
            rows = rows.filter(**{f"{self.moment}__lt": day_after})
        return rows

    def for_list(self) -> Self:
        """With whatever a list shows of other tables, so that no row asks again."""
        return self

    def for_approval(self) -> Self:
        """With what the page of approvals tells of a row, and no more where that saves much."""
        return self.for_list()

    def for_search(self) -> Self:
        """With what name, hint and address of a row are made of, and no more."""
        entity = registry.entity_of(self.model)
        reads = entity.reads if entity else ()
        related = {name.rpartition("__")[0] for name in reads} - {""}
        rows = self.select_related(*related) if related else self
        return rows.only(*reads) if reads else rows

    def search(self, text: str, known: Known | None = None) -> Self:
        """The rows in which every word of the text occurs (`workmate/search.py`)."""
        return self.filter(found_by(self.model, self.places, text, known))

    def best_first(self, text: str, known: Known | None = None) -> Self:
        """The rows that `search` found, in the order in which they fit."""
        return cast(Self, ranked(self, self.places, text, known))

    def with_excerpt(self, stems: str) -> Self:
        """Each row with the part of its long text where the words (`stems_of`) stand."""
        return cast(Self, with_excerpt(self, self.places, stems))

    def window(self, first: int, size: int) -> list[Any]:
        """One page of the rows."""
        return list(self[first : first + size])

    def capped_count(self) -> tuple[int, bool]:
        """How many rows, counted to 10,000 at most, and whether there are more.

        Counting a million rows costs 100-180 ms, counting to the cap 11 ms.
        """
        rows = self.order_by().values("pk")[: COUNT_CAP + 1]
        compiler: Any = rows.query.get_compiler(using=rows.db)
        try:
            sql, params = compiler.as_sql()
        except EmptyResultSet:
            return 0, False
        # Not `rows.count()`, which builds a second query around the first.
        with compiler.connection.cursor() as cursor:
            cursor.execute(f"SELECT COUNT(*) FROM ({sql}) capped", params)  # noqa: S608
            found = cursor.fetchone()[0]
        return (COUNT_CAP, True) if found > COUNT_CAP else (found, False)


class Prepared:
    """A query that is put into SQL once, and from then on only executed with other values.

    For what runs on each request: to build the SQL takes longer than to answer it.
    `Prepared(lambda name: Thing.objects.filter(name=name), name="example")`: each example must be
    a value of the right type that occurs nowhere else in the query. What depends on the day, the
    person or the language has to be such a value: all else stays as it was the first time.
    """

    def __init__(self, build: Callable[..., models.QuerySet[Any]], **examples: Any) -> None:
        self.build, self.examples = build, examples

    @cached_property
    def _compiled(self) -> tuple[Any, Any, str, list[Any]]:
        rows: Any = self.build(**self.examples)
        compiler = rows.query.get_compiler(using=rows.db)
        sql, params = compiler.as_sql()
        names = {value: name for name, value in self.examples.items()}
        return rows, compiler, sql, [(names.get(value), value) for value in params]

    def count(self, **values: Any) -> int:
        """How many rows there are for these values."""
        rows, _compiler, sql, params = self._compiled
        with connections[rows.db].cursor() as cursor:
            cursor.execute(f"SELECT COUNT(*) FROM ({sql}) counted", self._given(params, values))  # noqa: S608
            found: int = cursor.fetchone()[0]
        return found

    @staticmethod
    def _given(params: list[Any], values: dict[str, Any]) -> tuple[Any, ...]:
        return tuple(values[name] if name else value for name, value in params)

    def __call__(self, **values: Any) -> list[Any]:
        """The rows for these values."""
        rows, compiler, sql, params = self._compiled
        given = self._given(params, values)
        # Of one's own, as is the thread's connection; Django's way from a row to objects stays.
        compiler, query = copy(compiler), copy(rows.query)
        compiler.connection = connections[rows.db]
        compiler.as_sql = lambda *args, **kwargs: (sql, given)
        query.get_compiler = lambda *args, **kwargs: compiler
        return list(ModelIterable(type(rows)(rows.model, query, rows.db)))


class CountSeen:
    """How many of the rows that a person sees are of one kind: a figure that each page shows.

    `CountSeen(Thing, lambda rows, day: rows.late(day), day=dt.date.min)`: as with `Prepared`, each
    example is a value of the right type. Whoever sees all rows is answered by a prepared query.
    """

    def __init__(
        self, model: Any, narrowed: Callable[..., models.QuerySet[Any]], **examples: Any
    ) -> None:
        self.model, self.narrowed = model, narrowed
        self.of_all = Prepared(
            lambda **values: narrowed(model.objects.order_by(), **values).values("pk"), **examples
        )

    def __call__(self, user: "Actor", **values: Any) -> int:
        """The number for this person."""
        seen = self.model.objects.visible_to(user)
        asked = seen.query
        if asked.where or asked.combinator or asked.distinct or asked.is_sliced:
            return self.narrowed(seen, **values).count()
        return self.of_all.count(**values)


def midnight(day: dt.date, zone: dt.tzinfo | None = None) -> dt.datetime:
    """The beginning of a local day."""
    return dt.datetime.combine(day, dt.time(), zone or timezone.get_current_timezone())


# So many rows of each kind that others point to are kept while many rows are read.
MOST_KEPT = 5000


def in_chunks(rows: Any, size: int) -> Iterator[Any]:
    """The rows one by one, a chunk at a time in memory and from the database's cursor.

    What `select_related` names is read once for all the rows that point to it, not again with each.
    """
    keys = _keys_of(rows)
    chunks = (rows.select_related(None) if keys else rows).iterator(chunk_size=size)
    while chunk := list(islice(chunks, size)):
        for key in keys:
            key.attach(chunk)
        yield from chunk


def _keys_of(rows: Any) -> "list[_Key]":
    """The keys that `select_related` names; none where it names anything but keys."""
    joined = rows.query.select_related
    if not isinstance(joined, dict):
        return []
    fields = {field.name: field for field in rows.model._meta.concrete_fields}
    found = []
    for name, deeper in joined.items():
        field = fields.get(name)
        if field is None or not field.is_relation or not field.target_field.primary_key:
            return []
        found.append(_Key(field, deeper, rows.query.deferred_loading))
    return found


class _Key:
    """A key, and the rows behind it that were read already."""

    def __init__(self, field: Any, deeper: dict[str, Any], left_out: tuple[Any, bool]) -> None:
        self.field, self.known = field, dict[Any, Any]()
        self.rows = field.related_model._base_manager.all()
        if deeper:
            self.rows = self.rows.select_related(*_paths(deeper))
        prefix = f"{field.name}__"
        names = [name.removeprefix(prefix) for name in left_out[0] if name.startswith(prefix)]
        if names:
            self.rows = self.rows.defer(*names) if left_out[1] else self.rows.only(*names)

    def attach(self, chunk: list[Any]) -> None:
        """Give each row its own; what is not known yet is read in one query."""
        ids = {getattr(row, self.field.attname) for row in chunk} - {None}
        if len(self.known) > MOST_KEPT:
            self.known.clear()
        if new := ids - self.known.keys():
            self.known |= self.rows.in_bulk(new)
        for row in chunk:
            other = self.known.get(getattr(row, self.field.attname))
            if other is not None:
                self.field.set_cached_value(row, other)


def _paths(joined: dict[str, Any]) -> list[str]:
    found = []
    for name, deeper in joined.items():
        found += [f"{name}__{path}" for path in _paths(deeper)] or [name]
    return found
