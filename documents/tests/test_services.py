"""What may be done with documents, and what is refused."""

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.utils import timezone

from crm.tests.factories import make_customer
from documents import tasks
from documents.models import Document, DocumentVersion
from documents.services import (
    change_document,
    purge_trash,
    restore_document,
    trash_document,
    upload_document,
)
from documents.tests.factories import (
    a_docx,
    a_file,
    a_pdf,
    an_image,
    an_xlsx,
    make_document,
    stored,
)
from employees.models import Employee
from employees.tests.factories import make_employee, make_role
from finance.models import Expense
from finance.tests.factories import make_expense
from projects.tests.factories import make_project
from workmate.errors import Conflict, Forbidden
from workmate.tests.threads import at_once, failures


def test_an_upload_keeps_name_size_kind_and_checksum(worker: Employee) -> None:
    document = upload_document(a_file("Müllers Vertrag.pdf", a_pdf("x")), by=worker)
    assert document.title == "Müllers Vertrag"
    assert document.original_name == "Müllers Vertrag.pdf"
    assert document.type == "pdf"
    assert document.owner == worker
    assert len(document.checksum) == 64
    assert document.file.open().read() == a_pdf("x")


@pytest.mark.parametrize("name", ["../../etc/passwd.pdf", "..\\evil.pdf", "a/b/c.pdf", "\0.pdf"])
def test_a_name_never_becomes_a_path(name: str, worker: Employee) -> None:
    file = a_file()
    file._name = name
    document = upload_document(file, by=worker)
    assert "/" not in document.original_name
    assert ".." not in document.file.name
    assert document.file.name.startswith("documents/")


def test_nothing_is_left_of_a_refused_upload(worker: Employee) -> None:
    before = stored()
    for fields in ({"linked_entity_id": make_employee().pk, "linked_entity_type": "Customer"},
                   {"title": "x" * 300}):  # fmt: skip
        with pytest.raises(ValidationError):
            upload_document(a_file(), by=worker, **fields)
    with pytest.raises(ValidationError):
        upload_document(a_file(content=b"<html>"), by=worker)
    assert stored() == before
    assert not Document.objects.exists()


def test_the_same_bytes_again_name_the_document_that_one_sees(worker: Employee) -> None:
    content = a_pdf()
    first = upload_document(a_file(content=content), by=worker)
    with pytest.raises(Conflict) as error:
        upload_document(a_file("Other.pdf", content), by=worker)
    assert str(first.pk) in str(error.value)


def test_the_same_bytes_of_somebody_else_tell_nothing(worker: Employee) -> None:
    content = a_pdf()
    make_document(file=a_file(content=content), is_confidential=True)
    assert upload_document(a_file(content=content), by=worker).owner == worker


@pytest.mark.django_db(transaction=True)
def test_two_uploads_of_the_same_bytes_at_once_make_one_document(worker: Employee) -> None:
    content = a_pdf()
    results = at_once(*[lambda: upload_document(a_file(content=content), by=worker)] * 2)
    assert [type(error) for error in failures(results)] == [Conflict]
    assert Document.objects.count() == 1


def test_a_new_file_keeps_the_old_one_as_a_version(worker: Employee) -> None:
    document = make_document(worker)
    old = document.checksum
    changed = change_document(document, by=worker, file=a_file("Neu.docx", a_docx()))
    assert (changed.version, changed.type) == (2, "doc")
    version = DocumentVersion.objects.get()
    assert (version.number, version.checksum) == (1, old)
    assert default_storage.exists(version.file.name)


def test_a_link_names_its_kind_and_must_be_seen(worker: Employee, admin: Employee) -> None:
    customer = make_customer()
    document = make_document(admin, linked_entity_id=customer.pk)
    assert document.linked_entity_type == "Customer"
    assert document.linked_module == "crm"
    assert document.linked_object == customer
    with pytest.raises(ValidationError) as error:
        make_document(worker, linked_entity_id=customer.pk)
    assert "linked_entity_id" in error.value.error_dict


def test_others_see_what_belongs_to_what_they_see(worker: Employee, admin: Employee) -> None:
    mine = make_project(project_manager=worker)
    shown = make_document(admin, linked_entity_id=mine.pk)
    make_document(admin, linked_entity_id=make_project().pk)
    make_document(admin, linked_entity_id=mine.pk, is_confidential=True)
    make_document(admin)
    assert list(Document.objects.visible_to(worker)) == [shown]


def test_what_is_filed_about_a_person_is_for_them_and_who_sees_personal_data(
    worker: Employee, admin: Employee
) -> None:
    document = make_document(admin, linked_entity_id=worker.pk)
    personnel = make_role("Personnel", ["documents.document.view", "employees.employee.*"])
    directory = make_role("Directory", ["documents.document.view", "employees.employee.view"])
    for person, sees in (
        (worker, True),
        (admin, True),
        (make_employee(role=personnel), True),
        (make_employee(role=directory), False),
        (make_employee(), False),
    ):
        assert (document in Document.objects.visible_to(person)) is sees


def test_confidential_ones_need_a_right_of_their_own(admin: Employee) -> None:
    secret = make_document(is_confidential=True)
    role = make_role("Clerk of files", ["documents.document.view", "documents.document.view_all"])
    clerk = make_employee(role=role)
    assert secret not in Document.objects.visible_to(clerk)
    assert secret in Document.objects.visible_to(admin)


def test_who_only_sees_a_document_cannot_change_or_trash_it(
    worker: Employee, admin: Employee
) -> None:
    mine = make_project(project_manager=worker)
    document = make_document(admin, linked_entity_id=mine.pk)
    for act in (change_document, trash_document, restore_document):
        with pytest.raises(Forbidden):
            act(document, by=worker)


def test_what_is_kept_by_law_is_not_deleted_nor_kept_shorter(worker: Employee) -> None:
    document = make_document(worker, retention_class="ten_years")
    with pytest.raises(Conflict):
        trash_document(document, by=worker)
    with pytest.raises(ValidationError) as error:
        change_document(document, by=worker, retention_class="none")
    assert "retention_class" in error.value.error_dict
    with time_machine.travel(dt.datetime(timezone.now().year + 11, 1, 2, tzinfo=dt.UTC)):
        trash_document(document, by=worker)


def test_the_trash_gives_back_and_is_emptied_after_thirty_days(worker: Employee) -> None:
    document, other = make_document(worker), make_document(worker)
    trash_document(document, by=worker)
    assert document not in Document.objects.live()
    assert restore_document(document, by=worker).deleted_at is None
    trash_document(other, by=worker)
    assert purge_trash() == 0
    with time_machine.travel(timezone.now() + dt.timedelta(days=31)):
        assert purge_trash() == 1
    assert list(Document.objects.all()) == [document]


def test_what_is_still_held_does_not_stop_the_emptying_of_the_trash(
    worker: Employee, caplog: pytest.LogCaptureFixture
) -> None:
    held, other = make_document(worker), make_document(worker)
    for document in (held, other):
        trash_document(document, by=worker)
    Expense.objects.filter(pk=make_expense().pk).update(receipt=held)
    with time_machine.travel(timezone.now() + dt.timedelta(days=31)):
        assert purge_trash() == 1
    assert list(Document.objects.all()) == [held]
    assert default_storage.exists(held.file.name)
    assert "not_purged" in caplog.text


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.pdf", a_pdf("Kuendigung der Vertraege"), "kuendigung"),
        ("a.docx", a_docx("Die Häuser werden verkauft"), "haus"),
        ("a.xlsx", an_xlsx("Umsätze der Filialen"), "filiale"),
    ],
)
def test_the_search_finds_what_stands_in_files(
    name: str, content: bytes, words: str, worker: Employee
) -> None:
    document = upload_document(a_file(name, content), by=worker, title="Untitled")
    tasks.read_text(str(document.pk))
    make_document(worker, file=a_file("b.png", an_image()))
    assert list(Document.objects.search(words)) == [document]
    assert Document.objects.get(pk=document.pk).text_state == "done"


def test_an_unreadable_file_is_kept_without_its_text(worker: Employee) -> None:
    document = upload_document(a_file(content=b"%PDF-1.7 nothing %%EOF"), by=worker)
    tasks.read_text(str(document.pk))
    document.refresh_from_db()
    assert document.text_state == "failed"


def test_the_file_of_a_kept_receipt_is_not_replaced(worker: Employee) -> None:
    document = make_document(worker, retention_class="eight_years")
    changed = change_document(document, by=worker, file=a_file("b.docx", a_docx()))
    assert changed.version == 2
    make_expense(employee=worker, receipt=changed)
    with pytest.raises(Conflict) as error:
        change_document(changed, by=worker, file=a_file())
    assert error.value.code == "kept"
    assert Document.objects.get().version == 2


@pytest.mark.parametrize(("retention", "code"), [("eight_years", "kept"), ("none", "in_use")])
def test_a_receipt_stays_where_it_is_looked_up(worker: Employee, retention: str, code: str) -> None:
    document = make_document(worker, retention_class=retention)
    make_expense(employee=worker, receipt=document)
    for hidden in ({"is_confidential": True}, {"linked_entity_type": "", "linked_entity_id": None}):
        with pytest.raises(Conflict) as error:
            change_document(document, by=worker, **hidden)
        assert error.value.code == code
    assert change_document(document, by=worker, title="Beleg").title == "Beleg"
