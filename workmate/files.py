"""How files leave, by headers only: the front streams the bytes; and how lost ones are found."""

import datetime as dt
import os
from collections.abc import Callable, Iterable
from typing import Any

from django.core.files import File
from django.core.files.storage import default_storage
from django.db.models.fields.files import FieldFile
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header

# Nothing that a browser would run. Anything else leaves as an attachment, whatever was asked.
INLINE_TYPES = {"application/pdf", "image/jpeg", "image/png"}
# How long a file may lie without a row: an upload is stored before its row is committed.
ORPHAN_AGE = dt.timedelta(days=1)
# Bytes of somebody else's making: no script, no frame of a stranger, no origin of ours.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"


class StoredFileResponse(HttpResponse):
    """An answer without a body; the front sends the file's bytes in its stead.

    Without the front (test client, plain WSGI) the body stays empty: a test looks at the headers
    and at `response.open_file()`. Only this class makes the front send a file. The header
    X-Sendfile tells tests and logs which one; the front never reads it and never lets it out.
    """

    path: str | None  # None: the storage has no folder on this machine (S3)
    stat: os.stat_result | None
    open_file: "Callable[[], File[bytes]]"
    # Of a storage without a folder: the mark that changes with the contents, and the bytes from
    # the first to the last, both included.
    tag: str = ""
    read_range: Callable[[int, int], bytes]


class MadeFileResponse(StreamingHttpResponse):
    """A file that is made while it is sent: the front runs it in a thread of its own kind.

    Its parts are made there one after the other, as fast as they come; those that the client has
    not taken wait on the disk. An error in the middle cuts the connection, so that nobody takes
    half a file for a whole one.
    """


def send_file(
    field_file: FieldFile,
    *,
    filename: str,
    content_type: str,
    inline: bool = False,
    kept_seconds: int = 0,
) -> StoredFileResponse:
    """The answer that sends a stored file, or the ranges of it that are asked for.

    The caller has checked who asks. Raises Http404 where the field is empty or the file is lost.
    `inline` is granted to PDF and images only. `kept_seconds` is for how long the browser shows
    it again without asking: for what everybody may see, under an address that changes with it.
    """
    if not field_file:
        raise Http404
    inline = inline and content_type in INLINE_TYPES
    response = StoredFileResponse(content_type=content_type)
    storage, name = field_file.storage, str(field_file.name)
    response.open_file = lambda: storage.open(name, "rb")
    response.read_range = lambda first, last: storage.read_range(name, first, last)  # type: ignore[attr-defined]
    try:
        response.path = os.path.abspath(field_file.path)
        response.stat = os.stat(response.path)
    except (NotImplementedError, FileNotFoundError):
        response.path = response.stat = None
    try:
        if response.stat:
            size = response.stat.st_size
        elif hasattr(storage, "size_and_tag"):
            size, response.tag = storage.size_and_tag(name)
        else:
            size = field_file.size
    except FileNotFoundError:
        raise Http404 from None
    # Browsers' PDF viewers refuse to work in a sandbox, and run nothing of the page's origin.
    kept = f"private, max-age={kept_seconds}" if kept_seconds else "private, no-cache"
    sandboxed = not (inline and content_type == "application/pdf")
    headers: dict[str, Any] = {
        "X-Sendfile": response.path or name,
        "Content-Length": size,
        "Content-Disposition": content_disposition_header(not inline, display_name(filename)),
        "Content-Security-Policy": POLICY + "; sandbox" * sandboxed,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "SAMEORIGIN" if inline else "DENY",
        # Kept by nobody else, and mostly asked for again each time: rights may have changed.
        "Cache-Control": kept,
    }
    for key, value in headers.items():
        response[key] = value
    return response


def display_name(filename: str) -> str:
    """A file name without path and control characters; never empty."""
    name = "".join(c for c in filename.replace("\\", "/").rsplit("/")[-1] if c.isprintable())
    return name.strip() or "file"


def sweep_folder(folder: str, known: Callable[[list[str]], Iterable[str]]) -> int:
    """Delete stored files that no row names: of uploads whose transaction failed; how many.

    They lie one folder below this one; `known` says which of these names rows have.
    """
    count = 0
    for part in _listed(folder)[0]:
        names = [f"{folder}/{part}/{name}" for name in _listed(f"{folder}/{part}")[1]]
        for name in set(names) - set(known(names)):
            if timezone.now() - default_storage.get_modified_time(name) > ORPHAN_AGE:
                default_storage.delete(name)
                count += 1
    return count


def _listed(folder: str) -> tuple[list[str], list[str]]:
    """Folders and files there. Not asked whether it exists: in a bucket no folder does."""
    try:
        found: tuple[list[str], list[str]] = default_storage.listdir(folder)
    except FileNotFoundError:
        return [], []
    return found
