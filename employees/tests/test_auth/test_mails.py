"""Passwords by mail: reset and invitation."""

import datetime as dt
import re
from typing import Any

import time_machine
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from django.utils.translation import get_language

from employees.services import access, deactivate_employee, send_password_link
from employees.tests.factories import make_employee
from employees.tests.test_auth import NEW, choose, is_in, link_for, link_in, sign_in


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
    assert known.context["days"] == 3
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
