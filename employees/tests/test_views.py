"""Pages and Django admin of people, departments and roles."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from employees.models import Department, Employee, Role
from employees.services import SEEDED_ROLES
from employees.tests.factories import (
    make_api_token,
    make_department,
    make_employee,
    make_role,
)

SECRETS = ["Geheimweg 7", "Verstecktheim", "17.05.1990", "61,25", "61.25", "1.2.2020", "sub-1"]


@pytest.fixture
def private() -> Employee:
    """Somebody with a full file."""
    return make_employee(
        first_name="Petra",
        birth_date="1990-05-17",
        hire_date="2020-02-01",
        address_street="Geheimweg 7",
        address_city="Verstecktheim",
        cost_rate="61.2500",
        uuid_keycloak="sub-1",
    )


@pytest.fixture
def assistant() -> Employee:
    """Keeps the directory and its roles, but sees no personal data."""
    codes = [f"employees.employee.{verb}" for verb in ("view", "add", "change", "delete")]
    return make_employee(role=make_role("Assistant", [*codes, *SEEDED_ROLES["Employee"][1]]))


def text_of(answer: Any) -> str:
    return answer.content.decode()


def admin_url(model: Any, page: str, *args: Any) -> str:
    return reverse(f"admin:employees_{model._meta.model_name}_{page}", args=args)


def form_of(page: Any, **changes: Any) -> dict[str, Any]:
    """What the form would send back as it stands, with some fields changed."""
    form = page.context.get("form") or page.context["adminform"].form
    values = {bound.name: bound.value() for bound in form if bound.name != "photo"}
    filled = {name: value for name, value in values.items() if value not in (None, False)}
    return {**filled, **changes}


# --- What is hidden -----------------------------------------------------------------------------


def test_the_directory_shows_no_personal_data(private, worker, assistant, client_of):
    for person in (worker, assistant):
        client = client_of(person)
        for path in (
            "/employees/",
            f"/employees/{private.pk}/",
            "/search/?q=Petra",
            "/search/?q=Geheimweg",
            "/employees/?search=Geheimweg",
        ):
            page = text_of(client.get(path))
            assert not [secret for secret in SECRETS if secret in page], path
    assert "Petra" in text_of(client_of(worker).get("/employees/"))


def test_holders_of_the_right_see_the_whole_file(private, admin, client_of):
    page = text_of(client_of(admin).get(f"/employees/{private.pk}/"))
    assert "Geheimweg 7" in page
    assert "61" in page


def test_everybody_sees_their_own_file_without_their_cost(private, client_of):
    page = text_of(client_of(private).get(f"/employees/{private.pk}/"))
    assert "Geheimweg 7" in page
    assert "61,25" not in page


def test_the_form_offers_no_hidden_field_and_takes_none(private, assistant, client_of):
    client = client_of(assistant)
    url = f"/employees/{private.pk}/edit/"
    page = client.get(url)
    assert not (Employee.PERSONAL | Employee.SECRET) & set(page.context["form"].fields)
    assert not [secret for secret in SECRETS if secret in text_of(page)]
    body = form_of(page, phone="030", birth_date="1.1.2000", cost_rate="1")
    assert client.post(url, body).status_code == 302
    private.refresh_from_db()
    assert private.phone == "030"
    assert str(private.birth_date) == "1990-05-17"
    assert private.cost_rate > 60


@pytest.mark.parametrize("name", ["birth_date", "cost_rate", "address_city", "password"])
def test_a_hidden_field_is_no_filter_of_the_list(private, worker, client_of, name):
    client = client_of(worker)
    for query in (f"{name}=1990-05-17", f"ordering={name}"):
        answer = client.get(f"/employees/?{query}")
        assert answer.status_code in {200, 400}
        assert "Geheimweg" not in text_of(answer)
        plain = client.get("/employees/").context["page_obj"].total
        if answer.status_code == 200:
            assert answer.context["page_obj"].total in {plain, 0}


# --- Pages --------------------------------------------------------------------------------------


def test_a_person_is_created_and_edited_on_pages(admin, client_of):
    client = client_of(admin)
    page = client.get("/employees/new/")
    body = form_of(page, first_name="Neu", last_name="Mann", email="neu@firma.example")
    assert client.post("/employees/new/", body).status_code == 422
    body |= {"role": str(make_role().pk), "birth_date": "17.5.1990", "cost_rate": "55,50"}
    assert client.post("/employees/new/", body).status_code == 302
    person = Employee.objects.get(email="neu@firma.example")
    assert (str(person.birth_date), person.cost_rate) == ("1990-05-17", 55.5)
    url = f"/employees/{person.pk}/edit/"
    page = client.get(url)
    assert client.post(url, form_of(page, last_name="Frau")).status_code == 302
    person.refresh_from_db()
    assert person.last_name == "Frau"
    assert person.employee_code


def test_who_keeps_the_directory_can_give_the_roles_that_they_may(assistant, client_of):
    client = client_of(assistant)
    page = client.get("/employees/new/")
    body = form_of(page, first_name="A", last_name="B", email="ab@firma.example")
    admin_role = {"role": str(make_role("Admin").pk)}
    refused = client.post("/employees/new/", body | admin_role)
    assert refused.status_code == 422
    assert "role" in refused.context["form"].errors
    body["role"] = str(make_role().pk)
    assert client.post("/employees/new/", body).status_code == 302
    assert client.get("/roles/").status_code == 403


def test_a_page_deactivates_and_says_why_not(admin, worker, client_of):
    client = client_of(admin)
    assert client.get(f"/employees/{worker.pk}/delete/").status_code == 200
    assert client.post(f"/employees/{worker.pk}/delete/").status_code == 302
    worker.refresh_from_db()
    assert worker.status == "inactive"
    own = client.post(f"/employees/{admin.pk}/delete/")
    assert own.status_code == 409
    admin.refresh_from_db()
    assert admin.is_active


def test_a_new_person_is_invited_from_their_page(
    admin, client_of, mailbox, django_capture_on_commit_callbacks
):
    person = make_employee()
    client = client_of(admin)
    url = f"/employees/{person.pk}/invite/"
    assert url in text_of(client.get(f"/employees/{person.pk}/"))
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(url).status_code == 302
    assert [message["X-Rcpt-To"] for message in mailbox] == [person.email]
    Employee.objects.filter(pk=person.pk).update(last_login=person.created_at)
    assert url not in text_of(client.get(f"/employees/{person.pk}/"))


def test_everybody_changes_their_own_profile(worker, client_of):
    client = client_of(worker)
    page = client.get("/profile/")
    assert set(page.context["form"].fields) == set(Employee.OWN)
    for path in ("/profile/tokens/", "/profile/password/"):
        assert path in text_of(page)
    body = form_of(page, phone="030 9", role=str(make_role("Admin").pk), status="inactive")
    assert client.post("/profile/", body).status_code == 302
    worker.refresh_from_db()
    assert (worker.phone, worker.role.name, worker.status) == ("030 9", "Employee", "active")
    bad = client.post("/profile/", body | {"timezone": "Mars"})
    assert bad.status_code == 422
    assert list(bad.context["form"].errors) == ["timezone"]


def test_a_role_is_written_one_pattern_a_line(admin, client_of):
    client = client_of(admin)
    page = client.get("/roles/new/")
    assert "<textarea" in text_of(page)
    assert "backoffice.crm.customer.view" in text_of(page)
    lines = "backoffice.crm.*\r\n\r\n  employees.role.view \r\nbackoffice.crm.*\r\n"
    body = {"name": "Sales", "description": "", "keycloak_id": "", "permissions_json": lines}
    bad = client.post("/roles/new/", body | {"permissions_json": "Not A-Pattern"})
    assert bad.status_code == 422
    assert "permissions_json" in bad.context["form"].errors
    assert "Not" in text_of(bad)
    assert client.post("/roles/new/", body).status_code == 302
    role = Role.objects.get(name="Sales")
    assert role.permissions_json == ["backoffice.crm.*", "employees.role.view"]
    page = text_of(client.get(f"/roles/{role.pk}/"))
    assert "<code>backoffice.crm.*</code>" in page
    page = text_of(client.get(f"/roles/{role.pk}/edit/"))
    assert 'value="backoffice.crm.*" checked' in page


def test_a_role_or_department_in_use_is_not_deleted(admin, client_of):
    client, department = client_of(admin), make_department()
    person = make_employee(department=department)
    for prefix, obj in (("roles", person.role), ("departments", department)):
        assert client.post(f"/{prefix}/{obj.pk}/delete/").status_code == 409
        assert type(obj).objects.filter(pk=obj.pk).exists()


def test_the_pages_of_a_department(admin, client_of):
    client = client_of(admin)
    body = {"name": "IT", "code": "IT", "manager": str(admin.pk), "description": "Keeps it running"}
    assert client.post("/departments/new/", body).status_code == 302
    department = Department.objects.get(name="IT")
    assert "Keeps it running" in text_of(client.get(f"/departments/{department.pk}/"))
    assert "Ada Admin" in text_of(client.get("/departments/"))


def test_who_lacks_the_right_is_turned_away(worker, client_of):
    client, other = client_of(worker), make_employee()
    for path in (
        "/roles/",
        "/roles/new/",
        f"/roles/{other.role_id}/",
        "/employees/new/",
        f"/employees/{other.pk}/edit/",
        f"/employees/{other.pk}/delete/",
        "/departments/new/",
    ):
        assert client.get(path).status_code == 403, path
    assert client.post(f"/employees/{other.pk}/invite/").status_code == 403


@pytest.mark.parametrize("path", ["/employees/", "/departments/", "/roles/", "admin"])
def test_a_list_does_not_ask_for_each_row(admin, client_of, path):
    client, boss = client_of(admin), make_employee()
    paths = [admin_url(m, "changelist") for m in (Employee, Department, Role)]
    paths = paths if path == "admin" else [path]
    counts = []
    for round_ in range(2):
        for number in range(1 + round_ * 8):
            department = make_department(manager=boss)
            role = make_role(f"Role {round_} {number}", [])
            make_employee(department=department, role=role, reports_to=boss)
        for each in paths:
            client.get(each)
        with CaptureQueriesContext(connection) as queries:
            assert all(client.get(each).status_code == 200 for each in paths)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_persons_page_asks_no_more_for_a_fuller_file(admin, client_of):
    client = client_of(admin)
    counts = []
    for fields in ({}, {"department": make_department(manager=admin), "reports_to": admin}):
        person = make_employee(**fields)
        client.get(f"/employees/{person.pk}/")
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"/employees/{person.pk}/").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


# --- Django admin -------------------------------------------------------------------------------


def test_the_admin_shows_what_one_may_see_alone(private, admin, assistant, client_of):
    url = admin_url(Employee, "change", private.pk)
    assert "Geheimweg 7" in text_of(client_of(admin).get(url))
    client = client_of(assistant)
    page = client.get(url)
    assert page.status_code == 200
    assert not [secret for secret in SECRETS if secret in text_of(page)]
    listed = text_of(client.get(admin_url(Employee, "changelist")))
    assert "Petra" in listed
    assert not [secret for secret in SECRETS if secret in listed]
    found = client.get(admin_url(Employee, "changelist") + "?q=Geheimweg")
    assert "Petra" not in text_of(found)


def test_who_only_looks_sees_as_little_in_admin(private, client_of):
    viewer = make_employee(role=make_role("Viewer", ["employees.employee.view", "backoffice.*"]))
    page = client_of(viewer).get(admin_url(Employee, "change", private.pk))
    assert page.status_code == 200
    assert not [secret for secret in SECRETS if secret in text_of(page)]


@pytest.mark.parametrize(
    "query",
    [
        "birth_date__year=1990",
        "cost_rate__gte=50",
        "address_city__startswith=V",
        "uuid_keycloak=sub-1",
        "password__startswith=md5",
        "session_salt=x",
    ],
)
def test_the_admin_does_not_filter_by_what_is_hidden(private, assistant, client_of, query):
    answer = client_of(assistant).get(f"{admin_url(Employee, 'changelist')}?{query}")
    assert answer.status_code in {302, 400}
    assert "Petra" not in text_of(answer)


def test_nobody_filters_by_a_password(private, admin, client_of):
    url = f"{admin_url(Employee, 'changelist')}?password__startswith=md5"
    assert client_of(admin).get(url).status_code in {302, 400}


def test_the_admins_history_is_for_those_who_see_all(private, assistant, client_of):
    url = admin_url(Employee, "history", private.pk)
    assert client_of(assistant).get(url).status_code == 403


def test_the_admin_writes_by_the_services(admin, worker, assistant, client_of):
    client = client_of(assistant)
    url = admin_url(Employee, "change", worker.pk)
    body = form_of(client.get(url), role=str(make_role("Admin").pk))
    refused = client.post(url, body)
    assert refused.status_code == 200
    assert "role" in refused.context["adminform"].form.errors
    assert client.post(url, body | {"role": str(worker.role_id), "phone": "7"}).status_code == 302
    worker.refresh_from_db()
    assert (worker.phone, worker.role.name) == ("7", "Employee")


def test_the_admin_adds_a_person_whose_code_is_drawn(admin, client_of):
    client = client_of(admin)
    url = admin_url(Employee, "add")
    body = form_of(client.get(url), first_name="N", last_name="M", email="nm@firma.example")
    answer = client.post(url, body | {"role": str(make_role().pk)})
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    assert Employee.objects.get(email="nm@firma.example").employee_code.startswith("KIT-")


def test_the_admins_action_deactivates_by_the_same_rules(admin, worker, assistant, client_of):
    url = admin_url(Employee, "changelist")
    body = {"action": "deactivate", "_selected_action": [str(worker.pk), str(admin.pk)]}
    page = client_of(assistant).post(url, body, follow=True)
    assert page.status_code == 200
    worker.refresh_from_db()
    admin.refresh_from_db()
    assert (worker.status, admin.status) == ("inactive", "active")
    assert "delete_selected" not in text_of(page)


def test_the_admins_delete_page_deactivates(admin, worker, client_of):
    make_employee(reports_to=worker)
    client, url = client_of(admin), admin_url(Employee, "delete", worker.pk)
    assert client.get(url).status_code == 200
    assert client.post(url, {"post": "yes"}, follow=True).status_code == 200
    worker.refresh_from_db()
    assert worker.status == "inactive"
    own = client.post(admin_url(Employee, "delete", admin.pk), {"post": "yes"}, follow=True)
    assert own.status_code == 200
    admin.refresh_from_db()
    assert admin.status == "active"


def test_the_admin_writes_roles_one_pattern_a_line(admin, client_of):
    client, role = client_of(admin), make_role("Sales", ["backoffice.crm.*"])
    url = admin_url(Role, "change", role.pk)
    assert "backoffice.crm.*</textarea>" in text_of(client.get(url))
    assert "backoffice.crm.*" in text_of(client.get(admin_url(Role, "changelist")))
    body = {"name": "Sales", "permissions_json": "backoffice.crm.*\nemployees.role.view"}
    assert client.post(url, body).status_code == 302
    role.refresh_from_db()
    assert role.permissions_json == ["backoffice.crm.*", "employees.role.view"]
    bad = client.post(url, body | {"permissions_json": "A-B"})
    assert "permissions_json" in bad.context["adminform"].form.errors


def test_the_admin_revokes_tokens_by_the_same_rules(admin, worker, client_of):
    mine, foreign = make_api_token(admin), make_api_token(worker, name="Foreign")
    url = admin_url(type(mine), "changelist")
    client = client_of(admin)
    assert "Foreign" in text_of(client.get(url))
    assert mine.token_hash not in text_of(client.get(admin_url(type(mine), "change", mine.pk)))
    body = {"action": "revoke", "_selected_action": [str(mine.pk), str(foreign.pk)]}
    assert client.post(url, body, follow=True).status_code == 200
    for token in (mine, foreign):
        token.refresh_from_db()
        assert token.status == "revoked"
    own = ["employees.apitoken.view", "employees.apitoken.change", "backoffice.*"]
    clerk = make_employee(role=make_role("Token clerk", own))
    assert "Foreign" not in text_of(client_of(clerk).get(url))


def test_a_departments_name_is_text_below_a_person(admin: Employee, client_of: Any) -> None:
    person = make_employee(department=make_department(name="<b>R&D</b>"))
    html = client_of(admin).get(f"/employees/{person.pk}/").content.decode()
    assert "<p>&lt;b&gt;R&amp;D&lt;/b&gt;</p>" in html
    assert "<b>R&D" not in html
