"""The same files in a folder and in a bucket, through the real front."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.httpsession import URLLib3Session
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from moto.server import ThreadedMotoServer

from documents.models import Document
from documents.services import change_document
from documents.tests.factories import a_docx, a_file, a_pdf, make_document
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
