"""Files as people have them: encodings, separators, quotes, workbooks; and what is refused."""

import datetime as dt
import os
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl
import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from employees.models import Employee
from system.imports import reading
from system.imports.reading import MEGABYTE, read_table
from system.tests.factories import a_csv, an_xlsx, make_import


def upload(data: bytes, name: str = "liste.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("sign", [";", ",", "\t"])
def test_umlauts_and_columns_arrive_however_the_file_was_saved(encoding: str, sign: str) -> None:
    table = read_table(a_csv(f"Name{sign}Straße", f"Jäger & Söhne{sign}Große Gasse 1",
                             encoding=encoding))  # fmt: skip
    assert table.columns == ["Name", "Straße"]
    assert table.lines == [(2, ["Jäger & Söhne", "Große Gasse 1"])]


def test_quotes_hold_line_ends_and_separators_and_empty_lines_count() -> None:
    data = b'sep=;\r\nName;Notiz;Preis\r\n\r\n"A; B";"eins\r\nzwei ""drei""";1,50\r\n;;\r\nC\r\n'
    table = read_table(upload(data))
    assert table.lines == [(3, ["A; B", 'eins\nzwei "drei"', "1,50"]), (5, ["C"])]


def test_headings_are_told_apart_and_named_where_they_are_missing() -> None:
    table = read_table(a_csv("Name;Name;;Ort", "a;b;c;d;e"))
    assert table.columns == ["Name", "Name (2)", "Column 3", "Ort", "Column 5"]


def test_what_an_export_guards_against_spreadsheets_comes_back_plain() -> None:
    assert read_table(a_csv("Name;Tel", "'=1+1;'+49 431")).lines[0][1] == ["=1+1", "+49 431"]


def test_a_workbook_gives_days_clocks_and_numbers_as_they_are() -> None:
    table = read_table(
        an_xlsx(
            ["Tag", "Von", "Satz", "PLZ", "Ja"],
            [dt.datetime(2025, 12, 31), dt.time(9, 30), 87.5, 24143, True],
            [dt.datetime(2025, 12, 31, 9, 30), dt.timedelta(minutes=90), None, "01067", False],
        )
    )
    assert table.lines == [
        (2, ["2025-12-31", "09:30", 87.5, 24143, True]),
        (3, ["2025-12-31 09:30:00", "1:30", "", "01067", False]),
    ]


def a_bomb() -> bytes:
    made = BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (reading.MAX_UNFOLDED_BYTES + 1))
    return made.getvalue()


def with_part(name: str, text: bytes) -> bytes:
    """A workbook of which a part is another one."""
    data = BytesIO()
    with ZipFile(an_xlsx(["Name"], ["Erste"])) as old, ZipFile(data, "w", ZIP_DEFLATED) as new:
        for entry in old.namelist():
            if entry != name:
                new.writestr(entry, old.read(entry))
        new.writestr(name, text)
        # What keeps the whole from looking like a bomb.
        new.writestr("xl/media/noise.bin", os.urandom(MEGABYTE))
    return data.getvalue()


def a_zip() -> bytes:
    made = BytesIO()
    with ZipFile(made, "w") as archive:
        archive.writestr("evil.txt", "x")
    return made.getvalue()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"Name;Ort\r\n", "empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "wrong_type"),
        (reading.OLD_EXCEL + b"\x00" * 100, "wrong_type"),
        (b"PK\x03\x04 no zip at all", "damaged"),
        (a_zip(), "wrong_type"),
        (a_bomb(), "unpacked_too_large"),
        (with_part("xl/styles.xml", b"<styleSheet>" + b"<xf/>" * 200_001), "unpacked_too_large"),
        (with_part("xl/sharedStrings.xml", b"<sst>" + b"<si/>" * 1_200_001), "unpacked_too_large"),
        (b"a" + b";a" * reading.MAX_COLUMNS + b"\n1", "too_many_columns"),
        (b"Name;Ort\n" + b";" * 5_000_000 + b"1", "too_many_columns"),
        (b"Name;Ort\n" + b"a;b\n" * (reading.MAX_LINES + 1), "too_many_lines"),
        (b"Name;Ort\n" + b"x" * 30_000 + b";b\n", "too_long"),
        (b'Name;Ort\n"' + b"x;y\n" * 60_000, "csv"),
        (b"x" * (reading.MAX_FILE_BYTES + 1), "too_large"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_read_is_refused_with_its_reason(data: bytes, code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        read_table(upload(data))
    assert refused.value.error_dict["file"][0].code == code


def test_a_sheet_that_lies_about_its_size_is_read_as_it_is() -> None:
    """A cell in the last row of all does not make a million lines."""
    made: Any = an_xlsx(["Name"], ["Erste"])
    data = BytesIO()
    with ZipFile(made) as old, ZipFile(data, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            text = old.read(name)
            if name.endswith("sheet1.xml"):
                text = text.replace(b'ref="A1:A2"', b'ref="A1:XFD1048576"')
                text = text.replace(b"</sheetData>", b'<row r="1048576"/></sheetData>')
            new.writestr(name, text)
    assert read_table(upload(data.getvalue(), "a.xlsx")).lines == [(2, ["Erste"])]


def test_numbers_that_no_column_holds_are_texts(admin: Employee) -> None:
    """As another programme than Excel may write them."""
    rows = b"".join(
        b'<row><c t="inlineStr"><is><t>%b</t></is></c><c><v>%b</v></c></row>' % row
        for row in ((b"Name", b"2"), (b"Erste", b"9" * 30), (b"Zweite", b"9" * 400))
    )
    space = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    sheet = b'<worksheet xmlns="%b"><sheetData>%b</sheetData></worksheet>' % (space, rows)
    data = with_part("xl/worksheets/sheet1.xml", sheet)
    job = make_import(admin, file=upload(data, "a.xlsx"))
    assert [cells[1] for _number, cells in job.lines()] == ["9" * 30, "9" * 400]


def test_what_a_workbook_holds_beside_its_sheets_is_passed_over() -> None:
    chain = b"<calcChain>" + b"<c/>" * (reading.MAX_OTHER_ELEMENTS + 1) + b"</calcChain>"
    table = read_table(upload(with_part("xl/calcChain.xml", chain), "a.xlsx"))
    assert table.lines == [(2, ["Erste"])]


def test_only_the_first_sheets_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_SHEETS", 2)
    book, made = openpyxl.Workbook(), BytesIO()
    for _number in range(2):
        sheet: Any = book.create_sheet()
    sheet.append(["Name"])
    book.save(made)
    with pytest.raises(ValidationError):
        read_table(upload(made.getvalue(), "a.xlsx"))
