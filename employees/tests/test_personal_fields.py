"""What a colleague may not know is told on no other path: files, search, feed, history, chart."""

import datetime as dt
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from employees.models import Employee
from employees.services import SEEDED_ROLES
from employees.tests.factories import make_department, make_employee, make_role
from workmate import services

# Words and figures that occur nowhere else.
TELLING = ["Geheimweg", "24999", "Verstecktheim", "61.25", "61,25", "1987", "Atlantis", "sub-7"]
EVERYWHERE = {
    "list": "/employees/?search=Petra",
    "detail": "/employees/{pk}/",
    "chart": "/employees/org-chart/",
    "department": "/departments/{department}/",
    "search": "/search/?q=Petra",
    "search by what is hidden": "/search/?q=Verstecktheim",
    "feed": "/activity/",
    "start": "/",
}
OVER_API = {
    "list": "/api/employees?search=Petra",
    "detail": "/api/employees/{pk}",
    "feed": "/api/activity?limit=100",
    "departments": "/api/departments",
    "schema of the list's filters": "/api/employees?ordering=last_name",
}


@pytest.fixture
def petra() -> Employee:
    """Somebody whose file says everything, and was changed by the office."""
    office = make_employee(role=make_role("Office", ["*"]))
    person = make_employee(
        first_name="Petra",
        birth_date=dt.date(1987, 5, 17),
        hire_date=dt.date(2019, 2, 1),
        address_street="Geheimweg 7",
        address_zip="24999",
        address_city="Verstecktheim",
        cost_rate="61.2500",
        uuid_keycloak="sub-7",
        department=make_department(),
        reports_to=office,
    )
    return services.change(person, by=office, nationality="Atlantis", phone="0431 5551")


def assistant() -> Employee:
    """Keeps the directory and reads the feed, but sees no personal data."""
    codes = [f"employees.employee.{verb}" for verb in ("view", "change")]
    # With something of the back office one may enter Django admin.
    codes += ["backoffice.crm.customer.view"]
    codes += ["system.activityentry.view", "system.activityentry.view_all"]
    return make_employee(role=make_role("Assistant", [*codes, *SEEDED_ROLES["Employee"][1]]))


def told_in(content: bytes) -> list[str]:
    return [word for word in TELLING if word in content.decode().replace("61.2500", "61.25")]


@pytest.mark.parametrize("name", EVERYWHERE)
def test_no_page_tells_it(name: str, petra: Employee, worker: Employee, client_of: Any) -> None:
    url = EVERYWHERE[name].format(pk=petra.pk, department=petra.department_id)
    for person in (worker, assistant()):
        answer = client_of(person).get(url)
        if name == "feed" and person is worker:
            assert answer.status_code == 403
            continue
        assert answer.status_code == 200
        # The search shows what was asked for.
        content = (
            answer.content.replace(b"Verstecktheim", b"") if "hidden" in name else answer.content
        )
        assert told_in(content) == []
        assert "hidden" not in name or b"Petra" not in content


@pytest.mark.parametrize("name", OVER_API)
def test_no_answer_of_the_api_tells_it(
    name: str, petra: Employee, worker: Employee, api_of: Any
) -> None:
    for person in (worker, assistant()):
        answer = api_of(person).get(OVER_API[name].format(pk=petra.pk))
        if name == "feed" and person is worker:
            assert answer.status_code == 403
            continue
        assert answer.status_code == 200
        assert told_in(answer.content) == []


@pytest.mark.parametrize("address", ["/employees/", "/api/employees"])
def test_no_file_has_a_column_for_it(
    address: str, petra: Employee, worker: Employee, admin: Employee, client_of: Any
) -> None:
    heads = {}
    for person in (worker, assistant(), admin):
        csv = b"".join(client_of(person).get(f"{address}?export=csv").streaming_content)
        sheet = b"".join(client_of(person).get(f"{address}?export=xlsx").streaming_content)
        rows = list(load_workbook(BytesIO(sheet)).active.iter_rows(values_only=True))
        heads[person.pk] = {str(cell) for cell in rows[0]}
        if person is not admin:
            assert told_in(csv) == []
            assert told_in(str(rows).encode()) == []
        assert b"Petra" in csv
    # The check sees what it looks for.
    if address.startswith("/api"):
        hidden = {*Employee.PERSONAL, "cost_rate"}
        assert hidden <= heads[admin.pk]
        assert not hidden & heads[worker.pk]


def test_the_history_in_admin_names_no_hidden_value(petra: Employee, client_of: Any) -> None:
    client = client_of(assistant())
    for page in ("change", "history"):
        answer = client.get(f"/admin/employees/employee/{petra.pk}/{page}/")
        assert answer.status_code in {200, 403}
        assert told_in(answer.content) == []


def test_the_check_would_see_it(petra: Employee, admin: Employee, client_of: Any) -> None:
    content = client_of(admin).get(f"/employees/{petra.pk}/").content
    assert {"Geheimweg", "24999", "Verstecktheim", "Atlantis"} <= set(told_in(content))
