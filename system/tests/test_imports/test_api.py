"""The same over REST: post a file, check, run, undo."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from conftest import ClientOf
from crm.models import Customer
from crm.tests.factories import make_customer
from employees.models import Employee
from employees.tests.factories import make_employee, make_role, make_token
from system.models import ImportRow
from system.services import work_on_import
from system.tests.factories import CUSTOMER_HEAD, CUSTOMER_LINES, a_csv, make_checked, make_import
from timetracking.models import TimeEntry
from timetracking.tests.factories import make_time_entry
from workmate import services


def posting(person: Employee, **data: Any) -> Any:
    """POST a file as multipart/form-data."""
    client = Client(headers={"Authorization": f"Bearer {make_token(person)}"})
    return client.post("/api/imports", data)


def test_a_file_is_posted_checked_run_and_taken_back(admin: Employee, api_of: ClientOf) -> None:
    file = a_csv(CUSTOMER_HEAD, *CUSTOMER_LINES, "Falsch;keine;Bonn;")
    made = posting(admin, kind="customer", file=file, mapping='{"Name": "name", "E-Mail": "email"}')
    assert made.status_code == 201, made.content
    job = made.json()
    assert (job["status"], job["total"], job["needed"]) == ("uploaded", 4, [])
    assert job["columns"][0] == {
        "name": "Name", "examples": ["Müller GmbH", "Meier KG", "Schulze"],
    }  # fmt: skip
    assert job["targets"]["vat_id"]
    api, url = api_of(admin), f"/api/imports/{job['id']}"
    changed = api.patch(url, {"mapping": {"Name": "name", "E-Mail": "email", "Ort": "city"}})
    assert changed.json()["mapping"]["Ort"] == "city"
    assert api.patch(url, {"kind": "contact"}).json()["errors"][0]["attr"] == "kind"
    assert api.post(f"{url}/check").json()["status"] == "checking"
    work_on_import(job["id"])
    checked = api.get(url).json()
    assert (checked["status"], checked["created_count"]) == ("checked", 3)
    assert checked["errors"][0]["line"] == 5
    assert api.get(f"{url}/faulty").status_code == 200
    assert api.post(f"{url}/run").status_code == 409
    assert api.post(f"{url}/run", {"only_good": True}).json()["status"] == "running"
    work_on_import(job["id"])
    assert Customer.objects.count() == 3
    assert api.post(f"{url}/undo").json()["status"] == "undoing"
    work_on_import(job["id"])
    assert not Customer.objects.exists()
    assert api.delete(url).status_code == 204
    assert api.get(url).status_code == 404


def test_what_is_wrong_with_a_post_is_said_at_its_field(admin: Employee, worker: Employee) -> None:
    def attr_of(person: Employee, **data: Any) -> str:
        response = posting(person, **data)
        assert response.status_code == 400, response.content
        return str(response.json()["errors"][0]["attr"])

    assert attr_of(admin, kind="customer") == "file"
    assert attr_of(admin, kind="invoice", file=a_csv(CUSTOMER_HEAD, *CUSTOMER_LINES)) == "kind"
    assert attr_of(worker, kind="customer", file=a_csv(CUSTOMER_HEAD, *CUSTOMER_LINES)) == "kind"
    wrong = {"kind": "customer", "file": a_csv(CUSTOMER_HEAD, *CUSTOMER_LINES)}
    assert attr_of(admin, **wrong, mapping="[]") == "mapping"
    wrong["file"] = a_csv(CUSTOMER_HEAD, *CUSTOMER_LINES)
    assert attr_of(admin, **wrong, on_existing="create") == "on_existing"


def test_others_imports_are_seen_by_who_sees_all_such_rows(
    admin: Employee, worker: Employee, api_of: ClientOf
) -> None:
    job = make_checked(admin, CUSTOMER_HEAD, *CUSTOMER_LINES, "Falsch;keine;Bonn;")
    narrow = ["system.import.*", "backoffice.timetracking.*"]
    blind = make_employee(role=make_role("No customers", narrow))
    for person in (worker, blind):
        assert api_of(person).get("/api/imports").json()["total"] == 0
        for path in ("", "/faulty"):
            assert api_of(person).get(f"/api/imports/{job.pk}{path}").status_code == 404
    sees = make_employee(role=make_role("Customers", ["system.import.*", "backoffice.crm.*"]))
    assert api_of(sees).get(f"/api/imports/{job.pk}").status_code == 200
    assert api_of(sees).post(f"/api/imports/{job.pk}/check").status_code == 403
    timed = make_import(worker, "Tag;Von;Dauer", "31.03.2025;9:00;1:00", kind="timeentry")
    lead = make_employee(role=make_role("No team", [*narrow[:1], "backoffice.timetracking.*.view"]))
    assert api_of(lead).get(f"/api/imports/{timed.pk}").status_code == 404
    assert api_of(blind).get(f"/api/imports/{timed.pk}").status_code == 200


def test_lines_about_what_is_here_are_told_and_nothing_of_what_one_may_not_see(
    api_of: ClientOf,
) -> None:
    there = make_customer(name="Alt GmbH", email="info@mueller.example", city="Oslo")
    role = make_role("Sees", ["backoffice.crm.*", "system.import.*"])
    person = make_employee(role=role)
    job = make_checked(person, CUSTOMER_HEAD, *CUSTOMER_LINES, on_existing="update")
    (told,) = api_of(person).get(f"/api/imports/{job.pk}").json()["matched"]
    assert (told["outcome"], told["object_id"]) == ("updated", str(there.pk))
    assert told["before"] == {"name": "Alt GmbH", "city": "Oslo"}
    services.change(role, by=None, permissions_json=["system.import.*"])
    (told,) = api_of(person).get(f"/api/imports/{job.pk}").json()["matched"]
    assert (told["object_id"], told["name"], told["before"]) == (None, "", {})
    assert told["line"] == job.rows.matched()[0].number


def test_of_what_a_line_changed_a_concealed_column_is_left_out(
    worker: Employee, clerk: Employee
) -> None:
    entry = make_time_entry(employee=worker)
    row = ImportRow(before={"hourly_rate": "80.00", "note": "Planung"}, object_id=entry.pk)
    assert row.before_for(worker, entry) == {"note": "Planung"}
    assert row.before_for(clerk, entry) == row.before
    assert row.before_for(clerk, None) is None


def test_our_own_exports_are_imported_again(
    admin: Employee, client_of: ClientOf, api_of: ClientOf
) -> None:
    make_customer(name="=Gleich & Söhne", phone="+49 431 555", city="Kiel")
    make_time_entry(employee=admin, note="Planung")
    here = {"customer": Customer.objects.count(), "timeentry": TimeEntry.objects.count()}
    for language, client, url in (
        ("de", client_of(admin), "/customers/?export=csv"),
        ("en", client_of(admin), "/time-entries/?export=csv"),
        ("de", client_of(admin), "/time-entries/?export=xlsx"),
        ("en", api_of(admin), "/api/customers?export=xlsx"),
        ("de", api_of(admin), "/api/time-entries?export=csv"),
    ):
        Employee.objects.filter(pk=admin.pk).update(language=language)
        admin.refresh_from_db()
        data = b"".join(client.get(url).streaming_content)
        kind = "customer" if "customers" in url else "timeentry"
        job = make_checked(admin, kind=kind, file=SimpleUploadedFile("export", data))
        told = [row.reasons for row in job.rows.all()]
        assert (job.skipped_count, job.faulty_count) == (here[kind], 0), (url, told, job.mapping)
