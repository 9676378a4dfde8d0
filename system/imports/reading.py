"""Tables in files that people upload: CSV in its many dialects, and XLSX; all of it bounded."""

import codecs
import csv
import datetime as dt
import logging
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import StringIO
from itertools import islice
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from workmate.exports import unguarded
from workmate.importers import Cell
from workmate.templatetags.workmate import format_number

MEGABYTE = 1024 * 1024
MAX_FILE_BYTES = 10 * MEGABYTE
MAX_LINES, MAX_COLUMNS, MAX_CELL_CHARACTERS = 10_000, 100, 20_000
# Of XLSX, which is a zip: what it may unfold to. A tree of markup takes many times its bytes.
MAX_PARTS, MAX_UNFOLDED_BYTES, MAX_RATIO = 1000, 64 * MEGABYTE, 200
# Each element takes time to be read, so of sheets, of texts, and of anything else there are only
# so many; and an empty sheet may claim as many lines as a full one.
MAX_ELEMENTS, MAX_OTHER_ELEMENTS = {b"worksheet": 5_000_000, b"sst": 1_200_000}, 200_000
# As long as the sheets that they are about, and passed over.
UNREAD = {b"calcChain", b"externalLink", b"pivotCacheRecords"}
MAX_SHEETS = 10
ROOT = re.compile(rb"<(?:[\w.-]+:)?([A-Za-z]\w*)")
MAX_HEADING = 80
# Larger ones are no numbers to count with, and JSON has them not.
LARGEST = 2**53
DELIMITERS = (";", ",", "\t", "|")
SAMPLE_CHARACTERS, SAMPLE_LINES = 100_000, 30
# No text holds these; an image, a PDF and an old Excel file do.
BINARY = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")
ZIP_START, OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
SEPARATOR_LINE = re.compile(r"\A\"?sep=(.)\"?\r?\n", re.IGNORECASE)
log = logging.getLogger("workmate.imports")


@dataclass(frozen=True)
class Table:
    """Headings, each its own name, and the lines below them with their numbers in the file."""

    columns: list[str]
    lines: list[tuple[int, list[Cell]]]


def read_table(file: Any) -> Table:
    """The table in an uploaded file (a Django `File`).

    Raises ValidationError: too large, neither CSV nor XLSX, damaged, too many lines or columns,
    no line below the headings.
    """
    if file.size > MAX_FILE_BYTES:
        message = _("The file is too large: at most %(n)s MB.")
        raise _refusal(message % {"n": MAX_FILE_BYTES // MEGABYTE}, "too_large")
    file.seek(0)
    head = file.read(4)
    file.seek(0)
    if head.startswith(OLD_EXCEL):
        raise _refusal(_("This is an old Excel file: save it as XLSX or CSV first."), "wrong_type")
    rows = _xlsx(file) if head.startswith(ZIP_START) else _csv(file.read())
    return _table(rows)


def _table(rows: Iterable[list[Cell]]) -> Table:
    """The first line that holds anything has the headings; empty lines are passed over."""
    heads: list[Cell] = []
    lines: list[tuple[int, list[Cell]]] = []
    width = 0
    for number, row in enumerate(rows, start=1):
        # Before anything is made of them: a line may hold millions.
        while row and (row[-1] is None or row[-1] == ""):
            row.pop()
        if len(row) > 2 * MAX_COLUMNS:
            raise _too_wide()
        cells = [_clean(cell, number) for cell in row]
        while cells and cells[-1] == "":
            cells.pop()
        if not cells:
            continue
        if len(cells) > MAX_COLUMNS:
            raise _too_wide()
        width = max(width, len(cells))
        if not heads:
            heads = cells
            continue
        if len(lines) == MAX_LINES:
            message = _("At most %(n)s lines can be read at once: divide the file.")
            raise _refusal(message % {"n": format_number(MAX_LINES)}, "too_many_lines")
        lines.append((number, cells))
    if not lines:
        raise _refusal(_("Below its headings the file holds nothing."), "empty")
    return Table(_named(heads, width), lines)


def _named(heads: list[Cell], width: int) -> list[str]:
    """Each heading once; what has none is called by its place."""
    names: list[str] = []
    for place in range(width):
        text = " ".join(str(heads[place]).split()) if place < len(heads) else ""
        name = base = text[:MAX_HEADING] or _("Column %(n)s") % {"n": place + 1}
        again = 2
        while name in names:
            name, again = f"{base} ({again})", again + 1
        names.append(name)
    return names


def _clean(cell: Any, number: int) -> Cell:
    """A cell as it is kept; days and clocks as ISO has them."""
    if cell is None:
        return ""
    if isinstance(cell, int) and abs(cell) > LARGEST:
        return str(cell)
    if isinstance(cell, bool):
        return cell
    if isinstance(cell, int | float):
        return cell if -LARGEST <= cell <= LARGEST else str(cell)
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat(" ")[:19]
    if isinstance(cell, dt.date):
        return cell.isoformat()
    if isinstance(cell, dt.time):
        return cell.isoformat("minutes")
    if isinstance(cell, dt.timedelta):
        hours, minutes = divmod(int(cell.total_seconds()) // 60, 60)
        return f"{hours}:{minutes:02d}"
    text = unguarded(BINARY.sub("", str(cell)).replace("\r\n", "\n").strip())
    if len(text) > MAX_CELL_CHARACTERS:
        message = _("Line %(line)s holds a text of more than %(n)s characters.")
        raise _refusal(message % {"line": number, "n": MAX_CELL_CHARACTERS}, "too_long")
    return text


def _csv(data: bytes) -> Iterator[list[Cell]]:
    text = _decoded(data)
    if BINARY.search(text):
        raise _unreadable()
    found = SEPARATOR_LINE.match(text)
    delimiter = found[1] if found else _delimiter(text[:SAMPLE_CHARACTERS])
    if found:
        text = text[found.end() :]
    try:
        yield from csv.reader(StringIO(text, newline=""), delimiter=delimiter)  # type: ignore[misc]
    except csv.Error as error:
        raise _refusal(_("A quotation mark is missing: the lines run together."), "csv") from error


def _decoded(data: bytes) -> str:
    """UTF-8 or UTF-16 where it says so, UTF-8 where it is, else as Windows writes it in Europe."""
    marks = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"),
             (codecs.BOM_UTF16_BE, "utf-16"))  # fmt: skip
    named = next((codec for mark, codec in marks if data.startswith(mark)), None)
    for codec in (named,) if named else ("utf-8", "cp1252"):
        try:
            return data.decode(codec)
        except UnicodeDecodeError:
            continue
    raise _unreadable()


def _delimiter(text: str) -> str:
    """The sign that divides the lines into columns most evenly."""

    def fit(sign: str) -> tuple[float, int]:
        try:
            lines = csv.reader(StringIO(text, newline=""), delimiter=sign)
            widths = [len(line) for line in islice(lines, SAMPLE_LINES) if line]
        except csv.Error:
            return 0.0, 0
        first = widths[0] if widths else 0
        return (widths.count(first) / len(widths) if first > 1 else 0.0), first

    return max(DELIMITERS, key=fit)


def _xlsx(file: IO[bytes]) -> list[list[Cell]]:
    """The first sheet that holds anything; formulas by the values that were saved with them."""
    # Takes long to import, for files of this kind alone.
    from openpyxl import load_workbook

    try:
        _refuse_bomb(file)
        book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
        for sheet in book.worksheets[:MAX_SHEETS]:
            # What a sheet says of its own size is not believed.
            sheet.reset_dimensions()
            # With room for empty lines between others; one more tells that there are too many.
            rows = sheet.iter_rows(max_row=2 * MAX_LINES, max_col=MAX_COLUMNS + 1, values_only=True)
            found: list[list[Any]] = [list(row) for row in rows]
            if any(cell is not None for row in found for cell in row):
                return found
    except ValidationError:
        raise
    except Exception as error:  # the library raises anything over what somebody made by hand
        log.warning("sheet_not_read", exc_info=True)
        raise _refusal(_("This Excel file cannot be read: it is damaged."), "damaged") from error
    return []


def _refuse_bomb(file: IO[bytes]) -> None:
    """Raises ValidationError where it is no workbook, or unfolds to more than is bearable."""
    archive = zipfile.ZipFile(file)
    entries = archive.infolist()
    unfolded = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries) or 1
    if len(entries) > MAX_PARTS or unfolded > MAX_UNFOLDED_BYTES or unfolded / packed > MAX_RATIO:
        raise _refusal(_("Unpacked, this file is too large."), "unpacked_too_large")
    if "xl/workbook.xml" not in {entry.filename for entry in entries}:
        raise _unreadable()
    for entry in entries:
        part = archive.read(entry)
        root = ROOT.search(part[:1000])
        name = root[1] if root else b""
        most = MAX_ELEMENTS.get(name, MAX_OTHER_ELEMENTS)
        if name not in UNREAD and part.count(b"<") > most:
            raise _refusal(_("Unpacked, this file is too large."), "unpacked_too_large")
    file.seek(0)


def _too_wide() -> ValidationError:
    message = _("At most %(n)s columns can be read.") % {"n": MAX_COLUMNS}
    return _refusal(message, "too_many_columns")


def _unreadable() -> ValidationError:
    return _refusal(_("Only CSV and XLSX files can be imported."), "wrong_type")


def _refusal(message: str, code: str) -> ValidationError:
    return ValidationError({"file": ValidationError(message, code=code)})
