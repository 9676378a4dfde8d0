"""Several files at once, a new version by drop: what comes about, what is refused, by whom."""

from typing import Any

import pytest
from django.test import Client

from conftest import ClientOf
from documents.content import MAX_UPLOAD_BYTES
from documents.models import Document
from documents.tests.factories import a_docx, a_file, a_pdf, make_document, stored
from documents.tests.test_views import grant
from employees.models import Employee
from projects.tests.factories import make_project

UPLOAD = "/documents/upload/"
SCRIPT = {"Accept": "application/json"}


def send(client: Client, url: str = UPLOAD, **body: Any) -> Any:
    """As the script does: one file, answered in JSON."""
    return client.post(url, body, headers=SCRIPT)


def test_several_files_of_a_plain_form_become_documents_of_their_object(
    worker: Employee, client_of: ClientOf
) -> None:
    project, client = make_project(project_manager=worker), client_of(worker)
    page = client.get(f"{UPLOAD}?linked_entity_id={project.pk}")
    assert str(project.pk) in page.content.decode()
    body = {"file": [a_file("Plan.pdf"), a_file("Brief.docx", a_docx())],
            "linked_entity_id": str(project.pk), "is_confidential": "on"}  # fmt: skip
    assert client.post(UPLOAD, body).status_code == 302
    found = Document.objects.order_by("title")
    assert [document.title for document in found] == ["Brief", "Plan"]
    assert all(d.linked_object == project and d.is_confidential for d in found)


def test_a_refusal_of_one_file_does_not_stop_the_others_and_names_it(
    worker: Employee, client_of: ClientOf
) -> None:
    files = [a_file("Seite.pdf", b"<html><script>alert(1)</script>"), a_file("leer.pdf", b""),
             a_file("Plan.pdf")]  # fmt: skip
    before = stored()
    response = client_of(worker).post(UPLOAD, {"file": files})
    assert response.status_code == 422
    outcomes = response.context["outcomes"]
    assert [bool(outcome.error) for outcome in outcomes] == [True, True, False]
    page = response.content.decode()
    assert "Seite.pdf" in page
    assert "leer.pdf" in page
    assert Document.objects.get().title == "Plan"
    assert len(stored() - before) == 1


def test_the_script_is_told_of_each_file(worker: Employee, client_of: ClientOf) -> None:
    client, content = client_of(worker), a_pdf()
    made = send(client, file=a_file("Plan.pdf", content))
    document = Document.objects.get()
    assert (made.status_code, made.json()["url"]) == (201, f"/documents/{document.pk}/")
    again = send(client, file=a_file("Kopie.pdf", content))
    assert again.status_code == 422
    assert again.json()["there"] == {"title": "Plan", "url": f"/documents/{document.pk}/"}
    assert send(client).status_code == 422
    assert send(client, file=a_file(), linked_entity_id="x").json()["error"]


def test_nobody_is_led_to_a_duplicate_that_they_do_not_see(
    worker: Employee, admin: Employee, client_of: ClientOf
) -> None:
    content = a_pdf()
    secret = make_document(admin, title="Abmahnung", file=a_file("a.pdf", content),
                           is_confidential=True)  # fmt: skip
    answer = send(client_of(worker), file=a_file("b.pdf", content))
    assert answer.status_code == 201
    assert str(secret.pk) not in answer.content.decode()


def test_no_file_is_put_where_the_person_does_not_look(
    worker: Employee, client_of: ClientOf
) -> None:
    foreign, before = make_project(), stored()
    answer = send(client_of(worker), file=a_file(), linked_entity_id=str(foreign.pk))
    assert answer.status_code == 422
    assert not Document.objects.exists()
    assert stored() == before


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", 'a"><img src=x onerror=alert(1)>', "\x00\u202e", "ü" * 300]
)
def test_hostile_names_stay_words(name: str, worker: Employee, client_of: ClientOf) -> None:
    client, content, before = client_of(worker), a_pdf(), stored()
    answer = send(client, file=a_file(f"{name}.pdf", content))
    assert answer.status_code == 201
    (path,) = stored() - before
    assert path.startswith("documents/")
    assert "etc" not in path
    for url in ("/documents/", answer.json()["url"]):
        assert "<img src=x" not in client.get(url).content.decode()
    refused = client.post(UPLOAD, {"file": [a_file(f"{name}.pdf", b"no")]})
    assert "<img src=x" not in refused.content.decode()


def test_a_forged_form_uploads_nothing(worker: Employee) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(worker)
    assert send(client, file=a_file()).status_code == 403
    assert not Document.objects.exists()


def test_a_new_version_is_dropped_on_the_document(worker: Employee, client_of: ClientOf) -> None:
    document, client = make_document(worker, title="Plan"), client_of(worker)
    url = f"/documents/{document.pk}/"
    assert client.get(url).context["drop"]["url"] == f"{url}replace/"
    assert send(client, f"{url}replace/", file=a_file("Plan 2.pdf")).json()["url"] == url
    assert client.post(f"{url}replace/", {"file": a_file("Plan 3.pdf")}).status_code == 302
    document.refresh_from_db()
    assert (document.title, document.version) == ("Plan", 3)
    same = send(client, f"{url}replace/", file=a_file("x.pdf", b"no pdf"))
    assert same.status_code == 422
    assert client.get(f"{url}replace/").status_code == 200
    # Its title stands there: of a confidential one it is recorded who saw it.
    assert not document.accesses.exists()
    secret = make_document(worker, is_confidential=True)
    assert client.get(f"/documents/{secret.pk}/replace/").status_code == 200
    assert secret.accesses.count() == 1


def test_no_place_for_files_is_shown_to_who_may_not_use_it(
    worker: Employee, clerk: Employee, admin: Employee, client_of: ClientOf
) -> None:
    project = make_project(project_manager=worker)
    document = make_document(admin, linked_entity_id=project.pk)
    client = client_of(worker)
    assert client.get(f"/documents/{document.pk}/").context["drop"] is None
    answer = send(client, f"/documents/{document.pk}/replace/", file=a_file())
    assert answer.status_code == 422
    document.refresh_from_db()
    assert document.version == 1
    assert client.get("/documents/").context["drop"]["most"] == MAX_UPLOAD_BYTES
    assert client.get(f"/documents/?owner_id={admin.pk}").context["drop"] is None
    grant(clerk, "documents.document.view")
    assert client_of(clerk).get("/documents/").context["drop"] is None


def test_the_tab_of_an_object_uploads_to_it(worker: Employee, client_of: ClientOf) -> None:
    project = make_project(project_manager=worker)
    panel = client_of(worker).get(
        f"/documents/?linked_entity_id={project.pk}",
        headers={"HX-Request": "true", "HX-Target": "panel"},
    )
    assert panel.context["drop"]["fields"] == {"linked_entity_id": str(project.pk)}
    assert "data-script" in panel.content.decode()


def test_the_words_found_in_a_document_stand_on_its_page(
    worker: Employee, client_of: ClientOf
) -> None:
    document = make_document(worker)
    Document.objects.update(text="Kündigungsfrist <b>drei</b> Monate")
    page = client_of(worker).get(f"/documents/{document.pk}/").content.decode()
    assert "Kündigungsfrist &lt;b&gt;drei" in page
