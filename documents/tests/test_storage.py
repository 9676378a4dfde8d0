"""The same files in a folder and in a bucket, through the real front."""

import datetime as dt
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
import time_machine
from botocore.httpsession import URLLib3Session
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone
from moto.server import ThreadedMotoServer

from conftest import ClientOf
from documents.content import MAX_UPLOAD_BYTES
from documents.models import Document
from documents.services import change_document, sweep_files, upload_document
from documents.tests.factories import a_docx, a_file, a_pdf, make_document, stored
from documents.tests.test_models import HOSTILE
from employees.models import Employee
from employees.tests.factories import make_token
from workmate.storages import file_storage
from workmate.tests.server import Server

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    """The address of an empty bucket of a real S3 server."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    boto3.client(
        "s3", endpoint_url=f"http://{host}:{port}", region_name="us-east-1",
        aws_access_key_id="key", aws_secret_access_key="secret",
    ).create_bucket(Bucket="files")  # fmt: skip
    yield f"s3://key:secret@{host}:{port}/files?region=us-east-1&tls=false"
    server.stop()


@pytest.fixture(params=["folder", "bucket"])
def storage(request: pytest.FixtureRequest, settings: Any, bucket: str) -> str:
    """Files lie in a folder, then in a bucket."""
    url = bucket if request.param == "bucket" else ""
    settings.STORAGES = {**settings.STORAGES, "default": file_storage(url)}
    return str(request.param)


def test_files_come_in_and_go_out_byte_by_byte(
    storage: str, worker: Employee, site: Server
) -> None:
    content = a_pdf("0123456789" * 20_000)
    document = make_document(worker, file=a_file("Größe.pdf", content))
    url, token = f"/api/documents/{document.pk}/download", f"Bearer {make_token(worker)}"
    response, body = site.ask(url, Authorization=token)
    assert body == content
    assert "Gr%C3%B6%C3%9Fe" in response.headers["Content-Disposition"]
    known = {"Authorization": token, "If_None_Match": response.headers["ETag"]}
    again, body = site.ask(url, **known)
    assert (again.status, body) == (304, b"")
    for wanted, part in [
        ("bytes=5-9", content[5:10]),
        ("bytes=-7", content[-7:]),
        (f"bytes={len(content) - 3}-", content[-3:]),
    ]:
        response, body = site.ask(url, Authorization=token, Range=wanted)
        assert (response.status, body) == (206, part)
    assert site.ask(url)[0].status == 401


def test_a_bucket_sends_no_more_than_is_asked_for_and_takes_a_file_in_one_piece(
    settings: Any, bucket: str, worker: Employee, site: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The web process never holds a whole file: neither coming in, nor going out."""
    settings.STORAGES = {**settings.STORAGES, "default": file_storage(bucket)}
    asked: list[tuple[str, Any]] = []
    send = URLLib3Session.send

    def noted(session: URLLib3Session, request: Any) -> Any:
        asked.append((request.method, request.headers.get("Range")))
        return send(session, request)

    monkeypatch.setattr(URLLib3Session, "send", noted)
    name = default_storage.save("large", ContentFile(bytes(9 * 1024 * 1024)))
    assert [method for method, _range in asked if method != "HEAD"] == ["PUT"]
    default_storage.delete(name)
    document = make_document(worker)
    asked.clear()
    token = f"Bearer {make_token(worker)}"
    url = f"/api/documents/{document.pk}/download"
    assert site.ask(url, Authorization=token, Range="bytes=5-9")[0].status == 206
    assert [wanted for method, wanted in asked if method == "GET"] == [b"bytes=5-9"]
    with document.file.open("rb") as file:
        assert file.read().startswith(b"%PDF")


def test_nothing_is_left_of_hostile_files(
    storage: str, worker: Employee, client_of: ClientOf, settings: Any, tmp_path: Path
) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    before, client = stored(), client_of(worker)
    hostile = {**HOSTILE, "a byte too many": b"%PDF-".ljust(MAX_UPLOAD_BYTES + 1)}
    for name, content in hostile.items():
        response = client.post("/api/documents", {"file": a_file("../../evil", content)})
        assert response.status_code == 400, name
        assert response.json()["errors"][0]["attr"] == "file", name
        assert stored() == before, name
    with pytest.raises(ValidationError):  # a sound one, stored already when its row is refused
        upload_document(a_file(), by=worker, title="x" * 300)
    assert stored() == before
    assert not Document.objects.exists()
    assert not list(tmp_path.iterdir())


def test_nothing_is_left_of_a_file_whose_sender_goes_away(
    storage: str, worker: Employee, site: Server
) -> None:
    before, content = stored(), a_pdf("0123456789" * 20_000)
    body = (
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n'
        b"Content-Type: application/pdf\r\n\r\n" + content + b"\r\n--x--\r\n"
    )
    head = (
        "POST /api/documents HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
        f"Authorization: Bearer {make_token(worker)}\r\nContent-Length: {len(body)}\r\n"
        "Content-Type: multipart/form-data; boundary=x\r\n\r\n"
    ).encode()
    with socket.create_connection(("127.0.0.1", site.port), timeout=10) as sock:
        sock.sendall(head + body[:-50_000])
    # The same bytes once more, to their end: they are the only ones, so nothing was kept before.
    assert site.raw(head + body).startswith(b"HTTP/1.1 201")
    assert Document.objects.count() == 1
    assert len(stored() - before) == 1


def test_files_without_a_row_are_swept_after_a_day(storage: str, worker: Employee) -> None:
    kept = make_document(worker)
    change_document(kept, by=worker, file=a_file("Neu.docx", a_docx()))
    names = {kept.versions.get().file.name, Document.objects.get().file.name}
    orphan = default_storage.save("documents/00/orphan.pdf", a_file())
    assert sweep_files() == 0
    with time_machine.travel(timezone.now() + dt.timedelta(days=2)):
        assert sweep_files() >= 1
    assert orphan not in stored()
    assert names <= stored()


def test_versions_lie_beside_each_other(storage: str, worker: Employee) -> None:
    document = make_document(worker)
    first = document.file.name
    changed = change_document(document, by=worker, file=a_file("b.docx", a_docx()))
    assert default_storage.exists(first)
    assert default_storage.exists(changed.file.name)
    assert Document.objects.get().file.name != first


@pytest.mark.parametrize("url", ["ftp://host/files", "s3://key:secret@host", "files"])
def test_an_address_that_is_none_stops_the_start(url: str) -> None:
    with pytest.raises(ImproperlyConfigured):
        file_storage(url)
