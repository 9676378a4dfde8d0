"""The wizard's pages: the file, its columns, the check, the import, and taking it back."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from conftest import ClientOf
from crm.models import Customer
from crm.tests.factories import make_customer
from employees.models import Employee
from employees.tests.factories import make_employee, make_role
from system.models import Import
from system.services import work_on_import
from system.tests.factories import (
    CUSTOMER_HEAD,
    CUSTOMER_LINES,
    a_csv,
    make_checked,
    make_done,
)
from workmate import services


def test_the_wizard_leads_from_the_file_to_the_customers(
    admin: Employee, client_of: ClientOf
) -> None:
    client = client_of(admin)
    page = client.get("/customers/").content.decode()
    assert "/imports/new/?kind=customer" in page
    assert 'value="customer"' in client.get("/imports/new/?kind=customer").content.decode()
    file = a_csv(CUSTOMER_HEAD, *CUSTOMER_LINES, "Falsch;keine;Bonn;")
    response = client.post("/imports/new/", {"kind": "customer", "file": file})
    job = Import.objects.get()
    assert response["Location"] == f"/imports/{job.pk}/edit/"
    page = client.get(response["Location"]).content.decode()
    assert "kontakt@meier.example" in page
    data = {f"column-{n}": name for n, name in enumerate(["name", "email", "city", ""])}
    response = client.post(f"/imports/{job.pk}/edit/", {**data, "on_existing": "skip"})
    assert response["Location"] == f"/imports/{job.pk}/"
    assert "<progress" in client.get(f"/imports/{job.pk}/").content.decode()
    work_on_import(job.pk)
    page = client.get(f"/imports/{job.pk}/").content.decode()
    assert "keine" in page
    faulty = b"".join(client.get(f"/imports/{job.pk}/faulty/").streaming_content).decode()
    assert faulty.splitlines()[1].startswith("Falsch;keine;Bonn;") or "Falsch,keine" in faulty
    client.post(f"/imports/{job.pk}/run/", {"only_good": "on"})
    work_on_import(job.pk)
    assert Customer.objects.count() == 3
    assert not Customer.objects.exclude(notes="").exists()
    begun = client.post(f"/imports/{job.pk}/undo/", follow=True)
    # It is only begun: the page shows how far it is, and nothing says that it is done.
    assert not list(begun.context["messages"])
    work_on_import(job.pk)
    assert not Customer.objects.exists()
    assert client.get(f"/imports/{job.pk}/").status_code == 200


def test_the_check_names_what_is_here_already_and_what_would_become_of_it(
    admin: Employee, client_of: ClientOf
) -> None:
    mine = make_customer(name="Müller & Söhne", email="info@mueller.example", status="inactive")
    make_customer(name="Meier KG", email="kontakt@meier.example", city="Bonn", notes="gut")
    job = make_checked(admin, CUSTOMER_HEAD, *CUSTOMER_LINES, on_existing="update")
    client = client_of(admin)
    page = client.get(f"/imports/{job.pk}/")
    first = page.context["matched"][0]
    assert first["url"] == mine.get_absolute_url()
    assert {"label": "Name", "text": "Müller &amp; Söhne"} in first["was"]
    assert "bisher Müller &amp; Söhne" in page.content.decode()
    few = len(page.context["matched"])
    for number in range(4):
        make_customer(name=f"Alt {number}", email=f"a{number}@neu.example")
    lines = [f"Neu {number};a{number}@neu.example;Kiel;" for number in range(4)]
    more = make_checked(admin, CUSTOMER_HEAD, *CUSTOMER_LINES, *lines, on_existing="update")
    with CaptureQueriesContext(connection) as asked:
        client.get(f"/imports/{job.pk}/")
    with CaptureQueriesContext(connection) as asked_more:
        answer = client.get(f"/imports/{more.pk}/")
    assert len(answer.context["matched"]) == few + 4
    assert len(asked_more) == len(asked)


def test_of_a_row_that_one_may_no_longer_see_the_check_tells_nothing(
    admin: Employee, client_of: ClientOf
) -> None:
    make_customer(name="Geheim AG", email="info@mueller.example", city="Oslo")
    rights = ["backoffice.crm.*", "system.import.*"]
    role = make_role("Sees", rights)
    person = make_employee(role=role)
    lines = [*CUSTOMER_LINES, CUSTOMER_LINES[1], CUSTOMER_LINES[1]]
    job = make_checked(person, CUSTOMER_HEAD, *lines, on_existing="update")
    client = client_of(person)
    page = client.get(f"/imports/{job.pk}/")
    assert "Oslo" in page.content.decode()
    # Lines about what a line before them makes lead to nothing: it is not there.
    assert [bool(item["url"]) for item in page.context["matched"]] == [True, False, False]
    services.change(role, by=None, permissions_json=["system.import.*"])
    page = client.get(f"/imports/{job.pk}/")
    assert page.status_code == 200
    assert "Oslo" not in page.content.decode()
    assert not any(item["url"] or item["was"] for item in page.context["matched"])


def test_the_list_offers_what_is_unfinished_and_help_about_imports(
    admin: Employee, client_of: ClientOf
) -> None:
    make_done(admin)
    waiting = make_checked(admin, CUSTOMER_HEAD, "Neu;neu@neu.example;Kiel;")
    client = client_of(admin)
    page = client.get("/imports/")
    assert [chip["url"] for chip in page.context["quick"]] == ["?", "?unfinished=true"]
    assert 'href="/help/?of=imports"' in page.content.decode()
    rows = client.get("/imports/?unfinished=true").context["table"]["rows"]
    assert [row["object"] for row in rows] == [waiting]
    assert client.get("/imports/?status=done").context["chips"]
