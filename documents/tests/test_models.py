"""Facts about documents."""

import datetime as dt
import struct
import zlib
from contextlib import suppress
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st

from documents.content import kind_of
from documents.models import Document
from documents.tests.factories import (
    a_docx,
    a_pdf,
    a_zip,
    an_image,
    an_xlsx,
    make_document,
)

GOOD = {
    "a.pdf": a_pdf(),
    "a.png": an_image(),
    "a.jpg": an_image("JPEG"),
    "a.docx": a_docx(),
    "a.xlsx": an_xlsx(),
}
CONTENT_TYPES = b"<Types/>"


def inspected(content: bytes, name: str = "a") -> str:
    return kind_of(BytesIO(content), name, len(content)).extensions[0]


@pytest.mark.parametrize("name", GOOD)
def test_a_file_is_known_by_its_contents(name: str) -> None:
    assert inspected(GOOD[name]) == inspected(GOOD[name], name) == name[2:]


def with_zip64_offset(content: bytes, offset: int) -> bytes:
    """A zip whose first entry is said to lie there (its central directory says so in ZIP64)."""
    at = content.index(b"PK\1\2")
    head = bytearray(content[at : content.rindex(b"PK\5\6")])
    name_length = int.from_bytes(head[28:30], "little")
    extra = struct.pack("<HHQ", 1, 8, offset)
    head[30:32], head[42:46] = len(extra).to_bytes(2, "little"), b"\xff" * 4
    head[46 + name_length : 46 + name_length] = extra
    end = bytearray(content[content.rindex(b"PK\5\6") :])
    end[12:16] = len(head).to_bytes(4, "little")
    return content[:at] + bytes(head) + bytes(end)


HOSTILE = {
    "empty": b"",
    "text": b"hello",
    "html": b"<html><script>alert(1)</script></html>",
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "exe": b"MZ" + b"\0" * 200,
    "plain zip": a_zip(a=b"x"),
    "pdf without end": a_pdf()[:-7],
    "pdf behind html": b"<html></html>" + a_pdf(),
    "html in a pdf's head": a_pdf().replace(b"%PDF-1.4\n", b"%PDF-1.4\n<html><script>x</script>"),
    "zip behind a pdf": a_pdf() + a_zip(a=b"x"),
    "zip behind a png": an_image() + a_zip(a=b"x"),
    "html behind a png": an_image() + b"<html>" * 10,
    "zip behind a jpeg": an_image("JPEG") + a_zip(a=b"x"),
    "html behind a jpeg": an_image("JPEG") + b"<HTML>" * 10,
    "cut off jpeg": an_image("JPEG")[:-20],
    "cut off png": an_image()[:-20],
    "cut off docx": a_docx()[:-30],
    "something behind a docx": a_docx() + b"trailing",
    "docx behind something": b"PK\x03\x04" + a_docx(),
    "traversal": a_zip(**{"[Content_Types].xml": CONTENT_TYPES, "word/document.xml": b"<w/>",
                          "../../evil": b"x"}),
    "bomb": a_zip(**{"[Content_Types].xml": CONTENT_TYPES, "word/document.xml": b"0" * 9_000_000}),
    # Ends that lie about where the archive goes on, or how far away its first entry is.
    "broken zip behind a pdf": b"%PDF-1.4\n%%EOF" + struct.pack("<4sLQL", b"PK\6\7", 1, 0, 1)
                               + b"PK\5\6" + bytes(18),
    "endless offset": with_zip64_offset(
        a_zip(**{"[Content_Types].xml": CONTENT_TYPES, "word/document.xml": b"<w/>"}), 2**63 + 5),
    "png without a picture": an_image()[:33] + an_image()[-12:],
    "broken deflate": a_zip(**{"[Content_Types].xml": b"abcdefgh" * 50, "word/document.xml": b""})
                      .replace(zlib.compress(b"abcdefgh" * 50, wbits=-15)[:6], b"\xff" * 6),
    "macros": a_zip(**{"[Content_Types].xml": b"macroEnabled", "word/document.xml": b"<w/>"}),
}  # fmt: skip


def test_a_photo_with_a_film_behind_it_is_a_photo() -> None:
    assert inspected(an_image("JPEG") + b"ftypmp42" + b"\1" * 90_000, "IMG_1.jpg") == "jpg"


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        inspected(HOSTILE[name])


@settings(deadline=None)
@given(
    st.sampled_from(sorted(GOOD)),
    st.lists(st.tuples(st.integers(0, 10_000), st.binary(min_size=1, max_size=8)), max_size=3),
    st.booleans(),
)
def test_a_damaged_file_is_taken_or_refused_and_nothing_else(
    name: str, damages: list[tuple[int, bytes]], is_cut: bool
) -> None:
    content = bytearray(GOOD[name])
    for place, bytes_ in damages:
        place %= len(content)
        content[place : place + len(bytes_) * (not is_cut)] = bytes_
    with suppress(ValidationError):
        inspected(bytes(content), name)


@pytest.mark.parametrize(("content", "name"), [("a.pdf", "a.png"), ("a.docx", "a.xlsx")])
def test_a_name_that_lies_is_refused(content: str, name: str) -> None:
    with pytest.raises(ValidationError) as error:
        inspected(GOOD[content], name)
    assert error.value.code == "wrong_name"


def test_fifty_megabytes_and_a_byte_are_too_many() -> None:
    with pytest.raises(ValidationError) as error:
        kind_of(BytesIO(b"%PDF-"), "a.pdf", 50 * 1024 * 1024 + 1)
    assert error.value.code == "too_large"


def test_a_document_names_itself_and_where_its_bytes_are() -> None:
    document = make_document(title="Lease")
    assert str(document) == "Lease"
    assert document.file_address == f"/api/documents/{document.pk}/download"
    assert str(document.pk) not in document.file.name
    assert "Vertrag" not in document.file.name
    assert document.extension == "pdf"


def test_retention_ends_with_a_year() -> None:
    document = make_document(retention_class=Document.Retention.EIGHT)
    year = document.uploaded_at.year
    assert document.retention_until == dt.date(year + 8, 12, 31)
    assert document.is_kept
