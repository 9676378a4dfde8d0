"""Tokens of the identity provider on the API."""

import base64
import hmac
import json
import time
from typing import Any

import jwt
import pytest
import requests
from cryptography.hazmat.primitives import serialization
from django.test import Client

from employees.auth import provider as provider_room
from employees.auth.provider import Published, provider
from employees.models import Employee
from employees.services import deactivate_employee
from employees.tests.factories import make_employee, make_token
from workmate.consumers import person_of_token
from workmate.tests.oidc import KID, new_key


@pytest.fixture
def ada() -> Employee:
    return make_employee(uuid_keycloak="sub-ada", language="en")


def ask(token: str, path: str = "/api/employees/me") -> Any:
    headers = {"Authorization": f"Bearer {token}"}
    return Client(headers=headers, raise_request_exception=False).get(path)


def test_an_access_token_opens_the_api_for_its_person(oidc, ada):
    oidc.knows(ada={"sub": "sub-ada", "email": ada.email})
    token = oidc.access_token("ada")
    answer = ask(token)
    assert (answer.status_code, answer.json()["id"]) == (200, str(ada.pk))
    assert ask(token, "/api/roles").status_code == 403
    assert ask(f" {token} ").status_code == 200


def test_a_socket_takes_an_access_token_and_asks_for_it_anew_each_time(oidc, ada):
    def holder(token: str) -> Any:
        return person_of_token(f"Bearer {token}")

    now = int(time.time())
    assert holder(oidc.token(sub="sub-ada")) == ada
    assert holder(oidc.token(sub="sub-ada", exp=now - 300)) is None
    assert holder(oidc.token(sub="sub-ada", aud="somebody-else")) is None
    deactivate_employee(ada, by=None)
    assert holder(oidc.token(sub="sub-ada")) is None


def test_the_provider_is_not_asked_on_each_request(oidc, ada, monkeypatch):
    token = oidc.token(sub="sub-ada")
    assert ask(token).status_code == 200

    def get(*args: Any, **kwargs: Any) -> Any:
        raise AssertionError(f"asked: {args}")

    monkeypatch.setattr(provider_room.requests, "get", get)
    assert ask(token).status_code == 200


def test_a_request_asks_the_database_as_often_as_with_a_token_of_ours(
    oidc, ada, django_assert_num_queries
):
    for token in (oidc.token(sub="sub-ada"), make_token(ada)):
        ask(token)
        with django_assert_num_queries(2):
            ask(token)


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "another"},
        {"aud": None},
        {"aud": []},
        {"aud": {"workmate": 1}},
        {"iss": "https://evil.example"},
        {"iss": None},
        {"exp": int(time.time()) - 31},
        {"exp": None},
        {"exp": "soon"},
        {"iat": None},
        {"iat": int(time.time()) + 3600},
        {"nbf": int(time.time()) + 3600},
        {"sub": None},
        {"sub": 5},
        {"sub": ""},
        {"sub": "sub-ada\u0000"},
        {"sub": "sub-of-nobody"},
        {"typ": "ID"},
        {"typ": "Refresh"},
        {"typ": None, "headers": {"typ": "JWT"}, "nonce": "of a sign-in"},
        {"typ": None, "headers": {"typ": "JWT"}, "at_hash": "x"},
        {"headers": {"kid": "unknown"}},
        {"headers": {"kid": None}, "key": new_key()},
        {"key": new_key()},
        {"headers": {"jku": "https://evil.example/jwks", "kid": "theirs"}, "key": new_key()},
    ],
)
def test_a_token_that_is_not_for_this_api_opens_nothing(oidc, ada, changes):
    assert ask(oidc.token(sub="sub-ada")).status_code == 200
    answer = ask(oidc.token(**{"sub": "sub-ada", **changes}))
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Bearer"
    assert answer.json()["errors"][0]["code"] == "authentication_failed"


def test_the_clocks_may_differ_a_little(oidc, ada):
    now = int(time.time())
    assert ask(oidc.token(sub="sub-ada", exp=now - 10)).status_code == 200
    assert ask(oidc.token(sub="sub-ada", iat=now + 10)).status_code == 200


def part(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def secrets_that_everybody_knows(oidc: Any) -> list[bytes]:
    public = oidc.key.public_key()
    spki = serialization.PublicFormat.SubjectPublicKeyInfo
    pem = public.public_bytes(serialization.Encoding.PEM, spki)
    jwks = requests.get(provider().endpoint("jwks_uri"), timeout=5)
    return [b"", pem, pem.strip(), jwks.content, json.dumps(jwks.json()["keys"][0]).encode()]


@pytest.mark.parametrize("algorithm", ["none", "None", "HS256", "HS384", "HS512", "RS1", ""])
def test_only_key_pairs_sign(oidc, ada, algorithm):
    # By hand: the library would not lend itself to it.
    body = oidc.token(sub="sub-ada").split(".")[1]
    head = part(json.dumps({"alg": algorithm, "kid": KID, "typ": "at+jwt"}).encode())
    for secret in secrets_that_everybody_knows(oidc):
        digest = f"sha{algorithm[2:]}" if algorithm.startswith("HS") else "sha256"
        signature = hmac.new(secret, f"{head}.{body}".encode(), digest).digest()
        assert ask(f"{head}.{body}.{part(signature)}").status_code == 401
    assert ask(f"{head}.{body}.").status_code == 401


@pytest.mark.parametrize("text", ["", "x", "a.b.c", "..", "é.é.é", "e30.e30.", "x" * 5000])
def test_what_is_no_token_is_refused(oidc, ada, text):
    assert ask(text).status_code == 401


def test_an_id_token_is_no_key_to_the_api(oidc, ada):
    claims = {"sub": "sub-ada", "nonce": "n", "at_hash": "h"}
    assert ask(oidc.token(headers={"typ": "JWT"}, **claims)).status_code == 401
    assert ask(oidc.token(headers={"typ": "JWT"}, sub="sub-ada")).status_code == 200
    assert ask(oidc.token(headers={"typ": "JWT"}, typ="Bearer", **claims)).status_code == 200


def test_an_inactive_person_is_refused_at_once(oidc, ada, admin):
    token = oidc.token(sub="sub-ada")
    assert ask(token).status_code == 200
    deactivate_employee(ada, by=admin)
    assert ask(token).status_code == 401


def test_somebody_else_with_the_same_address_is_nobody(oidc, ada):
    token = oidc.token(sub="sub-eve", email=ada.email, email_verified=True)
    assert ask(token).status_code == 401
    assert Employee.objects.filter(uuid_keycloak="sub-eve").count() == 0


def test_personal_tokens_and_sessions_still_work(oidc, worker, client_of):
    assert ask(make_token(worker)).status_code == 200
    assert client_of(worker).get("/api/employees/me").status_code == 200


def test_without_single_sign_on_no_such_token_counts(oidc, ada, settings):
    token = oidc.token(sub="sub-ada")
    settings.OIDC_ISSUER = ""
    assert ask(token).status_code == 401


def test_a_provider_that_is_away_is_not_the_callers_fault(settings):
    settings.OIDC_ISSUER = "http://127.0.0.1:9"
    token = jwt.encode({"sub": "s"}, new_key(), "RS256", headers={"kid": "first"})
    answer = ask(token)
    assert answer.status_code == 503
    assert answer.json()["errors"][0]["code"] == "service_unavailable"


# --- Keys ---------------------------------------------------------------------------------------


class Answer:
    def __init__(self, value: Any) -> None:
        self.value = value

    def raise_for_status(self) -> None:
        if self.value is None:
            raise requests.HTTPError

    def json(self) -> Any:
        return self.value


@pytest.fixture
def web(monkeypatch) -> dict[str, Any]:
    """A clock that is set, and what the provider answers; `asked` counts."""
    state: dict[str, Any] = {"now": 1000.0, "value": {"keys": [1]}, "asked": 0}

    def get(url: str, **options: Any) -> Answer:
        assert options["timeout"] <= 5
        state["asked"] += 1
        return Answer(state["value"])

    monkeypatch.setattr(provider_room.requests, "get", get)
    monkeypatch.setattr(provider_room.time, "monotonic", lambda: state["now"])
    return state


def test_what_was_read_is_kept_for_ten_minutes(web):
    published = Published("http://provider.example")
    for _number in range(5):
        assert published.get() == {"keys": [1]}
    assert web["asked"] == 1
    web.update(now=1601.0, value={"keys": [2]})
    assert published.get() == {"keys": [2]}


def test_made_up_keys_do_not_make_us_ask_without_end(web):
    published = Published("http://provider.example")
    published.get()
    for _number in range(100):
        published.get(anew=True)
    assert web["asked"] == 1
    web.update(now=1016.0, value={"keys": [2]})
    assert published.get(anew=True) == {"keys": [2]}
    assert web["asked"] == 2


@pytest.mark.parametrize("value", [None, [], "text"])
def test_old_keys_hold_while_the_provider_is_away(web, value):
    published = Published("http://provider.example")
    published.get()
    web.update(now=5000.0, value=value)
    assert published.get() == {"keys": [1]}
    assert published.get() == {"keys": [1]}
    assert web["asked"] == 2


def test_a_new_key_of_the_provider_is_found(oidc, ada, monkeypatch):
    key = new_key()
    public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key()))
    assert ask(oidc.token(sub="sub-ada")).status_code == 200
    real = provider_room.requests.get

    def get(url: str, **options: Any) -> Any:
        answer = real(url, **options)
        if url.endswith("/jwks"):
            return Answer({"keys": [*answer.json()["keys"], {**public, "kid": "second"}]})
        return answer

    monkeypatch.setattr(provider_room.requests, "get", get)
    monkeypatch.setattr(provider_room, "PAUSE_SECONDS", -1)
    assert ask(oidc.token(key, headers={"kid": "second"}, sub="sub-ada")).status_code == 200


def test_keys_that_nobody_understands_are_left_out(oidc, ada, monkeypatch):
    odd = [None, 5, {}, {"kty": "oct", "k": "eA"}, {"kty": "RSA"}, {"kty": "EC", "crv": "x"}]
    odd += [{"kty": "RSA", "use": "enc", "kid": KID}, {"kty": "RSA", "alg": "HS256", "kid": KID}]
    found = [provider_room._public_key(data) for data in odd]
    assert found == [None] * len(odd)
