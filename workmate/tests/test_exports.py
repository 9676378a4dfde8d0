"""Every list as a file: the same rows, columns and values, and nothing that a sheet would run."""

import csv
import datetime as dt
import time
import zoneinfo
from decimal import Decimal
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from conftest import ClientOf
from crm.models import Customer
from crm.tests.factories import make_customer
from employees.models import Employee
from employees.tests.factories import make_employee, make_role, make_token
from projects.tests.factories import make_project
from timetracking.tests.factories import make_time_entry
from workmate import exports
from workmate.tests.browser import OpenPage
from workmate.tests.rows import OWNED
from workmate.tests.server import Server
from workmate.tests.test_pages import LISTS, PAGES, maker_of

FEW, MANY = 2, 7


def body_of(response: Any) -> bytes:
    assert response.status_code == 200, response.content[:300]
    return b"".join(response.streaming_content)


def csv_of(response: Any, delimiter: str = ";") -> list[list[str]]:
    text = body_of(response).decode()
    assert text.startswith("\ufeff")
    return list(csv.reader(StringIO(text[1:]), delimiter=delimiter))


def sheet_of(response: Any) -> list[list[Any]]:
    sheet = load_workbook(BytesIO(body_of(response))).active
    assert sheet is not None
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def queries_of(client: Client, url: str, **query: str) -> int:
    body_of(client.get(url, query))
    with CaptureQueriesContext(connection) as asked:
        body_of(client.get(url, query))
    return len(asked)


@pytest.fixture
def german(admin: Employee) -> Employee:
    """The administrator, in German and in Berlin."""
    admin.language, admin.timezone = "de", "Europe/Berlin"
    admin.save()
    return admin


@pytest.fixture
def english(admin: Employee) -> Employee:
    """The administrator, in English."""
    admin.language = "en"
    admin.save()
    return admin


URLS = [
    *(pytest.param(pages.model, pages, id=pages.__name__) for pages in PAGES),
    *(
        pytest.param(viewset.queryset.model, prefix, id=f"api {prefix}")
        for prefix, viewset in LISTS
    ),
]


def opened(where: Any, person: Employee, client_of: ClientOf, api_of: ClientOf) -> tuple[Any, str]:
    if isinstance(where, str):
        return api_of(person), f"/api/{where}"
    return client_of(person), where.url("list")


@pytest.mark.parametrize(("model", "where"), URLS)
def test_a_list_is_a_file_with_all_its_rows(
    model: Any, where: Any, english: Employee, client_of: ClientOf, api_of: ClientOf
) -> None:
    client, url = opened(where, english, client_of, api_of)
    make = maker_of(model)
    for _number in range(FEW):
        make(english)
    few = queries_of(client, url, export="csv")
    for _number in range(MANY - FEW):
        make(english)
    assert queries_of(client, url, export="csv") == few
    heads, *lines = csv_of(client.get(url, {"export": "csv"}), delimiter=",")
    assert len(lines) >= MANY
    assert len(set(heads)) == len(heads)
    assert all(len(line) == len(heads) for line in lines)
    assert not any("<" in cell and ">" in cell for cell in heads)
    sheet = sheet_of(client.get(url, {"export": "xlsx"}))
    assert sheet[0] == heads
    assert len(sheet) == 1 + len(lines)


@pytest.mark.parametrize(("model", "where"), URLS)
def test_an_unknown_format_is_refused(
    model: Any, where: Any, english: Employee, client_of: ClientOf, api_of: ClientOf
) -> None:
    client, url = opened(where, english, client_of, api_of)
    for kind in ("pdf", "CSV", "../csv"):
        assert client.get(url, {"export": kind}).status_code == 400


@pytest.mark.parametrize(
    ("model", "where"), [case for case in URLS if case.values[0]._meta.model_name in OWNED]
)
def test_a_file_holds_nobody_elses_rows(
    model: Any, where: Any, worker: Employee, client_of: ClientOf, api_of: ClientOf
) -> None:
    worker.language = "en"
    worker.save()
    client, url = opened(where, worker, client_of, api_of)
    make = maker_of(model)
    make(worker)
    make(make_employee(first_name="Somebody", last_name="Else"))
    seen = model.objects.visible_to(worker).count()
    assert seen < model.objects.count()
    assert len(csv_of(client.get(url, {"export": "csv"}), ",")) == 1 + seen


def test_who_may_not_view_gets_no_file(client_of: ClientOf, api_of: ClientOf) -> None:
    nobody = make_employee(role=make_role("Nobody", []))
    assert client_of(nobody).get("/customers/?export=csv").status_code == 403
    assert api_of(nobody).get("/api/customers?export=csv").status_code == 403
    assert Client().get("/api/customers?export=csv").status_code == 401


def test_a_file_is_filtered_and_ordered_as_the_list(german: Employee, api_of: ClientOf) -> None:
    for name, status in (("Bär", "lead"), ("Adler", "lead"), ("Zander", "active")):
        make_customer(name=name, status=status)
    query = {"export": "csv", "status": "lead", "ordering": "-name"}
    heads, *lines = csv_of(api_of(german).get("/api/customers", query))
    assert [line[heads.index("name")] for line in lines] == ["Bär", "Adler"]
    for wrong in ({"status": "nonsense"}, {"nonsense": "1"}, {"skip": "1"}, {"limit": "5"}):
        response = api_of(german).get("/api/customers", {"export": "csv", **wrong})
        assert response.status_code == 400
        assert response.json()["errors"][0]["attr"] == next(iter(wrong))


def test_a_nested_list_is_a_file_of_the_parents_rows(german: Employee, api_of: ClientOf) -> None:
    customer = make_customer()
    project = make_project(customer=customer)
    make_project()
    url = f"/api/customers/{customer.pk}/projects"
    heads, *lines = csv_of(api_of(german).get(url, {"export": "csv"}))
    assert [line[heads.index("id")] for line in lines] == [str(project.pk)]
    missing = "/api/customers/00000000-0000-0000-0000-000000000000/projects?export=csv"
    assert api_of(german).get(missing).status_code == 404


def test_concealed_columns_are_left_out(
    worker: Employee, german: Employee, client_of: ClientOf, api_of: ClientOf
) -> None:
    make_project(project_manager=worker, budget=Decimal("4711.00"), hourly_rate=Decimal("123.45"))
    heads, cells = csv_of(api_of(german).get("/api/projects?export=csv"))
    secret = {"budget": "4711,00", "hourly_rate": "123,4500"}
    assert {head: cells[heads.index(head)] for head in secret} == secret
    for client, url in ((api_of(worker), "/api/projects"), (client_of(worker), "/projects/")):
        heads, cells = csv_of(client.get(url, {"export": "csv"}))
        assert not [head for head in heads if "budget" in head.lower() or "rate" in head.lower()]
        assert not set(cells) & {"4711,00", "4711.00", "123,4500", "123.4500", "123,45", "123.45"}


HOSTILE = ["=1+1", "+1", "-1+2", "@SUM(A1)", "\t=1", " =cmd|' /C calc'!A0", "＝1", "#N/A"]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_never_becomes_a_formula(text: str, german: Employee, api_of: ClientOf) -> None:
    # Past the model's own checks, as an import might leave it.
    Customer.objects.filter(pk=make_customer().pk).update(name=text)
    heads, line = csv_of(api_of(german).get("/api/customers?export=csv"))
    cell = line[heads.index("name")]
    assert cell == (text if text.startswith("#") else f"'{text}")
    response = api_of(german).get("/api/customers?export=xlsx")
    sheet: Any = load_workbook(BytesIO(body_of(response))).active
    found = sheet.cell(2, heads.index("name") + 1)
    assert (found.value, found.data_type) == (text, "s")
    assert found.quotePrefix


def test_quotes_separators_and_line_ends_survive(german: Employee, api_of: ClientOf) -> None:
    text = 'A;B, "C"\nD\u0001'
    Customer.objects.filter(pk=make_customer().pk).update(notes=text)
    heads, line = csv_of(api_of(german).get("/api/customers?export=csv"))
    assert line[heads.index("notes")] == text
    sheet = sheet_of(api_of(german).get("/api/customers?export=xlsx"))
    assert sheet[1][heads.index("notes")] == text.replace("\u0001", "")


def test_numbers_and_moments_are_the_persons(german: Employee, api_of: ClientOf) -> None:
    start = dt.datetime(2025, 7, 1, 22, 30, tzinfo=dt.UTC)
    make_time_entry(employee=german, start_time=start, end_time=start + dt.timedelta(hours=1))
    make_project(budget=Decimal("1234.50"), start_date=dt.date(2025, 3, 1))
    heads, line = csv_of(api_of(german).get("/api/time-entries?export=csv"))
    assert line[heads.index("start_time")] == "02.07.2025 00:30:00"
    heads, *lines = csv_of(api_of(german).get("/api/projects?export=csv&ordering=-created_at"))
    assert lines[0][heads.index("budget")] == "1234,50"
    assert lines[0][heads.index("start_date")] == "01.03.2025"
    sheet = sheet_of(api_of(german).get("/api/projects?export=xlsx&ordering=-created_at"))
    assert sheet[1][heads.index("budget")] == 1234.5
    assert sheet[1][heads.index("start_date")] == dt.datetime(2025, 3, 1)
    german.language = "en"
    german.save()
    heads, *lines = csv_of(api_of(german).get("/api/projects?export=csv&ordering=-created_at"), ",")
    assert lines[0][heads.index("budget")] == "1234.50"
    assert lines[0][heads.index("start_date")] == "2025-03-01"


def test_a_file_says_what_it_is_and_of_which_day(german: Employee, client_of: ClientOf) -> None:
    response = client_of(german).get("/customers/?export=xlsx")
    today = dt.datetime.now(zoneinfo.ZoneInfo("Europe/Berlin")).date()
    assert response["Content-Type"] == exports.TYPES["xlsx"]
    assert response["Content-Disposition"] == f'attachment; filename="Kunden {today}.xlsx"'
    assert response["Cache-Control"] == "private, no-store"
    body_of(response)


def test_more_rows_than_a_sheet_holds_are_refused(
    german: Employee, api_of: ClientOf, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "MAX_SHEET_ROWS", 1)
    make_customer()
    make_customer()
    assert api_of(german).get("/api/customers?export=xlsx").status_code == 400
    assert client_of(german).get("/customers/?export=xlsx").status_code == 400
    assert len(csv_of(api_of(german).get("/api/customers?export=csv"))) == 3


def test_any_accept_header_gets_the_file(german: Employee, api_of: ClientOf) -> None:
    response = api_of(german).get("/api/customers?export=csv", headers={"Accept": "text/csv"})
    assert response["Content-Type"].startswith("text/csv")
    body_of(response)


def test_a_page_offers_its_files_with_its_filters(german: Employee, client_of: ClientOf) -> None:
    make_customer(status="lead")
    text = client_of(german).get("/customers/?status=lead&page=1").content.decode()
    assert "/customers/?status=lead&amp;export=csv" in text
    assert "/customers/?status=lead&amp;export=xlsx" in text


def test_a_wrong_filter_is_told_on_the_page(german: Employee, client_of: ClientOf) -> None:
    response = client_of(german).get("/customers/?status=nonsense&export=csv")
    assert response["Content-Type"].startswith("text/html")


def test_a_person_takes_the_list_home_from_the_page(german: Employee, open_page: OpenPage) -> None:
    make_customer(name="Müller & Söhne")
    page = open_page(german, path="/customers/")
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as caught:
        page.get_by_role("link", name="CSV").click()
    assert caught.value.suggested_filename.startswith("Kunden ")
    text = Path(caught.value.path()).read_text(encoding="utf-8-sig")
    assert "Müller & Söhne" in text


def connected() -> set[int]:
    """The processes that hold this database open for somebody else."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return {pid for (pid,) in cursor.fetchall()}


@pytest.mark.django_db(transaction=True)
def test_no_thread_keeps_its_connection_when_the_file_is_made(
    admin: Employee, site: Server
) -> None:
    make_customer()
    token = f"Bearer {make_token(admin)}"
    before = connected()
    response, body = site.ask("/api/customers?export=csv", Authorization=token)
    assert (response.status, body.count(b"\n")) == (200, 2)
    deadline = time.monotonic() + 20
    while (kept := connected() - before) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not kept
