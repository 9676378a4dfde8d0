"""A workbook of one sheet (XLSX), written as a stream: no row is kept, and none waits for another.

openpyxl writes the same with four times the work, and nothing before the last row.
"""

import datetime as dt
import re
from collections.abc import Iterable
from decimal import Decimal
from io import RawIOBase
from typing import Any
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

MAX_ROWS = 1_048_575  # what a sheet holds below its head
MAX_CELL_CHARACTERS = 32_767
MOST_PLACES = 6
FIRST_DAY = dt.date(1900, 3, 1)  # sheets count from 1900, with a day that never was
DAY_ZERO = dt.date(1899, 12, 30)
SECONDS_A_DAY = 86_400
ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
# The looks of a cell, by their place in styles.xml; decimals begin at `DECIMAL`.
BOLD, QUOTED, DAY, MOMENT, DECIMAL = 1, 2, 3, 4, 5

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
    '<Default Extension="rels"'
    ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{KIND}.sheet.main+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{KIND}.styles+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{KIND}.worksheet+xml"/>'
    "</Types>",
    "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    "</Relationships>",
    "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">'
    '<sheets><sheet name="Sheet" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{OFFICE}/styles" Target="styles.xml"/>'
    "</Relationships>",
}


class Pipe(RawIOBase):
    """What was written and not taken yet."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[bytes] = []

    def writable(self) -> bool:
        """Always; seeking is not possible."""
        return True

    def write(self, data: Any) -> int:
        """Append."""
        self.parts.append(bytes(data))
        return len(data)

    def taken(self) -> bytes:
        """What came since the last time."""
        data = b"".join(self.parts)
        self.parts.clear()
        return data


class Sheet:
    """One sheet with a fixed head. Rows are lists of cells, made by the functions below."""

    def __init__(self, columns: int, *, day_format: str) -> None:
        self.pipe = Pipe()
        # Little of the time for most of the gain.
        self.file = ZipFile(self.pipe, "w", ZIP_DEFLATED, compresslevel=2)
        for name, text in PARTS.items():
            self.file.writestr(name, XML + text)
        self.file.writestr("xl/styles.xml", XML + styles(day_format))
        self.rows = self.file.open("xl/worksheets/sheet1.xml", "w")
        self.rows.write(
            f'{XML}<worksheet xmlns="{MAIN}"><sheetViews><sheetView workbookViewId="0">'
            '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
            f'</sheetView></sheetViews><cols><col min="1" max="{columns}" width="18"'
            ' customWidth="1"/></cols><sheetData>'.encode()
        )

    def add(self, rows: Iterable[Iterable[str]]) -> bytes:
        """Append rows; the bytes that are ready by then."""
        text = "".join([f"<row>{''.join(cells)}</row>" for cells in rows])
        self.rows.write(text.encode())
        return self.pipe.taken()

    def close(self) -> bytes:
        """The last bytes."""
        self.rows.write(b"</sheetData></worksheet>")
        self.rows.close()
        self.file.close()
        return self.pipe.taken()


def styles(day_format: str) -> str:
    """The looks that cells may have."""
    decimals = ["#,##0" + f".{'0' * places}" * bool(places) for places in range(MOST_PLACES + 1)]
    formats = [day_format, f"{day_format} hh:mm:ss", *decimals]
    numbered = [(164 + number, code) for number, code in enumerate(formats)]
    codes = "".join(
        f'<numFmt numFmtId="{number}" formatCode="{escape(code)}"/>' for number, code in numbered
    )
    looks = ["", ' fontId="1" applyFont="1"', ' quotePrefix="1"']
    looks += [f' numFmtId="{number}" applyNumberFormat="1"' for number, _code in numbered]
    cells = "".join(f"<xf{look}/>" for look in looks)
    font = '<sz val="11"/><name val="Calibri"/>'
    return (
        f'<styleSheet xmlns="{MAIN}"><numFmts count="{len(numbered)}">{codes}</numFmts>'
        f'<fonts count="2"><font>{font}</font><font><b/>{font}</font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        f'<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="{len(looks)}">{cells}'
        '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/>'
        "</cellStyles></styleSheet>"
    )


def empty(value: None = None) -> str:
    """A cell with nothing in it."""
    return "<c/>"


def text(value: str, look: int = 0) -> str:
    """A text, and never a formula; without what XML cannot say."""
    kept = escape(ILLEGAL.sub("", value)[:MAX_CELL_CHARACTERS], {"\r": "&#13;"})
    style = f' s="{look}"' if look else ""
    return f'<c t="inlineStr"{style}><is><t xml:space="preserve">{kept}</t></is></c>'


def number(value: float) -> str:
    """A number as it is."""
    return f"<c><v>{value!r}</v></c>"


def decimal(value: Decimal) -> str:
    """A number with as many places as it has."""
    places = min(max(-int(value.as_tuple().exponent), 0), MOST_PLACES)
    return f'<c s="{DECIMAL + places}"><v>{value:f}</v></c>'


def day(value: dt.date) -> str:
    """A day; as a text where sheets know none."""
    if value < FIRST_DAY:
        return text(value.isoformat())
    return f'<c s="{DAY}"><v>{(value - DAY_ZERO).days}</v></c>'


def moment(value: dt.datetime) -> str:
    """A moment to the second, as the clock of its zone shows it; a text where sheets know none."""
    date = value.date()
    if date < FIRST_DAY:
        return text(value.replace(tzinfo=None).isoformat(" ", "seconds"))
    seconds = value.hour * 3600 + value.minute * 60 + value.second
    return f'<c s="{MOMENT}"><v>{(date - DAY_ZERO).days + seconds / SECONDS_A_DAY!r}</v></c>'
