"""Time entries on pages and in Django admin."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from employees.models import Employee
from employees.tests.factories import make_employee, make_role
from projects.tests.factories import make_project
from timetracking.models import TimeEntry
from timetracking.services import start_timer, submit_time_entry
from timetracking.tests.factories import at, make_approved_time_entry, make_time_entry

FORM = {"date": "10.03.2025", "start": "9:00", "end": "11:00", "duration": "", "note": "Worked"}


def test_time_is_recorded_as_people_write_it(client_of: Any) -> None:
    lead = make_employee(role=make_role("Project lead"))
    project = make_project(project_manager=lead)
    body = {**FORM, "project": project.pk, "billable": "on", "hourly_rate": "95,50"}
    response = client_of(lead).post("/time-entries/new/", body)
    assert response.status_code == 302, response.content
    entry = TimeEntry.objects.get()
    assert (entry.start_time, entry.end_time) == (at("2025-03-10 09:00"), at("2025-03-10 11:00"))
    assert (entry.employee, entry.hourly_rate, entry.billable) == (lead, Decimal("95.5"), True)


@pytest.mark.parametrize(
    ("typed", "start", "end"),
    [
        ({"start": "9", "end": "930"}, "2025-03-10 09:00", "2025-03-10 09:30"),
        ({"start": "09.15 Uhr", "end": "1000"}, "2025-03-10 09:15", "2025-03-10 10:00"),
        ({"end": "", "duration": "1:30"}, "2025-03-10 09:00", "2025-03-10 10:30"),
        ({"end": "", "duration": "0,25"}, "2025-03-10 09:00", "2025-03-10 09:15"),
        ({"duration": "2"}, "2025-03-10 09:00", "2025-03-10 11:00"),
        ({"start": "22:00", "end": "2:00"}, "2025-03-10 22:00", "2025-03-11 02:00"),
        ({"start": "22", "end": "0:00"}, "2025-03-10 22:00", "2025-03-11 00:00"),
    ],
)
def test_clocks_and_durations(
    typed: dict[str, str], start: str, end: str, worker: Employee, client_of: Any
) -> None:
    response = client_of(worker).post("/time-entries/new/", {**FORM, **typed})
    assert response.status_code == 302, response.content
    entry = TimeEntry.objects.get()
    assert (entry.start_time, entry.end_time) == (at(start), at(end))


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"start": "25:00"}, "start"),
        ({"start": "9:75"}, "start"),
        ({"end": "8:00"}, "end"),
        ({"end": "9:00"}, "end"),
        ({"end": "", "duration": "long"}, "duration"),
        ({"end": "", "duration": "NaN"}, "duration"),
        ({"end": "", "duration": "25:00"}, "duration"),
        ({"duration": "1:00"}, "duration"),
        ({"date": "31.2.2025"}, "date"),
        ({"date": "30.03.2025", "start": "2:30", "end": "4:00"}, "start"),
        ({"date": "10.03.1999"}, "start"),
    ],
)
def test_what_is_wrong_is_said_at_the_field(
    typed: dict[str, str], field: str, worker: Employee, client_of: Any
) -> None:
    response = client_of(worker).post("/time-entries/new/", {**FORM, **typed})
    assert response.status_code == 422
    assert field in response.context["form"].errors


def test_the_hour_that_the_clock_shows_twice(worker: Employee, client_of: Any) -> None:
    typed = {"date": "26.10.2025", "start": "2:30", "end": "2:10"}
    client_of(worker).post("/time-entries/new/", {**FORM, **typed})
    assert TimeEntry.objects.get().duration_minutes == 40


def test_what_is_not_touched_stays_to_the_second(worker: Employee, client_of: Any) -> None:
    start = at("2025-10-26 02:30").replace(fold=1, second=12)
    entry = make_time_entry(
        employee=worker,
        project=None,
        start_time=start,
        end_time=at("2025-10-26 03:10").replace(second=48),
    )
    client, url = client_of(worker), f"/time-entries/{entry.pk}/edit/"
    form = client.get(url).context["form"]
    body = {name: form[name].value() or "" for name in form.fields}
    assert body["duration"] == "0:41"
    body = {**body, "date": "26.10.2025", "start": "02:30", "end": "03:10", "note": "Else"}
    assert client.post(url, body).status_code == 302
    changed = TimeEntry.objects.get()
    assert changed.note == "Else"
    assert (changed.start_time, changed.end_time) == (entry.start_time, entry.end_time)
    assert client.post(url, {**body, "duration": "1:00"}).status_code == 302
    assert TimeEntry.objects.get().duration_minutes == 60
    assert client.post(url, {**body, "date": "25.10.2025", "duration": "1:00"}).status_code == 302
    assert TimeEntry.objects.get().start_time == at("2025-10-25 02:30")


def test_only_the_back_office_is_asked_whose_time_it_is(
    worker: Employee, clerk: Employee, client_of: Any
) -> None:
    own = client_of(worker).get("/time-entries/new/").context["form"]
    assert "employee" not in own.fields
    client_of(clerk).post("/time-entries/new/", {**FORM, "employee": worker.pk})
    client_of(clerk).post("/time-entries/new/", FORM)
    assert {entry.employee for entry in TimeEntry.objects.all()} == {worker, clerk}


def test_closed_projects_are_not_offered(clerk: Employee, client_of: Any) -> None:
    project = make_project(status="completed")
    for url in ("/time-entries/new/", "/time-entries/start/"):
        field = client_of(clerk).get(url).context["form"].fields["project"]
        assert project not in field.queryset


def test_the_timer_starts_and_stops_without_scripts(worker: Employee, client_of: Any) -> None:
    project = make_project(project_manager=worker, title="Portal")
    client = client_of(worker)
    page = client.get(f"/time-entries/start/?project_id={project.pk}")
    assert page.context["form"]["project"].value() == str(project.pk)
    body = {"project": project.pk, "note": "Calls", "next": "/employees/"}
    response = client.post("/time-entries/start/", body)
    assert (response.status_code, response.url) == (302, "/employees/")
    entry = TimeEntry.objects.get()
    assert (entry.project, entry.note, entry.billable) == (project, "Calls", False)
    shown = client.get("/employees/").content.decode()
    stop = f"/time-entries/{entry.pk}/stop/"
    assert "Portal" in shown
    assert stop in shown
    assert client.post("/time-entries/start/", {"billable": "on"}).status_code == 422
    assert client.post(stop, {"next": "/employees/"}).url == "/employees/"
    entry.refresh_from_db()
    assert not entry.is_running
    assert stop not in client.get("/employees/").content.decode()
    client.post("/time-entries/start/", {"project": project.pk, "billable": "on"})
    assert TimeEntry.objects.running().get().billable


def test_the_other_timer_can_be_stopped_on_the_way(worker: Employee, client_of: Any) -> None:
    client = client_of(worker)
    assert "stop_running" not in client.get("/time-entries/start/").context["form"].fields
    first = start_timer(by=worker)
    assert "stop_running" in client.get("/time-entries/start/").context["form"].fields
    assert client.post("/time-entries/start/", {"stop_running": "on"}).status_code == 302
    assert TimeEntry.objects.running().get() != first


def test_the_pages_show_own_and_team_time_only(worker: Employee, client_of: Any) -> None:
    report = make_time_entry(employee=make_employee(reports_to=worker))
    foreign = make_time_entry()
    client = client_of(worker)
    assert client.get(f"/time-entries/{report.pk}/").status_code == 200
    assert client.get(f"/time-entries/{foreign.pk}/").status_code == 404
    assert client.get(f"/time-entries/{foreign.pk}/edit/").status_code == 404
    edit = client.post(f"/time-entries/{report.pk}/edit/", FORM)
    assert edit.status_code == 422
    assert client.post(f"/time-entries/{report.pk}/delete/").status_code in {403, 409}
    assert client.post(f"/time-entries/{report.pk}/approve/").status_code == 403
    report.refresh_from_db()
    assert (report.note, report.status) == ("Worked", "draft")


def test_the_list_sums_hours_as_filtered(clerk: Employee, client_of: Any) -> None:
    make_time_entry(duration_minutes=90)
    submit_time_entry(make_time_entry(duration_minutes=60), by=None)
    make_time_entry(duration_minutes=45, billable=False)
    response = client_of(clerk).get("/time-entries/")
    assert [figure["value"] for figure in response.context["figures"]] == [
        "3:15",
        "2:30",
        "1:00",
        "0:00",
    ]
    assert "3:15" in {cell["html"] for cell in response.context["table"]["sums"]}
    filtered = client_of(clerk).get("/time-entries/?status=draft&billable=true")
    assert filtered.context["figures"][0]["value"] == "1:30"


def test_many_are_approved_at_once_and_own_time_is_left(clerk: Employee, client_of: Any) -> None:
    clerk.reports_to = make_employee()
    clerk.save()
    entries = [submit_time_entry(make_time_entry(), by=None) for _number in range(3)]
    own = submit_time_entry(make_time_entry(employee=clerk, project=None), by=None)
    body = {"ids": [entry.pk for entry in (*entries, own)]}
    client_of(clerk).post("/time-entries/bulk/approve/", body)
    assert TimeEntry.objects.approved().count() == 3
    own.refresh_from_db()
    assert own.status == "submitted"


def test_lists_of_many_ask_as_often_as_lists_of_few(admin: Employee, client_of: Any) -> None:
    client = client_of(admin)
    for url in ("/time-entries/", "/admin/timetracking/timeentry/"):
        counts = []
        for number in (3, 9):
            for _number in range(number):
                make_time_entry(note="Long " * 40)
            with CaptureQueriesContext(connection) as captured:
                assert client.get(url).status_code == 200
            counts.append(len(captured))
        assert counts[0] == counts[1], url


def test_the_start_page_shows_the_timer_and_my_week(worker: Employee, client_of: Any) -> None:
    now = timezone.now()
    make_time_entry(employee=worker, project=None, start_time=now, duration_minutes=75)
    make_time_entry(start_time=now, duration_minutes=30)
    shown = client_of(worker).get("/").content.decode()
    assert "1:15" in shown
    assert "/time-entries/start/" in shown


def test_the_hours_of_today_count_what_runs_now(worker: Employee, client_of: Any) -> None:
    with time_machine.travel(at("2025-03-12 12:00"), tick=False):
        start = at("2025-03-12 08:00")
        make_time_entry(employee=worker, project=None, start_time=start, duration_minutes=75)
        make_time_entry(employee=worker, start_time=at("2025-03-12 11:30"), end_time=None)
        shown = client_of(worker).get("/widgets/time_tracker/")
    assert shown.context["widget"]["today"] == dt.timedelta(hours=1, minutes=45)
    assert 'data-before="4500"' in shown.content.decode()
    assert ">1:45<" in shown.content.decode()


def test_every_page_renders(clerk: Employee, client_of: Any) -> None:
    client = client_of(clerk)
    running = make_time_entry(
        start_time=timezone.now() - dt.timedelta(minutes=5), end_time=None, project=None
    )
    approved = make_approved_time_entry(by=clerk)
    for entry in (running, approved):
        for page in ("", "edit/", "delete/", "reject/"):
            response = client.get(f"/time-entries/{entry.pk}/{page}")
            assert response.status_code == 200, page
    htmx = client.get("/time-entries/", headers={"HX-Request": "true"})
    assert b"<html" not in htmx.content
    assert client.get(f"/time-entries/{approved.pk}/").context["edit_url"] is None


def test_admin_records_and_refuses_like_every_other_door(admin: Employee, client_of: Any) -> None:
    client, url = client_of(admin), "/admin/timetracking/timeentry/"
    body = {
        "employee": admin.pk,
        "start_time_0": "10.03.2025",
        "start_time_1": "09:00:00",
        "end_time_0": "10.03.2025",
        "end_time_1": "11:00:00",
        "note": "Worked",
    }
    response = client.post(f"{url}add/", body)
    assert response.status_code == 302, response.context["adminform"].form.errors
    entry = TimeEntry.objects.get()
    assert entry.duration_minutes == 120
    wrong = client.post(f"{url}add/", {**body, "end_time_1": "08:00:00"})
    assert "end_time" in wrong.context["adminform"].form.errors
    changed = {**body, "end_time_1": "10:00:00", "duration_minutes": "120"}
    assert client.post(f"{url}{entry.pk}/change/", changed).status_code == 302
    entry.refresh_from_db()
    assert entry.duration_minutes == 60
    for action in ("submit", "approve"):
        client.post(url, {"action": action, "_selected_action": [entry.pk]})
    entry.refresh_from_db()
    assert entry.is_approved
    assert client.post(f"{url}{entry.pk}/change/", body).status_code == 403
    client.post(url, {"action": "delete_selected", "_selected_action": [entry.pk], "post": "yes"})
    assert TimeEntry.objects.filter(pk=entry.pk).exists()


@pytest.mark.parametrize("day", ["01.01.0001", "31.12.9999"])
def test_a_day_at_the_ends_of_the_calendar_is_refused(
    day: str, worker: Employee, admin: Employee, client_of: Any
) -> None:
    for times in ({"start": "0:00", "end": "1:00"}, {"start": "22:00", "end": "1:00"}):
        response = client_of(worker).post("/time-entries/new/", {**FORM, "date": day, **times})
        assert (response.status_code, set(response.context["form"].errors)) == (422, {"date"})
    body = {"employee": admin.pk, "start_time_0": day, "start_time_1": "00:00"}
    body |= {"end_time_0": "10.03.2025", "end_time_1": "00:00"}
    page = client_of(admin).post("/admin/timetracking/timeentry/add/", body)
    assert "start_time" in page.context["adminform"].form.errors
    body |= {"start_time_0": "10.03.2025", "end_time_0": day}
    page = client_of(admin).post("/admin/timetracking/timeentry/add/", body)
    assert "end_time" in page.context["adminform"].form.errors
    assert not TimeEntry.objects.exists()


def test_a_supervisor_is_offered_to_decide_and_not_to_write(client_of: Any) -> None:
    rights = ("view", "change", "delete", "submit", "approve")
    codes = [f"backoffice.timetracking.timeentry.{right}" for right in rights]
    lead = make_employee(role=make_role("Boss", codes))
    entry = make_time_entry(employee=make_employee(reports_to=lead))
    page = client_of(lead).get(entry.get_absolute_url())
    assert (page.context["edit_url"], page.context["delete_url"]) == (None, None)
    assert page.context["verbs"] == []
    submit_time_entry(entry, by=entry.employee)
    page = client_of(lead).get(entry.get_absolute_url())
    assert [verb["name"] for verb in page.context["verbs"]] == ["approve", "reject", "reopen"]


def test_the_timer_page_starts_what_one_usually_does_and_stops_the_other(
    client_of: Any, worker: Employee
) -> None:
    project = make_project(title="Portal", project_manager=worker)
    earlier = timezone.now() - dt.timedelta(days=2)
    make_time_entry(
        employee=worker,
        project=project,
        task_type="development",
        start_time=earlier,
        end_time=earlier + dt.timedelta(hours=1),
    )
    client = client_of(worker)
    start_timer(by=worker, note="Something else")
    page = client.get("/timer/")
    assert [line["title"] for line in page.context["usual"]] == ["Portal"]
    assert "Something else" in page.content.decode()
    body = {"project": project.pk, "task_type": "development", "billable": "on"}
    refused = client.post("/timer/", {**body, "note": "Kept"})
    assert refused.status_code == 422
    assert "Kept" in refused.content.decode()
    answer = client.post("/timer/", {**body, "stop_running": "on"})
    assert answer["Location"] == "/timer/"
    running = TimeEntry.objects.of(worker).running().get()
    assert (running.project, running.task_type, running.billable) == (project, "development", True)
    assert client.post("/timer/", {"project": make_project().pk}).status_code == 422


def test_the_timer_page_goes_on_with_an_entry_of_today(client_of: Any, worker: Employee) -> None:
    now = timezone.now()
    entry = make_time_entry(
        employee=worker,
        project=None,
        billable=False,
        note="Meeting",
        start_time=now - dt.timedelta(minutes=2),
        end_time=now - dt.timedelta(minutes=1),
    )
    other = make_time_entry(employee=make_employee(), note="Foreign")
    page = client_of(worker).get("/timer/").content.decode()
    assert entry.get_absolute_url() in page
    assert "0:01" in page
    assert other.get_absolute_url() not in page
    body = {"project": "", "task_type": "", "note": "Meeting", "billable": "", "stop_running": "on"}
    assert client_of(worker).post("/timer/", body).status_code == 302
    running = TimeEntry.objects.of(worker).running().get()
    assert (running.note, running.billable) == ("Meeting", False)
