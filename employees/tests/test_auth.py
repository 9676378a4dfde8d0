"""The ways in: password, throttling, reset by mail, invitation, session, API token."""

import datetime as dt
import re
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from django.utils.translation import get_language

from employees.models import ApiToken, Employee
from employees.services import access, deactivate_employee, revoke_token, send_password_link
from employees.tests.factories import make_api_token, make_employee, make_role, make_token
from workmate import services

PASSWORD = "correct horse battery"
NEW = "another fine secret 42"


@pytest.fixture(autouse=True)
def _no_pause() -> None:
    """Mails asked for in other tests do not hold up these."""
    cache.clear()


def sign_in(client: Client, email: str, password: str = PASSWORD, **more: Any) -> Any:
    # The place of the request is a header of WSGI, and so no field of the form.
    place = {key: more.pop(key) for key in list(more) if key.isupper()}
    return client.post("/login/", {"username": email, "password": password, **more}, **place)


def is_in(client: Client) -> bool:
    return client.get("/profile/").status_code == 200


def fail(email: str, times: int, **more: Any) -> Any:
    answer = None
    for _number in range(times):
        answer = sign_in(Client(), email, "wrong", **more)
    return answer


# --- Password -----------------------------------------------------------------------------------


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


# --- Throttling ---------------------------------------------------------------------------------


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


# --- Reset by mail ------------------------------------------------------------------------------


def link_in(message: Any) -> str:
    found = re.search(r"https?://[^/\s]+(/password-reset/\S+)", message.get_content())
    assert found
    return found[1]


def link_for(person: Employee, mailbox: list[Any]) -> str:
    answer = Client().post("/password-reset/", {"email": person.email})
    assert answer["Location"] == "/password-reset/sent/"
    return link_in(mailbox[-1])


def choose(client: Client, link: str, password: str = NEW) -> Any:
    form = client.get(link, follow=True)
    path = form.redirect_chain[-1][0] if form.redirect_chain else link
    return client.post(path, {"new_password1": password, "new_password2": password})


def test_a_forgotten_password_is_chosen_anew_by_mail(worker, mailbox):
    link = link_for(worker, mailbox)
    assert mailbox[0]["X-Rcpt-To"] == worker.email
    assert worker.first_name in mailbox[0].get_content()
    client = Client()
    assert choose(client, link)["Location"] == "/password-reset/done/"
    assert client.get("/password-reset/done/").status_code == 200
    assert sign_in(Client(), worker.email).status_code == 200
    assert sign_in(client, worker.email, NEW).status_code == 302


def test_the_link_works_once(worker, mailbox):
    link = link_for(worker, mailbox)
    choose(Client(), link)
    choose(Client(), link, "yet another secret 9")
    assert sign_in(Client(), worker.email, NEW).status_code == 302


def test_the_link_works_for_three_days(worker, mailbox):
    link = link_for(worker, mailbox)
    # Django counts in local time, and the traveller's clock is UTC's.
    with time_machine.travel(timezone.now() + dt.timedelta(days=3, hours=3)):
        choose(Client(), link)
    assert sign_in(Client(), worker.email, NEW).status_code == 200


def test_a_made_up_link_leads_nowhere(worker):
    for link in ("/password-reset/MQ/abc-def/", "/password-reset/////", "/password-reset/x/y/"):
        assert Client().get(link, follow=True).status_code in {200, 404}


def test_a_weak_password_is_refused(worker, mailbox):
    link = link_for(worker, mailbox)
    for weak in ("short", "1234567890123", "password123", worker.email):
        assert choose(Client(), link, weak).status_code == 200
    assert sign_in(Client(), worker.email).status_code == 302


def test_a_new_password_ends_every_session(worker, mailbox):
    old = Client()
    sign_in(old, worker.email, remember="on")
    choose(Client(), link_for(worker, mailbox))
    assert not is_in(old)


def test_an_unknown_address_tells_nothing_and_gets_nothing(worker, mailbox):
    known = Client().post("/password-reset/", {"email": worker.email}, follow=True)
    mailbox.clear()
    unknown = Client().post("/password-reset/", {"email": "nobody@firma.example"}, follow=True)
    assert not mailbox
    assert unknown.redirect_chain == known.redirect_chain
    strip = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')
    assert strip.sub("", unknown.content.decode()) == strip.sub("", known.content.decode())


def test_the_address_is_found_in_any_case(worker, mailbox):
    Client().post("/password-reset/", {"email": worker.email.upper()})
    assert [message["X-Rcpt-To"] for message in mailbox] == [worker.email]


def test_an_inactive_person_gets_no_mail(admin, worker, mailbox):
    link = link_for(worker, mailbox)
    deactivate_employee(worker, by=admin)
    mailbox.clear()
    cache.clear()
    Client().post("/password-reset/", {"email": worker.email})
    assert not mailbox
    # A link of before opens no door either.
    choose(Client(), link)
    client = Client()
    sign_in(client, worker.email, NEW)
    assert not is_in(client)


def test_nobodys_mailbox_is_filled_by_strangers(worker, mailbox):
    for _number in range(5):
        Client().post("/password-reset/", {"email": worker.email})
    assert len(mailbox) == 1


def test_who_uses_single_sign_on_alone_gets_no_password(mailbox):
    sso = make_employee(password=None, uuid_keycloak="sub-9")
    fresh = make_employee(password=None)
    for person in (sso, fresh):
        Client().post("/password-reset/", {"email": person.email})
    assert [message["X-Rcpt-To"] for message in mailbox] == [fresh.email]


# --- Invitation ---------------------------------------------------------------------------------


def test_a_new_person_is_invited_and_chooses_a_password(
    admin, api_of, mailbox, django_capture_on_commit_callbacks
):
    person = make_employee(password=None, language="en")
    with django_capture_on_commit_callbacks(execute=True):
        assert api_of(admin).post(f"/api/employees/{person.pk}/invite").status_code == 200
    (message,) = mailbox
    assert message["X-Rcpt-To"] == person.email
    assert message["Subject"] == "Your account for WorkmateOS"
    choose(Client(), link_in(message))
    assert sign_in(Client(), person.email, NEW).status_code == 302


def test_mails_are_in_the_persons_language(monkeypatch, mailbox):
    spoken = []

    def render(template: str, context: dict[str, Any]) -> str:
        spoken.append(get_language())
        return template

    monkeypatch.setattr(access, "render_to_string", render)
    for language in ("de", "en"):
        send_password_link(make_employee(language=language), welcome=True)
    assert spoken == ["de", "de", "en", "en"]


def test_an_inactive_person_is_not_invited(admin, worker, api_of, mailbox):
    deactivate_employee(worker, by=admin)
    assert api_of(admin).post(f"/api/employees/{worker.pk}/invite").status_code == 409
    assert not mailbox


# --- Sessions -----------------------------------------------------------------------------------


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


# --- API tokens ---------------------------------------------------------------------------------


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


# --- The page of one's own tokens ---------------------------------------------------------------


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
