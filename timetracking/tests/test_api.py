"""Time entries over the REST API."""

import datetime as dt
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from employees.models import Employee
from employees.tests.factories import make_employee
from projects.tests.factories import make_project
from timetracking.models import TimeEntry
from timetracking.services import mark_invoiced, submit_time_entry
from timetracking.tests.factories import at, make_approved_time_entry, make_time_entry

URL = "/api/time-entries"
NINE, ELEVEN = "2025-03-10T09:00:00+01:00", "2025-03-10T11:00:00+01:00"


def ids(response: Any) -> set[str]:
    """The ids of a list's answer."""
    assert response.status_code == 200, response.content
    return {item["id"] for item in response.json()["items"]}


def code(response: Any) -> tuple[int, str, str | None]:
    """Status, code and field of the first error."""
    error = response.json()["errors"][0]
    return response.status_code, error["code"], error["attr"]


def test_an_entry_is_recorded_for_oneself(worker: Employee, api_of: Any) -> None:
    project = make_project(project_manager=worker)
    body = {
        "project_id": str(project.pk),
        "start_time": NINE,
        "end_time": ELEVEN,
        "task_type": "meeting",
        "note": "Kick-off",
    }
    response = api_of(worker).post(URL, body)
    assert response.status_code == 201, response.content
    data = response.json()
    assert data == {
        **data,
        "employee_id": str(worker.pk),
        "project_id": str(project.pk),
        "duration_minutes": 120,
        "duration_hours": "2.00",
        "billable": True,
        "task_type": "meeting",
        "status": "draft",
        "is_approved": False,
        "is_invoiced": False,
        "overlaps": False,
    }
    assert api_of(worker).get(f"{URL}/{data['id']}").json() == data


def test_what_an_hour_is_billed_at_is_not_the_workers_to_say(
    worker: Employee, clerk: Employee, api_of: Any
) -> None:
    project = make_project(project_manager=worker)
    body = {"project_id": str(project.pk), "start_time": NINE, "end_time": ELEVEN}
    response = api_of(worker).post(URL, {**body, "hourly_rate": "950"})
    assert code(response) == (400, "unknown", "hourly_rate")
    made = api_of(worker).post(URL, body).json()
    assert "hourly_rate" not in made
    changed = api_of(clerk).patch(f"{URL}/{made['id']}", {"hourly_rate": "95.50"})
    assert changed.json()["hourly_rate"] == "95.5000"
    assert "hourly_rate" not in api_of(worker).get(f"{URL}/{made['id']}").json()
    assert "95.5" not in str(api_of(worker).get(URL).content)


def test_the_end_follows_from_the_duration(worker: Employee, api_of: Any) -> None:
    response = api_of(worker).post(URL, {"start_time": NINE, "duration_minutes": 45})
    assert dt.datetime.fromisoformat(response.json()["end_time"]) == at("2025-03-10 09:45")


def test_what_was_read_can_be_put_back(worker: Employee, api_of: Any) -> None:
    client = api_of(worker)
    made = client.post(URL, {"start_time": NINE, "end_time": ELEVEN}).json()
    response = client.put(
        f"{URL}/{made['id']}", {**made, "note": "Changed"}, content_type="application/json"
    )
    assert response.status_code == 200, response.content
    assert {**made, "note": "Changed", "updated_at": ""} == {**response.json(), "updated_at": ""}


def test_putting_less_keeps_the_person(worker: Employee, api_of: Any) -> None:
    entry = make_time_entry(employee=worker, project=None)
    response = api_of(worker).put(
        f"{URL}/{entry.pk}",
        {"start_time": NINE, "end_time": ELEVEN},
        content_type="application/json",
    )
    assert response.status_code == 200, response.content
    assert response.json()["note"] == ""


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "start_time"),
        ({"start_time": "yesterday"}, "start_time"),
        ({"start_time": NINE, "end_time": NINE}, "end_time"),
        ({"start_time": ELEVEN, "end_time": NINE}, "end_time"),
        ({"start_time": NINE, "end_time": "2025-03-12T09:00:00Z"}, "end_time"),
        ({"start_time": NINE, "duration_minutes": 1441}, "duration_minutes"),
        ({"start_time": NINE, "duration_minutes": -1}, "duration_minutes"),
        ({"start_time": NINE, "duration_minutes": 0}, "end_time"),
        ({"start_time": NINE, "end_time": ELEVEN, "duration_minutes": 7}, "duration_minutes"),
        ({"start_time": "9999-12-31T22:30:00Z", "duration_minutes": 1440}, "start_time"),
        ({"start_time": "0001-01-01T00:00:00Z", "duration_minutes": 5}, "start_time"),
        ({"start_time": NINE, "end_time": ELEVEN, "task_type": "sleep"}, "task_type"),
        ({"start_time": NINE, "end_time": ELEVEN, "hourly_rate": "-1"}, "hourly_rate"),
        ({"start_time": NINE, "end_time": ELEVEN, "project_id": str(uuid4())}, "project_id"),
        ({"start_time": NINE, "end_time": ELEVEN, "is_approved": True}, "is_approved"),
        ({"start_time": NINE, "end_time": ELEVEN, "status": "approved"}, "status"),
        ({"start_time": NINE, "end_time": ELEVEN, "is_invoiced": True}, "is_invoiced"),
        ({"start_time": NINE, "end_time": ELEVEN, "employee_id": None}, "employee_id"),
    ],
)
def test_bad_input_names_its_field(
    body: dict[str, Any], field: str, worker: Employee, api_of: Any
) -> None:
    response = api_of(worker).post(URL, body)
    assert response.status_code == 400, response.content
    assert field in {error["attr"] for error in response.json()["errors"]}


def test_other_peoples_rows(worker: Employee, clerk: Employee, api_of: Any) -> None:
    report = make_time_entry(employee=make_employee(reports_to=worker))
    foreign = make_time_entry()
    client, body = api_of(worker), {"note": "x"}
    for entry, read, write in ((report, 200, 403), (foreign, 404, 404)):
        url = f"{URL}/{entry.pk}"
        assert client.get(url).status_code == read
        assert client.patch(url, body, content_type="application/json").status_code == write
        assert client.delete(url).status_code == write
        assert client.post(f"{url}/submit").status_code == write
        # The verb is not held: where the row is seen, that is 403.
        assert client.post(f"{url}/approve").status_code in {403, 404}
    assert (
        api_of(clerk)
        .patch(f"{URL}/{foreign.pk}", body, content_type="application/json")
        .status_code
        == 200
    )


def test_without_the_permission_there_is_nothing(api_of: Any, worker: Employee) -> None:
    client = api_of(worker, scopes=["employees.*"])
    assert client.get(URL).status_code == 403
    assert client.post(URL, {"start_time": NINE}).status_code == 403
    assert client.get(f"{URL}/current").status_code == 403
    assert client.post(f"{URL}/start", {}).status_code == 403


def test_the_timer(worker: Employee, api_of: Any) -> None:
    client = api_of(worker)
    assert client.get(f"{URL}/current").status_code == 204
    project = make_project(project_manager=worker)
    started = client.post(f"{URL}/start", {"project_id": str(project.pk), "note": "Calls"})
    assert started.status_code == 201, started.content
    assert started.json()["end_time"] is None
    assert started.json()["billable"] is True
    assert client.get(f"{URL}/current").json() == started.json()
    assert code(client.post(f"{URL}/start", {})) == (409, "timer_running", None)
    again = client.post(f"{URL}/start", {"stop_running": True})
    assert again.status_code == 201, again.content
    assert client.get(f"{URL}/{started.json()['id']}").json()["end_time"] is not None
    stopped = client.post(f"{URL}/{again.json()['id']}/stop")
    assert (stopped.status_code, stopped.json()["duration_minutes"]) == (200, 0)
    assert code(client.post(f"{URL}/{again.json()['id']}/stop")) == (409, "not_running", None)


def test_the_timer_of_somebody_else_is_not_ones_own(worker: Employee, api_of: Any) -> None:
    report = make_employee(reports_to=worker)
    start = timezone.now() - dt.timedelta(hours=1)
    entry = make_time_entry(employee=report, project=None, start_time=start, end_time=None)
    assert api_of(worker).get(f"{URL}/current").status_code == 204
    assert api_of(worker).post(f"{URL}/{entry.pk}/stop").status_code == 403


def test_from_draft_to_approved(clerk: Employee, worker: Employee, api_of: Any) -> None:
    entry = make_time_entry(employee=worker, project=None)
    url = f"{URL}/{entry.pk}"
    assert code(api_of(clerk).post(f"{url}/approve"))[:2] == (409, "not_submitted")
    assert api_of(worker).post(f"{url}/submit").json()["status"] == "submitted"
    assert api_of(worker).post(f"{url}/approve").status_code == 403
    assert api_of(clerk).post(f"{url}/reject", {}).status_code == 400
    rejected = api_of(clerk).post(f"{url}/reject", {"reason": "Too long"}).json()
    assert (rejected["status"], rejected["rejection_reason"]) == ("rejected", "Too long")
    api_of(worker).post(f"{url}/submit")
    approved = api_of(clerk).post(f"{url}/approve").json()
    assert approved["is_approved"] is True
    assert approved["approved_by_id"] == str(clerk.pk)
    patch = api_of(worker).patch(url, {"note": "x"}, content_type="application/json")
    assert code(patch) == (409, "approved", None)
    assert code(api_of(worker).delete(url)) == (409, "approved", None)
    assert api_of(clerk).post(f"{url}/reopen").json()["is_approved"] is False


def test_the_filters(clerk: Employee, api_of: Any) -> None:
    person, project = make_employee(), make_project()
    first = make_time_entry(employee=person, project=project, task_type="meeting")
    second = make_approved_time_entry(start_time=at("2025-04-01 00:30"), billable=False)
    third = make_approved_time_entry(start_time=at("2025-05-01 09:00"), project=project)
    mark_invoiced([third], by=None)
    client = api_of(clerk)
    for query, wanted in {
        f"employee_id={person.pk}": [first],
        f"project_id={project.pk}": [first, third],
        "start_date=2025-04-01": [second, third],
        "end_date=2025-03-31": [first],
        "start_date=2025-04-01&end_date=2025-04-01": [second],
        "billable=false": [second],
        "is_approved=true": [second, third],
        "is_approved=false": [first],
        "is_invoiced=true": [third],
        "status=draft": [first],
        "task_type=meeting": [first],
    }.items():
        assert ids(client.get(f"{URL}?{query}")) == {str(entry.pk) for entry in wanted}, query


@pytest.mark.parametrize(
    "query",
    [
        "employee_id=x",
        "project_id=01900000-0000-7000-8000-000000000000",
        "start_date=31.03.2025",
        "end_date=0001-01-01",
        "start_date=9999-12-31",
        "end_date=9999-12-31",
        "billable=banana",
        "is_approved=2",
        "status=lost",
        "task_type=sleep",
        "ordering=note",
        "limit=0",
        "colour=red",
    ],
)
def test_a_bad_filter_is_an_error(query: str, clerk: Employee, api_of: Any) -> None:
    assert api_of(clerk).get(f"{URL}?{query}").status_code == 400


def test_days_are_those_of_the_person_who_asks(clerk: Employee, api_of: Any) -> None:
    make_time_entry(start_time=at("2025-04-01 00:30"))
    clerk.timezone = "America/New_York"
    clerk.save()
    assert ids(api_of(clerk).get(f"{URL}?start_date=2025-04-01")) == set()
    assert len(ids(api_of(clerk).get(f"{URL}?end_date=2025-03-31"))) == 1


def test_lists_below_a_person_and_a_project(clerk: Employee, worker: Employee, api_of: Any) -> None:
    entry = make_time_entry()
    make_time_entry()
    for url in (
        f"/api/employees/{entry.employee_id}/time-entries",
        f"/api/projects/{entry.project_id}/time-entries",
    ):
        assert ids(api_of(clerk).get(url)) == {str(entry.pk)}
    assert ids(api_of(worker).get(f"/api/employees/{entry.employee_id}/time-entries")) == set()
    url = f"/api/projects/{entry.project_id}/time-entries"
    assert api_of(worker).get(url).status_code == 404
    assert api_of(clerk).get(f"/api/projects/{uuid4()}/time-entries").status_code == 404


def test_overlaps_are_warned_of(worker: Employee, api_of: Any) -> None:
    client = api_of(worker)
    body = {"start_time": NINE, "end_time": ELEVEN}
    assert client.post(URL, body).json()["overlaps"] is False
    assert client.post(URL, body).json()["overlaps"] is True
    assert [item["overlaps"] for item in client.get(URL).json()["items"]] == [True, True]


def test_a_list_of_many_asks_as_often_as_a_list_of_few(clerk: Employee, api_of: Any) -> None:
    client = api_of(clerk)
    client.get(URL)  # the first use of a token in a while is written down
    counts = []
    for _round in range(2):
        for _number in range(6):
            make_time_entry()
        with CaptureQueriesContext(connection) as captured:
            assert client.get(URL).status_code == 200
        counts.append(len(captured))
        with CaptureQueriesContext(connection) as captured:
            client.get(f"{URL}?project_id={make_project().pk}")
    assert counts[0] == counts[1] <= 3


def test_recording_asks_little(worker: Employee, api_of: Any) -> None:
    project = make_project(project_manager=worker)
    client = api_of(worker)
    body = {"project_id": str(project.pk), "start_time": NINE, "end_time": ELEVEN}
    client.post(URL, body)
    with CaptureQueriesContext(connection) as captured:
        assert client.post(URL, body).status_code == 201
    asked = [query["sql"] for query in captured if "SAVEPOINT" not in query["sql"]]
    assert len(asked) <= 9, "\n".join(asked)


def test_submitting_and_approving_answer_with_the_entry(clerk: Employee, api_of: Any) -> None:
    entry = submit_time_entry(make_time_entry(), by=None)
    data = api_of(clerk).post(f"{URL}/{entry.pk}/approve").json()
    assert data["id"] == str(entry.pk)
    assert TimeEntry.objects.approved().get().approved_by == clerk
