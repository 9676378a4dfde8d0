"""Documents over the API."""

from pathlib import Path
from secrets import token_bytes
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from conftest import ClientOf
from crm.tests.factories import make_customer
from documents.models import Document, DocumentAccess
from documents.tests.factories import a_file, a_pdf, a_zip, an_image, make_document
from employees.models import Employee
from employees.tests.factories import make_token
from projects.tests.factories import make_project

URL = "/api/documents"
# Every part looks harmless by itself: no more than a hundred times what it takes packed.
PART = (token_bytes(1100) + b"\0" * 109_000) * 50
A_BOMB = a_zip(
    **{"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<x/>"},
    **{f"xl/worksheets/sheet{number}.xml": PART for number in range(20)},
)


@pytest.fixture
def client(worker: Employee) -> Client:
    """Sends multipart bodies with the worker's token."""
    return Client(headers={"Authorization": f"Bearer {make_token(worker)}"})


def test_the_upload_of_the_specification(client: Client, worker: Employee) -> None:
    body = {"file": a_file("Arbeitsvertrag.pdf"), "title": "Arbeitsvertrag Joshua Phu",
            "category": "Vertrag", "is_confidential": "true"}  # fmt: skip
    response = client.post(URL, body)
    assert response.status_code == 201, response.content
    data = response.json()
    assert data["file_path"] == f"/api/documents/{data['id']}/download"
    assert data["owner_id"] == str(worker.pk)
    assert data["is_confidential"] is True
    assert "documents/" not in data["file_path"].removeprefix("/api/documents/")


def test_a_download_is_an_attachment_with_its_name(client: Client, worker: Employee) -> None:
    document = make_document(worker, file=a_file("Müller & Söhne.pdf"))
    response = client.get(f"{URL}/{document.pk}/download")
    assert response.status_code == 200
    assert response["Content-Disposition"].startswith("attachment")
    assert "M%C3%BCller" in response["Content-Disposition"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    inline = client.get(f"{URL}/{document.pk}/download?inline=true")
    assert inline["Content-Disposition"].startswith("inline")


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.pdf", b"", "empty"),
        ("a.exe", b"MZ\0\0", "wrong_type"),
        ("a.pdf", an_image(), "wrong_name"),
        ("a.xlsx", A_BOMB, "unpacked_too_large"),
    ],
    ids=["empty", "type", "name", "bomb"],
)
def test_a_file_that_is_none_is_refused_at_its_field(
    name: str, content: bytes, code: str, client: Client, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    response = client.post(URL, {"file": SimpleUploadedFile(name, content)})
    assert response.status_code == 400
    assert (response.json()["errors"][0]["attr"], response.json()["errors"][0]["code"]) == (
        "file", code)  # fmt: skip
    assert not Document.objects.exists()
    assert not list(tmp_path.rglob("*"))


def test_a_json_body_has_no_file(api_of: ClientOf, worker: Employee) -> None:
    response = api_of(worker).post(URL, {"title": "Without"})
    assert response.status_code == 400
    assert response.json()["errors"][0]["attr"] == "file"


def test_a_duplicate_is_a_conflict(client: Client) -> None:
    content = a_pdf()
    assert client.post(URL, {"file": a_file(content=content)}).status_code == 201
    response = client.post(URL, {"file": a_file(content=content)})
    assert response.status_code == 409
    assert response.json()["errors"][0]["code"] == "duplicate"


def test_put_and_patch_change_facts_and_delete_moves_to_the_trash(
    api_of: ClientOf, worker: Employee, admin: Employee
) -> None:
    document, api = make_document(worker, category="Plan"), api_of(worker)
    url = f"{URL}/{document.pk}"
    assert api.patch(url, {"title": "Neu"}).json()["title"] == "Neu"
    assert api.put(url, {"title": "Ganz neu"}).json()["category"] == ""
    boss = api_of(admin)
    assert boss.delete(url).status_code == 204
    assert boss.get(URL).json()["total"] == 0
    assert boss.get(f"{URL}?trashed=true").json()["total"] == 1
    assert boss.post(f"{url}/restore").json()["deleted_at"] is None


# --- A confidential document of somebody else, on every path ------------------------------------


@pytest.fixture
def secret(admin: Employee, worker: Employee) -> Document:
    """A confidential document of somebody else, linked to a project that the worker leads."""
    project = make_project(project_manager=worker)
    return make_document(
        admin,
        title="Geheimnis",
        category="Abmahnung",
        is_confidential=True,
        linked_entity_id=project.pk,
        file=a_file(content=a_pdf("Geheimer Text")),
    )


@pytest.mark.parametrize(
    "path",
    [
        "/api/documents",
        "/api/documents?search=Geheimnis",
        "/api/documents?search=Geheimer",
        "/api/documents?category=Abmahnung",
        "/api/documents?linked_entity_id={linked}",
        "/api/documents?checksum={checksum}",
        "/api/employees/{owner}/documents",
    ],
)
def test_a_secret_is_in_no_list_count_or_search(
    path: str, secret: Document, worker: Employee, api_of: ClientOf
) -> None:
    url = path.format(
        linked=secret.linked_entity_id, owner=secret.owner_id, checksum=secret.checksum
    )
    response = api_of(worker).get(url)
    assert response.status_code == 200
    assert (response.json()["total"], response.json()["items"]) == (0, [])


@pytest.mark.parametrize("path", ["", "/download", "/download?inline=true"])
def test_a_secret_is_not_there_by_its_id(
    path: str, secret: Document, worker: Employee, api_of: ClientOf
) -> None:
    assert api_of(worker).get(f"{URL}/{secret.pk}{path}").status_code == 404


def test_a_secret_does_not_show_in_the_duplicate_check(secret: Document, client: Client) -> None:
    response = client.post(URL, {"file": a_file(content=a_pdf("Geheimer Text"))})
    assert response.status_code == 201


def test_a_secret_is_not_in_the_feed(
    secret: Document, clerk: Employee, worker: Employee, api_of: ClientOf, client_of: ClientOf
) -> None:
    for person in (clerk, worker):
        response = api_of(person).get("/api/activity")
        assert "Geheimnis" not in response.content.decode()
    project = secret.linked_object
    assert project is not None
    page = client_of(worker).get(project.get_absolute_url())
    assert "Geheimnis" not in page.content.decode()


def test_each_look_at_a_secret_is_recorded(
    secret: Document, admin: Employee, api_of: ClientOf, client_of: ClientOf
) -> None:
    api_of(admin).get(f"{URL}/{secret.pk}")
    api_of(admin).get(f"{URL}/{secret.pk}/download")
    client_of(admin).get(f"/documents/{secret.pk}/")
    client_of(admin).get(f"/documents/{secret.pk}/download/?inline=true")
    kinds = DocumentAccess.objects.filter(person=admin).values_list("kind", flat=True)
    assert sorted(kinds) == ["download", "download", "view", "view"]
    open_one = make_document(admin)
    api_of(admin).get(f"{URL}/{open_one.pk}")
    assert DocumentAccess.objects.count() == 4


def test_lists_of_many_ask_as_often_as_lists_of_few(
    admin: Employee, worker: Employee, api_of: ClientOf
) -> None:
    for person in (admin, worker):
        api, counts = api_of(person), []
        make_document(person, linked_entity_id=None)
        api.get(URL)
        for _round in range(2):
            for _number in range(3):
                make_document(person)
            with CaptureQueriesContext(connection) as asked:
                assert api.get(URL).status_code == 200
            counts.append(len(asked))
            # A document's text and words can be a megabyte each.
            wide = ('"documents"."text"', "search_words")
            assert not [query for query in asked if any(name in query["sql"] for name in wide)]
        assert counts[0] == counts[1]


def test_a_link_to_what_is_not_seen_is_refused(client: Client) -> None:
    body: dict[str, Any] = {"file": a_file(), "linked_entity_id": str(make_customer().pk)}
    response = client.post(URL, body)
    assert response.status_code == 400
    assert response.json()["errors"][0]["attr"] == "linked_entity_id"


def test_an_id_alone_links_and_null_lets_go(admin: Employee, api_of: ClientOf) -> None:
    customer, project = make_customer(), make_project()
    url, api = f"{URL}/{make_document(admin, linked_entity_id=customer.pk).pk}", api_of(admin)
    moved = api.patch(url, {"linked_entity_id": str(project.pk)}).json()
    assert (moved["linked_entity_type"], moved["linked_module"]) == ("Project", "projects")
    free = api.patch(url, {"linked_entity_id": None}).json()
    assert (free["linked_entity_type"], free["linked_entity_id"]) == ("", None)
