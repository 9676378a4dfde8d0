"""The answer that sends a stored file, before the front streams it."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage, InMemoryStorage
from django.db import models
from django.db.models.fields.files import FieldFile
from django.http import Http404

from workmate.files import send_file


def stored(name: str, storage: Any) -> FieldFile:
    return FieldFile(None, models.FileField(storage=storage), name)


@pytest.mark.parametrize(
    ("content_type", "inline", "kind", "frame"),
    [
        ("application/pdf", True, "inline", "SAMEORIGIN"),
        ("application/pdf", False, "attachment", "DENY"),
        ("image/png", True, "inline", "SAMEORIGIN"),
        ("text/html", True, "attachment", "DENY"),
    ],
)
def test_only_harmless_types_are_shown_inline(
    tmp_path: Path, content_type: str, inline: bool, kind: str, frame: str
) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    file = stored("a", FileSystemStorage(location=tmp_path))
    response = send_file(
        file, filename='../x/Rechnung\r\n "1".pdf', content_type=content_type, inline=inline
    )
    assert response["Content-Disposition"] == f'{kind}; filename="Rechnung \\"1\\".pdf"'
    assert response["X-Frame-Options"] == frame
    assert response["X-Sendfile"] == str(tmp_path / "a")
    assert response.content == b""
    assert response.open_file().read() == b"abc"


@pytest.mark.parametrize("name", ["", "lost.pdf"])
@pytest.mark.parametrize("storage", [FileSystemStorage, InMemoryStorage])
def test_an_empty_field_and_a_lost_file_are_not_found(
    tmp_path: Path, storage: Any, name: str
) -> None:
    with pytest.raises(Http404):
        send_file(stored(name, storage(location=tmp_path)), filename="a", content_type="a/b")
