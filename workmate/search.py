"""Which rows a text finds, in which order, and where it stands in them.

Every word must occur: in a name (any part of it, umlauts in any spelling), in a number (however
it is written), or in a long text (by German word stems; a word may be unfinished).

Folding a text costs more than comparing it, so the database keeps the folded texts of a row in a
column beside the model's own (`search_column`), which no query selects.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from itertools import groupby
from operator import and_, or_
from typing import Any

from django.contrib.postgres.search import (
    SearchHeadline,
    SearchQuery,
    SearchRank,
    SearchVectorExact,
    SearchVectorField,
)
from django.db import connection, migrations, models
from django.db.models import F, Func, Q, Value
from django.db.models.expressions import Col
from django.db.models.functions import Substr
from django.db.models.lookups import Contains
from django.utils.safestring import SafeString

from workmate.registry import Entity, Places, registry
from workmate.text import bare, fold, marked

LANGUAGE = "german"
TEXT, WORDS = "search_text", "search_words"
MOST_WORDS = 8
WORD = re.compile(r"[^\W_]+")
# Beginnings of words that nearly every text has are not weighed.
SHORTEST_WEIGHED = 3
# Of long texts so many characters are read for the excerpt; the search itself reads an index.
READ = 100_000
COUNTRIES = ("49", "43", "41")
NOTHING = Q(pk__in=[])
# Where a word finds no more rows of another table than these, their keys are asked for once: the
# database then looks them up in an index, and other entities of the same search ask no more.
MOST_KEYS = 500
# Stand for themselves in no text: what the database marks is set in HTML afterwards.
START, STOP = "\ue000", "\ue001"
HEADLINE: dict[str, Any] = {
    "config": LANGUAGE,
    "start_sel": START,
    "stop_sel": STOP,
    "max_words": 24,
    "min_words": 12,
    "max_fragments": 1,
}


# --- The columns --------------------------------------------------------------------------------


def search_text_sql(places: Places) -> str:
    """What `search_text` holds: each name and number, folded, closed by a line break."""
    parts = [f"workmate_fold(coalesce({name}, ''))" for name in places.own]
    parts += [f"workmate_bare(coalesce({number}, ''))" for number in places.numbers]
    return " || ".join(f"{part} || E'\\n'" for part in parts)


def search_words_sql(places: Places) -> str:
    """What `search_words` holds: the German word stems of the long texts."""
    texts = " || ' ' || ".join(f"coalesce({text}, '')" for text in places.texts)
    return f"to_tsvector('{LANGUAGE}', workmate_fold({texts}))"


def search_column(table: str, places: Places) -> migrations.RunSQL:
    """The migration that lets a table be searched in these places, in place of any before."""
    columns = {}
    if places.own or places.numbers:
        columns[TEXT] = f"text GENERATED ALWAYS AS ({search_text_sql(places)}) STORED"
    if places.texts:
        columns[WORDS] = f"tsvector GENERATED ALWAYS AS ({search_words_sql(places)}) STORED"
    drop = f"ALTER TABLE {table} DROP COLUMN IF EXISTS {TEXT}, DROP COLUMN IF EXISTS {WORDS}"
    add = ", ".join(f"ADD COLUMN {name} {kind}" for name, kind in columns.items())
    forwards: list[Any] = [drop, f"ALTER TABLE {table} {add}"]
    if WORDS in columns:
        forwards.append(f"CREATE INDEX {table}_{WORDS} ON {table} USING gin ({WORDS})")
    return migrations.RunSQL(forwards, [drop])


class SearchColumn(F):
    """One of the two columns, which are no fields of the model."""

    name: str

    def resolve_expression(self, query: Any = None, *args: Any, **kwargs: Any) -> Any:
        """The column in the table that is asked."""
        key: Any = F("pk").resolve_expression(query, *args, **kwargs)
        field = SearchVectorField() if self.name == WORDS else models.TextField()
        field.set_attributes_from_name(self.name)
        field.model = key.target.model
        return Col(key.alias, field)


class _Rank(Func):
    """The number of the first pattern that the kept text has; 0 where it has none.

    One expression: Django takes ten times as long to put a `Case` of four into SQL, and one search
    asks twenty entities.
    """

    output_field = models.FloatField()

    def __init__(self, cases: Sequence[tuple[float, str, str, str]]) -> None:
        super().__init__(SearchColumn(TEXT))
        self.cases = cases

    def as_sql(
        self, compiler: Any, connection: Any, *_args: Any, **_context: Any
    ) -> tuple[str, tuple[Any, ...]]:
        """CASE WHEN ... LIKE ... END."""
        column, _params = compiler.compile(self.source_expressions[0])
        whens = " ".join(f"WHEN {column} LIKE %s THEN {number}" for number, *_pattern in self.cases)
        escaped = connection.ops.prep_for_like_query
        patterns = (before + escaped(text) + after for _number, before, text, after in self.cases)
        return f"CASE {whens} ELSE 0.0 END", tuple(patterns)


class _Line(Func):
    """What the kept text has of one number: to bare it again would take twenty times as long.

    The numbers are its last lines, and hold no line break themselves.
    """

    function = "split_part"
    output_field = models.TextField()

    def __init__(self, kept: Places, number: str) -> None:
        from_end = len(kept.numbers) - list(kept.numbers).index(number)
        # Behind the last line break is one more line, an empty one.
        super().__init__(SearchColumn(TEXT), Value("\n"), Value(-from_end - 1))


def listed(keys: Iterable[Any]) -> str:
    """Keys as one value for `Among`."""
    return f"{{{','.join(map(str, keys))}}}"


class Among(Func):
    """Whether a key is one of these (`listed`): one value to pass, whereas `IN` passes each."""

    output_field = models.BooleanField()

    def __init__(self, path: str, keys: str) -> None:
        super().__init__(F(path))
        self.keys = keys

    def as_sql(
        self, compiler: Any, connection: Any, *_args: Any, **_context: Any
    ) -> tuple[str, tuple[Any, ...]]:
        """The column = ANY (the keys)."""
        column, params = compiler.compile(self.source_expressions[0])
        return f"{column} = ANY(%s::uuid[])", (*params, self.keys)


# --- Finding ------------------------------------------------------------------------------------


class Known:
    """What a search over many entities has learnt: where its words stand, and other tables' keys.

    Most texts stand in few tables. One statement asks all of them beforehand, so that nothing has
    to be asked of the others. It knows no rights and tells no rows: it only spares questions.
    """

    def __init__(self) -> None:
        # By table, columns and word.
        self.keys: dict[Any, Any] = {}
        # By table and word; what is missing was not asked.
        self.hits: dict[tuple[str, str], bool] = {}

    @classmethod
    def about(cls, text: str, entities: Iterable[Entity]) -> "Known":
        """Asked of the tables of these entities."""
        known, words = cls(), list(dict.fromkeys(text.split()[:MOST_WORDS]))
        asked, parts, values = [], [], []
        for entity in entities:
            table, places = entity.model._meta.db_table, entity.places
            for word in words if places.is_kept else ():
                tests, given = _tests(table, places, word, text)
                if tests:
                    asked.append((table, word))
                    parts.append(f"({' OR '.join(tests)})")
                    values += given
        if parts:
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT ARRAY[{', '.join(parts)}]", values)  # noqa: S608
                known.hits = dict(zip(asked, cursor.fetchone()[0], strict=True))
        return known

    def may_find(self, entity: Entity, text: str) -> bool:
        """False where a word of the text stands neither in the rows nor in those they point to."""
        model, places = entity.model, entity.places
        return (
            not places.is_kept
            or all(
                self.hits.get((model._meta.db_table, word))
                # Many are a query by now, of which it is known that it finds some.
                or any(
                    self.keys_of(other, columns, word) != []
                    for _path, other, columns in _relations(model, places)
                )
                for word in text.split()[:MOST_WORDS]
            )
        )

    def nowhere(self, model: type[models.Model], places: Places, word: str) -> bool:
        """Whether the word stands in none of the rows themselves, so that none need be compared.

        One table's rows may be wide, and to read them all is most of what a search costs.
        """
        return places.is_kept and self.hits.get((model._meta.db_table, word)) is False

    def keys_of(self, other: Any, columns: tuple[str, ...], word: str) -> Any:
        """The keys of the rows in one of whose columns the word stands; of many, the query."""
        key = (other, columns, word)
        if key not in self.keys:
            entity = registry.entity_of(other)
            kept = entity.places if entity else Places()
            in_text = {*kept.own, *kept.numbers}.issuperset(columns)
            none = in_text and self.hits.get((other._meta.db_table, word)) is False
            self.keys[key] = [] if none else _keys(other, kept, columns, word)
        return self.keys[key]


def _tests(table: str, places: Places, word: str, text: str) -> tuple[list[str], list[str]]:
    """Whether a word may stand in the kept columns of any row, as SQL with its values."""
    tests, values = [], []
    if places.own or places.numbers:
        for held in _held(places, word, text):
            tests.append(f"EXISTS(SELECT FROM {table} WHERE strpos({TEXT}, %s) > 0)")
            values.append(held)
    if places.texts and (query := _raw([word])):
        # Counted: for EXISTS the database would read the whole table, hoping for an early hit.
        stems = f"{WORDS} @@ to_tsquery('{LANGUAGE}', %s)"
        tests.append(f"(SELECT count(*) > 0 FROM {table} WHERE {stems})")  # noqa: S608
        values.append(query)
    return tests, values


def found_by(model: type[models.Model], places: Places, text: str, known: Known | None = None) -> Q:
    """The condition under which a row is found; without any word each one is.

    Asks for the keys of the rows of other tables in whose names a word stands. Who searches
    several entities at once gives the same `known` to each.
    """
    words = text.split()[:MOST_WORDS]
    if not words:
        return Q()
    known = known or Known()
    every = reduce(and_, (_one_word(model, places, word, known) for word in words))
    if any(known.nowhere(model, places, word) for word in words):
        return every
    return reduce(or_, map(_holds, _grouped(places, words)), every)


def ranked(rows: Any, places: Places, text: str, known: Known | None = None) -> Any:
    """The rows of an entity, best first: the very number or name, a name that begins so or has it.

    Each has its `search_rank`. What is alike in this follows the model's own order.
    """
    words, order = text.split()[:MOST_WORDS], rows.model._meta.ordering
    if known and all(known.nowhere(rows.model, places, word) for word in words):
        # All are found by other tables' rows and are alike: the database may follow an index.
        return rows.annotate(search_rank=Value(0.0, models.FloatField())).order_by(*order)
    whole, number = fold(text.strip()), bare(text)
    cases: list[tuple[float, str, str, str]] = []
    if places.numbers and any(map(str.isdigit, number)):
        cases.append((9.0, "%", f" {number}\n", "%"))
    if places.own:
        cases += [(8.0, "", f"{whole}\n", "%"), (7.0, "", whole, "%")]
    if places.own or places.numbers:
        cases.append((5.0, "%", whole, "%"))
    rank: Any = _Rank(cases) if cases else Value(0.0, models.FloatField())
    if places.texts and (query := _query(words)) and min(map(len, words)) >= SHORTEST_WEIGHED:
        rank = rank + SearchRank(SearchColumn(WORDS), query)
    return rows.annotate(search_rank=rank).order_by("-search_rank", *order)


def stems_of(text: str) -> str:
    """The words as `with_excerpt` takes them."""
    return _raw(text.split()[:MOST_WORDS])


def with_excerpt(rows: Any, places: Places, stems: str) -> Any:
    """The rows with `excerpt`: the part of the long text where the words stand."""
    if not places.texts:
        return rows
    column: Any = Substr(F(places.texts[-1]), 1, READ)
    query = SearchQuery(stems, config=LANGUAGE, search_type="raw")
    return rows.annotate(excerpt=SearchHeadline(column, query, **HEADLINE))


def excerpt_of(row: Any) -> SafeString:
    """The excerpt as HTML; empty where the words do not stand in the long text."""
    text = getattr(row, "excerpt", "") or ""
    if START not in text:
        return SafeString("")
    words = [part.split(STOP)[0] for part in text.split(START)[1:]]
    entity = registry.entity_of(type(row))
    text = text.replace(START, "").replace(STOP, "")
    return marked(entity.plain(text) if entity else text, [fold(word) for word in words])


def _one_word(model: type[models.Model], places: Places, word: str, known: Known) -> Q:
    conditions = []
    # One for each relation: its rows are looked up once, not for each row.
    for path, other, columns in _relations(model, places):
        keys = known.keys_of(other, columns, word)
        if not isinstance(keys, list):
            conditions.append(Q(**{f"{path}__in": keys}))
        elif keys:
            conditions.append(Q(Among(path, listed(keys))))
    if known.nowhere(model, places, word):
        return reduce(or_, conditions, NOTHING)
    if not places.is_kept:
        conditions += [_in_column(Places(), name, word) for name in places.own]
    elif places.own or places.numbers:
        conditions += map(_holds, _held(places, word))
    if places.texts and (query := _query([word])):
        conditions.append(Q(SearchVectorExact(SearchColumn(WORDS), query)))
    return reduce(or_, conditions, NOTHING)


def _held(places: Places, word: str, text: str = "") -> list[str]:
    """What the kept text of a row has to hold one of, for the word; or for the text as a number."""
    numbers = _numbers(word) if places.numbers else []
    return [*dict.fromkeys([fold(word), *numbers, *_grouped(places, text.split()[:MOST_WORDS])])]


def _grouped(places: Places, words: Sequence[str]) -> list[str]:
    """The words as one number: an IBAN or a telephone number is written in groups."""
    text = " ".join(words)
    is_number = places.numbers and len(words) > 1 and any(map(str.isdigit, text))
    return _numbers(text) if is_number else []


def _relations(
    model: type[models.Model], places: Places
) -> Iterator[tuple[str, Any, tuple[str, ...]]]:
    """The relations in whose names one looks: the path, the model and its columns."""
    related = sorted(set(places.names) - set(places.own))
    for path, group in groupby(related, key=lambda name: name.rpartition("__")[0]):
        other: Any = model
        for step in path.split("__"):
            other = other._meta.get_field(step).related_model
        yield path, other, tuple(name.rpartition("__")[2] for name in group)


def _keys(model: Any, kept: Places, columns: Sequence[str], word: str) -> Any:
    found = reduce(or_, (_in_column(kept, column, word) for column in columns))
    rows = model._base_manager.filter(found).order_by().values_list("pk", flat=True)
    keys = list(rows[: MOST_KEYS + 1])
    return keys if len(keys) <= MOST_KEYS else rows


def _numbers(text: str) -> list[str]:
    """The number as it is compared; a telephone number also without its country."""
    number = bare(text)
    found = [number] if number else []
    if text.lstrip("( ").startswith(("+", "00")):
        found += [number[2:] for country in COUNTRIES if number.startswith(country) and number[2:]]
    return found


def _in_column(kept: Places, column: str, word: str) -> Q:
    """One column by itself; the kept text is compared first: that takes a tenth of the time."""
    if column in kept.numbers:
        number = bare(word)
        return _holds(number) & Q(Contains(_Line(kept, column), number)) if number else NOTHING
    held = Q(**{f"{column}__folded__contains": fold(word)})
    return _holds(fold(word)) & held if column in kept.own else held


def _holds(text: str) -> Q:
    return Q(Contains(SearchColumn(TEXT), text))


def _query(words: Sequence[str]) -> SearchQuery | None:
    raw = _raw(words)
    return SearchQuery(raw, config=LANGUAGE, search_type="raw") if raw else None


def _raw(words: Sequence[str]) -> str:
    """All words, each as the beginning of one; empty without a letter or digit."""
    return " & ".join(f"{part}:*" for word in words for part in WORD.findall(fold(word)))
