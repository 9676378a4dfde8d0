"""The text of documents, for the search: bounded in pages, rows and length."""

import logging
import zipfile
from typing import IO, Any

from documents.content import MAX_UNFOLDED_BYTES
from documents.models import MAX_TEXT_LENGTH, Document

MAX_PAGES, MAX_ROWS = 300, 20_000
# Of Office files: what all their markup may unfold to. A tree of markup takes many times its bytes.
MAX_MARKUP_BYTES = 32 * 1024 * 1024
PICTURES = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF8")
log = logging.getLogger("workmate.documents")


def text_of(document: Document) -> tuple[str, str]:
    """The text of a document's file, and the state: done, none (no text in it), failed.

    Whatever a library stumbles over in somebody's file makes it `failed`, and is logged.
    """
    reader = {"pdf": _pdf, "doc": _docx, "sheet": _xlsx}.get(document.type)
    if reader is None:
        return "", Document.TextState.NONE
    try:
        with document.file.open("rb") as file:
            text = reader(file)
    except Exception:  # the libraries raise anything; the document stays, only without its text
        log.warning("text_not_read", exc_info=True, extra={"document": str(document.pk)})
        return "", Document.TextState.FAILED
    text = " ".join(text.replace("\0", " ").split())[:MAX_TEXT_LENGTH]
    return text, Document.TextState.DONE if text else Document.TextState.NONE


class _Collected:
    """Pieces of text up to the length that is kept."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.length = 0

    def add(self, text: str) -> bool:
        """Take a piece; whether there is room for more."""
        self.parts.append(text)
        self.length += len(text)
        return self.length < MAX_TEXT_LENGTH


def _pdf(file: IO[bytes]) -> str:
    # Loads late: only the worker reads files.
    from pypdf import PdfReader

    found = _Collected()
    for index, page in enumerate(PdfReader(file).pages):
        if index >= MAX_PAGES or not found.add(page.extract_text()):
            break
    return "\n".join(found.parts)


def _docx(file: IO[bytes]) -> str:
    from docx import Document as WordDocument

    _refuse_bomb(file)
    found, word = _Collected(), WordDocument(file)
    texts = [paragraph.text for paragraph in word.paragraphs]
    texts += [cell.text for table in word.tables for row in table.rows for cell in row.cells]
    for text in texts:
        if not found.add(text):
            break
    return "\n".join(found.parts)


def _xlsx(file: IO[bytes]) -> str:
    from openpyxl import load_workbook

    _refuse_bomb(file)
    found: Any = _Collected()
    book = load_workbook(file, read_only=True, data_only=True)
    for sheet in book.worksheets:
        found.add(sheet.title)
        for index, row in enumerate(sheet.iter_rows(values_only=True)):
            cells = " ".join(str(cell) for cell in row if cell is not None)
            if index >= MAX_ROWS or (cells and not found.add(cells)):
                break
    return "\n".join(found.parts)


def _refuse_bomb(file: IO[bytes]) -> None:
    """Raises ValueError where an Office file unfolds to more than a worker can bear.

    Only what begins as a picture does is none of its markup: names of parts say nothing.
    """
    markup = unfolded = 0
    with zipfile.ZipFile(file) as archive:
        for entry in archive.infolist():
            unfolded += entry.file_size
            with archive.open(entry) as part:
                if not part.read(8).startswith(PICTURES):
                    markup += entry.file_size
    if markup > MAX_MARKUP_BYTES or unfolded > MAX_UNFOLDED_BYTES:
        raise ValueError("unfolds to too much")
    file.seek(0)
