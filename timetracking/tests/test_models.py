"""What a time entry is, and what entries add up to."""

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from employees.models import Employee
from employees.tests.factories import make_employee
from projects.tests.factories import make_project
from timetracking.models import TimeEntry, minutes_between
from timetracking.querysets import hours_of
from timetracking.tests.factories import BERLIN, at, make_approved_time_entry, make_time_entry

moments = st.datetimes(
    min_value=dt.datetime(2001, 1, 1), max_value=dt.datetime(2026, 1, 1), timezones=st.just(dt.UTC)
)


def test_the_duration_follows_from_start_and_end() -> None:
    entry = make_time_entry(start_time=at("2025-03-10 09:00"), end_time=at("2025-03-10 10:50"))
    assert entry.duration_minutes == 110
    assert entry.duration_hours == Decimal("1.83")
    assert not entry.is_running


def test_the_end_follows_from_a_duration() -> None:
    entry = make_time_entry(start_time=at("2025-03-10 09:00"), duration_minutes=90)
    assert entry.end_time == at("2025-03-10 10:30")


@pytest.mark.parametrize(
    ("seconds", "minutes"), [(29, 0), (30, 1), (89, 1), (90, 2), (3600, 60), (86400, 1440)]
)
def test_durations_are_rounded_half_up_to_the_minute(seconds: int, minutes: int) -> None:
    start = at("2025-03-10 09:00")
    entry = make_time_entry(start_time=start, end_time=start + dt.timedelta(seconds=seconds))
    entry.refresh_from_db()
    assert entry.duration_minutes == minutes


@given(start=moments, seconds=st.integers(min_value=1, max_value=86_400))
def test_any_duration_is_what_the_stopwatch_shows(start: dt.datetime, seconds: int) -> None:
    end = start + dt.timedelta(seconds=seconds)
    expected = int((Decimal(seconds) / 60).to_integral_value("ROUND_HALF_UP"))
    for zone in (dt.UTC, BERLIN, ZoneInfo("America/New_York")):
        assert minutes_between(start.astimezone(zone), end.astimezone(zone)) == expected
    entry = TimeEntry(start_time=start.astimezone(BERLIN), end_time=end.astimezone(BERLIN))
    entry.clean()
    assert entry.duration_minutes == expected


@given(minutes=st.integers(min_value=0, max_value=10_000_000))
def test_hours_are_never_off_by_more_than_half_a_hundredth(minutes: int) -> None:
    assert abs(hours_of(minutes) - Decimal(minutes) / 60) <= Decimal("0.005")


def test_the_night_of_the_clock_change_is_as_long_as_it_was() -> None:
    october = make_time_entry(start_time=at("2025-10-25 23:00"), end_time=at("2025-10-26 05:00"))
    march = make_time_entry(start_time=at("2025-03-29 23:00"), end_time=at("2025-03-30 05:00"))
    assert (october.duration_minutes, march.duration_minutes) == (420, 300)


def test_an_end_in_the_second_hour_of_october_lies_after_a_start_in_the_first() -> None:
    entry = make_time_entry(
        start_time=at("2025-10-26 02:30"), end_time=at("2025-10-26 02:10").replace(fold=1)
    )
    assert entry.duration_minutes == 40


@pytest.mark.parametrize(
    ("start", "end", "field"),
    [
        ("2025-03-10 09:00", "2025-03-10 09:00", "end_time"),
        ("2025-03-10 09:00", "2025-03-10 08:00", "end_time"),
        ("2025-03-10 09:00", "2025-03-11 09:01", "end_time"),
        ("1999-03-10 09:00", "1999-03-10 10:00", "start_time"),
        ("2999-03-10 09:00", "2999-03-10 10:00", "start_time"),
    ],
)
def test_it_refuses_spans_that_cannot_be(start: str, end: str, field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        make_time_entry(start_time=at(start), end_time=at(end))
    assert field in refused.value.error_dict


def test_it_refuses_a_timer_that_starts_in_the_future() -> None:
    with pytest.raises(ValidationError) as refused:
        make_time_entry(start_time=timezone.now() + dt.timedelta(hours=1), end_time=None)
    assert "start_time" in refused.value.error_dict


def test_a_day_of_clock_change_may_be_filled() -> None:
    entry = make_time_entry(start_time=at("2025-03-30 00:00"), end_time=at("2025-03-31 00:00"))
    assert entry.duration_minutes == 23 * 60


def test_internal_time_is_never_billable() -> None:
    entry = make_time_entry(project=None, billable=True)
    assert not entry.billable
    assert entry.effective_rate is None


def test_the_own_rate_goes_before_that_of_the_project() -> None:
    project = make_project(hourly_rate=Decimal("95"))
    assert make_time_entry(project=project).effective_rate == Decimal("95")
    assert make_time_entry(project=project, hourly_rate=Decimal("120")).effective_rate == 120
    assert make_time_entry(project=project, hourly_rate=Decimal(0)).effective_rate == 0
    assert make_time_entry(project=project, billable=False).effective_rate is None


def test_approved_follows_the_status() -> None:
    entry = make_approved_time_entry()
    assert entry.is_approved
    assert TimeEntry.objects.approved().get() == entry


@pytest.mark.parametrize(
    "change",
    [
        {"end_time": None},
        {"end_time": at("2025-03-10 08:00")},
        {"end_time": at("2025-03-12 08:00")},
        {"duration_minutes": None},
        {"duration_minutes": 1441},
        {"project": None},
        {"is_invoiced": True},
        {"hourly_rate": Decimal(-1)},
        {"status": "submitted", "end_time": None, "duration_minutes": None},
    ],
)
def test_the_database_refuses_what_the_model_would(change: dict[str, object]) -> None:
    entry = make_time_entry()
    with pytest.raises(IntegrityError), transaction.atomic():
        TimeEntry.objects.filter(pk=entry.pk).update(**change)


@pytest.mark.parametrize(
    "change",
    [
        {"note": "Else"},
        {"billable": False},
        {"hourly_rate": Decimal(99)},
        {"start_time": at("2025-03-10 08:30")},
        {"task_type": "meeting"},
        {"project": None},
        {"status": "draft", "note": "Else"},
    ],
)
def test_approved_time_does_not_change_whoever_writes_to_the_table(
    change: dict[str, object],
) -> None:
    entry = make_approved_time_entry()
    with pytest.raises(ProgrammingError, match="approved"), transaction.atomic():
        TimeEntry.objects.filter(pk=entry.pk).update(**change)
    with pytest.raises(ProgrammingError, match="approved"), transaction.atomic():
        TimeEntry.objects.filter(pk=entry.pk).delete()
    TimeEntry.objects.filter(pk=entry.pk).update(is_invoiced=True)
    TimeEntry.objects.filter(pk=entry.pk).update(is_invoiced=False, status="draft")
    TimeEntry.objects.filter(pk=entry.pk).update(note="Else")


def test_the_database_refuses_a_second_timer() -> None:
    person = make_employee()
    make_time_entry(employee=person, end_time=None)
    other = make_time_entry(employee=person)
    with pytest.raises(IntegrityError), transaction.atomic():
        TimeEntry.objects.filter(pk=other.pk).update(end_time=None, duration_minutes=None)


def test_one_sees_ones_own_and_the_reports_time(worker: Employee, clerk: Employee) -> None:
    own = make_time_entry(employee=worker)
    report = make_time_entry(employee=make_employee(reports_to=worker))
    make_time_entry(employee=make_employee(reports_to=report.employee))
    make_time_entry()
    assert set(TimeEntry.objects.visible_to(worker)) == {own, report}
    assert TimeEntry.objects.visible_to(clerk).count() == 4


def test_sums_count_finished_time_only() -> None:
    person = make_employee(cost_rate=Decimal("33.33"))
    project = make_project()
    for minutes in (50, 50, 50):
        make_time_entry(employee=person, project=project, duration_minutes=minutes)
    make_time_entry(employee=make_employee(), project=project, duration_minutes=10)
    make_time_entry(employee=person, project=project, end_time=None)
    entries = project.time_entries
    assert entries.sum_minutes() == 160
    assert entries.sum_hours() == Decimal("2.67")
    assert entries.sum_labour_cost() == Decimal("83.33")
    assert TimeEntry.objects.none().sum_hours() == 0
    assert TimeEntry.objects.none().sum_labour_cost() == 0


def test_days_are_local() -> None:
    late = make_time_entry(start_time=at("2025-03-10 23:30"), duration_minutes=60)
    early = make_time_entry(start_time=at("2025-03-11 00:15"), duration_minutes=60)
    tenth, eleventh = dt.date(2025, 3, 10), dt.date(2025, 3, 11)
    entries = TimeEntry.objects
    assert list(entries.on_days(tenth, tenth, BERLIN)) == [late]
    assert list(entries.on_days(eleventh, None, BERLIN)) == [early]
    assert list(entries.on_days(None, tenth, BERLIN)) == [late]
    assert entries.on_days(tenth, tenth, dt.UTC).count() == 2
    assert entries.all().minutes_by_day(BERLIN) == {tenth: 60, eleventh: 60}


@pytest.mark.parametrize(
    ("start", "end", "overlaps"),
    [
        ("08:00", "09:00", False),
        ("11:00", "12:00", False),
        ("08:00", "09:01", True),
        ("10:59", "12:00", True),
        ("09:30", "10:00", True),
        ("08:00", "12:00", True),
        ("09:00", "11:00", True),
    ],
)
def test_entries_that_share_time_say_so(start: str, end: str, overlaps: bool) -> None:
    person = make_employee()
    make_time_entry(employee=person)  # from 9 to 11
    make_time_entry(start_time=at("2025-03-10 08:00"))  # somebody else's
    other = make_time_entry(
        employee=person, start_time=at(f"2025-03-10 {start}"), end_time=at(f"2025-03-10 {end}")
    )
    assert other.overlaps is overlaps
    assert TimeEntry.objects.with_overlaps().get(pk=other.pk).has_overlap is overlaps
    assert TimeEntry.objects.of(person).with_overlaps().filter(has_overlap=True).count() == (
        2 if overlaps else 0
    )


def test_a_running_timer_overlaps_what_comes_after_its_start() -> None:
    person = make_employee()
    timer = make_time_entry(employee=person, start_time=at("2025-03-08 09:00"), end_time=None)
    after = make_time_entry(employee=person)
    assert after.overlaps
    assert timer.overlaps
    assert TimeEntry.objects.with_overlaps().get(pk=timer.pk).has_overlap
    assert TimeEntry.objects.with_overlaps().get(pk=after.pk).has_overlap


def test_time_of_two_people_never_overlaps() -> None:
    mine, theirs, timer = make_time_entry(), make_time_entry(), make_time_entry(end_time=None)
    rows = TimeEntry.objects.with_overlaps().in_bulk([mine.pk, theirs.pk, timer.pk]).values()
    assert [entry.has_overlap for entry in rows] == [False] * 3


def test_counting_asks_neither_for_names_nor_for_overlaps() -> None:
    make_time_entry()
    with CaptureQueriesContext(connection) as captured:
        TimeEntry.objects.for_list().capped_count()
    sql = captured[0]["sql"]
    assert "EXISTS" not in sql
    assert "JOIN" not in sql


def test_a_later_page_asks_for_overlaps_of_its_own_rows_only() -> None:
    person = make_employee()
    for hour in (8, 10, 12, 14):
        make_time_entry(employee=person, start_time=at(f"2025-03-10 {hour:02}:00"))
    make_time_entry(employee=person, start_time=at("2025-03-10 09:00"))
    rows = TimeEntry.objects.for_list()
    with CaptureQueriesContext(connection) as asked:
        page = rows.window(2, 2)
    assert [entry.pk for entry in page] == [entry.pk for entry in rows[2:4]]
    assert [entry.has_overlap for entry in page] == [True, True]
    assert len(asked) == 1
    inner = asked[0]["sql"].partition(" IN (")[2]
    assert "OFFSET 2" in inner
    assert "EXISTS" not in inner.partition("OFFSET")[0]


def test_the_search_looks_into_note_project_and_person() -> None:
    person = make_employee(first_name="Vera", last_name="Vogt")
    entry = make_time_entry(
        employee=person, project=make_project(title="Portal"), note="Kick-off meeting"
    )
    make_time_entry()
    for text in ("kick", "portal", "VOGT", "vera portal", entry.project.project_number):
        assert TimeEntry.objects.search(text).get() == entry, text
    assert not TimeEntry.objects.search("portal nothing").exists()
