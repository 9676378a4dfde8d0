"""What every endpoint has in common: windows, filters, errors, languages, throttling."""

import json
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone
from django.utils.module_loading import import_string
from drf_spectacular.generators import SchemaGenerator

from chat.tests.factories import make_chat_message
from conftest import ClientOf
from crm.tests.factories import make_customer
from employees.models import Department, Employee
from employees.tests.factories import make_department
from projects.models import Project
from workmate import querysets
from workmate.api import WriteThrottle
from workmate.permissions import NOBODY, hidden_names

URL = "/api/departments"


@pytest.fixture
def api(admin: Employee, api_of: ClientOf) -> Client:
    """The administrator's client."""
    return api_of(admin)


def errors(response: Any) -> list[tuple[str, str | None]]:
    """Code and field of each error; the shape of the body is checked on the way."""
    body = response.json()
    assert set(body) == {"type", "errors"}
    for error in body["errors"]:
        assert set(error) == {"code", "detail", "attr"}
        assert error["detail"]
    return [(error["code"], error["attr"]) for error in body["errors"]]


def test_a_list_is_a_window_with_its_total(api: Client) -> None:
    for _number in range(25):
        make_department()
    body = api.get(URL).json()
    assert (len(body["items"]), body["total"], body["skip"], body["limit"]) == (20, 25, 0, 20)
    rest = api.get(f"{URL}?skip=20&limit=100").json()
    assert (len(rest["items"]), rest["skip"], rest["limit"]) == (5, 20, 100)
    ids = [item["id"] for item in [*body["items"], *rest["items"]]]
    assert len(set(ids)) == 25
    assert api.get(f"{URL}?skip=1000").json()["items"] == []


def test_beyond_the_cap_the_total_says_that_there_are_more(
    api: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(querysets, "COUNT_CAP", 3)
    for _number in range(5):
        make_department()
    body = api.get(URL).json()
    assert (body["total"], body["total_is_capped"], len(body["items"])) == (3, True, 5)


@pytest.mark.parametrize(
    ("query", "attr"),
    [
        ("skip=-1", "skip"),
        ("skip=x", "skip"),
        ("skip=1e3", "skip"),
        ("skip=٣", "skip"),
        ("skip=99999999999999999999", "skip"),
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=", "limit"),
        ("page=2", "page"),
        ("colour=red", "colour"),
        ("name=x&manager_id=banana", "name"),
        ("manager_id=banana", "manager_id"),
        ("manager_id=01900000-0000-7000-8000-000000000000", "manager_id"),
        ("manager_id=", "manager_id"),
        ("ordering=", "ordering"),
        ("ordering=name&ordering=code", "ordering"),
        ("ordering=password", "ordering"),
        ("ordering=manager__email", "ordering"),
    ],
)
def test_a_parameter_that_means_nothing_is_refused(api: Client, query: str, attr: str) -> None:
    response = api.get(f"{URL}?{query}")
    assert response.status_code == 400
    assert attr in [name for _code, name in errors(response)]


def test_every_word_of_a_search_must_occur_somewhere(api: Client) -> None:
    make_department(name="Human Resources", code="HR")
    make_department(name="Research", code="RD")

    def found(text: str) -> list[str]:
        return [item["name"] for item in api.get(URL, {"search": text}).json()["items"]]

    assert found("re") == ["Human Resources", "Research"]
    assert found("res hr") == ["Human Resources"]
    assert found("res nothing") == []
    assert found("%") == []
    assert found("\\") == []


def test_rows_that_are_equal_keep_one_order_over_all_windows(api: Client) -> None:
    for _number in range(12):
        make_department(code="SAME")
    seen = [
        item["id"]
        for skip in range(0, 12, 3)
        for item in api.get(f"{URL}?ordering=code&limit=3&skip={skip}").json()["items"]
    ]
    assert len(set(seen)) == 12


def test_creating_answers_with_the_whole_row(api: Client) -> None:
    response = api.post(URL, {"name": "IT", "code": "IT"})
    assert response.status_code == 201
    row = response.json()
    assert row == api.get(f"{URL}/{row['id']}").json()
    assert row["created_at"].endswith("Z")


def test_put_replaces_and_patch_changes_what_is_given(api: Client) -> None:
    url = f"{URL}/{make_department(name='IT', code='IT', description='Computers').pk}"
    assert api.patch(url, {"code": "EDV"}).json()["description"] == "Computers"
    replaced = api.put(url, {"name": "Informatik"}).json()
    assert (replaced["name"], replaced["code"], replaced["description"]) == ("Informatik", "", "")


def test_what_was_read_can_be_put_back(api: Client) -> None:
    url = f"{URL}/{make_department(name='IT').pk}"
    row = api.get(url).json()
    assert api.put(url, {**row, "created_at": "2020-01-01T00:00:00Z"}).status_code == 400
    assert api.put(url, {**row, "code": "EDV"}).status_code == 200


def test_who_was_slower_is_told(api: Client) -> None:
    url = f"{URL}/{make_department(name='IT').pk}"
    row = api.get(url).json()
    api.patch(url, {"code": "EDV"})
    response = api.put(url, row)
    assert response.status_code == 409
    assert errors(response) == [("stale", None)]
    assert api.get(url).json()["code"] == "EDV"


@pytest.mark.parametrize(
    ("path", "change"),
    [
        ("/api/customers/{customer}", "workmate.services.change"),
        ("/api/messages/{message}", "workmate.services.change"),
        ("/api/employees/me", "employees.services.change_own_profile"),
    ],
)
def test_who_is_overtaken_while_writing_is_told_as_well(
    path: str, change: str, admin: Employee, api_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = {"customer": make_customer(), "message": make_chat_message(author=admin)}
    url, api = path.format(**{name: row.pk for name, row in rows.items()}), api_of(admin)
    write = import_string(change)

    def overtaken(obj: Any, **data: Any) -> Any:
        type(obj)._default_manager.filter(pk=obj.pk).update(updated_at=timezone.now())
        return write(obj, **data)

    read = api.get(url).json()
    monkeypatch.setattr(change, overtaken)
    body = {"content": "Neu"} if "message" in path else {"phone": "1"}
    assert api.patch(url, {**body, "updated_at": read["updated_at"]}).status_code == 409
    assert api.patch(url, body).status_code == 200


def test_an_unknown_field_is_refused_and_nothing_is_written(api: Client) -> None:
    response = api.post(URL, {"name": "IT", "colour": "red"})
    assert response.status_code == 400
    assert errors(response) == [("unknown", "colour")]
    assert not Department.objects.exists()


@pytest.mark.parametrize(
    "body",
    ["{", "[1]", '"x"', "null", '{"name": ["a"]}', '{"name": {"a": 1}}', '{"name": "\\u0000"}'],
)
def test_a_body_that_is_no_department_is_refused(api: Client, body: str) -> None:
    response = api.post(URL, body, content_type="application/json")
    assert response.status_code == 400
    assert errors(response)


def test_the_same_name_twice_names_the_field(api: Client) -> None:
    make_department(name="IT")
    response = api.post(URL, {"name": "IT"})
    assert response.status_code == 400
    assert errors(response) == [("unique", "name")]


def test_a_foreign_key_that_leads_nowhere_names_its_column(api: Client) -> None:
    response = api.post(URL, {"name": "IT", "manager_id": "01900000-0000-7000-8000-000000000000"})
    assert errors(response) == [("does_not_exist", "manager_id")]


def test_errors_are_told_in_the_callers_language(admin: Employee, api_of: ClientOf) -> None:
    german = api_of(admin).get(f"{URL}?colour=red").json()["errors"][0]["detail"]
    Employee.objects.filter(pk=admin.pk).update(language="en")
    response = api_of(admin).get(f"{URL}?colour=red")
    assert response.json()["errors"][0]["detail"] == "There is no such filter."
    assert german != "There is no such filter."
    assert response["Content-Language"] == "en"


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("get", "/api/nothing", 404, "not_found"),
        ("get", f"{URL}/banana", 404, "not_found"),
        ("get", f"{URL}/01900000-0000-7000-8000-000000000000", 404, "not_found"),
        ("get", f"{URL}/", 404, "not_found"),
        ("delete", URL, 405, "method_not_allowed"),
    ],
)
def test_errors_have_one_shape(api: Client, method: str, path: str, status: int, code: str) -> None:
    response = getattr(api, method)(path)
    assert response.status_code == status
    assert errors(response) == [(code, None)]


def test_a_body_of_another_type_is_refused(api: Client) -> None:
    response = api.post(URL, "name=IT", content_type="application/x-www-form-urlencoded")
    assert response.status_code == 415
    assert errors(response) == [("unsupported_media_type", None)]


def test_a_guest_and_a_wrong_token_are_told_to_sign_in() -> None:
    for headers in ({}, {"Authorization": "Bearer wm_wrong"}, {"Authorization": "Bearer x"}):
        response = Client(headers=headers).get(URL)
        assert response.status_code == 401
        assert response["WWW-Authenticate"] == "Bearer"
        assert errors(response)[0][1] is None


def test_a_session_needs_the_csrf_token_to_write(admin: Employee) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(admin, backend="employees.auth.PasswordBackend")
    assert client.get(URL).status_code == 200
    body = json.dumps({"name": "IT"})
    assert client.post(URL, body, content_type="application/json").status_code == 403


def test_too_many_writes_are_told_when_to_come_back(
    api: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(WriteThrottle, "rate", "2/min", raising=False)
    cache.clear()
    statuses = [api.post(URL, {"name": f"D{number}"}).status_code for number in range(3)]
    assert statuses == [201, 201, 429]
    refused = api.post(URL, {"name": "D9"})
    assert int(refused["Retry-After"]) > 0
    assert errors(refused) == [("throttled", None)]
    assert api.get(URL).status_code == 200
    cache.clear()


def test_a_fault_of_ours_is_json_and_tells_nothing(
    api: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("SELECT secret FROM table")

    monkeypatch.setattr(querysets.BaseQuerySet, "visible_to", fail)
    api.raise_request_exception = False
    response = api.get(URL)
    assert response.status_code == 500
    assert errors(response) == [("error", None)]
    assert b"secret" not in response.content


def test_the_window_and_its_total_are_all_that_a_list_asks(
    api: Client, django_assert_num_queries: Any
) -> None:
    for _number in range(3):
        make_department()
    api.get(URL)
    with django_assert_num_queries(3, connection=connection):  # token, total, window
        api.get(f"{URL}?limit=2")


# --- What no client would send ------------------------------------------------------------------

DEEP = b"[" * 300 + b"]" * 300


@pytest.mark.parametrize(
    ("body", "code", "attr"),
    [
        (rb'{"\ud800": 1}', "parse_error", None),
        (rb'{"name": "\ud800"}', "parse_error", None),
        (b"[" * 100_000, "parse_error", None),
        (b'{"name": NaN}', "parse_error", None),
        (b'{"name": "\xff"}', "parse_error", None),
        (b'{"name": "IT", "id": ' + DEEP + b"}", "read_only", "id"),
        (b'{"name": "IT", "created_at": ' + b"9" * 30 + b"}", "read_only", "created_at"),
        (b'{"name": "a\\u0000b"}', "null_characters_not_allowed", "name"),
        (b"null", "null", "non_field_errors"),
        (b"[]", "invalid", "non_field_errors"),
    ],
)
def test_a_body_that_makes_no_sense_is_refused(
    api: Client, body: bytes, code: str, attr: str | None
) -> None:
    response = Client.post(api, URL, body, content_type="application/json")
    assert (response.status_code, errors(response)) == (400, [(code, attr)])
    assert not Department.objects.exists()


def test_a_body_and_a_text_without_end_are_refused(api: Client) -> None:
    response = api.post(URL, {"name": "IT", "description": "x" * 6_000_000})
    assert (response.status_code, errors(response)) == (413, [("too_large", None)])
    response = api.post(URL, {"name": "IT", "description": "x" * 20_001})
    assert (response.status_code, errors(response)) == (400, [("max_length", "description")])
    assert api.post(URL, {"name": "IT", "description": "x" * 20_000}).status_code == 201


@pytest.mark.parametrize("charset", ["zip", "hex", "utf-16", "nonsense"])
def test_every_request_is_read_as_utf_8(api: Client, charset: str) -> None:
    content_type = f"application/json; charset={charset}"
    body = '{"name": "Büro"}'.encode()
    response = api.generic("POST", URL, body, content_type=content_type)
    assert (response.status_code, response.json()["name"]) == (201, "Büro")
    found = api.generic("GET", f"{URL}?search=B%C3%BCro", content_type=content_type)
    assert found.json()["total"] == 1


@pytest.mark.parametrize("field", ["start_time", "end_time"])
@pytest.mark.parametrize("moment", ["0001-01-01", "0001-01-01T00:10:00", "9999-12-31T23:59-12:00"])
def test_a_moment_at_the_ends_of_the_calendar_is_refused(
    api: Client, field: str, moment: str
) -> None:
    body = {"start_time": "2025-03-10T09:00:00Z", "duration_minutes": 30, field: moment}
    response = api.post("/api/time-entries", body)
    assert response.status_code == 400
    assert [attr for _code, attr in errors(response)] == [field]


def test_the_description_promises_nothing_that_may_be_concealed():
    components = SchemaGenerator().get_schema(request=None, public=True)["components"]["schemas"]
    hidden = {
        "Employee": hidden_names(Employee(), NOBODY),
        "Project": hidden_names(Project(), NOBODY),
    }
    for name, names in hidden.items():
        schema = components[name]
        assert names & set(schema["properties"])
        assert not names & set(schema["required"])
