"""Files that would harm whoever reads them: refused, and never tried twice."""

from io import BytesIO
from secrets import token_hex
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from django.utils import timezone

from documents import extraction, tasks
from documents.models import Document
from documents.services import change_document
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


def test_a_file_that_kills_the_worker_is_tried_a_few_times(
    worker: Employee, monkeypatch: pytest.MonkeyPatch
) -> None:
    document, tries = make_document(worker), []
    rows = Document.objects.filter(pk=document.pk)

    def killed(document: Document) -> Any:
        tries.append(document)
        raise SystemExit

    monkeypatch.setattr(tasks, "text_of", killed)
    for number in range(1, tasks.MAX_TRIES + 1):
        with pytest.raises(SystemExit):
            tasks.read_text(str(document.pk))
        tasks.read_text(str(document.pk))  # the broker hands it out again at once
        tasks.read_waiting()
        assert len(tries) == number
        assert rows.get().text_state == "waiting"
        rows.update(text_tried_at=timezone.now() - tasks.LOST)
    tasks.read_waiting()
    tasks.read_text(str(document.pk))
    assert len(tries) == tasks.MAX_TRIES
    assert rows.get().text_state == "failed"
    assert tasks.read_text.soft_time_limit


def test_what_a_killed_worker_left_is_read_by_the_next_one(worker: Employee) -> None:
    document = make_document(worker)
    rows = Document.objects.filter(pk=document.pk)
    rows.update(text="", text_state="waiting", text_tries=1, text_tried_at=timezone.now())
    tasks.read_waiting()  # somebody may be at it
    assert rows.get().text_state == "waiting"
    rows.update(text_tried_at=timezone.now() - tasks.LOST)
    tasks.read_waiting()
    assert rows.get().text_state == "done"
    # A new file starts anew.
    rows.update(text_tries=tasks.MAX_TRIES)
    changed = change_document(rows.get(), by=None, file=a_file())
    assert (changed.text_state, changed.text_tries) == ("waiting", 0)
