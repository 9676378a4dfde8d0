"""The pages of documents."""

from typing import Any

import pytest

from conftest import ClientOf
from documents.models import Document
from documents.tests.factories import a_docx, a_file, an_image, make_document
from documents.tests.test_api import secret as secret
from employees.models import Employee
from projects.tests.factories import make_project


def grant(person: Employee, *codes: str) -> None:
    """Give a person's role more rights."""
    role = person.role
    assert role is not None
    role.permissions_json = [*role.permissions_json, *codes]
    role.save()


def test_a_file_is_uploaded_with_the_page(worker: Employee, client_of: ClientOf) -> None:
    project = make_project(project_manager=worker)
    body = {"file": a_file("Plan.pdf"), "title": "", "linked_entity_id": str(project.pk),
            "retention_class": "none"}  # fmt: skip
    page = client_of(worker).get(f"/documents/new/?linked_entity_id={project.pk}")
    assert 'enctype="multipart/form-data"' in page.content.decode()
    assert str(project.pk) in page.content.decode()
    response = client_of(worker).post("/documents/new/", body)
    document = Document.objects.get()
    assert response.status_code == 302
    assert (document.title, document.linked_object) == ("Plan", project)


def test_what_is_wrong_stands_at_the_file_and_nothing_typed_is_lost(
    worker: Employee, client_of: ClientOf
) -> None:
    body = {"title": "Typed", "file": a_file(content=b"<html>"), "retention_class": "none"}
    response = client_of(worker).post("/documents/new/", body)
    assert response.status_code == 422
    assert "file" in response.context["form"].errors
    assert "Typed" in response.content.decode()
    missing = client_of(worker).post("/documents/new/", {"retention_class": "none"})
    assert "file" in missing.context["form"].errors


def test_a_file_that_a_refused_form_lost_is_asked_for_again(
    worker: Employee, client_of: ClientOf
) -> None:
    body = {"title": "x" * 300, "retention_class": "none"}
    client = client_of(worker)
    page = client.post("/documents/new/", {**body, "file": a_file()}).content.decode()
    assert page.count('class="hint warn"') == 1
    assert 'class="hint warn"' not in client.post("/documents/new/", body).content.decode()


def test_a_new_version_comes_with_the_edit_page(worker: Employee, client_of: ClientOf) -> None:
    document, browser = make_document(worker, title="Plan"), client_of(worker)
    url = f"/documents/{document.pk}/"
    body = {"title": "Plan", "file": a_file("Plan 2.docx", a_docx()), "retention_class": "none"}
    assert browser.post(f"{url}edit/", body).status_code == 302
    page = browser.get(url)
    assert page.context["versions"][0].number == 1
    assert page.context["preview_url"] == ""


@pytest.mark.parametrize(("name", "content"), [("a.png", an_image()), ("a.pdf", None)])
def test_pictures_and_pdf_are_shown_in_a_frame(
    name: str, content: bytes | None, worker: Employee, client_of: ClientOf
) -> None:
    document = make_document(worker, file=a_file(name, content))
    page = client_of(worker).get(f"/documents/{document.pk}/")
    assert "<iframe" in page.content.decode()
    shown = client_of(worker).get(page.context["preview_url"])
    assert shown["Content-Disposition"].startswith("inline")
    assert ("sandbox" in shown["Content-Security-Policy"]) is (name == "a.png")


def test_the_panel_beside_the_list_says_what_it_is_and_who_looked_is_kept(
    admin: Employee, worker: Employee, client_of: ClientOf
) -> None:
    document = make_document(worker, title="Vertrag", is_confidential=True)
    url, client = f"/documents/{document.pk}/preview/", client_of(worker)
    assert client.get(url)["Location"] == document.get_absolute_url()
    panel = client.get(url, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in panel
    assert "Vertrag" in panel
    assert f"{document.download_url}?inline=1" in panel
    assert document.accesses.get().person == worker


def test_the_trash_is_a_list_and_gives_back(admin: Employee, client_of: ClientOf) -> None:
    document, browser = make_document(admin), client_of(admin)
    url = f"/documents/{document.pk}/"
    assert browser.post(f"{url}delete/").status_code == 302
    assert not browser.get("/documents/").context["table"]["rows"]
    assert len(browser.get("/documents/?trashed=true").context["table"]["rows"]) == 1
    assert browser.post(f"{url}restore/").status_code == 302
    assert len(browser.get("/documents/").context["table"]["rows"]) == 1


@pytest.mark.parametrize(
    "path",
    [
        "/documents/",
        "/documents/?search=Geheimnis",
        "/search/?q=Geheimnis",
        "/",
        "/documents/?trashed=true",
    ],
)
def test_a_secret_is_on_no_page(
    path: str, secret: Document, worker: Employee, client_of: ClientOf
) -> None:
    page = client_of(worker).get(path).content.decode()
    assert str(secret.pk) not in page
    assert "Abmahnung" not in page


@pytest.mark.parametrize(
    "path", ["", "edit/", "delete/", "preview/", "download/", "download/?inline=1"]
)
def test_a_secret_has_no_address(
    path: str, secret: Document, admin: Employee, worker: Employee, client_of: ClientOf
) -> None:
    grant(worker, "documents.document.delete")
    assert client_of(worker).get(f"/documents/{secret.pk}/{path}").status_code == 404


def test_a_secret_is_not_in_the_panel_of_its_object_nor_in_admin(
    secret: Document, worker: Employee, clerk: Employee, client_of: ClientOf
) -> None:
    panel = client_of(worker).get(
        f"/documents/?linked_entity_id={secret.linked_entity_id}",
        headers={"HX-Request": "true", "HX-Target": "panel"},
    )
    assert "Geheimnis" not in panel.content.decode()
    # Narrowed by its row alone: it is empty, and not the result of a search.
    assert panel.context["empty"]["title"].endswith("Dokumente")
    grant(clerk, "documents.document.view", "documents.document.change")
    grant(clerk, "documents.document.view_all")
    browser = client_of(clerk)
    assert "Geheimnis" not in browser.get("/admin/documents/document/").content.decode()
    assert browser.get(f"/admin/documents/document/{secret.pk}/change/").status_code in {302, 404}


def test_what_a_document_belongs_to_is_named_only_to_who_sees_it(
    worker: Employee, admin: Employee, client_of: ClientOf
) -> None:
    project = make_project(title="Closed project", project_manager=worker)
    document = make_document(worker, linked_entity_id=project.pk)
    url = f"/documents/{document.pk}/"
    assert "Closed project" in client_of(worker).get(url).content.decode()
    project.project_manager = admin
    project.save()
    assert "Closed project" not in client_of(worker).get(url).content.decode()


def test_the_form_finds_what_a_document_belongs_to_among_all_kinds(
    worker: Employee, client_of: ClientOf
) -> None:
    mine, foreign = (
        make_project(project_manager=worker, title="Portal Nord"),
        make_project(title="Portal Süd"),
    )
    client, link = client_of(worker), f"Project:{mine.pk}"
    offered = client.get("/documents/new/", {"pick": "linked_entity_id", "q": "portal"})
    assert f'data-value="{link}"' in offered.content.decode()
    assert str(foreign.pk) not in offered.content.decode()
    assert "<li" not in client.get("/documents/new/?pick=linked_entity_id").content.decode()
    # What the address names is chosen already, unless it is not seen.
    page = client.get(f"/documents/new/?linked_entity_id={mine.pk}")
    assert f'<option value="{link}" selected>' in page.content.decode()
    for query in (f"?linked_entity_id={foreign.pk}", "?linked_entity_id=x"):
        page = client.get(f"/documents/new/{query}")
        assert "Süd" not in page.content.decode()
        assert page.context["form"]["linked_entity_id"].value() is None, query


def test_a_document_is_linked_relinked_and_let_go_on_its_form(
    worker: Employee, admin: Employee, client_of: ClientOf
) -> None:
    mine, other = make_project(project_manager=worker), make_project(project_manager=worker)
    document, client = make_document(worker), client_of(worker)
    url, body = f"/documents/{document.pk}/edit/", {"title": "Plan", "retention_class": "none"}

    def saved(**link: str) -> tuple[int, str, Any]:
        response = client.post(url, {**body, **link})
        document.refresh_from_db()
        return response.status_code, document.linked_module, document.linked_entity_id

    assert saved(linked_entity_id=f"Project:{mine.pk}") == (302, "projects", mine.pk)
    for foreign in (f"Project:{make_project().pk}", f"Customer:{mine.pk}", "Role:x", "x"):
        assert saved(linked_entity_id=foreign) == (422, "projects", mine.pk), foreign
    refused = client.post(url, {**body, "linked_entity_id": f"Project:{make_project().pk}"})
    assert list(refused.context["form"].errors) == ["linked_entity_id"]
    # Without scripts a typed text will do that finds one alone.
    typed = {"linked_entity_id": "", "linked_entity_id-search": other.project_number}
    assert saved(**typed) == (302, "projects", other.pk)
    # What is no longer seen is not named, and stays as long as nobody changes it.
    other.project_manager = admin
    other.save()
    page = client.get(url).content.decode()
    assert f'<option value="Project:{other.pk}" selected>' in page
    assert other.title not in page
    assert saved(linked_entity_id=f"Project:{other.pk}") == (302, "projects", other.pk)
    assert saved(linked_entity_id="") == (302, "", None)


def test_a_file_that_is_here_already_is_named_without_its_id(
    worker: Employee, client_of: ClientOf
) -> None:
    content = a_docx()
    there = make_document(worker, title="Contract", file=a_file("a.docx", content))
    body = {"file": a_file("b.docx", content), "retention_class": "none"}
    response = client_of(worker).post("/documents/new/", body)
    (error,) = response.context["form"].errors["file"]
    assert "Contract" in error
    assert str(there.pk) not in error
