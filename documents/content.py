"""What a file really is: told by its contents, never by its name."""

import lzma
import struct
import zipfile
import zlib
from dataclasses import dataclass
from typing import IO, Any

import filetype
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from PIL import Image

from workmate.pictures import BROKEN

MAX_UPLOAD_BYTES = 50 * 1024 * 1024
TOO_LARGE = _("The file is too large: at most 50 MB.")
MAX_PIXELS = 100_000_000
# Of zips (docx, xlsx): what they may unfold to, and to how much for each byte. More is not read
# either, and whoever opened it would wait for long.
MAX_UNFOLDED_BYTES = 100 * 1024 * 1024
MAX_RATIO = 200
MAX_ENTRIES = 10_000
HEAD_BYTES = TAIL_BYTES = 4096
# Office writes a few bytes after a PDF's end; a second file hides in more.
MAX_PDF_TAIL = 1024
MARKUP = (b"<html", b"<script", b"<svg", b"<!doctype html")
PNG_END, JPEG_END = b"IEND\xaeB`\x82", b"\xff\xd9"
# The end of a zip lies within its last 64 kB; other things that hide behind a picture.
HIDDEN_BYTES = 70_000
HIDDEN = (b"pk\x05\x06", b"<html", b"<script", b"%pdf-")
# All that a damaged zip may raise while it is read.
BROKEN_ZIP = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    KeyError,
    OSError,
    ValueError,
    OverflowError,
    RuntimeError,
    NotImplementedError,
    EOFError,
)
ZIP_START, ZIP_END = b"PK\x03\x04", b"PK\x05\x06"


@dataclass(frozen=True)
class Kind:
    """A kind of file that is accepted."""

    type: str
    mime: str
    extensions: tuple[str, ...]


PDF = Kind("pdf", "application/pdf", ("pdf",))
PNG = Kind("image", "image/png", ("png",))
JPEG = Kind("image", "image/jpeg", ("jpg", "jpeg"))
OFFICE = "application/vnd.openxmlformats-officedocument"
DOCX = Kind("doc", f"{OFFICE}.wordprocessingml.document", ("docx",))
XLSX = Kind("sheet", f"{OFFICE}.spreadsheetml.sheet", ("xlsx",))
KINDS = (PDF, PNG, JPEG, DOCX, XLSX)


def kind_of(file: IO[bytes], name: str, size: int) -> Kind:
    """What an uploaded file is.

    Raises ValidationError: empty, larger than 50 MB, of another kind, named as another kind,
    two kinds at once (a file behind the file), or small only because it is packed.
    """
    if size == 0:
        raise ValidationError(_("The file is empty."), code="empty")
    if size > MAX_UPLOAD_BYTES:
        raise ValidationError(TOO_LARGE, code="too_large")
    file.seek(0)
    head = file.read(HEAD_BYTES)
    file.seek(max(0, size - TAIL_BYTES))
    tail = file.read(TAIL_BYTES)
    guess = filetype.guess(head)
    mime = guess.mime if guess else ""
    if not head.startswith(ZIP_START) and _hides_a_zip(file):
        raise _damaged()
    if head.startswith(b"%PDF-"):
        kind = _pdf(head, tail)
    elif mime in (PNG.mime, JPEG.mime):
        kind = _image(file, PNG if mime == PNG.mime else JPEG, tail)
    elif head.startswith(ZIP_START):
        kind = _office(file, tail)
    else:
        raise _refused()
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    if extension and extension not in kind.extensions:
        raise ValidationError(
            _("The file is called .%(extension)s, but it is a %(kind)s file."),
            code="wrong_name",
            params={"extension": extension[:10], "kind": kind.extensions[0].upper()},
        )
    file.seek(0)
    return kind


def _hides_a_zip(file: IO[bytes]) -> bool:
    """Whether an archive hides behind it, with a comment as long as can be; or a broken one."""
    try:
        return zipfile.is_zipfile(file)
    except zipfile.BadZipFile:
        return True


def _pdf(head: bytes, tail: bytes) -> Kind:
    end = tail.rfind(b"%%EOF")
    start = head.lower()
    if end < 0 or ZIP_END in tail or len(tail) - end > MAX_PDF_TAIL:
        raise _damaged()
    after = tail[end:].lower()
    if any(mark in part for mark in MARKUP for part in (start, after)):
        raise _damaged()
    return PDF


def _image(file: IO[bytes], kind: Kind, tail: bytes) -> Kind:
    # Phones put a short film behind a photo: only what is known to do harm is refused there.
    sound = _ends_as_jpeg(file) if kind is JPEG else tail.rstrip(b"\0\r\n").endswith(PNG_END)
    if not sound:
        raise _damaged()
    file.seek(0)
    try:
        with Image.open(file, formats=["PNG" if kind is PNG else "JPEG"]) as image:
            pixels = image.width * image.height
            image.verify()
    except BROKEN as error:
        raise _damaged() from error
    if pixels > MAX_PIXELS:
        raise ValidationError(_("The image has too many pixels."), code="too_large")
    return kind


def _ends_as_jpeg(file: IO[bytes]) -> bool:
    """Whether the picture's end is there, and no archive, page or PDF in the last bytes."""
    file.seek(0)
    found, last = False, b""
    while chunk := file.read(HIDDEN_BYTES):
        found = found or JPEG_END in last[-1:] + chunk
        last = (last + chunk)[-HIDDEN_BYTES:]
    return found and not any(mark in last.lower() for mark in HIDDEN)


def _office(file: Any, tail: bytes) -> Kind:
    end = tail.rfind(ZIP_END)
    # The last record is 22 bytes and a comment, whose length stands in its last two bytes.
    if end < 0 or len(tail) - end != 22 + int.from_bytes(tail[end + 20 : end + 22], "little"):
        raise _damaged()
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            _refuse_bomb(entries)
            first = min((entry.header_offset for entry in entries), default=1)
            kinds = archive.read("[Content_Types].xml") if _is_sound(entries) else b""
    except BROKEN_ZIP as error:
        raise _refused() from error
    if first != 0 or not kinds or b"macroEnabled" in kinds:
        raise _damaged()
    names = {entry.filename for entry in entries}
    if "word/document.xml" in names:
        return DOCX
    if "xl/workbook.xml" in names:
        return XLSX
    raise _refused()


def _refuse_bomb(entries: list[zipfile.ZipInfo]) -> None:
    """Raises ValidationError where it unfolds to more than is bearable."""
    unfolded = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries) or 1
    if len(entries) > MAX_ENTRIES or unfolded > MAX_UNFOLDED_BYTES or unfolded / packed > MAX_RATIO:
        raise ValidationError(
            _("Unpacked, this file is too large: at most %(n)s MB, and %(ratio)s times its size."),
            code="unpacked_too_large",
            params={"n": MAX_UNFOLDED_BYTES // (1024 * 1024), "ratio": MAX_RATIO},
        )


def _is_sound(entries: list[zipfile.ZipInfo]) -> bool:
    """Whether all its names are inside of itself, each once, and none is a programme."""
    names = [entry.filename for entry in entries]
    return (
        len(set(names)) == len(names)
        and not any(name.startswith("/") or ".." in name.split("/") for name in names)
        and not any(name.lower().endswith("vbaproject.bin") for name in names)
        and not any(entry.flag_bits & 1 for entry in entries)
    )


def _refused() -> ValidationError:
    return ValidationError(
        _("Only PDF, PNG, JPG, DOCX and XLSX files are accepted."), code="wrong_type"
    )


def _damaged() -> ValidationError:
    return ValidationError(
        _("The file is damaged, or hides something else behind it."), code="damaged"
    )
