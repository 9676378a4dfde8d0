"""The PDF of an invoice is a document: whose it is, who finds it, and that it stays."""

import datetime as dt
import hashlib
from importlib import import_module
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.models import ProtectedError

from conftest import ClientOf
from documents.models import Document
from documents.services import change_document, trash_document, upload_document
from documents.tasks import read_text
from documents.tests.factories import a_docx, a_file, make_document
from employees.models import Employee
from employees.tests.factories import make_employee, make_role
from invoices.models import Invoice
from invoices.pdf import render_pdf
from invoices.services import finalize_invoice, store_pdf
from invoices.tests.factories import make_buyer, make_finalized, make_invoice
from workmate.tests.threads import at_once, failures

ALL_DOCUMENTS = ["documents.*"]
NEWS = import_module("invoices.migrations.0005_pdfs_are_documents")


def stored() -> set[str]:
    """The names of all stored files of documents."""
    if not default_storage.exists("documents"):
        return set()
    return {
        f"documents/{folder}/{name}"
        for folder in default_storage.listdir("documents")[0]
        for name in default_storage.listdir(f"documents/{folder}")[1]
    }


@pytest.fixture
def invoice() -> Invoice:
    return store_pdf(make_finalized(customer=make_buyer(name="Bäckerei Größer KG")))


@pytest.fixture
def librarian() -> Employee:
    """Who may do all with documents, and sees no invoices."""
    return make_employee(role=make_role("Librarian", ALL_DOCUMENTS))


def test_the_pdf_is_a_document_of_the_company_that_is_kept_as_the_law_has_it(
    invoice: Invoice, clerk: Employee, client_of: ClientOf
) -> None:
    document = Document.objects.get()
    assert invoice.pdf == document
    assert (document.owner, document.linked_object, document.type) == (None, invoice, "pdf")
    assert document.original_name == f"{invoice.invoice_number}.pdf"
    assert document.title == f"Rechnung {invoice.invoice_number} · Bäckerei Größer KG"
    year = dt.date.today().year + 8  # noqa: DTZ011  the year alone
    assert (document.retention_class, document.is_kept) == ("eight_years", True)
    assert document.retention_until == dt.date(year, 12, 31)
    content = document.file.read()
    assert hashlib.sha256(content).hexdigest() == document.checksum
    assert document.size_bytes == len(content)
    response: Any = client_of(clerk).get(f"/invoices/{invoice.pk}/pdf/")
    assert response.open_file().read() == content
    assert document.file.name in stored()
    assert not default_storage.exists(f"invoices/{invoice.pk}.pdf")


def test_quotes_are_letters_and_drafts_have_no_document() -> None:
    draft = make_invoice(document_type="quote")
    with pytest.raises(ValidationError):
        store_pdf(draft)
    assert not Document.objects.exists()
    letter = store_pdf(finalize_invoice(draft, by=None)).pdf
    assert letter.retention_class == "six_years"
    assert letter.summary.endswith(f" · {letter.category}")
    assert letter.category == "Angebot"


def test_who_sees_invoices_finds_it_by_number_and_customer(
    invoice: Invoice, clerk: Employee, api_of: ClientOf
) -> None:
    clerk.role.permissions_json += ["documents.document.view"]
    clerk.role.save()
    api = api_of(clerk)
    read_text(str(invoice.pdf.pk))
    # By its title, and by the words that the background read in it.
    for text in (invoice.invoice_number, "Größer", "Consulting"):
        (found,) = api.get("/api/documents", {"search": text}).json()["items"]
        assert found["id"] == str(invoice.pdf.pk)
    assert api.get(f"/api/documents/{invoice.pdf.pk}/download").status_code == 200


def test_who_sees_no_invoices_does_not_see_it_whatever_they_may_do_with_documents(
    invoice: Invoice, librarian: Employee, admin: Employee, api_of: ClientOf
) -> None:
    other = make_document(admin)
    api, pk = api_of(librarian), invoice.pdf.pk
    for query in ({}, {"search": invoice.invoice_number}, {"checksum": invoice.pdf.checksum}):
        found = {item["id"] for item in api.get("/api/documents", query).json()["items"]}
        assert found == (set() if query else {str(other.pk)})
    for url in (f"/api/documents/{pk}", f"/api/documents/{pk}/download"):
        assert api.get(url).status_code == 404
    assert api.delete(f"/api/documents/{pk}").status_code == 404
    # Nor does the check for duplicates tell of it.
    assert upload_document(a_file("a.pdf", invoice.pdf.file.read()), by=librarian)


def test_nobody_changes_replaces_or_deletes_it(
    invoice: Invoice, admin: Employee, api_of: ClientOf, client_of: ClientOf
) -> None:
    document, api = invoice.pdf, api_of(admin)
    before = Document.objects.values().get()
    for act in (
        lambda: change_document(document, by=admin, title="Mine"),
        lambda: change_document(document, by=admin, file=a_file("b.docx", a_docx())),
        lambda: trash_document(document, by=admin),
    ):
        with pytest.raises(ValidationError) as refused:
            act()
        assert refused.value.code == "bound"
    url = f"/api/documents/{document.pk}"
    assert api.patch(url, {"title": "Mine"}).status_code == 409
    assert api.delete(url).status_code == 409
    page = client_of(admin).get(f"/documents/{document.pk}/").content.decode()
    assert f"/documents/{document.pk}/edit/" not in page
    assert f"/documents/{document.pk}/delete/" not in page
    with pytest.raises(ProtectedError):
        document.delete()
    with pytest.raises(DatabaseError, match="keeps its PDF"), transaction.atomic():
        Invoice.objects.update(pdf_id=None)
    assert Document.objects.values().get() == before


def test_one_that_differs_when_it_is_made_anew_stays_the_same_document(
    invoice: Invoice, caplog: pytest.LogCaptureFixture
) -> None:
    document = invoice.pdf
    Document.objects.update(checksum="0" * 64)
    default_storage.delete(document.file.name)
    again = store_pdf(invoice).pdf
    assert (again.pk, Document.objects.count()) == (document.pk, 1)
    assert hashlib.sha256(again.file.read()).hexdigest() == again.checksum == document.checksum
    assert "pdf_made_anew_differs" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_make_one_document(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("invoices.receivers.render_pdf.delay", lambda key: None)
    invoice, before = make_finalized(), stored()
    results = at_once(*[lambda: store_pdf(invoice).pdf.pk] * 3)
    assert failures(results) == []
    assert set(results) == {Document.objects.get().pk}
    assert stored() - before == {Document.objects.get().file.name}


@pytest.mark.django_db(transaction=True)
def test_files_from_before_become_documents_where_they_lie(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Also one whose file was lost: it keeps its hash, and is made anew with the same bytes."""
    monkeypatch.setattr("invoices.receivers.render_pdf.delay", lambda key: None)
    monkeypatch.setattr(NEWS, "CHUNK", 1)
    stored, lost, without = (make_finalized() for _number in range(3))
    content = {invoice.pk: render_pdf(invoice) for invoice in (stored, lost)}
    executor = MigrationExecutor(connection)
    executor.migrate([("invoices", "0004_pdf")])
    with connection.cursor() as cursor:
        for pk, pdf in content.items():
            cursor.execute(
                "update invoices set pdf_path = %s, pdf_sha256 = %s where id = %s",
                [f"invoices/{pk}.pdf", hashlib.sha256(pdf).hexdigest(), pk],
            )
    default_storage.save(f"invoices/{stored.pk}.pdf", ContentFile(content[stored.pk]))
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())
    made = {document.linked_entity_id: document for document in Document.objects.all()}
    assert set(made) == {stored.pk, lost.pk}
    document = made[stored.pk]
    assert (document.file.name, document.size_bytes) == (
        f"invoices/{stored.pk}.pdf",
        len(content[stored.pk]),
    )
    assert document.title.startswith(f"Rechnung {stored.invoice_number}")
    for invoice in (stored, lost):
        pdf = store_pdf(invoice).pdf
        assert pdf == made[invoice.pk]
        assert (pdf.file.read(), pdf.size_bytes) == (content[invoice.pk], len(content[invoice.pk]))
    without.refresh_from_db()
    assert without.pdf is None
    default_storage.delete(f"invoices/{stored.pk}.pdf")
