"""Pictures that people upload: told by their contents, made small, shown by pages of the app."""

import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from threading import Lock
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import models
from django.db.models.fields.files import FieldFile
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

MEGABYTE = 1024 * 1024
# A picture of 1 MB can unfold to gigabytes. This is what cameras of 24 megapixels make.
MAX_PIXELS = 25_000_000
JPEG_QUALITY = 85
NAMES = {"JPEG": "JPEG", "PNG": "PNG", "WEBP": "WebP"}
# What Pillow raises where a picture is none, ends early, or lies about itself.
BROKEN = (
    UnidentifiedImageError,
    Image.DecompressionBombError,
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    EOFError,
    OverflowError,
    struct.error,
)
# Unfolded, one picture takes a hundred megabytes: many at once would take the machine.
_one_at_a_time = Lock()


class PictureFile(FieldFile):
    """A stored picture, which is served by a page of the app."""

    @property
    def url(self) -> str:
        """The page that sends it: the row's own `<name>_url`."""
        address: str = getattr(self.instance, f"{self.field.name}_url")
        return address


class PictureField(models.FileField):
    """A file whose address is the app's: the row says it as `<name>_url`."""

    attr_class = PictureFile

    def formfield(self, **kwargs: Any) -> Any:
        """Offers pictures alone, and on phones the camera."""
        kwargs.setdefault("widget", forms.ClearableFileInput(attrs={"accept": "image/*"}))
        return super().formfield(**kwargs)


@contextmanager
def opened(file: Any, formats: Sequence[str], *, most_bytes: int) -> Iterator[Image.Image]:
    """The picture in an uploaded file, by its contents and not by its name.

    Raises ValidationError for one that is too large, of another format, or damaged.
    """
    if file.size > most_bytes:
        message = _("The picture is larger than %(n)s MB.")
        raise ValidationError(message, code="too_large", params={"n": most_bytes // MEGABYTE})
    try:
        file.seek(0)
        with Image.open(file, formats=tuple(formats)) as image:
            yield image
    except ValidationError:
        raise
    except BROKEN as error:
        kinds = ", ".join(NAMES[name] for name in formats)
        message = _("Only whole pictures of these kinds can be used: %(kinds)s.")
        raise ValidationError(message, code="wrong_type", params={"kinds": kinds}) from error
    finally:
        file.seek(0)


@contextmanager
def _whole_only() -> Iterator[None]:
    # WeasyPrint, once it is loaded, lets Pillow take cut-off pictures in the whole process.
    before, ImageFile.LOAD_TRUNCATED_IMAGES = ImageFile.LOAD_TRUNCATED_IMAGES, False
    try:
        yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = before


def square(
    file: Any, formats: Sequence[str], *, most_bytes: int, side: int
) -> "ContentFile[bytes]":
    """A new JPEG of the middle of an uploaded picture, upright, with nothing but its pixels.

    Place, camera and whatever else stood beside or behind the picture is gone. Raises
    ValidationError for what `opened` refuses, and for too many pixels.
    """
    with _one_at_a_time, _whole_only(), opened(file, formats, most_bytes=most_bytes) as image:
        if image.width * image.height > MAX_PIXELS:
            message = _("The picture has too many pixels: at most %(n)s million.")
            params = {"n": MAX_PIXELS // 1_000_000}
            raise ValidationError(message, code="too_large", params=params)
        # Lets the decoder of JPEG leave out what would be scaled away.
        image.draft("RGB", (2 * side, 2 * side))
        upright = ImageOps.exif_transpose(image).convert("RGBA")
        edge = min(side, *upright.size)
        # Heads are rather above the middle.
        cut = ImageOps.fit(upright, (edge, edge), Image.Resampling.LANCZOS, centering=(0.5, 0.4))
        flat = Image.new("RGB", cut.size, "white")
        flat.paste(cut, mask=cut.getchannel("A"))
        made = BytesIO()
        flat.save(made, "JPEG", quality=JPEG_QUALITY, optimize=True)
    return ContentFile(made.getvalue(), name="picture.jpg")
