"""Lists as files: CSV and XLSX, written while they are read, safe to open in a spreadsheet."""

import csv
import datetime as dt
import json
import zoneinfo
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from io import StringIO
from itertools import islice
from operator import attrgetter
from typing import Any, cast
from uuid import UUID

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import models
from django.utils import timezone, translation
from django.utils.formats import date_format, get_format
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from rest_framework import exceptions, mixins, serializers
from rest_framework.fields import SkipField

from workmate import sheets
from workmate.files import MadeFileResponse, display_name
from workmate.querysets import in_chunks
from workmate.serializers import RAW_FIELDS, BaseSerializer
from workmate.sheets import MAX_ROWS as MAX_SHEET_ROWS

CHUNK_ROWS = 500
# A text that begins so is taken for a formula by some spreadsheet.
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
Read = Callable[[Any], Any]
Line = Callable[[Any], Iterable[Any]]


def check_format(kind: str) -> None:
    """Refuse, with a ValidationError at `export`, a format that is not written here."""
    if kind not in TYPES:
        names = ", ".join(TYPES)
        raise ValidationError({"export": [_("One of: %(names)s.") % {"names": names}]})


def export(kind: str, *, title: str, heads: list[str], rows: Any, line: Line, by: Any) -> Any:
    """The answer with a file of these rows, in the language that is active and in `by`'s zone.

    The file is made while it is sent, a chunk of rows at a time, so the rows may be as many as
    they like. `line` reads a row's values, one for each head. Raises ValidationError for an
    unknown format, and for more rows than a sheet holds.
    """
    check_format(kind)
    if kind == "xlsx" and rows.order_by()[MAX_SHEET_ROWS : MAX_SHEET_ROWS + 1].exists():
        text = _("These are more rows than a sheet holds: narrow them, or take CSV.")
        raise ValidationError({"export": [text]})
    lines = map(line, in_chunks(rows, CHUNK_ROWS))
    return made_file(kind, title=title, heads=heads, lines=lines, by=by)


def made_file(
    kind: str, *, title: str, heads: list[str], lines: Iterator[Iterable[Any]], by: Any
) -> MadeFileResponse:
    """The answer with a file of these lines, made while it is sent, as `by` reads it."""
    zone = zoneinfo.ZoneInfo(by.timezone)
    made = {"csv": _csv, "xlsx": _xlsx}[kind](heads, lines, zone)
    made = _speaking(translation.get_language(), zone, made)
    today = dt.datetime.now(zone).date().isoformat()
    return made_answer(made, f"{title.replace('/', '-')} {today}.{kind}", TYPES[kind])


def made_answer(made: Iterator[bytes], name: str, content_type: str) -> MadeFileResponse:
    """The answer with a file that is made while it is sent, to be saved and kept by nobody."""
    response = MadeFileResponse(made, content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(True, display_name(name))
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def _speaking(language: str | None, zone: dt.tzinfo, made: Iterator[bytes]) -> Iterator[bytes]:
    """Make each part in this language and zone, whatever speaks the thread that asks for it."""
    part: bytes | None = b""
    while part is not None:
        with translation.override(language), timezone.override(zone):
            part = next(made, None)
        if part:
            yield part


class Cells(dict[type, Callable[[Any], str]]):
    """How a value is written, by its type: found once for each type, then only looked up."""

    def __missing__(self, kind: type) -> Callable[[Any], str]:
        known = next((each for each in self if issubclass(kind, each)), None)
        text = self[str]
        self[kind] = self[known] if known else lambda value: text(str(value))
        return self[kind]


def _cells(zone: dt.tzinfo, **kinds: Callable[[Any], str]) -> Cells:
    """The cells of a format; what is no value of a spreadsheet becomes one first."""
    moment, decimal, text = kinds["moment"], kinds["decimal"], kinds["text"]

    @lru_cache(4096)  # a row was mostly changed when it was made, and begins when another ends
    def local(value: dt.datetime) -> str:
        return moment(value if value.tzinfo is None else value.astimezone(zone))

    def hours(value: dt.timedelta) -> str:
        return decimal(round(Decimal(value.total_seconds()) / 3600, 2))

    def packed(value: Any) -> str:
        return text(json.dumps(value, ensure_ascii=False, default=str))

    yes, no = _("yes"), _("no")
    # A moment is a day, and a truth a number, to `issubclass`: so they come first.
    kinds_of: dict[type, Callable[[Any], str]] = {
        type(None): kinds["empty"],
        str: text,
        bool: lambda value: text(yes if value else no),
        int: kinds["whole"],
        float: kinds["number"],
        Decimal: decimal,
        dt.datetime: local,
        dt.date: kinds["day"],
        dt.timedelta: hours,
        dict: packed,
        list: packed,
        tuple: packed,
    }
    return Cells(kinds_of)


def unguarded(text: str) -> str:
    """A text as it was before a file of ours kept spreadsheets from counting it."""
    return text[1:] if text.startswith("'") and _is_dangerous(text[1:]) else text


def _is_dangerous(text: str) -> bool:
    return text.startswith(DANGEROUS) or text.lstrip().startswith(DANGEROUS)


def _csv(heads: list[str], lines: Iterator[Iterable[Any]], zone: dt.tzinfo) -> Iterator[bytes]:
    """With what a spreadsheet of the language expects: its separators, and a mark for UTF-8."""
    point = str(get_format("DECIMAL_SEPARATOR"))

    @lru_cache(4096)
    def day(value: dt.date) -> str:
        return date_format(value, "FILE_DATE_FORMAT")

    def safe(value: str) -> str:
        if value[:1].isalnum():  # nearly all texts, and quickly told
            return value
        return f"'{value}" if _is_dangerous(value) else value

    cells = _cells(
        zone,
        empty=lambda value: "",
        text=safe,
        whole=str,
        number=lambda value: f"{value:.4f}".rstrip("0").rstrip(".").replace(".", point),
        decimal=lambda value: f"{value:f}".replace(".", point),
        day=day,
        moment=lambda value: f"{day(value.date())} {str(value)[11:19]}",
    )
    # Keys stand in row after row; nothing in them is dangerous.
    cells[UUID] = lru_cache(4096)(str)
    text = StringIO("\ufeff", newline="")
    text.seek(1)
    writer = csv.writer(text, delimiter=";" if point == "," else ",", lineterminator="\r\n")
    for part in _parts(heads, lines):
        writer.writerows([cells[type(value)](value) for value in line] for line in part)
        yield text.getvalue().encode()
        text.seek(0)
        text.truncate()


def _xlsx(heads: list[str], lines: Iterator[Iterable[Any]], zone: dt.tzinfo) -> Iterator[bytes]:
    """With numbers and days as such; a text is never a formula."""

    def text(value: str) -> str:
        # `#N/A` and the like would be taken for errors. What is marked as quoted, as a
        # spreadsheet itself does for a text typed as '=1, is shown as it is and never counted.
        quoted = _is_dangerous(value) or value.startswith("#")
        return sheets.text(value, sheets.QUOTED if quoted else 0)

    cells = _cells(
        zone,
        empty=sheets.empty,
        text=text,
        whole=sheets.number,
        number=sheets.number,
        decimal=sheets.decimal,
        day=sheets.day,
        moment=sheets.moment,
    )
    sheet = sheets.Sheet(len(heads), day_format=str(get_format("SHEET_DATE_FORMAT")))
    yield sheet.add([[sheets.text(head, sheets.BOLD) for head in heads]])
    for part in _parts([], lines):
        yield sheet.add([cells[type(value)](value) for value in line] for line in part)
    yield sheet.close()


def _parts(heads: list[str], lines: Iterator[Iterable[Any]]) -> Iterator[list[Iterable[Any]]]:
    """The head, then the lines, so many at once."""
    if heads:
        yield [heads]
    while part := list(islice(lines, CHUNK_ROWS)):
        yield part


class ExportMixin(mixins.ListModelMixin):
    """A list of the API that can also be had as a file: `?export=csv` or `?export=xlsx`.

    All rows, as filtered and ordered; the heads are the names of the JSON.
    """

    def list(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """The window as JSON, or all as a file. Refuses unknown formats, and a window of a file."""
        kind = request.query_params.get("export")
        if kind is None:
            return super().list(request, *args, **kwargs)
        view = cast(Any, self)
        check_format(kind)
        for name in ("skip", "limit"):
            if name in request.query_params:
                raise exceptions.ValidationError({name: [_("A file holds all rows.")]})
        rows = view.filter_queryset(view.get_queryset())
        serializer = view.get_serializer()
        readers = _readers(serializer, rows.model)
        return export(
            kind,
            title=str(rows.model._meta.verbose_name_plural),
            heads=list(readers),
            rows=rows,
            line=_line(serializer, readers, rows.model),
            by=request.user,
        )

    def perform_content_negotiation(self, request: Any, force: bool = False) -> Any:
        """A file is what it is, whatever a client says that it accepts."""
        forced = force or "export" in request.query_params
        return cast(Any, super()).perform_content_negotiation(request, forced)


def _line(serializer: Any, readers: Mapping[str, Read], model: type[Any]) -> Line:
    """How a row's values are read; where the model conceals anything, each row is asked."""
    reads = list(readers.values())
    if not hasattr(model, "concealed_from"):
        return lambda row: [read(row) for read in reads]

    def line(row: Any) -> Iterable[Any]:
        hidden = serializer.concealed(row)
        return [None if name in hidden else read(row) for name, read in readers.items()]

    return line


def _readers(serializer: BaseSerializer, model: type[Any]) -> dict[str, Read]:
    """How each column is read from a row, without nested rows and what is always concealed."""
    hidden = serializer.concealed(model())
    return {
        name: _reader(field)
        for name, field in serializer.fields.items()
        if not field.write_only
        and name not in hidden
        and not isinstance(field, serializers.BaseSerializer)
    }


def _reader(field: Any) -> Read:
    source = field.source
    if isinstance(field, serializers.PrimaryKeyRelatedField) and not field.pk_field:
        return attrgetter(f"{source}_id")
    if type(field) in RAW_FIELDS and source != "*":
        return attrgetter(source) if "." not in source else field.get_attribute
    if type(field) is serializers.DecimalField and "." not in source:
        return _decimal_reader(source, Decimal(1).scaleb(-(field.decimal_places or 0)))
    quantum = None
    if isinstance(field, serializers.DecimalField):
        quantum = Decimal(1).scaleb(-(field.decimal_places or 0))

    def read(row: Any) -> Any:
        try:
            value = field.get_attribute(row)
        except SkipField:
            return None
        if quantum is not None and value is not None:
            return Decimal(value).quantize(quantum)
        if value is None or isinstance(value, str | int | float | Decimal | dt.date):
            return value
        return value if isinstance(value, dt.timedelta) else field.to_representation(value)

    return read


def _decimal_reader(source: str, quantum: Decimal) -> Read:
    def read(row: Any) -> Any:
        value = getattr(row, source)
        if callable(value):
            value = value()
        return None if value is None else Decimal(value).quantize(quantum)

    return read


def value_reader(model: type[models.Model], name: str) -> Read:
    """How what a page's column shows is read from a row, as a value and without looks.

    `customer__name` follows keys; a choice is read as its word.
    """
    *path, last = name.split("__")
    field: Any = None
    try:
        for part in path:
            model = cast(Any, model._meta.get_field(part)).related_model
        field = model._meta.get_field(last)
    except FieldDoesNotExist:
        pass
    words = {value: str(word) for value, word in getattr(field, "flatchoices", None) or ()}

    def read(row: Any) -> Any:
        for part in path:
            row = getattr(row, part, None)
            if row is None:
                return None
        value = getattr(row, last, None)
        if field is None and (said := getattr(row, f"get_{last}_display", None)) is not None:
            return said()  # a property of choices, such as a status that follows from dates
        if words:
            return words.get(value, value)
        return value() if callable(value) and not isinstance(value, models.Manager) else value

    return read
