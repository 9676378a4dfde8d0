"""Expenses on pages and in Django admin."""

import re
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from documents.models import Document
from documents.tests.factories import an_image, make_document
from employees.models import Employee
from employees.tests.factories import make_employee, make_role
from finance.models import Expense
from finance.tests.factories import (
    make_approved_expense,
    make_expense,
    make_submitted_expense,
)
from finance.views import ExpensePages
from projects.tests.factories import make_project
from system.tests.factories import make_tax_rate

NEW = "/expenses/new/"
HTMX = {"HX-Request": "true", "HX-Target": "panel"}


def typed(**fields: Any) -> dict[str, Any]:
    """The form as people fill it in."""
    return {
        "expense_date": "10.03.2025",
        "category": "material",
        "description": "Cables",
        "gross_19_00": "1.190,00",
        "gross_7_00": "",
        **fields,
    }


def test_an_expense_is_recorded(worker: Employee, client_of: Any) -> None:
    project = make_project(project_manager=worker)
    body = typed(gross_7_00="10,70", project=project.pk, billable="on")
    response = client_of(worker).post(NEW, body)
    assert response.status_code == 302, response.context["form"].errors
    expense = Expense.objects.get()
    assert (expense.employee, expense.project, expense.billable) == (worker, project, True)
    assert (expense.amount, expense.tax_amount) == (Decimal("1200.70"), Decimal("190.70"))
    page = client_of(worker).get(response["Location"]).content.decode()
    assert "190,00" in page.replace(".", ",")


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"gross_19_00": ""}, "gross_19_00"),
        ({"gross_19_00": "0"}, "gross_19_00"),
        ({"gross_19_00": "viel"}, "gross_19_00"),
        ({"gross_19_00": "-5"}, "gross_19_00"),
        ({"gross_19_00": "1,001"}, "gross_19_00"),
        ({"expense_date": "31.2.2025"}, "expense_date"),
        ({"expense_date": "1.1.2999"}, "expense_date"),
        ({"description": " "}, "description"),
        ({"category": "entertainment"}, "guests"),
        ({"billable": "on"}, "billable"),
    ],
)
def test_what_is_wrong_is_said_at_the_field(
    fields: dict[str, str], name: str, worker: Employee, client_of: Any
) -> None:
    client = client_of(worker)
    client.cookies["django_language"] = "de"
    response = client.post(NEW, typed(**fields))
    assert response.status_code == 422
    assert name in response.context["form"].errors
    assert not Expense.objects.exists()


def test_the_fields_are_the_rates_of_the_day(worker: Employee, client_of: Any) -> None:
    make_tax_rate()  # 16 % in the second half of 2020
    body = typed(expense_date="1.8.2020", gross_19_00="", gross_16_00="11,60")
    assert client_of(worker).post(NEW, body).status_code == 302
    expense = Expense.objects.get()
    assert expense.tax_amount == Decimal("1.60")
    form = client_of(worker).get(f"/expenses/{expense.pk}/edit/").context["form"]
    assert form["gross_16_00"].value() == "11.60"


def test_an_expense_is_changed(worker: Employee, client_of: Any) -> None:
    client = client_of(worker)
    client.post(NEW, typed())
    expense = Expense.objects.get()
    url = f"/expenses/{expense.pk}/edit/"
    assert client.get(url).context["form"]["gross_19_00"].value() == "1190.00"
    assert client.post(url, typed(gross_19_00="", gross_0_00="5")).status_code == 302
    changed = Expense.objects.get()
    assert (changed.amount, changed.tax_amount) == (Decimal("5.00"), Decimal("0.00"))


def test_a_missing_receipt_is_shown_and_refused_at_submitting(
    worker: Employee, client_of: Any
) -> None:
    expense = make_expense(employee=worker, no_receipt_reason="")
    client = client_of(worker)
    assert 'class="warn"' in client.get("/expenses/").content.decode()
    response = client.post(f"/expenses/{expense.pk}/submit/", follow=True)
    assert [message.level_tag for message in response.context["messages"]] == ["error"]
    assert Expense.objects.get().status == "draft"


def test_only_the_back_office_is_asked_whose_expense_it_is(
    worker: Employee, clerk: Employee, client_of: Any
) -> None:
    assert "employee" not in client_of(worker).get(NEW).context["form"].fields
    client_of(clerk).post(NEW, typed(employee=worker.pk))
    client_of(clerk).post(NEW, typed())
    assert {expense.employee for expense in Expense.objects.all()} == {worker, clerk}


def test_the_figures_add_up_what_is_listed(clerk: Employee, client_of: Any) -> None:
    project = make_project()
    make_submitted_expense()
    make_approved_expense()
    make_approved_expense(project=project, billable=True)
    response = client_of(clerk).get("/expenses/")
    figures = response.context["figures"]
    sums = [re.sub(r"\D", "", item["value"]) for item in figures]
    assert sums == ["35700", "11900", "23800", "11900"]
    for item in figures[1:]:
        assert client_of(clerk).get(f"/expenses/{item['url']}").status_code == 200
    billed = client_of(clerk).get(f"/expenses/{figures[3]['url']}").context["page_obj"]
    assert billed.total == 1


def test_approval_on_the_page(worker: Employee, clerk: Employee, client_of: Any) -> None:
    expense = make_submitted_expense(employee=worker)
    url = f"/expenses/{expense.pk}/"
    assert f"{url}approve/" in client_of(clerk).get(url).content.decode()
    assert f"{url}approve/" not in client_of(worker).get(url).content.decode()
    client_of(clerk).post(f"{url}reject/", {"reason": "Which cables?"})
    assert "Which cables?" in client_of(worker).get(url).content.decode()
    client_of(worker).post(f"{url}submit/")
    client_of(clerk).post(f"{url}approve/")
    client_of(clerk).post(f"{url}reimburse/")
    assert Expense.objects.get().is_reimbursed


def test_many_are_approved_at_once_except_ones_own(clerk: Employee, client_of: Any) -> None:
    rows = [make_submitted_expense(), make_submitted_expense(employee=clerk)]
    client_of(clerk).post("/expenses/bulk/approve/", {"ids": [row.pk for row in rows]})
    assert [Expense.objects.get(pk=row.pk).status for row in rows] == ["approved", "submitted"]


def test_a_project_shows_its_expenses(clerk: Employee, worker: Employee, client_of: Any) -> None:
    project = make_project(project_manager=worker)
    make_expense(project=project, supplier="Kabelwerk")
    url = f"/expenses/?project_id={project.pk}"
    assert url in client_of(clerk).get(f"/projects/{project.pk}/").content.decode()
    panel = client_of(clerk).get(url, headers=HTMX).content.decode()
    assert "Kabelwerk" in panel
    assert f"/expenses/new/?project_id={project.pk}" in panel
    assert "Kabelwerk" not in client_of(worker).get(url, headers=HTMX).content.decode()


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true", "HX-Boosted": "true"}])
def test_what_filters_leave_empty_is_not_told_as_if_nothing_were_there(
    headers: dict[str, str], worker: Employee, client_of: Any
) -> None:
    client = client_of(worker)
    for query in ("", "?ordering=-amount", "?columns=amount", "?search="):
        page = client.get(f"/expenses/{query}", headers=headers)
        assert page.context["empty"]["text"] == ExpensePages.empty_text
        assert 'class="btn btn-primary" href="/expenses/new/"' in empty_of(page)
    for query in ("?search=none", "?status=rejected"):
        page = client.get(f"/expenses/{query}", headers=headers)
        assert page.context["empty"]["text"] != ExpensePages.empty_text
        assert 'href="/expenses/"' in empty_of(page)
        assert "/expenses/new/" not in empty_of(page)


def empty_of(page: Any) -> str:
    """What stands in the place of a list without rows."""
    return str(page.content.decode().partition('aria-labelledby="empty-title"')[2])


def test_the_search_finds_what_one_may_see(worker: Employee, client_of: Any) -> None:
    make_expense(employee=worker, description="Kabelbinder")
    make_expense(description="Kabeltrommel")
    page = client_of(worker).get("/search/?q=kabel").content.decode()
    assert "Kabelbinder" in page
    assert "Kabeltrommel" not in page


ADMIN = "/admin/finance/expense/"


def inline(*rows: dict[str, Any]) -> dict[str, Any]:
    """The VAT rows as Django admin sends them."""
    data: dict[str, Any] = {
        "taxes-TOTAL_FORMS": len(rows),
        "taxes-INITIAL_FORMS": sum("id" in row for row in rows),
    }
    for number, row in enumerate(rows):
        data |= {f"taxes-{number}-{name}": value for name, value in row.items()}
    return data


def admin_body(employee: Employee, **fields: Any) -> dict[str, Any]:
    return {
        "employee": employee.pk,
        "expense_date": "2025-03-10",
        "category": "material",
        "description": "Cables",
        "amount": "119.00",
        **inline(),
        **fields,
    }


def test_an_expense_is_recorded_in_admin(admin: Employee, worker: Employee, client_of: Any) -> None:
    client = client_of(admin)
    rows = inline({"tax_rate": "19", "gross": "119.00"})
    response = client.post(f"{ADMIN}add/", admin_body(worker, **rows))
    assert response.status_code == 302, response.context["errors"]
    expense = Expense.objects.get()
    assert (expense.tax_amount, expense.employee) == (Decimal("19.00"), worker)
    tax = expense.taxes.get()
    rows = inline({"id": tax.pk, "expense": expense.pk, "tax_rate": "7", "gross": "107.00"})
    url = f"{ADMIN}{expense.pk}/change/"
    response = client.post(url, admin_body(worker, amount="107.00", **rows))
    assert response.status_code == 302
    assert Expense.objects.get().tax_amount == Decimal("7.00")


def test_admin_refuses_what_does_not_add_up(
    admin: Employee, worker: Employee, client_of: Any
) -> None:
    rows = inline({"tax_rate": "19", "gross": "5.00"})
    response = client_of(admin).post(f"{ADMIN}add/", admin_body(worker, **rows), follow=True)
    assert response.status_code == 200
    assert not Expense.objects.exists()


def test_admin_shows_approved_ones_to_look_at(admin: Employee, client_of: Any) -> None:
    expense = make_approved_expense()
    page = client_of(admin).get(f"{ADMIN}{expense.pk}/change/").content.decode()
    assert 'name="description"' not in page
    client_of(admin).post(f"{ADMIN}{expense.pk}/delete/", {"post": "yes"})
    assert Expense.objects.count() == 1


def test_admin_approves_and_reimburses_in_bulk(admin: Employee, client_of: Any) -> None:
    rows = [make_submitted_expense(), make_submitted_expense(employee=admin)]
    for act in ("approve", "reimburse"):
        body = {"action": act, "_selected_action": [row.pk for row in rows]}
        client_of(admin).post(ADMIN, body)
    found = [Expense.objects.get(pk=row.pk).status for row in rows]
    assert found == ["reimbursed", "submitted"]


def test_a_supervisor_sees_the_reports_expenses_in_admin_alone(client_of: Any) -> None:
    boss = make_employee()
    mine = make_expense(employee=make_employee(reports_to=boss))
    other = make_expense()
    for expense, status in ((mine, 200), (other, 404)):
        assert client_of(boss).get(f"/expenses/{expense.pk}/").status_code == status


def offered(page: Any) -> set[str]:
    """The buttons of a page, by the verb."""
    context = page.context
    plain = {"change": context["edit_url"], "delete": context["delete_url"]}
    return {verb["name"] for verb in context["verbs"]} | {name for name in plain if plain[name]}


def test_everybody_is_offered_what_they_may_do_alone(client_of: Any) -> None:
    lead = make_employee(role=make_role("Project lead"))
    worker = make_employee(reports_to=lead)
    own, theirs = make_submitted_expense(employee=lead), make_submitted_expense(employee=worker)
    draft = make_expense(employee=worker)
    client = client_of(lead)
    assert offered(client.get(own.get_absolute_url())) == {"withdraw", "change"}
    assert offered(client.get(theirs.get_absolute_url())) == {"approve", "reject"}
    assert offered(client.get(draft.get_absolute_url())) == set()
    mine = client_of(worker).get(draft.get_absolute_url())
    assert offered(mine) == {"submit", "change", "delete"}


def test_cancelled_projects_are_not_offered(worker: Employee, client_of: Any) -> None:
    over = make_project(project_manager=worker, status="cancelled")
    done = make_project(project_manager=worker, status="completed")
    field = client_of(worker).get(NEW).context["form"].fields["project"]
    assert list(field.queryset) == [done]
    assert client_of(worker).post(NEW, typed(project=over.pk)).status_code == 422


def test_the_receipt_of_a_refused_form_is_kept_and_used(worker: Employee, client_of: Any) -> None:
    content, client = an_image("JPEG"), client_of(worker)
    photo = SimpleUploadedFile("Beleg.jpg", content)
    refused = client.post(NEW, typed(gross_19_00="viel", receipt_file=photo))
    assert refused.status_code == 422
    waiting = Document.objects.get()
    assert waiting.category == ""  # a word in one person's language is nobody else's
    page = refused.content.decode()
    assert f'name="kept_receipt" value="{waiting.pk}"' in page
    assert f"{waiting.download_url}?inline=1" in page
    again = client.post(NEW, typed(description="", kept_receipt=str(waiting.pk)))
    assert str(waiting.pk) in again.content.decode()
    assert client.post(NEW, typed(kept_receipt=str(waiting.pk))).status_code == 302
    expense = Expense.objects.get()
    waiting.refresh_from_db()
    assert (expense.receipt, waiting.linked_object) == (waiting, expense)
    # What an expense has is nobody's to name again, the same photo neither.
    photo = SimpleUploadedFile("Beleg.jpg", content)
    twice = client.post(NEW, typed(receipt_file=photo))
    assert "receipt_file" in twice.context["form"].errors


def test_the_same_photo_chosen_again_is_the_one_that_waits(
    worker: Employee, client_of: Any
) -> None:
    content, client = an_image(), client_of(worker)
    for body in (typed(description=""), typed()):
        client.post(NEW, {**body, "receipt_file": SimpleUploadedFile("r.png", content)})
    assert Expense.objects.get().receipt == Document.objects.get()


def test_no_foreign_or_confidential_file_is_smuggled_in_as_kept(
    worker: Employee, clerk: Employee, client_of: Any
) -> None:
    foreign, secret = make_document(clerk), make_document(worker, is_confidential=True)
    for number, kept in enumerate((foreign.pk, secret.pk, "x"), 1):
        response = client_of(worker).post(NEW, typed(kept_receipt=str(kept)))
        found = Expense.objects.filter(receipt=None).count()
        assert response.status_code == 302 or "kept_receipt" in response.context["form"].errors
        assert found == min(number, 2)


def test_a_photo_that_no_document_may_be_is_named_at_its_field(
    worker: Employee, client_of: Any
) -> None:
    heic = SimpleUploadedFile("IMG_1.heic", b"\0\0\0\x18ftypheic" + b"\0" * 40)
    response = client_of(worker).post(NEW, typed(description="", receipt_file=heic))
    assert set(response.context["form"].errors) == {"description", "receipt_file"}
    assert not Document.objects.exists()
