"""Documents for tests."""

from io import BytesIO
from itertools import count
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import docx
import openpyxl
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from documents.models import Document
from documents.services import upload_document
from employees.models import Employee
from employees.tests.factories import make_employee

_numbers = count(1)


def a_pdf(text: str = "") -> bytes:
    """A PDF of one page; each call other bytes, unless a text is given."""
    text = text or f"Page {next(_numbers)}"
    stream = f"BT /F1 24 Tf 72 720 Td ({text}) Tj ET".encode("latin1")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    body, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(body)
    body += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    body += b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return body + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, start)


def an_image(kind: str = "PNG") -> bytes:
    """A small picture; each call another colour."""
    number = next(_numbers)
    buffer = BytesIO()
    Image.new("RGB", (12, 8), (number % 256, number // 256 % 256, 99)).save(buffer, kind)
    return buffer.getvalue()


def a_docx(text: str = "Kündigungsfristen") -> bytes:
    """A Word file with one paragraph."""
    buffer, word = BytesIO(), docx.Document()
    word.add_paragraph(text)
    word.save(buffer)
    return buffer.getvalue()


def an_xlsx(text: str = "Umsätze") -> bytes:
    """An Excel file with one cell."""
    buffer, book = BytesIO(), openpyxl.Workbook()
    book.active.append([text, 42])
    book.save(buffer)
    return buffer.getvalue()


def a_zip(**entries: bytes) -> bytes:
    """A zip of entries."""
    buffer = BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def a_file(name: str = "Vertrag.pdf", content: bytes | None = None) -> SimpleUploadedFile:
    """An uploaded file."""
    return SimpleUploadedFile(name, a_pdf() if content is None else content)


def stored(path: str = "documents") -> set[str]:
    """The names of all files in the storage, a folder or a bucket."""
    try:
        folders, names = default_storage.listdir(path)
    except FileNotFoundError:
        return set()
    deeper = [stored(f"{path}/{folder}") for folder in folders]
    return {f"{path}/{name}" for name in names}.union(*deeper)


def make_document(owner: Employee | None = None, **fields: Any) -> Document:
    """A PDF of a person."""
    file = fields.pop("file", None) or a_file()
    return upload_document(file, by=owner or make_employee(), **fields)
