"""How hours come from files."""

import datetime as dt
import zoneinfo

from django.utils import timezone

from employees.models import Employee
from employees.tests.factories import make_employee
from projects.tests.factories import make_project
from system.tests.factories import an_xlsx, counts_of, make_done
from timetracking.models import TimeEntry

TIME = "Tag;Von;Bis;Projekt;Notiz;Art der Arbeit"


def test_hours_come_from_day_and_clock_in_any_columns(admin: Employee) -> None:
    project = make_project(title="Umbau")
    make_done(
        admin,
        TIME,
        f"31.03.2025;9:00;10.30;{project.project_number};Planung;Besprechung",
        "01.04.2025;22:00;1:00;Umbau;Nacht;",
        kind="timeentry",
    )
    first, second = TimeEntry.objects.order_by("start_time")
    assert (first.duration_minutes, first.project, first.employee) == (90, project, admin)
    assert second.duration_minutes == 180
    begin = timezone.localtime(first.start_time, zoneinfo.ZoneInfo(admin.timezone))
    assert (begin.date(), begin.hour) == (dt.date(2025, 3, 31), 9)


def test_a_worker_imports_their_own_time_and_nobody_elses(worker: Employee) -> None:
    other = make_employee()
    job = make_done(
        worker,
        "Tag;Von;Dauer;Mitarbeiter",
        f"31.03.2025;9:00;1:30;{worker.email}",
        "31.03.2025;11:00;1:30;",
        f"31.03.2025;13:00;1:30;{other.email}",
        kind="timeentry",
    )
    assert counts_of(job) == (2, 0, 0, 1)
    assert set(TimeEntry.objects.values_list("employee", flat=True)) == {worker.pk}
    assert job.rows.faulty().get().errors[0]["column"] == "Mitarbeiter"


def test_a_workbook_is_imported_as_a_text_file_is(admin: Employee) -> None:
    file = an_xlsx(["Tag", "Von", "Dauer"], [dt.datetime(2025, 3, 31), dt.time(9), 1.5])
    make_done(admin, kind="timeentry", file=file)
    assert TimeEntry.objects.get().duration_minutes == 90
