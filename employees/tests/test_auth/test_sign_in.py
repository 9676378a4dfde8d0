"""Signing in by password, and its throttle."""

import datetime as dt

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from employees.services import deactivate_employee
from employees.tests.factories import make_employee
from employees.tests.test_auth import NEW, choose, fail, is_in, link_for, sign_in


def test_a_person_signs_in_with_address_and_password(worker):
    client = Client()
    answer = sign_in(client, worker.email)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert is_in(client)
    worker.refresh_from_db()
    assert worker.last_login


def test_the_case_of_the_address_does_not_matter(worker):
    client = Client()
    sign_in(client, f" {worker.email.upper()} ")
    assert is_in(client)


@pytest.mark.parametrize(
    ("email", "password"), [("", ""), ("nobody@firma.example", "x"), ("a\u0000@b.example", "x")]
)
def test_a_wrong_sign_in_says_nothing_about_the_account(worker, email, password):
    wrong = sign_in(Client(), worker.email, "wrong")
    answer = sign_in(Client(), email, password)
    assert wrong.status_code == answer.status_code == 200
    fields = wrong.context["form"].fields
    assert [name for name in fields if fields[name].widget.attrs.get("autofocus")] == ["password"]
    if email.startswith("nobody"):
        assert str(answer.context["form"].errors) == str(wrong.context["form"].errors)


def test_a_person_without_a_password_does_not_get_in():
    person = make_employee(password=None)
    client = Client()
    for text in ("", "None", "!"):
        sign_in(client, person.email, text)
    assert not is_in(client)


def test_an_inactive_person_does_not_get_in(admin, worker):
    deactivate_employee(worker, by=admin)
    client = Client()
    answer = sign_in(client, worker.email)
    assert not is_in(client)
    unknown = sign_in(Client(), "nobody@firma.example")
    assert str(answer.context["form"].errors) == str(unknown.context["form"].errors)


def test_without_staying_signed_in_the_session_ends_with_the_browser(worker):
    brief, lasting = Client(), Client()
    sign_in(brief, worker.email)
    sign_in(lasting, worker.email, remember="on")
    assert brief.cookies["sessionid"]["expires"] == ""
    assert int(lasting.cookies["sessionid"]["max-age"]) == 14 * 24 * 3600
    assert lasting.cookies["sessionid"]["httponly"]


def test_signing_out_ends_the_session_and_asks_for_a_post(worker):
    client = Client()
    sign_in(client, worker.email)
    stolen = client.cookies["sessionid"].value
    assert client.get("/logout/").status_code == 405
    assert client.post("/logout/")["Location"] == "/login/"
    client.cookies["sessionid"] = stolen
    assert not is_in(client)


@pytest.mark.parametrize(
    "url", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_signing_in_does_not_lead_elsewhere(worker, url):
    client = Client()
    assert sign_in(client, worker.email, next=url)["Location"] == "/"
    assert client.get("/login/", {"next": url})["Location"] == "/"
    assert sign_in(Client(), worker.email, next="/profile/")["Location"] == "/profile/"


def test_signing_in_asks_for_the_csrf_token(worker):
    client = Client(enforce_csrf_checks=True)
    assert sign_in(client, worker.email).status_code == 403


def test_after_eight_failures_even_the_right_password_waits(worker, settings):
    answer = fail(worker.email, settings.AXES_FAILURE_LIMIT)
    assert answer.status_code == 429
    assert "/password-reset/" in answer.content.decode()
    assert "15" in answer.content.decode()
    client = Client()
    assert sign_in(client, worker.email).status_code == 429
    assert not is_in(client)


def test_another_case_of_the_address_is_the_same_account(worker, settings):
    for number in range(settings.AXES_FAILURE_LIMIT):
        spelling = worker.email.upper() if number % 2 else f" {worker.email} "
        sign_in(Client(), spelling, "wrong")
    assert sign_in(Client(), worker.email).status_code == 429


def test_the_count_is_kept_per_account_and_place(worker, settings):
    other = make_employee()
    fail(worker.email, settings.AXES_FAILURE_LIMIT, REMOTE_ADDR="203.0.113.7")
    assert sign_in(Client(), worker.email, REMOTE_ADDR="203.0.113.7").status_code == 429
    assert sign_in(Client(), worker.email, REMOTE_ADDR="203.0.113.8").status_code == 302
    assert sign_in(Client(), other.email, REMOTE_ADDR="203.0.113.7").status_code == 302


def test_a_forged_header_does_not_change_the_place(worker, settings):
    for number in range(settings.AXES_FAILURE_LIMIT):
        sign_in(Client(), worker.email, "wrong", HTTP_X_FORWARDED_FOR=f"198.51.100.{number}")
    assert sign_in(Client(), worker.email).status_code == 429


def test_a_success_starts_the_count_anew(worker, settings):
    for _round in range(2):
        fail(worker.email, settings.AXES_FAILURE_LIMIT - 1)
        assert sign_in(Client(), worker.email).status_code == 302


def test_waiting_ends_the_lock(worker, settings):
    fail(worker.email, settings.AXES_FAILURE_LIMIT)
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=14), tick=False):
        assert sign_in(Client(), worker.email).status_code == 429
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=31), tick=False):
        assert sign_in(Client(), worker.email).status_code == 302


def test_resetting_the_password_ends_the_lock(worker, mailbox, settings):
    fail(worker.email, settings.AXES_FAILURE_LIMIT)
    choose(Client(), link_for(worker, mailbox))
    assert sign_in(Client(), worker.email, NEW).status_code == 302


def test_django_admin_has_no_door_of_its_own(admin):
    body = {"username": admin.email, "password": "correct horse battery"}
    client = Client()
    answer = client.post("/admin/login/?next=/admin/", body)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/login/?next=")
    assert "_auth_user_id" not in client.session
