"""The pages that belong to no module: search, language, errors, health."""

from typing import Any

import pytest
from django.test import Client
from django.utils.html import strip_tags

from conftest import ClientOf
from crm.tests.factories import make_customer
from employees.models import Employee
from employees.tests.factories import make_employee, make_role
from projects.tests.factories import make_project
from workmate import shell
from workmate.registry import registry


def test_search_finds_only_what_one_may_see(
    admin: Employee, worker: Employee, client_of: ClientOf
) -> None:
    make_customer(name="Häusler & Söhne")
    assert "Häusler" in client_of(admin).get("/search/?q=häusler").content.decode()
    page = client_of(worker).get("/search/?q=häusler")
    assert page.status_code == 200
    assert page.context["groups"] == []


def palette(person: Employee, client_of: ClientOf, text: str = "") -> list[tuple[str, str]]:
    Employee.objects.filter(pk=person.pk).update(language="en")
    page = client_of(person).get("/palette/", {"q": text})
    assert page.status_code == 200
    return [
        (strip_tags(option.title), option.url)
        for group in page.context["groups"]
        for option in group.options
    ]


def test_the_palette_offers_verbs_pages_and_objects(admin: Employee, client_of: ClientOf) -> None:
    customer = make_customer(name="Förde Logistik GmbH")
    project = make_project(title="Relaunch", customer=customer)
    offered = palette(admin, client_of, "foerde")
    assert ("New invoice for Förde Logistik GmbH", f"/invoices/new/?customer_id={customer.pk}") in (
        offered
    )
    assert any(url == customer.get_absolute_url() for _title, url in offered)
    assert any(url == project.get_absolute_url() for _title, url in offered)
    assert ("Start the timer on", f"/time-entries/start/?project_id={project.pk}") in [
        (title.partition(" PRJ")[0].removesuffix(" Relaunch"), url) for title, url in offered
    ]
    # Enter opens what was looked for; a verb comes first where it was named.
    assert offered[0][1] in {customer.get_absolute_url(), project.get_absolute_url()}
    named = palette(admin, client_of, "new invoice foerde")
    assert named[0][1] == f"/invoices/new/?customer_id={customer.pk}"
    assert ("Invoices", "/invoices/") in palette(admin, client_of, "invoi")
    verbs = palette(admin, client_of, "> new customer")
    assert [url for _title, url in verbs] == ["/customers/new/"]


def test_a_finished_project_offers_no_timer(admin: Employee, client_of: ClientOf) -> None:
    make_project(title="Altbau", status="completed")
    offered = palette(admin, client_of, "altbau")
    assert offered
    assert not any("/start/" in url for _title, url in offered)


def test_the_palette_offers_nothing_that_one_may_not(worker: Employee, client_of: ClientOf) -> None:
    make_customer(name="Förde Logistik GmbH")
    assert palette(worker, client_of, "förde") == []
    urls = [url for _title, url in palette(worker, client_of)]
    assert "/time-entries/start/" in urls
    for forbidden in ("/customers/new/", "/invoices/new/", "/invoices/", "/employees/new/"):
        assert forbidden not in urls


def test_every_verb_of_the_palette_opens_for_who_is_offered_it(
    admin: Employee, worker: Employee, clerk: Employee, client_of: ClientOf
) -> None:
    make_project(title="Muster", customer=make_customer(name="Muster"))
    for person in (admin, clerk, worker):
        for title, url in palette(person, client_of, ">") + palette(person, client_of, "> muster"):
            assert client_of(person).get(url).status_code == 200, (person, title, url)


def test_an_import_is_offered_to_who_may_import_that(client_of: ClientOf) -> None:
    crm = ["backoffice.crm.customer.*"]
    writer = make_employee(role=make_role("Writer", crm))
    assert [url for _title, url in palette(writer, client_of, "> import")] == []
    importer = make_employee(role=make_role("Importer", [*crm, "system.import.*"]))
    assert palette(importer, client_of, "> import") == [
        ("Import a file", "/imports/new/"),
        ("Import customers", "/imports/new/?kind=customer"),
    ]


def test_every_verb_of_the_palette_has_an_address() -> None:
    assert all(command.address() for command in registry.commands())


def test_a_folded_group_of_the_menu_stays_folded_until_one_is_in_it(
    worker: Employee, client_of: ClientOf
) -> None:
    client = client_of(worker)
    client.cookies["folded_groups"] = "team.customers.nonsense"
    folded = '<details data-group="team">'
    assert folded in client.get("/projects/").content.decode()
    page = client.get("/time-entries/").content.decode()
    assert folded not in page
    assert '<details data-group="team" open>' in page


@pytest.mark.parametrize("text", ["", " ", "%", "'\"<script>", "x" * 5000, "\x00", ">", "> >", ":"])
def test_search_takes_whatever_is_typed(admin: Employee, client_of: ClientOf, text: str) -> None:
    page = client_of(admin).get("/search/", {"q": text})
    assert page.status_code == 200
    assert "<script>" not in page.content.decode().split("<main", 1)[1]
    page = client_of(admin).get("/palette/", {"q": text})
    assert page.status_code == 200
    assert "<script>" not in page.content.decode()


def test_the_look_is_kept_with_the_person(worker: Employee, client_of: ClientOf) -> None:
    client = client_of(worker)
    client.post("/profile/look/", {"theme": "latte"})
    response = client.post("/settings/", {"language": "en", "next": "/profile/"})
    assert response["Location"] == "/profile/"
    worker.refresh_from_db()
    assert (worker.theme, worker.language) == ("catppuccin-latte", "en")
    page = client.get("/profile/").content.decode()
    assert '<html lang="en" data-theme="latte"' in page


def test_nonsense_changes_nothing(worker: Employee, client_of: ClientOf) -> None:
    client = client_of(worker)
    client.post("/profile/look/", {"theme": "pink", "sidebar": "gone"})
    client.post("/settings/", {"language": "xx"})
    worker.refresh_from_db()
    assert (worker.theme, worker.language) == ("catppuccin-frappe", "de")


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "javascript:alert(1)"]
)
def test_nobody_is_sent_elsewhere(worker: Employee, client_of: ClientOf, target: str) -> None:
    client = client_of(worker)
    for page in ("/settings/", "/profile/look/"):
        assert client.post(page, {"theme": "latte", "next": target})["Location"] == "/"


def test_a_guest_reads_the_language_of_the_browser() -> None:
    german = Client(headers={"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"}).get("/login/")
    english = Client(headers={"Accept-Language": "fr;q=0.9,en;q=0.8"}).get("/login/")
    odd = Client(headers={"Accept-Language": "en;q=x,,;q=1"}).get("/login/")
    assert [page["Content-Language"] for page in (german, english, odd)] == ["de", "en", "de"]


def test_errors_are_pages_with_a_way_out(
    admin: Employee, worker: Employee, client_of: ClientOf
) -> None:
    missing = client_of(admin).get("/nothing/")
    assert missing.status_code == 404
    assert 'href="/"' in missing.content.decode()
    forbidden = client_of(worker).get("/roles/")
    assert forbidden.status_code == 403
    assert "<main" in forbidden.content.decode()


def test_a_fault_of_ours_is_a_page_that_tells_nothing(
    admin: Employee, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(request: Any) -> Any:
        raise RuntimeError("SELECT secret FROM table")

    monkeypatch.setattr(shell.SearchPage, "get", lambda self, request: fail(request))
    client = client_of(admin)
    client.raise_request_exception = False
    page = client.get("/search/")
    assert page.status_code == 500
    assert b"secret" not in page.content
    assert b"<html" in page.content


def test_health_asks_nothing_and_readiness_asks_the_engines(
    django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with django_assert_num_queries(0):
        assert Client(headers={"Host": "anything"}).get("/healthz").content == b"ok\n"
    assert Client().get("/readyz").status_code == 200

    def fail(key: str) -> None:
        raise OSError("no cache")

    monkeypatch.setattr(shell.cache, "get", fail)
    assert Client().get("/readyz").status_code == 503


def test_every_answer_carries_the_policy_that_stops_scripts(
    admin: Employee, client_of: ClientOf
) -> None:
    page = client_of(admin).get("/")
    policy = page["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert page["X-Frame-Options"] == "DENY"
    assert page["X-Content-Type-Options"] == "nosniff"
