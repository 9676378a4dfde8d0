"""Many PDFs: how far they are, and all of them as one file."""

from io import BytesIO
from typing import Any
from uuid import uuid4
from zipfile import ZipFile

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext

from conftest import ClientOf
from documents.models import Document
from employees.models import Employee
from employees.tests.factories import make_employee, make_role
from invoices.models import Invoice
from invoices.services import store_pdf
from invoices.tests.factories import make_finalized, make_invoice


@pytest.fixture(autouse=True)
def _quick_paper(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not what it looks like, but that it is there."""
    monkeypatch.setattr(
        "invoices.services.dispatch.render_pdf",
        lambda invoice: b"%PDF-1.7 " + str(invoice.pk).encode(),
    )


def zipped(response: Any) -> dict[str, bytes]:
    with ZipFile(BytesIO(b"".join(response.streaming_content))) as file:
        assert file.testzip() is None
        return {name: file.read(name) for name in file.namelist()}


def test_the_ticked_rows_lead_to_their_progress_and_to_one_file(
    clerk: Employee,
    client_of: ClientOf,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    queued: list[str] = []
    send = "invoices.tasks.render_pdf.apply_async"
    monkeypatch.setattr(send, lambda told, priority: queued.append(told[0]))
    first, second, _other = (make_finalized() for _number in range(3))
    draft = make_invoice()
    store_pdf(first)
    client = client_of(clerk)
    body = {"ids": [str(row.pk) for row in (first, second, draft)]}
    response = client.post("/invoices/bulk/pdfs/", {"ids": [*body["ids"], str(uuid4()), "x"]})
    here = response["Location"]
    assert queued == [str(second.pk)]
    page = client.get(here)
    assert page.context["count"] == {"all": 2, "made": 1, "drafts": 1}
    assert 'data-live="pdfs"' in page.content.decode()
    part = client.get(here, headers={"HX-Request": "true"}).content.decode()
    assert '<progress class="progress" max="2" value="1"' in part
    assert "<html" not in part
    assert "/invoices/pdfs/zip/" not in part
    store_pdf(second)
    assert client.get(here).context["is_whole"]
    url = client.get(here).context["zip_url"]
    with CaptureQueriesContext(connection) as asked:
        files = zipped(client.get(url))
    assert not any("FOR UPDATE" in query["sql"] for query in asked)
    assert set(files) == {first.pdf_name, second.pdf_name}
    default_storage.delete(Document.objects.get(invoices=first).file.name)
    assert zipped(client.get(url)) == files  # what was lost is made anew
    assert files[second.pdf_name].endswith(str(second.pk).encode())


def test_the_file_holds_what_the_list_shows_and_what_was_still_missing(
    clerk: Employee, client_of: ClientOf
) -> None:
    wanted = make_finalized(title="Kühlschrank")
    Invoice.objects.filter(pk=wanted.pk).update(pdf_id=None)
    make_finalized(title="Herd")
    client = client_of(clerk)
    listed = client.get("/invoices/?search=Kühlschrank").content.decode()
    assert "/invoices/pdfs/zip/?search=K%C3%BChlschrank" in listed
    assert set(zipped(client.get("/invoices/pdfs/zip/?search=Kühlschrank"))) == {wanted.pdf_name}
    assert client.get("/invoices/pdfs/zip/?search=nothing").status_code == 400
    nobody = make_employee(role=make_role("Nobody", ["backoffice.crm.*"]))
    assert client_of(nobody).get("/invoices/pdfs/zip/").status_code == 403


def test_whoever_waits_is_told_of_each(
    clerk: Employee, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Any] = []
    monkeypatch.setattr("invoices.tasks.push", lambda *args: told.append(args))
    invoice = make_finalized()
    Invoice.objects.filter(pk=invoice.pk).update(pdf_id=None)
    client_of(clerk).post(f"/invoices/pdfs/?ids={invoice.pk}")
    assert told == [(clerk.pk, "pdfs")]
    invoice.refresh_from_db()
    assert invoice.pdf_id


def test_several_that_were_finalized_lead_to_their_pdfs(
    clerk: Employee, client_of: ClientOf
) -> None:
    ids = [str(make_invoice().pk) for _number in range(2)]
    page = client_of(clerk).post("/invoices/bulk/finalize/", {"ids": ids}, follow=True)
    assert f"ids={ids[0]}" in page.content.decode()
    assert page.content.decode().count("/invoices/pdfs/?ids=") == 1
