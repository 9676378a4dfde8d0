"""Single sign-on in the browser, against a real identity provider."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from django.core.exceptions import ValidationError
from django.test import Client as AnyClient

from employees.auth.sso import SingleSignOnBackend, identity_of
from employees.models import Employee, Role
from employees.services import Identity, admit, deactivate_employee
from employees.tests.factories import make_employee, make_role
from workmate.tests.oidc import new_key
from workmate.tests.threads import at_once


class Client(AnyClient):
    """A guest who reads English."""

    def __init__(self, **options: Any) -> None:
        super().__init__(headers={"Accept-Language": "en"}, **options)


ZITADEL = "urn:zitadel:iam:org:project:roles"


def claims_of(person: Employee | None = None, sub: str = "sub-ada", **more: Any) -> dict[str, Any]:
    email = person.email if person else "ada@firma.example"
    names = {"given_name": "Ada", "family_name": "Lovelace", "locale": "en-GB"}
    return {"sub": sub, "email": email, "email_verified": True, **names, **more}


def start(client: Client, **query: str) -> str:
    answer = client.get("/login/sso/", query)
    assert answer.status_code == 302
    return str(answer["Location"])


def back(client: Client, address: str) -> Any:
    parts = urlsplit(address)
    assert parts.path == "/login/sso/back/"
    return client.get(f"{parts.path}?{parts.query}", follow=False)


def sign_in(client: Client, oidc: Any, login: str = "ada", **query: str) -> Any:
    return back(client, oidc.sign_in(start(client, **query), login))


def is_in(client: Client) -> bool:
    return client.get("/api/employees/me").status_code == 200


def reason(client: Client, answer: Any) -> str:
    """What the sign-in page says after this answer."""
    assert answer["Location"] == "/login/"
    return " ".join(str(message) for message in client.get("/login/").context["messages"])


def person_of(client: Client) -> Employee:
    return Employee.objects.get(pk=client.get("/api/employees/me").json()["id"])


# --- The way there ------------------------------------------------------------------------------


def test_without_an_issuer_there_is_no_single_sign_on(worker):
    assert "/login/sso/" not in Client().get("/login/").content.decode()
    for path in ("/login/sso/", "/login/sso/back/", "/login/sso/back/?code=x&state=y"):
        assert Client().get(path).status_code == 404
    client = Client()
    client.force_login(worker, backend="employees.auth.sso.SingleSignOnBackend")
    assert not is_in(client)


def test_the_sign_in_page_leads_to_the_provider(oidc, settings):
    page = Client().get("/login/", {"next": "/employees/"}).content.decode()
    assert 'href="/login/sso/?next=%2Femployees%2F"' in page
    assert "Sign in with the company account" in page
    settings.OIDC_NAME = "Zitadel"
    assert "Sign in with Zitadel" in Client().get("/login/").content.decode()


def test_the_request_carries_state_nonce_and_challenge(oidc):
    one, two = (parse_qs(urlsplit(start(Client())).query) for _number in range(2))
    assert one["response_type"] == ["code"]
    assert one["code_challenge_method"] == ["S256"]
    assert one["client_id"] == ["workmate"]
    assert one["scope"] == ["openid email profile"]
    assert one["redirect_uri"] == ["http://testserver/login/sso/back/"]
    for name in ("state", "nonce", "code_challenge"):
        assert len(one[name][0]) >= 32
        assert one[name] != two[name]


def test_a_provider_that_does_not_answer_is_named(settings):
    settings.OIDC_ISSUER, settings.OIDC_RP_CLIENT_ID = "http://127.0.0.1:9", "workmate"
    client = Client()
    assert "does not answer" in reason(client, client.get("/login/sso/"))


def test_a_provider_that_claims_to_be_another_is_not_believed(oidc, settings):
    settings.OIDC_ISSUER = oidc.issuer.replace("127.0.0.1", "localhost")
    client = Client()
    assert "does not answer" in reason(client, client.get("/login/sso/"))


# --- Who it is ----------------------------------------------------------------------------------


def test_the_first_sign_in_makes_a_person(oidc):
    oidc.knows(ada=claims_of())
    client = Client()
    answer = sign_in(client, oidc, next="/employees/")
    assert answer["Location"] == "/employees/"
    ada = person_of(client)
    assert (ada.first_name, ada.last_name, ada.email) == ("Ada", "Lovelace", "ada@firma.example")
    assert ada.employee_code.startswith("KIT-")
    assert (ada.uuid_keycloak, ada.role.name, ada.language) == ("sub-ada", "Employee", "en")
    assert ada.last_login
    assert not ada.has_usable_password()
    assert client.cookies["sessionid"]["expires"] == ""


def test_a_person_is_known_by_sub_whatever_the_address_is_now(oidc, worker):
    Employee.objects.filter(pk=worker.pk).update(uuid_keycloak="sub-ada")
    other = make_employee()
    oidc.knows(ada=claims_of(other))
    client = Client()
    sign_in(client, oidc)
    assert person_of(client) == worker
    worker.refresh_from_db()
    assert worker.email != other.email


def test_the_first_sign_in_links_the_person_with_that_address(oidc, worker):
    oidc.knows(ada=claims_of(email=worker.email.upper()))
    client = Client()
    sign_in(client, oidc)
    assert person_of(client) == worker
    worker.refresh_from_db()
    assert (worker.uuid_keycloak, worker.first_name) == ("sub-ada", "Willi")
    assert worker.has_usable_password()


@pytest.mark.parametrize("verified", [False, None, "true", 1])
def test_an_address_that_is_not_verified_takes_nobody_over(oidc, admin, verified):
    oidc.knows(eve=claims_of(admin, sub="sub-eve", email_verified=verified))
    client = Client()
    assert "has not verified" in reason(client, sign_in(client, oidc, "eve"))
    assert not is_in(client)
    admin.refresh_from_db()
    assert admin.uuid_keycloak is None
    oidc.knows(eve=claims_of(sub="sub-eve", email_verified=verified))
    assert "has not verified" in reason(client, sign_in(client, oidc, "eve"))
    assert not Employee.objects.filter(email="ada@firma.example").exists()


def test_an_address_is_verified_only_by_the_source_that_names_it():
    id_token = {"sub": "s", "email": "mine@firma.example", "email_verified": True}
    userinfo = {"sub": "s", "email": "boss@firma.example"}
    identity = identity_of(id_token, userinfo, {})
    assert (identity.email, identity.email_is_verified) == ("boss@firma.example", False)


def test_a_second_identity_does_not_take_a_linked_person_over(oidc, worker):
    Employee.objects.filter(pk=worker.pk).update(uuid_keycloak="sub-of-worker")
    oidc.knows(eve=claims_of(worker, sub="sub-eve"))
    client = Client()
    assert "Another single sign-on account" in reason(client, sign_in(client, oidc, "eve"))
    assert not is_in(client)
    worker.refresh_from_db()
    assert worker.uuid_keycloak == "sub-of-worker"


@pytest.mark.parametrize("is_linked", [True, False])
def test_an_inactive_person_is_refused(oidc, admin, worker, is_linked):
    if is_linked:
        Employee.objects.filter(pk=worker.pk).update(uuid_keycloak="sub-ada")
    deactivate_employee(worker, by=admin)
    oidc.knows(ada=claims_of(worker))
    client = Client()
    assert "inactive" in reason(client, sign_in(client, oidc))
    assert not is_in(client)
    assert Employee.objects.filter(email=worker.email).count() == 1


def test_a_session_ends_when_the_person_becomes_inactive(oidc, admin):
    oidc.knows(ada=claims_of())
    client = Client()
    sign_in(client, oidc)
    deactivate_employee(person_of(client), by=admin)
    assert not is_in(client)
    assert client.get("/")["Location"].startswith("/login/")


def test_new_people_can_be_kept_out(oidc, settings, worker):
    settings.OIDC_NEW_PEOPLE = False
    oidc.knows(ada=claims_of(), willi=claims_of(worker, sub="sub-willi"))
    client = Client()
    assert "Nobody here" in reason(client, sign_in(client, oidc))
    sign_in(client, oidc, "willi")
    assert person_of(client) == worker


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"email": None}, "no_email"),
        ({"email": "no address"}, None),
        ({"given_name": "A\u0000da" * 90, "family_name": None}, ""),
    ],
)
def test_odd_claims_end_no_request(oidc, claims, code):
    oidc.knows(ada=claims_of(**claims))
    client = Client()
    answer = sign_in(client, oidc)
    assert answer.status_code == 302
    assert is_in(client) == (code == "")


def test_two_first_sign_ins_at_once_make_one_person(transactional_db):
    identity = Identity("sub-ada", "ada@firma.example", email_is_verified=True)
    make_role()
    people = at_once(*[lambda: admit(identity)] * 4)
    assert {getattr(person, "pk", person) for person in people} == {Employee.objects.get().pk}


# --- Roles --------------------------------------------------------------------------------------


@pytest.fixture
def lead() -> Role:
    return make_role("Lead", ["backoffice.*"], keycloak_id="wm-lead")


SHAPES = [
    {"realm_access": {"roles": ["offline_access", "wm-lead"]}},
    {"resource_access": {"workmate": {"roles": ["wm-lead"]}}},
    {ZITADEL: {"wm-lead": {"2208": "firma.zitadel.example"}}},
]


@pytest.mark.parametrize("shape", SHAPES, ids=["realm", "client", "zitadel"])
def test_the_token_gives_the_role(oidc, lead, worker, shape):
    oidc.knows(ada=claims_of(**shape), willi=claims_of(worker, sub="sub-willi", **shape))
    for login in ("ada", "willi"):
        client = Client()
        sign_in(client, oidc, login)
        assert person_of(client).role == lead


@pytest.mark.parametrize(
    "shape",
    [
        {"resource_access": {"another": {"roles": ["wm-lead"]}}},
        {"urn:zitadel:iam:org:project:99:roles": {"wm-lead": {}}},
        {"realm_access": {"roles": "wm-lead"}},
        {"realm_access": ["wm-lead"]},
        {"realm_access": {"roles": [1, None, {"wm-lead": 1}, "", "a\u0000b"]}},
        {"resource_access": {"workmate": ["wm-lead"]}},
        {ZITADEL: ["wm-lead"]},
    ],
)
def test_what_is_no_role_of_ours_gives_none(lead, shape):
    identity = identity_of({"sub": "s", **shape}, {"sub": "s"}, {})
    assert "wm-lead" not in identity.roles
    assert admit(replaced(identity)).role.name == "Employee"


def replaced(identity: Identity, **fields: Any) -> Identity:
    known = {"email": "ada@firma.example", "email_is_verified": True}
    return Identity(**{**identity.__dict__, **known, **fields})


def test_keycloaks_access_token_tells_roles_too_unless_it_is_of_somebody_else(lead):
    access = {"sub": "s", "realm_access": {"roles": ["wm-lead"]}}
    assert identity_of({"sub": "s"}, {"sub": "s"}, access).roles == {"wm-lead"}
    assert identity_of({"sub": "s"}, {"sub": "s"}, {**access, "sub": "t"}).roles == frozenset()


def test_of_several_roles_the_one_that_grants_the_others_holds(lead):
    make_role("A lesser one", ["backoffice.crm.*"], keycloak_id="wm-crm")
    chief = make_role("Chief", ["*"], keycloak_id="wm-chief")
    make_employee(role=make_role("Admin"))
    for names in (["wm-crm", "wm-lead", "wm-chief"], ["wm-chief", "wm-crm", "wm-lead"]):
        identity = replaced(Identity("sub-ada"), roles=frozenset(names))
        assert admit(identity).role == chief
    assert admit(replaced(identity, roles=frozenset({"wm-crm", "wm-lead"}))).role == lead


def test_a_role_that_the_provider_takes_away_is_gone(lead):
    given = replaced(Identity("sub-ada"), roles=frozenset({"wm-lead"}))
    assert admit(given).role == lead
    assert admit(replaced(given, roles=frozenset())).role.name == "Employee"


def test_a_role_that_was_given_here_stays_where_the_provider_names_none(clerk):
    identity = Identity("sub-clara", clerk.email, email_is_verified=True)
    assert admit(identity).role == clerk.role


def test_the_last_administrator_keeps_the_role(admin, lead):
    identity = Identity(
        "sub-ada", admin.email, email_is_verified=True, roles=frozenset({"wm-lead"})
    )
    person = admit(identity)
    assert (person.role.name, person.uuid_keycloak) == ("Admin", "sub-ada")
    make_employee(role=admin.role)
    assert admit(identity).role == lead


def test_without_the_default_role_nobody_new_comes_in(settings):
    settings.OIDC_DEFAULT_ROLE = "Gone"
    with pytest.raises(ValidationError) as refused:
        admit(replaced(Identity("sub-ada")))
    assert refused.value.code == "no_default_role"


# --- Attacks ------------------------------------------------------------------------------------


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


# --- Signing out --------------------------------------------------------------------------------


def test_signing_out_ends_the_session_at_the_provider_too(oidc):
    oidc.knows(ada=claims_of())
    client = Client()
    sign_in(client, oidc)
    target = urlsplit(client.post("/logout/")["Location"])
    query = parse_qs(target.query)
    assert f"{target.scheme}://{target.netloc}" == oidc.issuer
    assert query["post_logout_redirect_uri"] == ["http://testserver/login/"]
    assert jwt.decode(query["id_token_hint"][0], options={"verify_signature": False})["sub"]
    assert not is_in(client)


def test_who_signed_in_by_password_is_not_sent_to_the_provider(oidc, worker):
    client = Client()
    client.post("/login/", {"username": worker.email, "password": "correct horse battery"})
    assert is_in(client)
    assert client.post("/logout/")["Location"] == "/login/"


def test_who_signs_in_after_somebody_else_is_signed_out_as_oneself(oidc, worker, client_of):
    oidc.knows(ada=claims_of())
    client = client_of(worker)
    sign_in(client, oidc)
    assert person_of(client).uuid_keycloak == "sub-ada"
    assert client.post("/logout/")["Location"].startswith(oidc.issuer)


# --- In a browser -------------------------------------------------------------------------------


def test_a_person_signs_in_and_out_by_the_provider(oidc, open_page):
    oidc.knows(ada=claims_of())
    page = open_page(path="/login/?next=/employees/")
    page.get_by_role("link", name="company account").or_(
        page.get_by_role("link", name="Firmenkonto")
    ).click()
    page.get_by_label("Login").fill("ada")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/employees/")
    page.goto("/profile/")
    page.locator("form[action='/logout/'] button").first.evaluate("button => button.click()")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/login/**")
    page.goto("/profile/")
    assert "/login/" in page.url
