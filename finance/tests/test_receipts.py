"""Receipts: documents of the person, seen with the expense, kept as the law wants."""

import datetime as dt
import json
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.utils import timezone

from documents.models import Document
from documents.services import change_document, trash_document, upload_document
from employees.models import Employee
from employees.tests.factories import make_employee, make_role, make_token
from finance.models import Expense
from finance.services import (
    approve_expense,
    change_expense,
    create_expense,
    delete_expense,
    drop_kept_files,
    keep_file,
    reimburse_expense,
    reopen_expense,
    submit_expense,
)
from finance.tests.factories import a_receipt, make_expense
from workmate.errors import Conflict

URL = "/api/expenses"
BODY = {
    "category": "travel",
    "description": "Train to Kiel",
    "expense_date": "2025-03-10",
    "amount": "45.90",
}


def form_of(person: Employee) -> Client:
    """A client that sends forms with files."""
    return Client(headers={"Authorization": f"Bearer {make_token(person)}"})


def make_with_receipt(number: int = 1, **fields: Any) -> Expense:
    return make_expense(receipt_file=a_receipt(number), no_receipt_reason="", **fields)


def code(response: Any) -> tuple[int, str, str | None]:
    """Status, code and field of the first error."""
    error = response.json()["errors"][0]
    return response.status_code, error["code"], error["attr"]


def test_the_receipt_comes_with_the_expense(worker: Employee, api_of: Any) -> None:
    taxes = json.dumps([{"tax_rate": "19", "gross": "45.90"}])
    body = {**BODY, "taxes": taxes, "receipt_file": a_receipt()}
    response = form_of(worker).post(URL, body)
    assert response.status_code == 201, response.content
    made = response.json()
    assert made["receipt_url"] == f"/api/documents/{made['receipt_id']}/download"
    assert made["tax_amount"] == "7.33"
    assert "receipt_file" not in made
    assert api_of(worker).get(made["receipt_url"]).status_code == 200
    assert api_of(worker).post(f"{URL}/{made['id']}/submit").json()["status"] == "submitted"
    document = Document.objects.get()
    assert (document.owner, document.original_name) == (worker, "Quittung März.png")
    assert str(document.linked_entity_id) == made["id"]


def test_a_receipt_is_added_and_taken_off_later(worker: Employee, api_of: Any) -> None:
    made = api_of(worker).post(URL, BODY).json()
    url = f"{URL}/{made['id']}"
    assert code(api_of(worker).post(f"{url}/submit")) == (400, "no_receipt", "receipt_id")
    form = encode_multipart(BOUNDARY, {"receipt_file": a_receipt()})
    response = form_of(worker).patch(url, form, content_type=MULTIPART_CONTENT)
    assert response.status_code == 200, response.content
    assert (response.json()["amount"], response.json()["billable"]) == ("45.90", False)
    bare = api_of(worker).patch(url, {"receipt_id": None}).json()
    assert (bare["receipt_id"], bare["receipt_url"]) == (None, "")
    assert Document.objects.get().is_trashed


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("receipt.png", b""),
        ("receipt.png", b"<script>alert(1)</script>"),
        ("receipt.exe", b"MZ\x90\x00"),
        ("../../receipt.pdf", b"not a pdf"),
    ],
)
def test_what_is_no_receipt_leaves_nothing_behind(
    name: str, content: bytes, worker: Employee
) -> None:
    file = SimpleUploadedFile(name, content, "image/png")
    response = form_of(worker).post(URL, {**BODY, "receipt_file": file})
    assert response.status_code == 400, response.content
    assert response.json()["errors"][0]["attr"] == "receipt_file"
    assert not Expense.objects.exists()
    assert not Document.objects.exists()


def test_the_same_receipt_twice_is_refused(worker: Employee) -> None:
    client = form_of(worker)
    assert client.post(URL, {**BODY, "receipt_file": a_receipt()}).status_code == 201
    again = client.post(URL, {**BODY, "receipt_file": a_receipt()})
    assert code(again)[:2] == (409, "duplicate")
    assert Expense.objects.count() == 1


def test_who_sees_no_expenses_still_hands_in_their_receipts() -> None:
    blind = make_employee(role=make_role("Blind", ["backoffice.finance.expense.add"]))
    expense = create_expense(
        by=blind,
        amount=Decimal(5),
        category="travel",
        description="Bus",
        expense_date=dt.date(2025, 3, 10),
        receipt_file=a_receipt(),
    )
    assert Document.objects.get().linked_object == expense


def test_a_form_without_json_is_refused(worker: Employee) -> None:
    response = form_of(worker).post(URL, {**BODY, "taxes": "[{"})
    assert code(response) == (400, "invalid", "taxes")


def test_whoever_sees_the_expense_sees_its_receipt(
    worker: Employee, clerk: Employee, api_of: Any
) -> None:
    boss = make_employee()
    worker.reports_to = boss
    worker.save()
    expense = make_with_receipt(employee=worker)
    for person, status in ((worker, 200), (boss, 200), (make_employee(), 404)):
        assert api_of(person).get(expense.receipt_url).status_code == status


def test_a_document_that_is_there_already_becomes_the_receipt(
    worker: Employee, api_of: Any
) -> None:
    boss = make_employee()
    worker.reports_to = boss
    worker.save()
    document = upload_document(a_receipt(), by=worker)
    made = api_of(worker).post(URL, {**BODY, "receipt_id": str(document.pk)})
    assert made.status_code == 201, made.content
    assert api_of(boss).get(made.json()["receipt_url"]).status_code == 200


def test_foreign_and_trashed_documents_are_no_receipts(worker: Employee, api_of: Any) -> None:
    foreign = upload_document(a_receipt(1), by=make_employee())
    gone = upload_document(a_receipt(2), by=worker)
    trash_document(gone, by=None)
    for document in (foreign, gone):
        response = api_of(worker).post(URL, {**BODY, "receipt_id": str(document.pk)})
        assert (response.status_code, code(response)[2]) == (400, "receipt_id"), response.content
        with pytest.raises(ValidationError):
            change_expense(make_expense(employee=worker), by=worker, receipt=document)


def test_a_confidential_receipt_is_hidden_from_whoever_may_not_see_it(
    worker: Employee, clerk: Employee, api_of: Any, client_of: Any
) -> None:
    expense = make_with_receipt(employee=worker)
    document = expense.receipt
    page = f"/expenses/{expense.pk}/"
    shown = client_of(worker).get(page).context
    assert shown["preview_url"] == f"/documents/{document.pk}/download/?inline=1"
    change_document(document, by=None, is_confidential=True, title="Krankenhaus")
    assert client_of(clerk).get(page).context["receipt"] is None
    # Its owner sees it, but looks at it only by opening it: that is recorded.
    hidden = client_of(worker).get(page).context
    assert (hidden["receipt"], hidden["preview_url"]) == (document, "")
    assert api_of(clerk).get(expense.receipt_url).status_code in {403, 404}
    for url in (f"/expenses/{expense.pk}/", "/expenses/", f"/expenses/{expense.pk}/edit/"):
        assert "Krankenhaus" not in client_of(clerk).get(url).content.decode()
    assert "Krankenhaus" not in api_of(clerk).get(f"{URL}/{expense.pk}").content.decode()


def test_an_approved_receipt_is_kept_for_eight_years(worker: Employee) -> None:
    expense = approve_expense(submit_expense(make_with_receipt(), by=None), by=None)
    document = Document.objects.get()
    assert document.retention_class == "eight_years"
    assert document.is_kept
    with pytest.raises(Conflict):
        trash_document(document, by=None)
    reopened = reopen_expense(expense, by=None)
    delete_expense(reopened, by=None)
    assert not Document.objects.get().is_trashed


def test_the_receipt_of_a_deleted_draft_goes_to_the_trash() -> None:
    delete_expense(make_with_receipt(), by=None)
    assert Document.objects.get().is_trashed
    # The very same photo may then be handed in again.
    assert make_with_receipt().receipt is not None


def test_a_receipt_handed_in_for_somebody_is_theirs(worker: Employee, clerk: Employee) -> None:
    expense = make_expense(employee=worker)
    assert change_expense(expense, by=clerk, receipt_file=a_receipt()).receipt.owner == worker


def test_the_document_of_somebody_else_outlives_the_expense(worker: Employee) -> None:
    office = make_employee(role=make_role("Office", ["backoffice.finance.*", "documents.*"]))
    expense = make_expense(employee=worker)
    foreign = upload_document(a_receipt(), by=office)
    change_expense(expense, by=office, receipt=foreign)
    assert Document.objects.visible_to(worker).exists()
    delete_expense(expense, by=worker)
    assert not Document.objects.get().is_trashed


def test_a_receipt_is_ones_own_open_and_nobody_elses(
    worker: Employee, clerk: Employee, api_of: Any
) -> None:
    boss = make_employee()
    worker.reports_to = boss
    worker.save()
    # Seen by the worker, as it hangs at an expense of theirs, and yet not theirs to hand in.
    first = make_expense(employee=worker)
    foreign = upload_document(a_receipt(1), by=boss, linked_entity_id=first.pk)
    secret = upload_document(a_receipt(2), by=worker, is_confidential=True)
    taken = make_with_receipt(3, employee=make_employee(reports_to=worker)).receipt
    bound = upload_document(a_receipt(4), by=worker)
    Document.objects.filter(pk=bound.pk).update(
        is_bound=True, owner=None, linked_entity_type="Expense", linked_entity_id=first.pk
    )
    wanted = {foreign: "foreign", secret: "confidential", taken: "foreign", bound: "foreign"}
    for document, reason in wanted.items():
        response = api_of(worker).post(URL, {**BODY, "receipt_id": str(document.pk)})
        assert code(response) == (400, reason, "receipt_id"), response.content
        # Nor by changing an expense that is there.
        response = api_of(worker).patch(f"{URL}/{first.pk}", {"receipt_id": str(document.pk)})
        assert code(response)[0] == 400
    office = make_employee(role=make_role("Office", ["backoffice.finance.*", "documents.*"]))
    body = {**BODY, "employee_id": str(worker.pk)}
    for document, reason in ((secret, "confidential"), (taken, "taken"), (bound, "bound")):
        response = api_of(office).post(URL, {**body, "receipt_id": str(document.pk)})
        assert code(response) == (400, reason, "receipt_id"), response.content
    # Who may change everybody's documents files what lies there.
    made = api_of(office).post(URL, {**body, "receipt_id": str(foreign.pk)})
    assert made.status_code == 201, made.content
    # One bill may belong to several expenses of the same person.
    own = upload_document(a_receipt(5), by=worker)
    for _number in range(2):
        made = api_of(worker).post(URL, {**BODY, "receipt_id": str(own.pk)})
        assert made.status_code == 201, made.content


def test_another_receipt_takes_the_place_of_the_first(worker: Employee) -> None:
    expense = make_with_receipt(1, employee=worker)
    first = expense.receipt
    changed = change_expense(expense, by=worker, receipt_file=a_receipt(2))
    assert changed.receipt != first
    assert Document.objects.get(pk=first.pk).is_trashed
    assert not Document.objects.get(pk=changed.receipt_id).is_trashed


def test_a_receipt_in_use_is_not_trashed() -> None:
    expense = make_with_receipt()
    with pytest.raises(Conflict) as caught:
        trash_document(expense.receipt, by=None)
    assert caught.value.code == "in_use"


def test_reimbursed_expenses_keep_their_receipt() -> None:
    expense = approve_expense(submit_expense(make_with_receipt(), by=None), by=None)
    paid = reimburse_expense(expense, by=None)
    with pytest.raises(Conflict):
        change_expense(paid, by=None, receipt=None)


def test_a_kept_file_that_no_expense_took_goes_to_the_trash_after_a_week(
    worker: Employee,
) -> None:
    files = [keep_file(a_receipt(number), by=worker) for number in range(1, 5)]
    left, taken, touched, fresh = files
    own = upload_document(a_receipt(5), by=worker)
    old = timezone.now() - dt.timedelta(days=8)
    Document.objects.exclude(pk=fresh.pk).update(created_at=old, updated_at=old)
    change_document(touched, by=worker, title="Rechnung der Werkstatt")
    make_expense(employee=worker, kept_receipt=taken, no_receipt_reason="")
    assert drop_kept_files() == 1
    assert list(Document.objects.trashed()) == [left]
    assert own in Document.objects.live()
    assert drop_kept_files() == 0


def test_a_photo_is_sent_from_the_page(worker: Employee, client_of: Any) -> None:
    client = client_of(worker)
    page = client.get("/expenses/new/").content.decode()
    assert 'enctype="multipart/form-data"' in page
    assert 'accept="application/pdf,image/jpeg,image/png"' in page
    body = {
        "expense_date": "10.03.2025",
        "category": "material",
        "description": "Cables",
        "gross_19_00": "11,90",
    }
    response = client.post("/expenses/new/", {**body, "receipt_file": a_receipt()})
    assert response.status_code == 302, response.context["form"].errors
    expense = Expense.objects.get()
    assert expense.receipt_page in client.get(response["Location"]).content.decode()
    again = client.post("/expenses/new/", {**body, "receipt_file": a_receipt()})
    assert again.status_code == 422
    assert "receipt_file" in again.context["form"].errors
    kept = client.post(f"/expenses/{expense.pk}/edit/", body)
    assert kept.status_code == 302
    assert Expense.objects.get().receipt == expense.receipt
