"""Sessions."""

import pytest
from django.contrib.auth import SESSION_KEY
from django.test import Client

from employees.services import deactivate_employee
from employees.tests.test_auth import NEW, PASSWORD, is_in, sign_in
from workmate import services


@pytest.mark.parametrize("person_id", ["garbage", "17", ["a", "list"], {"a": 1}, ""])
def test_a_session_of_no_possible_person_is_nobodys(worker, client_of, person_id):
    client = client_of(worker)
    session = client.session
    session[SESSION_KEY] = person_id
    session.save()
    assert client.get("/profile/")["Location"].startswith("/login/")
    assert client.get("/api/employees/me").status_code == 401
    assert client.get("/login/").status_code == 200
    assert sign_in(client, worker.email).status_code == 302
    assert is_in(client)


def test_deactivation_ends_a_session_at_its_next_request(admin, worker, client_of):
    client = client_of(worker)
    assert is_in(client)
    assert client.get("/api/employees/me").status_code == 200
    deactivate_employee(worker, by=admin)
    assert client.get("/")["Location"].startswith("/login/")
    assert client.get("/api/employees/me").status_code == 401
    services.change(worker, by=admin, status="active")
    assert not is_in(client)


def test_the_api_takes_a_session_only_with_the_csrf_token(worker):
    client = Client(enforce_csrf_checks=True)
    client.force_login(worker, backend="employees.auth.PasswordBackend")
    body = {"data": {"phone": "1"}, "content_type": "application/json"}
    assert client.get("/api/employees/me").status_code == 200
    assert client.patch("/api/employees/me", **body).status_code == 403
    client.get("/profile/")
    token = client.cookies["csrftoken"].value
    answer = client.patch("/api/employees/me", **body, headers={"X-CSRFToken": token})
    assert answer.status_code == 200


def test_the_own_password_is_changed_and_the_other_sessions_end(worker, client_of):
    here, there = client_of(worker), client_of(worker)
    body = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}
    assert here.get("/profile/password/").status_code == 200
    wrong = here.post("/profile/password/", {**body, "old_password": "wrong"})
    assert (wrong.status_code, list(wrong.context["form"].errors)) == (200, ["old_password"])
    assert here.post("/profile/password/", body)["Location"] == "/profile/"
    assert is_in(here)
    assert not is_in(there)
    assert Client().get("/profile/password/")["Location"].startswith("/login/")
