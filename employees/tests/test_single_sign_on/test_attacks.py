"""What forgers try."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest

from employees.auth.sso import SingleSignOnBackend
from employees.models import Employee
from employees.tests.test_single_sign_on import (
    Client,
    back,
    claims_of,
    is_in,
    reason,
    sign_in,
    start,
)
from workmate.tests.oidc import new_key


def test_a_state_works_once_and_in_its_own_browser(oidc):
    oidc.knows(ada=claims_of())
    mine, foreign = Client(), Client()
    address = oidc.sign_in(start(mine), "ada")
    assert "did not work" in reason(foreign, back(foreign, address))
    foreign_start = start(foreign)  # a state of its own does not help with mine
    assert "did not work" in reason(foreign, back(foreign, address))
    assert foreign_start
    assert back(mine, address)["Location"] == "/"
    mine.post("/logout/")
    assert "did not work" in reason(mine, back(mine, address))
    assert not is_in(foreign)
    assert not is_in(mine)


def test_a_code_of_one_sign_in_does_not_fit_another(oidc):
    oidc.knows(ada=claims_of(), eve=claims_of(sub="sub-eve", email="eve@firma.example"))
    mine, eve = Client(), Client()
    own = parse_qs(urlsplit(oidc.sign_in(start(mine), "ada")).query)
    theirs = parse_qs(urlsplit(oidc.sign_in(start(eve), "eve")).query)
    answer = mine.get("/login/sso/back/", {"state": own["state"][0], "code": theirs["code"][0]})
    assert answer["Location"] == "/login/"
    assert not is_in(mine)


def test_what_fails_leaves_the_one_who_is_signed_in_alone(oidc, worker, client_of):
    client = client_of(worker)
    for query in ("error=access_denied", "code=x&state=y", "", "state=y", "error=x&state=y"):
        assert client.get(f"/login/sso/back/?{query}").status_code == 302
        assert is_in(client)


def test_cancelling_leads_back_to_the_sign_in_page(oidc):
    client = Client()
    assert "did not work" in reason(client, sign_in(client, oidc, "nobody"))


def test_signing_in_does_not_lead_elsewhere(oidc):
    oidc.knows(ada=claims_of())
    for url in ("https://evil.example/", "//evil.example", "/\\evil.example"):
        assert sign_in(Client(), oidc, next=url)["Location"] == "/"


def forged(oidc: Any, monkeypatch: Any, **changes: Any) -> Client:
    """A browser that came back with an id token that was changed on its way."""
    headers, key = changes.pop("headers", {}), changes.pop("key", oidc.key)
    algorithm = changes.pop("algorithm", "RS256")
    real = SingleSignOnBackend.get_token

    def get_token(self: Any, payload: Any) -> Any:
        found = real(self, payload)
        claims = jwt.decode(found["id_token"], options={"verify_signature": False})
        header = {**jwt.get_unverified_header(found["id_token"]), **headers}
        header.pop("alg")
        claims = {k: v for k, v in {**claims, **changes}.items() if v is not None}
        return {**found, "id_token": jwt.encode(claims, key, algorithm, headers=header)}

    monkeypatch.setattr(SingleSignOnBackend, "get_token", get_token)
    oidc.knows(ada=claims_of())
    client = Client()
    assert sign_in(client, oidc)["Location"] in {"/login/", "/"}
    return client


def test_the_forger_of_these_tests_gets_in_with_a_true_token(oidc, monkeypatch):
    assert is_in(forged(oidc, monkeypatch))


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "another"},
        {"aud": None},
        {"iss": "https://evil.example"},
        {"iss": None},
        {"exp": 1},
        {"exp": None},
        {"iat": 4_000_000_000},
        {"nonce": "another"},
        {"nonce": None},
        {"sub": "sub-eve"},
        {"sub": None},
        {"aud": ["workmate", "another"], "azp": "another"},
        {"key": new_key()},
        {"key": new_key(), "headers": {"kid": "unknown"}},
        {"key": None, "algorithm": "none"},
        {"key": "x" * 32, "algorithm": "HS256"},
    ],
)
def test_a_forged_id_token_opens_nothing(oidc, monkeypatch, changes):
    assert not is_in(forged(oidc, monkeypatch, **changes))
    assert not Employee.objects.exists()
