"""The week sheet: what a cell writes, where it lands, and what it refuses."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.test import Client

from conftest import ClientOf
from employees.models import Employee
from employees.tests.factories import make_employee, make_role
from projects.models import Project
from projects.tests.factories import make_project
from timetracking.forms import MinutesField
from timetracking.models import TimeEntry
from timetracking.services import CellChange, fill_week, start_timer, submit_time_entry
from timetracking.tests.factories import at, make_approved_time_entry, make_time_entry
from timetracking.week import Line
from workmate import services
from workmate.errors import Conflict, Forbidden
from workmate.tests.test_pages import count_of, few_and_many
from workmate.tests.test_pages import pin as pin
from workmate.tests.threads import at_once

MONDAY = dt.date(2025, 3, 10)
TUESDAY = dt.date(2025, 3, 11)
ADDRESS = "/week/?week=2025-W11"


@pytest.fixture
def project(worker: Employee) -> Project:
    return make_project(title="Portal", project_manager=worker)


def line(project: Project | None, kind: str = "") -> Line:
    return Line(project and project.pk, kind, project)


def spans(person: Employee) -> list[str]:
    rows = TimeEntry.objects.of(person).order_by("start_time")
    return [f"{at_clock(row.start_time)}-{at_clock(row.end_time)}" for row in rows]


def at_clock(moment: dt.datetime) -> str:
    return moment.astimezone(at("2025-03-10 00:00").tzinfo).strftime("%a %H:%M")


def fill(person: Employee, *changes: CellChange, **more: Any) -> Any:
    return fill_week(person, MONDAY, changes, by=more.pop("by", person), **more)


def refusal(person: Employee, change: CellChange, **more: Any) -> str:
    with pytest.raises(ValidationError) as refused:
        fill(person, change, **more)
    return str(refused.value.message_dict[change.key])


def test_new_cells_stand_one_after_the_other(worker: Employee, project: Project) -> None:
    fill(worker, CellChange(line(project, "meeting"), MONDAY, minutes=90, note="Kick-off"))
    fill(worker, CellChange(line(None), MONDAY, minutes=30))
    assert spans(worker) == ["Mon 09:00-Mon 10:30", "Mon 10:30-Mon 11:00"]
    first = TimeEntry.objects.of(worker).get(project=project)
    assert (first.task_type, first.note, first.status) == ("meeting", "Kick-off", "draft")


def test_a_cell_with_one_entry_changes_it_and_keeps_its_start(
    worker: Employee, project: Project
) -> None:
    entry = make_time_entry(employee=worker, project=project, start_time=at("2025-03-10 13:15"))
    fill(worker, CellChange(line(project), MONDAY, was=120, minutes=45))
    assert spans(worker) == ["Mon 13:15-Mon 14:00"]
    fill(worker, CellChange(line(project), MONDAY, was=45, note="Other"))
    entry.refresh_from_db()
    assert (entry.note, entry.duration_minutes) == ("Other", 45)
    fill(worker, CellChange(line(project), MONDAY, was=45, minutes=0))
    assert spans(worker) == []


def test_what_grows_into_another_entry_moves_behind_it(worker: Employee, project: Project) -> None:
    fill(worker, CellChange(line(project), MONDAY, minutes=60))
    fill(worker, CellChange(line(None), MONDAY, minutes=60))
    fill(worker, CellChange(line(project), MONDAY, was=60, minutes=120))
    assert spans(worker) == ["Mon 10:00-Mon 11:00", "Mon 11:00-Mon 13:00"]


def test_late_a_gap_is_taken_and_a_full_day_is_told(worker: Employee, project: Project) -> None:
    make_time_entry(employee=worker, start_time=at("2025-03-10 16:00"), duration_minutes=420)
    fill(worker, CellChange(line(project), MONDAY, minutes=120))
    assert spans(worker)[0] == "Mon 14:00-Mon 16:00"
    full = CellChange(line(None), MONDAY, minutes=18 * 60)
    assert "no room" in refusal(worker, full)
    # A night that reaches in begins no working day.
    make_time_entry(employee=worker, start_time=at("2025-03-11 22:00"), duration_minutes=300)
    fill(worker, CellChange(line(project), dt.date(2025, 3, 12), minutes=60))
    assert spans(worker)[-1] == "Wed 09:00-Wed 10:00"


@pytest.mark.parametrize(
    ("clock", "minutes", "span"),
    [
        ("17:08", 120, "Mon 15:00-Mon 17:00"),  # before the timer's entry, not after now
        ("17:08", 5, "Mon 16:55-Mon 17:00"),
        ("08:10", 480, "Mon 09:00-Mon 17:00"),  # a day that is planned is not put into the night
    ],
)
def test_what_is_noted_for_today_was_done_by_now(
    worker: Employee, project: Project, clock: str, minutes: int, span: str
) -> None:
    make_time_entry(employee=worker, start_time=at("2025-03-10 17:00"), duration_minutes=6)
    with time_machine.travel(at(f"2025-03-10 {clock}"), tick=False):
        fill(worker, CellChange(line(project), MONDAY, minutes=minutes))
    assert span in spans(worker)


def test_locked_several_and_stale_cells_are_refused_and_nothing_is_written(
    worker: Employee, project: Project
) -> None:
    make_approved_time_entry(employee=worker, project=project)
    other = make_project(title="Other", project_manager=worker)
    make_time_entry(employee=worker, project=other, start_time=at("2025-03-11 09:00"))
    make_time_entry(employee=worker, project=other, start_time=at("2025-03-11 12:00"))
    handed_in = make_time_entry(employee=worker, project=other, start_time=at("2025-03-12 12:00"))
    submit_time_entry(handed_in, by=worker)
    before = list(TimeEntry.objects.values_list("pk", "duration_minutes", "status"))
    good = CellChange(line(None), TUESDAY, minutes=60)
    for change, word in [
        (CellChange(line(project), MONDAY, was=120, minutes=60), "approved"),
        (CellChange(line(other), TUESDAY, was=240, minutes=60), "Several"),
        (CellChange(line(other), dt.date(2025, 3, 12), was=120, minutes=60), "submitted"),
        (CellChange(line(project), TUESDAY, was=60, minutes=30), "meantime"),
        (CellChange(line(project), TUESDAY, note="No hours"), "hours"),
    ]:
        with pytest.raises(ValidationError) as refused:
            fill(worker, good, change)
        assert word in str(refused.value.message_dict[change.key])
    assert list(TimeEntry.objects.values_list("pk", "duration_minutes", "status")) == before


def test_a_running_timer_is_neither_written_over_nor_into(
    worker: Employee, project: Project
) -> None:
    start_timer(by=worker, project=project)
    today = TimeEntry.objects.get().start_time.astimezone(at("2025-03-10 00:00").tzinfo).date()
    monday = today - dt.timedelta(days=today.weekday())
    change = CellChange(line(project), today, minutes=1)
    with pytest.raises(ValidationError, match="timer still runs"):
        fill_week(worker, monday, [change], by=worker)
    with pytest.raises(Conflict):
        fill_week(worker, monday, by=worker, submit=True)


@pytest.mark.parametrize("begun", ["2025-03-11 17:03", "2025-03-07 17:03"])
def test_a_timer_forgotten_on_another_day_is_named_where_it_takes_the_room(
    worker: Employee, client_of: ClientOf, project: Project, begun: str
) -> None:
    make_time_entry(employee=worker, start_time=at(begun), duration_minutes=None)
    with time_machine.travel(at("2025-03-12 11:00"), tick=False):
        told = refusal(worker, CellChange(line(project), dt.date(2025, 3, 12), minutes=60))
        assert "timer has run since" in told
        page = client_of(services.change(worker, by=None, language="en")).get(ADDRESS)
    assert page.context["forgotten"] == TimeEntry.objects.get()
    assert "timer has run since" in page.content.decode()


def test_a_locked_cell_says_why_and_a_line_whose_project_it_is(
    worker: Employee, client_of: ClientOf, project: Project
) -> None:
    approved = make_approved_time_entry(
        employee=worker, project=project, start_time=at("2025-03-10 09:00")
    )
    entry = make_time_entry(employee=worker, project=project, start_time=at("2025-03-11 09:00"))
    submit_time_entry(entry, by=worker)
    client = client_of(services.change(worker, by=None, language="en"))
    page = client.get(ADDRESS).content.decode()
    assert "It is approved: have it reopened" in page
    assert "It is submitted: open it" in page
    assert project.customer.name in page
    TimeEntry.objects.filter(pk=approved.pk).update(is_invoiced=True)
    assert "It stands on an invoice" in client.get(ADDRESS).content.decode()
    # Beside it one that was rejected is the person's to put right.
    TimeEntry.objects.filter(pk=entry.pk).update(
        status="rejected", start_time=at("2025-03-10 13:00"), end_time=at("2025-03-10 14:00")
    )
    page = client.get(ADDRESS).content.decode()
    assert "Several entries stand here" in page
    assert "It stands on an invoice" not in page


def test_nobody_fills_a_foreign_week_or_without_the_right(
    worker: Employee, clerk: Employee, project: Project
) -> None:
    boss = make_employee(role=make_role("Project lead"))
    report = make_employee(reports_to=worker)
    change = CellChange(line(None), MONDAY, minutes=60)
    with pytest.raises(Forbidden):
        fill(report, change, by=worker)
    fill(report, change, by=boss)
    assert spans(report) == ["Mon 09:00-Mon 10:00"]
    reader = make_employee(role=make_role("Reader", ["backoffice.timetracking.timeentry.add"]))
    fill(reader, change)
    assert "role" in refusal(reader, CellChange(line(None), MONDAY, was=60, minutes=0))
    foreign = CellChange(line(make_project()), MONDAY, minutes=60)
    assert "take part" in refusal(worker, foreign)


def test_last_week_is_copied_once_to_where_nothing_stands(
    worker: Employee, project: Project
) -> None:
    make_time_entry(
        employee=worker, project=project, start_time=at("2025-03-03 08:00"), billable=False
    )
    make_time_entry(employee=worker, project=project, start_time=at("2025-03-04 08:00"))
    closed = make_project(title="Closed", project_manager=worker)
    make_time_entry(employee=worker, project=closed, start_time=at("2025-03-05 08:00"))
    Project.objects.filter(pk=closed.pk).update(status="completed")
    make_time_entry(employee=worker, project=None, start_time=at("2025-03-10 08:30"))
    fill(worker, CellChange(line(project), TUESDAY, minutes=60), copy=True)
    # At its own time where that is free, else as a new one is placed; Tuesday was typed.
    assert spans(worker)[3:] == [
        "Mon 08:30-Mon 10:30",
        "Mon 10:30-Mon 12:30",
        "Tue 09:00-Tue 10:00",
    ]
    assert not TimeEntry.objects.of(worker).get(start_time=at("2025-03-10 10:30")).billable
    with pytest.raises(Conflict):
        fill(worker, copy=True)


def test_a_week_is_submitted_with_what_was_just_typed(worker: Employee, project: Project) -> None:
    fill(worker, CellChange(line(project), MONDAY, minutes=60), submit=True)
    assert TimeEntry.objects.get().status == "submitted"
    with pytest.raises(Conflict):
        fill(worker, submit=True)


@pytest.mark.django_db(transaction=True)
def test_two_windows_do_not_write_the_same_cell_twice(worker: Employee) -> None:
    change = CellChange(line(None), MONDAY, minutes=60)
    results = at_once(*[lambda: fill(worker, change)] * 2)
    assert sum(isinstance(result, ValidationError) for result in results) == 1
    assert spans(worker) == ["Mon 09:00-Mon 10:00"]


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("1:30", 90), ("1,5", 90), ("1.5 h", 90), ("90m", 90), ("1h30", 90), ("2h", 120), ("", None)],
)
def test_durations_are_read_as_people_type_them(text: str, minutes: int | None) -> None:
    assert MinutesField(required=False).clean(text) == minutes


@pytest.mark.parametrize("text", ["25", "1:75", "1500m", "-1", "eins", "9" * 40, "25:00", "1e1"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        MinutesField(required=False).clean(text)


@pytest.mark.parametrize("text", ["25", "25:00", "24:01", "1500m", "9" * 40])
def test_a_duration_that_no_day_holds_is_told_the_limit(text: str) -> None:
    with pytest.raises(ValidationError, match="24:00") as refused:
        MinutesField(required=False).clean(text)
    assert refused.value.code == "too_long"


def typed(project: Project, **cells: str) -> dict[str, str]:
    return {"row": f"{project.pk}:", "was-0": "0,0,0,0,0,0,0", **cells}


def test_a_plain_form_saves_and_loses_nothing_that_is_wrong(
    worker: Employee, client_of: ClientOf, project: Project
) -> None:
    client = client_of(worker)
    wrong = typed(project, **{"c-0-0": "1:30", "c-0-1": "much", "n-0-0": "Said"})
    response = client.post(ADDRESS, wrong)
    text = response.content.decode()
    assert response.status_code == 422
    assert 'value="1:30"' in text
    assert 'value="much"' in text
    assert 'value="Said"' in text
    assert 'href="#c-0-1"' in text
    assert not TimeEntry.objects.exists()
    response = client.post(ADDRESS, {**wrong, "c-0-1": "90m"}, follow=True)
    assert response.redirect_chain == [("/week/?week=2025-W11", 302)]
    assert [entry.duration_minutes for entry in TimeEntry.objects.of(worker)] == [90, 90]
    assert "3:00" in response.content.decode()


def test_a_project_is_added_with_or_without_hours(
    worker: Employee, client_of: ClientOf, project: Project
) -> None:
    client = client_of(worker)
    chosen = {"project": str(project.pk), "task_type": "meeting"}
    page = client.post(ADDRESS, chosen, follow=True).content.decode()
    assert f'value="{project.pk}:meeting"' in page
    client.post(ADDRESS, {**chosen, "c-new-2": "0:15"})
    assert TimeEntry.objects.get().task_type == "meeting"
    response = client.post(ADDRESS, {"c-new-2": "0:15"})
    assert response.status_code == 422
    foreign = {"row": f"{make_project().pk}:", "was-0": "", "c-0-0": "1"}
    assert client.post(ADDRESS, foreign).status_code == 422
    assert TimeEntry.objects.count() == 1


def test_favourites_and_the_lines_of_last_week_stand_empty(
    worker: Employee, client_of: ClientOf, project: Project
) -> None:
    make_time_entry(employee=worker, project=project, start_time=at("2025-02-20 08:00"))
    make_time_entry(
        employee=worker, project=None, task_type="meeting", start_time=at("2024-12-02 08:00")
    )
    client = client_of(worker)
    assert f'value="{project.pk}:"' in client.get(ADDRESS).content.decode()
    assert "internal:meeting" not in client.get(ADDRESS).content.decode()
    after = client.get("/week/?week=2024-W50&rows=last").content.decode()
    assert "internal:meeting" in after


def test_a_week_shows_only_to_whom_the_time_does(
    worker: Employee, clerk: Employee, admin: Employee, client_of: ClientOf
) -> None:
    report = make_employee(reports_to=worker)
    make_time_entry(employee=report, project=None)

    def look(client: Client, person: Any) -> Any:
        return client.get(f"{ADDRESS}&employee_id={person}")

    seen = look(client_of(worker), report.pk)
    assert "2:00" in seen.content.decode()
    assert 'name="row"' not in seen.content.decode()
    assert look(client_of(worker), admin.pk).status_code == 404
    assert look(client_of(worker), "x").status_code == 404
    assert 'name="row"' in look(client_of(admin), report.pk).content.decode()
    refused = client_of(worker).post(f"{ADDRESS}&employee_id={report.pk}", {"act": "submit"})
    assert refused.status_code == 422


@pytest.mark.parametrize("week", ["2025-W54", "x", "0000-W01", "2025-W00"])
def test_a_week_that_does_not_exist_is_refused(
    worker: Employee, client_of: ClientOf, week: str
) -> None:
    assert client_of(worker).get("/week/", {"week": week}).status_code == 400


def test_a_full_week_asks_as_often_as_a_short_one(
    admin: Employee, client_of: ClientOf, pin: Any
) -> None:
    client = client_of(admin)

    def make(person: Employee) -> None:
        hour = 6 + TimeEntry.objects.count()
        start = at(f"2025-03-12 {hour:02d}:00")
        make_time_entry(employee=person, start_time=start, duration_minutes=60)

    few, many = few_and_many(make, admin, lambda: count_of(client, ADDRESS))
    assert few == many
    pin("page /week/", many)
