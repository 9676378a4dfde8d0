"""The report of hours: sums by SQL, rights as everywhere, links to what makes them up."""

import re
from html import unescape
from typing import Any

import pytest

from conftest import ClientOf
from employees.models import Employee
from employees.tests.factories import make_employee
from projects.tests.factories import make_project
from timetracking.tests.factories import at, make_time_entry
from workmate.tests.test_pages import count_of, few_and_many
from workmate.tests.test_pages import pin as pin

MARCH = "/hours/?start_date=2025-03-01&end_date=2025-03-31"


@pytest.fixture
def report(worker: Employee) -> Employee:
    """Somebody who reports to the worker, with 2:00 billable and 1:00 internal hours of March."""
    person = make_employee(first_name="Rita", last_name="Report", reports_to=worker)
    project = make_project(title="Portal")
    make_time_entry(employee=person, project=project, task_type="meeting")
    internal = {"project": None, "start_time": at("2025-03-11 09:00"), "duration_minutes": 60}
    make_time_entry(employee=person, **internal)
    make_time_entry(employee=person, start_time=at("2025-04-01 09:00"))
    return person


def rows_of(page: str) -> list[list[str]]:
    """The lines of the table: name, hours, billable hours, share."""
    body = page.split("<tbody>")[1].split("</tbody>")[0] if "<tbody>" in page else ""
    lines = [re.findall(r"<(?:a|td) class=[^>]*>([^<]*)<", line) for line in body.split("</tr>")]
    return [[unescape(cell) for cell in line if cell] for line in lines if line]


def test_hours_add_up_by_person_project_and_kind(
    worker: Employee, report: Employee, client_of: ClientOf
) -> None:
    client = client_of(worker)
    page = client.get(MARCH).content.decode()
    assert 'value="01.03.2025"' in page
    assert rows_of(page) == [["Rita Report", "3:00", "2:00", "67 %"]]
    by_project = rows_of(client.get(f"{MARCH}&by=project").content.decode())
    assert [line[1:] for line in by_project] == [["2:00", "2:00", "100 %"], ["1:00", "0:00", "0 %"]]
    assert "Portal" in by_project[0][0]
    by_kind = client.get(f"{MARCH}&by=task_type").content.decode()
    assert [line[1] for line in rows_of(by_kind)] == ["2:00", "1:00"]
    for link in re.findall(r'class="open" href="([^"]+)"', by_kind):
        listed = client.get(unescape(link)).content.decode()
        assert listed.count('class="open"') == 1


def test_nobody_sees_foreign_hours(
    worker: Employee, report: Employee, clerk: Employee, client_of: ClientOf
) -> None:
    make_time_entry(employee=worker, duration_minutes=30)
    own = rows_of(client_of(report).get(MARCH).content.decode())
    assert [line[0] for line in own] == ["Rita Report"]
    everybody = rows_of(client_of(clerk).get(MARCH).content.decode())
    assert [line[0] for line in everybody] == ["Rita Report", "Willi Worker"]
    exported = client_of(report).get(f"{MARCH}&export=csv").getvalue().decode()
    assert "Worker" not in exported
    narrowed = client_of(report).get(f"{MARCH}&employee_id={worker.pk}").content.decode()
    assert rows_of(narrowed) == []


def test_the_report_is_a_file_as_filtered(
    worker: Employee, report: Employee, client_of: ClientOf
) -> None:
    client = client_of(worker)
    text = client.get(f"{MARCH}&export=csv").getvalue().decode("utf-8-sig")
    assert text.splitlines()[1] == "Rita Report;3,00;2,00;67"
    sheet = client.get(f"{MARCH}&by=project&export=xlsx")
    assert sheet.getvalue().startswith(b"PK")
    assert client.get(f"{MARCH}&export=pdf").status_code == 400
    assert client.get("/hours/?by=salary").status_code == 400
    assert client.get("/hours/").status_code == 200  # this month
    wrong = client.get("/hours/?start_date=nonsense")
    assert wrong.status_code == 200
    assert rows_of(wrong.content.decode()) == []
    assert 'aria-invalid="true"' in wrong.content.decode()


def test_many_hours_ask_as_often_as_few(admin: Employee, client_of: ClientOf, pin: Any) -> None:
    def make(_person: Employee) -> None:
        make_time_entry(employee=make_employee())

    few, many = few_and_many(make, admin, lambda: count_of(client_of(admin), MARCH))
    assert few == many
    pin("page /hours/", many)
