"""Lists as files: CSV and XLSX, written row by row, safe to open in a spreadsheet."""

import csv
import datetime as dt
import json
import zoneinfo
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from io import TextIOWrapper
from operator import attrgetter
from tempfile import TemporaryFile
from typing import IO, Any, cast

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.http import FileResponse
from django.utils import timezone
from django.utils.formats import date_format, get_format
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from rest_framework import exceptions, mixins, serializers
from rest_framework.fields import SkipField

from workmate.files import display_name
from workmate.serializers import BaseSerializer

CHUNK_ROWS = 1000
MAX_SHEET_ROWS = 1_048_575  # what a sheet holds below its head
# A text that begins so is taken for a formula by some spreadsheet.
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
FIRST_DAY_OF_SHEETS = dt.date(1900, 3, 1)
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
Values = Sequence[Any]


def check_format(kind: str) -> None:
    """Refuse, with a ValidationError at `export`, a format that is not written here."""
    if kind not in TYPES:
        names = ", ".join(TYPES)
        raise ValidationError({"export": [_("One of: %(names)s.") % {"names": names}]})


def export(kind: str, *, title: str, heads: Sequence[str], lines: Iterable[Values], by: Any) -> Any:
    """The answer with a file of these lines, in the language that is active and in `by`'s zone.

    The file has no name and lies on the disk, so the lines may be as many as they like; it is
    whole before the front sends its first byte, and no thread waits for the client. Raises
    ValidationError for an unknown format, and for more rows than a sheet holds.
    """
    check_format(kind)
    zone = zoneinfo.ZoneInfo(by.timezone)
    file = TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR)  # noqa: SIM115  closed by the response
    try:
        write = {"csv": _write_csv, "xlsx": _write_xlsx}[kind]
        write(file, heads, ([_plain(value, zone) for value in line] for line in lines))
    except BaseException:
        file.close()
        raise
    file.seek(0)
    today = dt.datetime.now(zone).date().isoformat()
    name = display_name(f"{title.replace('/', '-')} {today}.{kind}")
    response = FileResponse(file, content_type=TYPES[kind])
    response["Content-Disposition"] = content_disposition_header(True, name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def _plain(value: Any, zone: dt.tzinfo) -> Any:
    """A value as one of: None, bool, number, day, moment without a zone, text."""
    if isinstance(value, dt.datetime):
        local = timezone.localtime(value, zone) if timezone.is_aware(value) else value
        return local.replace(microsecond=0, tzinfo=None)
    if isinstance(value, dt.timedelta):
        return round(Decimal(value.total_seconds()) / 3600, 2)
    if value is None or isinstance(value, bool | int | float | Decimal | dt.date):
        return value
    if isinstance(value, dict | list | tuple):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


def _is_dangerous(text: str) -> bool:
    return text.startswith(DANGEROUS) or text.lstrip().startswith(DANGEROUS)


def _write_csv(file: IO[bytes], heads: Sequence[str], lines: Iterable[Values]) -> None:
    """With what a spreadsheet of the language expects: its separators, and a mark for UTF-8."""
    point = str(get_format("DECIMAL_SEPARATOR"))
    text = TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=False)
    writer = csv.writer(text, delimiter=";" if point == "," else ",", lineterminator="\r\n")
    writer.writerow([_csv_cell(head, point) for head in heads])
    for line in lines:
        writer.writerow([_csv_cell(value, point) for value in line])
    text.flush()
    text.detach()


def _csv_cell(value: Any, point: str) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return f"'{value}" if _is_dangerous(value) else value
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, float):
        return f"{value:.4f}".rstrip("0").rstrip(".").replace(".", point)
    if isinstance(value, Decimal):
        return f"{value:f}".replace(".", point)
    if isinstance(value, dt.datetime):
        return f"{date_format(value, 'FILE_DATE_FORMAT')} {value:%H:%M:%S}"
    if isinstance(value, dt.date):
        return date_format(value, "FILE_DATE_FORMAT")
    return str(value)


def _write_xlsx(file: IO[bytes], heads: Sequence[str], lines: Iterable[Values]) -> None:
    """With numbers and days as such; a text is never a formula."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.freeze_panes = "A2"
    for number in range(1, len(heads) + 1):
        sheet.column_dimensions[get_column_letter(number)].width = 18
    # One cell a column and kind, filled anew for each row: the sheet has written it by then.
    kinds = [_Cells(sheet) for _head in heads]
    sheet.append([cells.head(head) for cells, head in zip(kinds, heads, strict=True)])
    try:
        for number, line in enumerate(lines):
            if number == MAX_SHEET_ROWS:
                text = _("These are more rows than a sheet holds: narrow them, or take CSV.")
                raise ValidationError({"export": [text]})
            sheet.append([cells.cell(value) for cells, value in zip(kinds, line, strict=True)])
    except BaseException:
        sheet.close()
        sheet._writer.cleanup()
        raise
    book.save(file)


class _Cells:
    """The cells of one column."""

    def __init__(self, sheet: Any) -> None:
        self.day, self.moment = WriteOnlyCell(sheet), WriteOnlyCell(sheet)
        self.decimal, self.bold = WriteOnlyCell(sheet), WriteOnlyCell(sheet)
        self.quoted = WriteOnlyCell(sheet)
        self.day.number_format = str(get_format("SHEET_DATE_FORMAT"))
        self.moment.number_format = f"{get_format('SHEET_DATE_FORMAT')} hh:mm:ss"
        self.bold.font = Font(bold=True)
        # What a spreadsheet itself notes for a text typed as '=1: shown as it is, never counted.
        self.quoted.quotePrefix = True

    def head(self, text: str) -> Any:
        """The cell of a head."""
        self.bold.value = _clean(text)
        self.bold.data_type = "s"
        return self.bold

    def cell(self, value: Any) -> Any:
        """The cell of a value; what needs no looks is its own cell."""
        if isinstance(value, str):
            text = _clean(value)
            # `#N/A` and the like would be taken for errors.
            if not (_is_dangerous(text) or text.startswith("#")):
                return text
            self.quoted.value = text
            self.quoted.data_type = "s"
            return self.quoted
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if isinstance(value, Decimal):
            places = -cast(int, value.as_tuple().exponent)
            self.decimal.number_format = f"#,##0.{'0' * places}" if places > 0 else "#,##0"
            self.decimal.value = value
            return self.decimal
        if isinstance(value, dt.datetime):
            return self._filled(self.moment, value, value.date())
        if isinstance(value, dt.date):
            return self._filled(self.day, value, value)
        return value

    def _filled(self, cell: Any, value: Any, day: dt.date) -> Any:
        if day < FIRST_DAY_OF_SHEETS:  # sheets count from 1900, with a day that never was
            return value.isoformat(" ") if isinstance(value, dt.datetime) else value.isoformat()
        cell.value = value
        return cell


def _clean(text: str) -> str:
    return ILLEGAL_CHARACTERS_RE.sub("", text)


def chunked(rows: Any) -> Iterator[Any]:
    """The rows one by one, a chunk at a time in memory and from the database's cursor."""
    return cast(Iterator[Any], rows.iterator(chunk_size=CHUNK_ROWS))


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
            lines=_lines(rows, serializer, readers),
            by=request.user,
        )

    def perform_content_negotiation(self, request: Any, force: bool = False) -> Any:
        """A file is what it is, whatever a client says that it accepts."""
        forced = force or "export" in request.query_params
        return cast(Any, super()).perform_content_negotiation(request, forced)


def _lines(
    rows: Any, serializer: Any, readers: dict[str, Callable[[Any], Any]]
) -> Iterator[Values]:
    for row in chunked(rows):
        hidden = serializer.concealed(row)
        yield [None if name in hidden else read(row) for name, read in readers.items()]


def _readers(serializer: BaseSerializer, model: type[Any]) -> dict[str, Callable[[Any], Any]]:
    """How each column is read from a row, without nested rows and what is always concealed."""
    hidden = serializer.concealed(model())
    return {
        name: _reader(field)
        for name, field in serializer.fields.items()
        if not field.write_only
        and name not in hidden
        and not isinstance(field, serializers.BaseSerializer)
    }


def _reader(field: Any) -> Callable[[Any], Any]:
    if isinstance(field, serializers.PrimaryKeyRelatedField) and not field.pk_field:
        return attrgetter(f"{field.source}_id")

    def read(row: Any) -> Any:
        try:
            value = field.get_attribute(row)
        except SkipField:
            return None
        if isinstance(field, serializers.DecimalField) and value is not None:
            return Decimal(value).quantize(Decimal(1).scaleb(-(field.decimal_places or 0)))
        if value is None or isinstance(value, str | int | float | Decimal | dt.date):
            return value
        return value if isinstance(value, dt.timedelta) else field.to_representation(value)

    return read


def plain_value(obj: Any, name: str) -> Any:
    """What a page's column shows, as a value and without looks; `customer__name` follows keys."""
    *path, last = name.split("__")
    for part in path:
        obj = getattr(obj, part, None)
        if obj is None:
            return None
    if isinstance(obj, models.Model) and hasattr(obj, f"get_{last}_display"):
        return str(getattr(obj, f"get_{last}_display")())
    value = getattr(obj, last, None)
    return value() if callable(value) and not isinstance(value, models.Manager) else value
