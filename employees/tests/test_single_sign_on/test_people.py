"""Who signs in, and with which role."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from employees.auth.sso import identity_of
from employees.models import Employee, Role
from employees.services import Identity, admit, deactivate_employee
from employees.tests.factories import make_employee, make_role
from employees.tests.test_single_sign_on import (
    ZITADEL,
    Client,
    claims_of,
    is_in,
    person_of,
    reason,
    sign_in,
)
from workmate.tests.threads import at_once


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
