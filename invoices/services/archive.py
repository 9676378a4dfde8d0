"""The PDFs of many documents in one file."""

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any, cast
from uuid import UUID
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from django.utils import timezone

from documents.models import Document
from invoices.models import Invoice
from invoices.services.dispatch import store_pdf

# How many documents are read at once; their files are in memory one by one.
CHUNK = 50


class _Outgoing:
    """What is written leaves at once: without a place to go back to, a ZIP is written forwards."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self.parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def taken(self) -> bytes:
        """What was written since the last time."""
        data, self.parts = b"".join(self.parts), []
        return data


def zip_of(keys: Sequence[UUID]) -> Iterator[bytes]:
    """A ZIP of these finalized documents' PDFs, in this order, part by part.

    What is missing is made meanwhile, so that nobody takes a part for the whole. The caller has
    checked who asks. Refuses drafts.
    """
    out = _Outgoing()
    names: set[str] = set()
    with ZipFile(cast(Any, out), "w", ZIP_STORED) as file:  # PDFs are compressed already
        for first in range(0, len(keys), CHUNK):
            part = keys[first : first + CHUNK]
            # With their PDFs, but without the words in these, which only the search reads.
            rows = Invoice.objects.select_related("pdf").defer("pdf__text")
            found = rows.in_bulk(part)
            for key in part:
                if key not in found:  # gone since: a draft again it cannot become
                    continue
                info = ZipInfo(_free(found[key].pdf_name, names), _moment(found[key]))
                file.writestr(info, _bytes_of(found[key]))
                yield out.taken()
    yield out.taken()


def _bytes_of(invoice: Invoice) -> bytes:
    """The stored PDF; made, or made anew, where it is missing."""
    try:
        return _read(invoice.pdf)
    except FileNotFoundError:
        return _read(store_pdf(invoice).pdf)


def _read(pdf: Document | None) -> bytes:
    if pdf is None:
        raise FileNotFoundError
    with pdf.file.open("rb") as stored:
        content: bytes = stored.read()
    return content


def _free(name: str, names: set[str]) -> str:
    """A name that no other file of the archive bears."""
    plain, number = name, 1
    while name.lower() in names:
        number += 1
        name = plain.replace(".pdf", f" ({number}).pdf")
    names.add(name.lower())
    return name


def _moment(invoice: Invoice) -> tuple[int, int, int, int, int, int]:
    """When it was finalized, as files of an archive know moments."""
    when = timezone.localtime(invoice.finalized_at or dt.datetime.now(dt.UTC))
    return (max(when.year, 1980), when.month, when.day, when.hour, when.minute, when.second)
