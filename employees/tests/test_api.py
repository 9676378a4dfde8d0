"""The REST API of people, departments and roles."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from employees.models import Department, Employee, Role
from employees.services import SEEDED_ROLES
from employees.tests.factories import make_department, make_employee, make_role

PERSONAL = {
    "gender": "female",
    "birth_date": "1990-05-17",
    "nationality": "deutsch",
    "address_street": "Geheimweg 7",
    "address_zip": "10115",
    "address_city": "Verstecktheim",
    "address_country": "Deutschland",
    "employment_type": "parttime",
    "hire_date": "2020-02-01",
    "termination_date": "2031-12-31",
}
HIDDEN = {*PERSONAL, "cost_rate", "last_login", "uuid_keycloak"}


@pytest.fixture
def private() -> Employee:
    """Somebody with a full file."""
    dates = {
        name: dt.date.fromisoformat(value)
        for name, value in PERSONAL.items()
        if name.endswith("_date")
    }
    return make_employee(**{**PERSONAL, **dates}, cost_rate="61.2500", uuid_keycloak="sub-1")


@pytest.fixture
def assistant() -> Employee:
    """Keeps the directory, but sees no personal data."""
    codes = [f"employees.employee.{verb}" for verb in ("view", "add", "change", "delete")]
    return make_employee(role=make_role("Assistant", [*codes, *SEEDED_ROLES["Employee"][1]]))


def errors(response: Any) -> dict[str | None, str]:
    return {item["attr"]: item["code"] for item in response.json()["errors"]}


# --- What is hidden -----------------------------------------------------------------------------


def test_personal_data_is_hidden_in_detail_and_list(private, worker, assistant, api_of):
    for person in (worker, assistant):
        client = api_of(person)
        body = client.get(f"/api/employees/{private.pk}").json()
        assert not HIDDEN & set(body)
        rows = client.get("/api/employees?limit=100").json()["items"]
        mine = {row["id"]: row for row in rows}
        assert not HIDDEN & set(mine[str(private.pk)])
        assert "Geheimweg" not in str(rows)


def test_holders_of_the_right_see_it(private, admin, api_of):
    body = api_of(admin).get(f"/api/employees/{private.pk}").json()
    assert {name: body[name] for name in PERSONAL} == PERSONAL
    assert body["cost_rate"] == "61.2500"
    assert body["uuid_keycloak"] == "sub-1"


def test_a_scoped_token_of_a_holder_sees_as_little(private, admin, api_of):
    body = api_of(admin, ["employees.employee.view"]).get(f"/api/employees/{private.pk}").json()
    assert not HIDDEN & set(body)


def test_everybody_sees_their_own_data_but_not_what_they_cost(private, api_of):
    for path in ("/api/employees/me", f"/api/employees/{private.pk}"):
        body = api_of(private).get(path).json()
        assert {name: body[name] for name in PERSONAL} == PERSONAL
        assert "cost_rate" not in body
        assert "last_login" in body


@pytest.mark.parametrize("name", sorted(HIDDEN))
def test_no_filter_and_no_order_tells_what_is_hidden(private, worker, admin, api_of, name):
    for person in (worker, admin):
        client = api_of(person)
        assert client.get(f"/api/employees?{name}=x").status_code == 400
        assert client.get(f"/api/employees?{name}__gte=1").status_code == 400
        assert client.get(f"/api/employees?ordering={name}").status_code == 400


@pytest.mark.parametrize("text", ["Geheimweg", "10115", "Verstecktheim", "deutsch", "sub-1"])
def test_the_search_does_not_find_what_is_hidden(private, worker, admin, api_of, text):
    for person in (worker, admin):
        assert api_of(person).get(f"/api/employees?search={text}").json()["items"] == []


def test_writing_what_is_hidden_is_refused_as_unknown(private, assistant, api_of):
    client = api_of(assistant)
    url = f"/api/employees/{private.pk}"
    for name, value in {**PERSONAL, "cost_rate": "1", "uuid_keycloak": "x"}.items():
        response = client.patch(url, {name: value})
        assert response.status_code == 400
        assert errors(response) == {name: "unknown"}
    new = {"first_name": "A", "last_name": "B", "email": "a@b.example"}
    body = {**new, "role_id": str(make_role().pk), "birth_date": "1990-01-01"}
    assert errors(client.post("/api/employees", body)) == {"birth_date": "unknown"}


def test_replacing_a_person_keeps_what_the_writer_may_not_see(private, assistant, api_of):
    body = {
        "first_name": "New",
        "last_name": "Name",
        "email": private.email,
        "role_id": str(private.role_id),
    }
    response = api_of(assistant).put(f"/api/employees/{private.pk}", body)
    assert response.status_code == 200, response.content
    private.refresh_from_db()
    assert private.first_name == "New"
    assert private.address_street == "Geheimweg 7"
    assert private.cost_rate
    assert private.uuid_keycloak == "sub-1"


# --- Reading and writing ------------------------------------------------------------------------


def test_a_person_is_created_changed_and_deactivated(admin, api_of):
    client = api_of(admin)
    department = make_department()
    body = {
        "first_name": "Joshua",
        "last_name": "Stein",
        "email": "Joshua@Firma.example",
        "role_id": str(make_role().pk),
        "department_id": str(department.pk),
        "reports_to": str(admin.pk),
        **PERSONAL,
        "cost_rate": "55.5",
    }
    response = client.post("/api/employees", body)
    assert response.status_code == 201, response.content
    made = response.json()
    assert made["employee_code"].startswith("KIT-")
    assert made["email"] == "joshua@firma.example"
    assert made["reports_to"] == str(admin.pk)
    assert "password" not in made
    url = f"/api/employees/{made['id']}"
    assert client.patch(url, {"phone": "030"}).json()["phone"] == "030"
    found = client.get(
        f"/api/employees?search=joshua&department_id={department.pk}&status=active"
    ).json()
    assert (found["total"], found["items"][0]["id"]) == (1, made["id"])
    assert client.delete(url).status_code == 204
    assert client.get(url).json()["status"] == "inactive"
    assert client.get("/api/employees?status=inactive").json()["total"] == 1


@pytest.mark.parametrize(
    ("body", "attr"),
    [
        ({"email": "nobody"}, "email"),
        ({"status": "gone"}, "status"),
        ({"employment_type": "slave"}, "employment_type"),
        ({"role_id": None}, "role_id"),
        ({"role_id": "x"}, "role_id"),
        ({"role_id": "01900000-0000-7000-8000-000000000000"}, "role_id"),
        ({"department_id": 1}, "department_id"),
        ({"birth_date": "17.5.1990"}, "birth_date"),
        ({"cost_rate": "-1"}, "cost_rate"),
        ({"timezone": "Mars/Base"}, "timezone"),
        ({"employee_code": ""}, "employee_code"),
        ({"first_name": "A\u0000"}, "first_name"),
        ({"password": "secret"}, "password"),
        ({"is_active": False}, "is_active"),
        ({"last_login": "2020-01-01T00:00:00Z"}, "last_login"),
    ],
)
def test_a_bad_value_is_refused_at_its_field(admin, api_of, body, attr):
    person = make_employee()
    response = api_of(admin).patch(f"/api/employees/{person.pk}", body)
    assert response.status_code == 400, response.content
    assert attr in errors(response)


def test_a_taken_address_is_refused(admin, worker, api_of):
    other = make_employee()
    response = api_of(admin).patch(f"/api/employees/{other.pk}", {"email": worker.email.upper()})
    assert (response.status_code, list(errors(response))) == (400, ["email"])


def test_a_circle_of_supervisors_is_refused(admin, worker, api_of):
    low = make_employee(reports_to=worker)
    response = api_of(admin).patch(f"/api/employees/{worker.pk}", {"reports_to": str(low.pk)})
    assert (response.status_code, list(errors(response))) == (400, ["reports_to"])


def test_rules_of_the_services_are_told_with_their_status(admin, assistant, api_of):
    client = api_of(assistant)
    other = make_employee()
    grant = client.patch(f"/api/employees/{other.pk}", {"role_id": str(make_role("Admin").pk)})
    assert (grant.status_code, list(errors(grant))) == (400, ["role_id"])
    assert client.patch(f"/api/employees/{admin.pk}", {"email": "x@y.example"}).status_code == 400
    assert client.delete(f"/api/employees/{admin.pk}").status_code == 400
    assert api_of(admin).delete(f"/api/employees/{admin.pk}").status_code == 409
    assert client.delete(f"/api/employees/{assistant.pk}").status_code == 409


def test_a_role_or_department_in_use_is_a_conflict(admin, api_of):
    client, department = api_of(admin), make_department()
    person = make_employee(department=department)
    for path, model in (("departments", Department), ("roles", Role)):
        key = person.department_id if model is Department else person.role_id
        response = client.delete(f"/api/{path}/{key}")
        assert response.status_code == 409
        assert errors(response) == {None: "in_use"}
        assert model.objects.filter(pk=key).exists()


def test_roles_and_departments_are_created_and_changed(admin, api_of):
    client = api_of(admin)
    role = client.post("/api/roles", {"name": "Audit", "permissions_json": ["backoffice.*.*.view"]})
    assert role.status_code == 201
    assert role.json()["permissions_json"] == ["backoffice.*.*.view"]
    for value in ("*", ["A b"], {"a": 1}, [1]):
        bad = client.post("/api/roles", {"name": "Bad", "permissions_json": value})
        assert bad.status_code == 400, value
        assert "permissions_json" in str(errors(bad))
    department = client.post("/api/departments", {"name": "IT", "manager_id": str(admin.pk)})
    assert department.status_code == 201
    again = client.post("/api/departments", {"name": "IT"})
    assert (again.status_code, list(errors(again))) == (400, ["name"])
    body = {"name": "Information technology"}
    replaced = client.put(f"/api/departments/{department.json()['id']}", body).json()
    assert replaced["manager_id"] is None


def test_who_lacks_the_right_is_turned_away(worker, api_of):
    client, other = api_of(worker), make_employee()
    assert client.get("/api/roles").status_code == 403
    assert client.get(f"/api/roles/{other.role_id}").status_code == 403
    assert client.post("/api/employees", {}).status_code == 403
    assert client.patch(f"/api/employees/{other.pk}", {}).status_code == 403
    assert client.delete(f"/api/employees/{other.pk}").status_code == 403
    assert client.post(f"/api/employees/{other.pk}/invite").status_code == 403
    assert client.post("/api/departments", {}).status_code == 403
    assert client.get("/api/departments").status_code == 200
    assert client.get("/api/employees").status_code == 200


# --- Oneself ------------------------------------------------------------------------------------


def test_everybody_changes_their_own_contact(worker, api_of):
    body = {"phone": "030 1", "theme": "catppuccin-latte", "language": "en", "address_city": "Ulm"}
    answer = api_of(worker).patch("/api/employees/me", body)
    assert answer.status_code == 200
    assert {name: answer.json()[name] for name in body} == body


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"email": "other@firma.example"}, "read_only"),
        ({"status": "inactive"}, "read_only"),
        ({"role_id": "01900000-0000-7000-8000-000000000000"}, "read_only"),
        ({"employee_code": "KIT-1"}, "read_only"),
        ({"birth_date": "1990-01-01"}, "read_only"),
        ({"cost_rate": "1.00"}, "unknown"),
        ({"scopes": ["*"]}, "unknown"),
        ({"language": "tlh"}, "invalid_choice"),
    ],
)
def test_nobody_changes_more_of_themselves(worker, api_of, body, code):
    response = api_of(worker).patch("/api/employees/me", body)
    assert response.status_code == 400
    assert errors(response) == {next(iter(body)): code}


def test_a_session_changes_oneself_too(worker):
    client = Client()
    client.force_login(worker, backend="employees.auth.PasswordBackend")
    answer = client.patch("/api/employees/me", {"phone": "030 2"}, content_type="application/json")
    assert answer.status_code == 200
    assert answer.json()["phone"] == "030 2"
    settings = client.post("/settings/", {"language": "en", "next": "/"})
    assert settings.status_code == 302
    worker.refresh_from_db()
    assert worker.language == "en"


# --- What a list costs --------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["employees", "departments", "roles"])
def test_a_list_does_not_ask_for_each_row(admin, api_of, path):
    client, boss = api_of(admin), make_employee()
    counts = []
    for round_ in range(2):
        for number in range(1 + round_ * 8):
            department = make_department(manager=boss)
            role = make_role(f"Role {round_} {number}", [])
            make_employee(department=department, role=role, reports_to=boss)
        client.get(f"/api/{path}")  # the token's last use is written down
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"/api/{path}?limit=100").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 3


def test_a_detail_takes_two_queries(admin, api_of):
    client = api_of(admin)
    person = make_employee(department=make_department(), reports_to=admin)
    client.get("/api/employees")
    with CaptureQueriesContext(connection) as queries:
        assert client.get(f"/api/employees/{person.pk}").status_code == 200
    assert len(queries) == 2


# --- A token for something else -----------------------------------------------------------------


def test_a_token_changes_its_owner_only_where_its_scopes_say_so(worker, api_of):
    body = {"phone": "030 6"}
    for scopes in (["backoffice.projects.*"], ["employees.employee.view"]):
        assert api_of(worker, scopes).patch("/api/employees/me", body).status_code == 403
    worker.refresh_from_db()
    assert worker.phone == ""
    scopes = ["employees.employee.change"]
    assert api_of(worker, scopes).patch("/api/employees/me", body).status_code == 200


def test_a_token_reads_its_owners_personal_data_only_where_its_scopes_say_so(private, api_of):
    narrow = api_of(private, ["backoffice.projects.*"]).get("/api/employees/me").json()
    assert narrow["id"] == str(private.pk)
    assert not {"birth_date", "address_street", "cost_rate"} & set(narrow)
    wide = api_of(private, ["employees.employee.view"]).get("/api/employees/me").json()
    assert wide["birth_date"] == PERSONAL["birth_date"]
    assert "cost_rate" not in wide
