"""Confidential documents: what would tell of them after all, and who looked at them."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from auditlog.models import LogEntry
from django.core.exceptions import ValidationError
from django.utils import timezone

from conftest import ClientOf
from documents.models import Document, DocumentAccess
from documents.services import change_document, purge_trash, trash_document
from documents.tests.factories import a_docx, a_file, a_pdf, a_zip, an_image, make_document
from employees.models import Employee
from employees.tests.factories import make_employee, make_role
from reminders.models import Notification
from reminders.services import remind_due
from reminders.tests.factories import make_reminder
from workmate.files import StoredFileResponse

TITLE = "Abmahnung Kowalski"
# All that is not about confidential documents: the feed with what is gone, admin, everything.
NOSY = ["documents.document.view", "documents.document.view_all", "system.*", "employees.*",
        "backoffice.*", "reminders.*"]  # fmt: skip


@pytest.fixture
def secret(admin: Employee) -> Document:
    return make_document(admin, title=TITLE, is_confidential=True)


@pytest.fixture
def nosy() -> Employee:
    return make_employee(role=make_role("Nosy", NOSY))


def test_the_feed_never_tells_of_a_secret_alive_trashed_or_gone(
    secret: Document, nosy: Employee, admin: Employee, api_of: ClientOf
) -> None:
    api = api_of(nosy)

    def feed() -> str:
        response = api.get("/api/activity?limit=100")
        assert response.status_code == 200
        return str(response.content.decode())

    assert TITLE not in feed()
    trash_document(secret, by=admin)
    assert TITLE not in feed()
    with time_machine.travel(timezone.now() + dt.timedelta(days=31)):
        assert purge_trash() == 1
    assert not Document.objects.exists()
    assert TITLE not in feed()
    assert str(secret.pk) not in feed()


def test_the_feed_forgets_a_document_that_became_secret(
    admin: Employee, nosy: Employee, api_of: ClientOf
) -> None:
    document = make_document(admin, title=TITLE)
    assert TITLE in api_of(nosy).get("/api/activity").content.decode()
    change_document(document, by=admin, is_confidential=True)
    assert TITLE not in api_of(nosy).get("/api/activity").content.decode()


def test_no_notification_nor_its_mail_names_a_document_that_became_secret(
    admin: Employee, nosy: Employee, api_of: ClientOf, mailbox: Any
) -> None:
    document = make_document(admin, title=TITLE)
    make_reminder(nosy, due_date=timezone.localdate(), **link_to(document))
    change_document(document, by=admin, is_confidential=True)
    assert remind_due(timezone.now() + dt.timedelta(days=1)) == 1
    told = api_of(nosy).get("/api/notifications")
    assert told.json()["total"] == 1
    assert TITLE not in told.content.decode()
    assert str(document.pk) not in told.content.decode()
    note = Notification.objects.get(recipient=nosy)
    assert TITLE not in note.title + note.body + note.url


def test_a_link_to_a_document_that_became_secret_is_concealed(
    admin: Employee, nosy: Employee, api_of: ClientOf, client_of: ClientOf
) -> None:
    document = make_document(admin, title=TITLE)
    reminder = make_reminder(nosy, **link_to(document))
    paths = [f"/api/reminders/{reminder.pk}", "/api/reminders"]
    pages = [reminder.get_absolute_url(), f"{reminder.get_absolute_url()}edit/", "/reminders/"]
    assert TITLE in api_of(nosy).get(paths[0]).content.decode()
    change_document(document, by=admin, is_confidential=True)
    for client, addresses in ((api_of(nosy), paths), (client_of(nosy), pages)):
        for address in addresses:
            answer = client.get(address)
            assert answer.status_code == 200
            assert TITLE not in answer.content.decode()
            assert str(document.pk) not in answer.content.decode()


def link_to(document: Document) -> dict[str, Any]:
    """The fields of a reminder about it."""
    return {"linked_entity_type": "Document", "linked_entity_id": document.pk}


@pytest.mark.parametrize(
    "path",
    [
        "/search/?q=Kowalski",
        "/documents/?search=Kowalski",
        "/documents/?trashed=true",
        "/admin/documents/document/",
        "/admin/documents/document/?q=Kowalski",
        "/admin/documents/document/?is_confidential__exact=1",
    ],
)
def test_no_page_names_a_secret(
    path: str, secret: Document, nosy: Employee, client_of: ClientOf
) -> None:
    page = client_of(nosy).get(path)
    assert page.status_code == 200
    assert TITLE not in page.content.decode()
    assert str(secret.pk) not in page.content.decode()


@pytest.mark.parametrize("page", ["change", "history", "delete"])
def test_a_secret_has_no_page_in_admin(
    page: str, secret: Document, nosy: Employee, client_of: ClientOf
) -> None:
    response = client_of(nosy).get(f"/admin/documents/document/{secret.pk}/{page}/")
    assert response.status_code in {302, 403, 404}
    assert not DocumentAccess.objects.exists()


@pytest.mark.parametrize("tail", ["download", "download?inline=true", "download?version=1"])
def test_the_bytes_of_a_secret_are_not_there(
    tail: str, secret: Document, nosy: Employee, admin: Employee, api_of: ClientOf
) -> None:
    change_document(secret, by=admin, file=a_file("Neu.docx", a_docx()))
    assert api_of(nosy).get(f"/api/documents/{secret.pk}/{tail}").status_code == 404


def test_looks_are_recorded_on_every_door_and_told_in_the_feed(
    secret: Document, admin: Employee, client_of: ClientOf, api_of: ClientOf
) -> None:
    client, api = client_of(admin), api_of(admin)
    paths = [
        f"/documents/{secret.pk}/",
        f"/documents/{secret.pk}/download/?inline=1",
        f"/documents/{secret.pk}/edit/",
        f"/admin/documents/document/{secret.pk}/change/",
    ]
    for path in paths:
        assert client.get(path).status_code == 200
    assert api.get(f"/api/documents/{secret.pk}").status_code == 200
    # The answer to a change holds all facts.
    assert api.patch(f"/api/documents/{secret.pk}", {"category": "x"}).status_code == 200
    # A search in one of the form's fields shows nothing of the document.
    assert client.get(f"/documents/{secret.pk}/edit/?pick=title").status_code == 404
    looks = DocumentAccess.objects.order_by("created_at", "id").values_list("kind", flat=True)
    assert list(looks) == ["view", "download", "view", "view", "view", "view"]
    verbs = [item["verb"] for item in api.get("/api/activity").json()["items"]]
    told = [verb for verb in verbs if verb in {"viewed", "downloaded"}]
    assert told == ["viewed"] * 4 + ["downloaded", "viewed"]


def test_looks_at_others_are_not_recorded(admin: Employee, api_of: ClientOf) -> None:
    api_of(admin).get(f"/api/documents/{make_document().pk}")
    assert not DocumentAccess.objects.exists()


def test_the_history_keeps_no_text_of_a_file(
    admin: Employee, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        document = make_document(admin, file=a_file("a.docx", a_docx("Lohnsteuerklasse")))
    document.refresh_from_db()
    assert "Lohnsteuerklasse" in document.text
    change_document(document, by=admin, title="Anders")
    entries = LogEntry.objects.filter(object_pk=str(document.pk))
    assert entries.exists()
    assert "Lohnsteuer" not in str([entry.changes for entry in entries])


def test_an_earlier_file_is_downloaded_by_its_number(
    worker: Employee, api_of: ClientOf, client_of: ClientOf
) -> None:
    document = make_document(worker)
    change_document(document, by=worker, file=a_file("Neu.png", an_image()))
    for client, path in (
        (api_of(worker), f"/api/documents/{document.pk}/download?version="),
        (client_of(worker), f"/documents/{document.pk}/download/?version="),
    ):
        former = client.get(f"{path}1")
        assert isinstance(former, StoredFileResponse)
        assert former["Content-Type"] == "application/pdf"
        for wrong in ("2", "0", "x", "²", "9" * 30):
            assert client.get(f"{path}{wrong}").status_code == 404


def test_a_worker_moves_their_own_to_the_trash_and_back(worker: Employee, api_of: ClientOf) -> None:
    api, document = api_of(worker), make_document(worker)
    assert api.delete(f"/api/documents/{document.pk}").status_code == 204
    assert api.post(f"/api/documents/{document.pk}/restore").status_code == 200


def archive_with_long_comment() -> bytes:
    """A zip whose last record lies far before its end."""
    content = bytearray(a_zip(a=b"x"))
    comment = b"\n" * 20_000 + b"startxref\n0\n%%EOF\n"
    content[-2:] = len(comment).to_bytes(2, "little")
    return bytes(content) + comment


@pytest.mark.parametrize(
    "content",
    [
        a_pdf() + archive_with_long_comment(),
        a_pdf() + b"<script>alert(1)</script>",
        a_pdf() + b"<!DOCTYPE html><p>",
        a_zip(**{"[Content_Types].xml": b"word", "word/document.xml": b"<w/>",
                 "word/vbaProject.bin": b"x"}),
    ],
    ids=["archive with a long comment", "script after a pdf", "page after a pdf", "macros"],
)  # fmt: skip
def test_what_hides_behind_a_file_is_found(worker: Employee, content: bytes) -> None:
    with pytest.raises(ValidationError) as refused:
        make_document(worker, file=a_file("a", content))
    assert set(refused.value.error_dict) == {"file"}


@pytest.mark.parametrize("path", ["/documents/", "/api/documents"])
def test_no_export_holds_a_secret(
    path: str, secret: Document, nosy: Employee, client_of: ClientOf
) -> None:
    make_document(title="Hausordnung")
    response = client_of(nosy).get(f"{path}?export=csv")
    assert response.status_code == 200
    content = b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]
    assert "Hausordnung" in content
    assert TITLE not in content
    assert str(secret.pk) not in content
