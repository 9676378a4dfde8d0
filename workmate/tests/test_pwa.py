"""The app as something to install, and the page without a network."""

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from playwright.sync_api import expect

from employees.models import Employee
from workmate.tests.browser import OpenPage, violations


def test_the_manifest_names_icons_that_exist_in_the_language_of_the_reader() -> None:
    found = Client().get("/manifest.webmanifest", headers={"accept-language": "de"})
    assert found["content-type"] == "application/manifest+json"
    data = found.json()
    assert data["lang"] == "de"
    assert data["start_url"] == "/"
    assert {icon["purpose"] for icon in data["icons"]} == {"any", "maskable"}
    for icon in data["icons"]:
        assert finders.find(icon["src"].removeprefix("/static/")), icon["src"]


def test_the_worker_keeps_nothing_but_public_parts() -> None:
    script = Client().get("/service-worker.js").content.decode()
    kept = script.split("KEPT = [")[1].split("]")[0].replace('"', "").split(", ")
    assert kept[0].encode().decode("unicode_escape") == "/offline/"
    assert all("static" in address for address in kept[1:])


@pytest.mark.django_db
def test_the_page_without_a_network_tells_of_nobody(worker: Employee, client_of: object) -> None:
    page = client_of(worker).get("/offline/").content.decode()  # type: ignore[operator]
    assert worker.last_name not in page
    assert worker.email not in page


@pytest.mark.django_db(transaction=True)
def test_without_a_network_the_app_says_so_and_comes_back(
    admin: Employee, open_page: OpenPage
) -> None:
    page = open_page(admin, service_workers="allow")
    # `ready` would be waited for without an end where the worker cannot be installed.
    page.wait_for_function("() => navigator.serviceWorker.controller")
    page.context.set_offline(True)
    page.goto("/customers/", wait_until="commit")
    expect(page.locator("#error-title")).to_be_visible()
    page.wait_for_load_state()
    page.context.set_offline(False)
    page.get_by_role("link").click()
    expect(page.locator("main h1")).not_to_have_attribute("id", "error-title")
    assert not violations(page)
