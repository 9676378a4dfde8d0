"""The way to the provider and back."""

from urllib.parse import parse_qs, urlsplit

import jwt

from employees.tests.test_single_sign_on import (
    Client,
    claims_of,
    is_in,
    person_of,
    reason,
    sign_in,
    start,
)


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
