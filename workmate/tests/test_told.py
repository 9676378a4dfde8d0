"""What pages tell after they wrote: which row, what came about, and how it is taken back."""

from typing import Any

import pytest
from django.contrib.messages import get_messages

from crm.tests.factories import make_customer
from crm.tests.test_views import CUSTOMER
from documents.models import Document
from documents.tests.factories import make_document
from employees.models import Employee
from projects.tests.factories import make_project
from reminders.models import Reminder
from reminders.tests.factories import make_reminder
from workmate.views.told import named


@pytest.fixture
def client(admin: Employee, client_of: Any) -> Any:
    admin.language = "en"
    admin.save()
    return client_of(admin)


def told(response: Any) -> list[tuple[str, str]]:
    """Each message with the address of its undo."""
    return [(str(m), m.extra_tags or "") for m in get_messages(response.wsgi_request)]


def test_forms_name_what_they_wrote(client: Any) -> None:
    response = client.post("/customers/new/", CUSTOMER)
    assert told(response) == [("Customer Förde Logistik GmbH was created.", "")]
    customer = make_customer(name="Anker")
    form = client.get(f"/customers/{customer.pk}/edit/").context["form"]
    body = {name: form[name].value() or "" for name in form.fields}
    response = client.post(f"/customers/{customer.pk}/edit/", body)
    assert told(response)[-1] == ("Customer Anker was saved.", "")
    response = client.post(f"/customers/{customer.pk}/delete/")
    assert told(response)[-1] == ("Customer Anker was deleted.", "")
    assert client.post("/customers/new/", {**CUSTOMER, "name": ""}).status_code == 422


def test_what_is_in_the_trash_comes_back_by_one_button(admin: Employee, client: Any) -> None:
    one = make_document(admin, title="Plan")
    response = client.post(f"/documents/{one.pk}/delete/", follow=True)
    undo = f"/documents/{one.pk}/restore/"
    assert f'action="{undo}"' in response.content.decode()
    response = client.post(undo)
    assert told(response)[-1][0] == "Document Plan was restored."
    assert not Document.objects.trashed().exists()


def test_a_completed_project_is_reopened_by_one_button(client: Any) -> None:
    project = make_project(title="Portal", status="active")
    done = told(client.post(f"/projects/{project.pk}/complete/"))
    assert done == [
        (f"Project {project} was completed.", f"/projects/{project.pk}/reopen/"),
    ]
    client.post(done[0][1])
    project.refresh_from_db()
    assert project.status == "active"


def test_what_was_done_to_many_rows_is_taken_back_at_once(admin: Employee, client: Any) -> None:
    reminders = [make_reminder(admin) for _number in range(3)]
    ids = [reminder.pk for reminder in reminders]
    done = told(client.post("/reminders/bulk/complete/", {"ids": ids}))
    assert [text for text, _undo in done] == ["3 reminders were completed."]
    client.post(done[0][1])
    assert not Reminder.objects.filter(status="done").exists()
    # A project that was completed with others is reopened by itself.
    projects = [make_project().pk for _number in range(2)]
    assert told(client.post("/projects/bulk/complete/", {"ids": projects}))[-1][1] == ""


def test_a_name_is_not_told_twice() -> None:
    project = make_project(title="Portal")
    assert named(project) == f"Project {project}"
    project.title, project.project_number = "Project North", ""
    assert named(project) == "Project North"
