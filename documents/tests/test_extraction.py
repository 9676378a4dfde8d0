"""Files that would harm whoever reads them: refused, and never tried twice."""

from io import BytesIO
from secrets import token_hex
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from documents import extraction, tasks
from documents.models import Document
from documents.tests.factories import a_docx, a_file, an_image, an_xlsx, make_document
from employees.models import Employee


def with_part(content: bytes, name: str, part: bytes) -> bytes:
    """An Office file with one more part."""
    buffer = BytesIO(content)
    with ZipFile(buffer, "a", ZIP_DEFLATED) as archive:
        archive.writestr(name, part)
    return buffer.getvalue()


def state_after_reading(document: Document) -> str:
    """What the worker made of it."""
    tasks.read_text(str(document.pk))
    return Document.objects.get(pk=document.pk).text_state


def test_office_files_that_unfold_to_too_much_are_not_read(
    worker: Employee, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extraction, "MAX_MARKUP_BYTES", 1_000_000)
    much = f"<a>{token_hex(520_000)}</a>".encode()
    picture = an_image() + much
    for name, content in (("a.docx", a_docx()), ("a.xlsx", an_xlsx())):
        # Neither the name nor the number of its parts hides what is no picture.
        for parts in ({"word/x.png": much}, {"x/1.xml": much[:600_000], "x/2": much[:600_000]}):
            file = content
            for path, part in parts.items():
                file = with_part(file, path, part)
            document = make_document(worker, file=a_file(name, file))
            assert state_after_reading(document) == "failed"
        document = make_document(worker, file=a_file(name, with_part(content, "a.png", picture)))
        assert state_after_reading(document) == "done"
    monkeypatch.setattr(extraction, "MAX_UNFOLDED_BYTES", len(picture))
    file = with_part(a_docx("b"), "a.png", picture)
    document = make_document(worker, file=a_file("b.docx", file))
    assert state_after_reading(document) == "failed"


def test_a_file_that_kills_the_worker_is_tried_once(
    worker: Employee, monkeypatch: pytest.MonkeyPatch
) -> None:
    document, tries = make_document(worker), []

    def killed(document: Document) -> Any:
        tries.append(document)
        raise SystemExit

    monkeypatch.setattr(tasks, "text_of", killed)
    with pytest.raises(SystemExit):
        tasks.read_text(str(document.pk))
    tasks.read_text(str(document.pk))  # the broker hands it out again
    tasks.read_waiting()
    assert len(tries) == 1
    assert Document.objects.get(pk=document.pk).text_state == "failed"
    assert tasks.read_text.soft_time_limit
