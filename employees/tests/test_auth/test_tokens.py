"""API tokens."""

import datetime as dt
import re
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from employees.models import ApiToken
from employees.services import deactivate_employee, revoke_token
from employees.tests.factories import make_api_token, make_employee, make_role, make_token
from workmate import services


def ask(text: str, path: str = "/api/employees/me", scheme: str = "Bearer") -> Any:
    return Client(headers={"Authorization": f"{scheme} {text}"}).get(path)


def test_a_token_acts_for_its_owner(worker):
    text = make_token(worker)
    assert ask(text).json()["id"] == str(worker.pk)
    assert ask(text, scheme="bearer").status_code == 200
    assert not ApiToken.objects.filter(token_hash=text).exists()
    assert ApiToken.objects.get().token_hash == ApiToken.hash_of(text)


@pytest.mark.parametrize(
    "text", ["", "wm_", "wm_unknown", "x", "eyJhbGciOiJub25lIn0.e30.", "wm_\u00e4", "wm_ x y"]
)
def test_what_is_no_token_is_refused(text):
    answer = ask(text)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Bearer"
    assert answer.json()["errors"][0]["code"]


def test_a_token_without_its_prefix_or_as_basic_is_refused(worker):
    text = make_token(worker)
    assert ask(text.removeprefix("wm_")).status_code == 401
    assert ask(text, scheme="Basic").status_code == 401
    assert ask(ApiToken.objects.get().token_hash).status_code == 401


def test_scopes_and_role_both_have_to_grant(api_of):
    person = make_employee(role=make_role("Sales", ["backoffice.crm.*"]))
    assert api_of(person, ["backoffice.*"]).get("/api/customers").status_code == 200
    assert api_of(person, ["backoffice.*"]).get("/api/invoices").status_code == 403
    assert api_of(person, ["employees.*"]).get("/api/customers").status_code == 403
    assert api_of(person, ["backoffice.crm.*"]).get("/api/employees").status_code == 403


def test_a_change_of_the_role_holds_for_tokens_at_once(admin, api_of):
    person = make_employee(role=make_role("Sales", ["backoffice.crm.*"]))
    client = api_of(person)
    assert client.get("/api/customers").status_code == 200
    services.change(person, by=admin, role=make_role("Idle", []))
    assert client.get("/api/customers").status_code == 403


def test_expired_revoked_and_ownerless_tokens_are_refused(admin, worker):
    text = make_token(worker)
    token = ApiToken.objects.get()
    ApiToken.objects.update(expires_at=timezone.now() + dt.timedelta(hours=1))
    assert ask(text).status_code == 200
    with time_machine.travel(timezone.now() + dt.timedelta(hours=2)):
        assert ask(text).status_code == 401
    revoke_token(token, by=worker)
    assert ask(text).status_code == 401
    text = make_token(worker)
    deactivate_employee(worker, by=admin)
    assert ask(text).status_code == 401
    services.change(worker, by=admin, status="active")
    assert ask(text).status_code == 401


def test_the_last_use_is_written_down_once_a_minute(worker):
    text = make_token(worker)
    assert ApiToken.objects.get().last_used_at is None
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        ask(text)
    first = ApiToken.objects.get().last_used_at
    with time_machine.travel(now + dt.timedelta(seconds=30), tick=False):
        ask(text)
    assert ApiToken.objects.get().last_used_at == first
    with time_machine.travel(now + dt.timedelta(seconds=90), tick=False):
        ask(text)
    assert ApiToken.objects.get().last_used_at > first


def test_a_token_opens_no_page(worker):
    answer = ask(make_token(worker), "/profile/")
    assert answer.status_code == 302


def command(*args: str) -> str:
    out = StringIO()
    call_command("api_token", *args, stdout=out)
    return out.getvalue().strip()


def test_the_command_prints_a_working_token(worker):
    text = command(worker.email.upper(), "--scope", "employees.*", "--name", "Sync")
    assert ask(text).status_code == 200
    token = ApiToken.objects.get()
    assert (token.name, token.scopes) == ("Sync", ["employees.*"])
    assert token.expires_at - timezone.now() > dt.timedelta(days=364)


@pytest.mark.parametrize(
    "args",
    [
        ["nobody@firma.example"],
        ["{email}", "--scope", "A b"],
        ["{email}", "--days", "0"],
        ["{email}", "--days", "99999999999"],
        ["{email}", "--name", "x" * 101],
    ],
)
def test_the_command_refuses_what_makes_no_token(worker, args):
    with pytest.raises(CommandError):
        command(*[arg.format(email=worker.email) for arg in args])
    assert not ApiToken.objects.exists()


def test_a_token_is_made_on_its_page_and_shown_once(worker, client_of):
    client = client_of(worker)
    body = {"name": "Sync", "days": "30", "scopes": "employees.*\n reminders.* \n\nemployees.*"}
    answer = client.post("/profile/tokens/", body)
    text = re.search(r"wm_[\w-]{40,}", answer.content.decode())[0]
    assert ask(text).status_code == 200
    assert answer["Cache-Control"] == "no-store"
    token = ApiToken.objects.get()
    assert token.scopes == ["employees.*", "reminders.*"]
    assert dt.timedelta(days=29) < token.expires_at - timezone.now() <= dt.timedelta(days=30)
    page = client.get("/profile/tokens/").content.decode()
    assert "Sync" in page
    assert text not in page
    client.post("/profile/tokens/", {"name": "Forever", "days": "0", "scopes": ""})
    forever = ApiToken.objects.get(name="Forever")
    assert (forever.expires_at, forever.scopes) == (None, ["*"])


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "", "days": "30"}, "name"),
        ({"name": "x" * 101, "days": "30"}, "name"),
        ({"name": "x", "days": "31"}, "days"),
        ({"name": "x", "days": "30", "scopes": "A-b"}, "scopes"),
    ],
)
def test_the_page_says_what_is_wrong_with_a_token(worker, client_of, body, field):
    answer = client_of(worker).post("/profile/tokens/", body)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not ApiToken.objects.exists()


def test_tokens_are_ended_on_their_page_by_their_owner_alone(admin, worker, client_of):
    mine, foreign = make_api_token(worker), make_api_token(admin, name="Foreign")
    client = client_of(worker)
    assert "Foreign" not in client.get("/profile/tokens/").content.decode()
    assert client.post(f"/profile/tokens/{foreign.pk}/revoke/").status_code == 404
    assert client_of(admin).post(f"/profile/tokens/{mine.pk}/revoke/").status_code == 404
    assert client.get(f"/profile/tokens/{mine.pk}/revoke/").status_code == 405
    for _time in range(2):
        answer = client.post(f"/profile/tokens/{mine.pk}/revoke/")
        assert answer["Location"] == "/profile/tokens/"
    mine.refresh_from_db()
    foreign.refresh_from_db()
    assert (mine.status, foreign.status) == ("revoked", "valid")


def test_the_page_of_tokens_asks_to_sign_in(worker):
    token = make_api_token(worker)
    for path in ("/profile/tokens/", f"/profile/tokens/{token.pk}/revoke/"):
        assert Client().post(path)["Location"].startswith("/login/")
