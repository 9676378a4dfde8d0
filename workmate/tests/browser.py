"""A real browser against the whole product: fixtures for tests that do what people do."""

import os
import re
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Error,
    Locator,
    Page,
    Request,
    Response,
    expect,
    sync_playwright,
)

from employees.models import Employee
from workmate.bootstrap import BROWSERS, browser_path
from workmate.tests.server import Server

FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_MS = 15_000
AXE = Path(settings.NODE_MODULES) / "axe-core" / "axe.min.js"
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]

expect.set_options(timeout=PATIENCE_MS)
OpenPage = Callable[..., Page]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The browser, for one module of tests: while it runs, no other event loop may."""
    path = browser_path()
    if path is None:
        pytest.skip(f"No browser on this machine: none of {', '.join(BROWSERS)}")
    # Playwright's loop makes Django think that every query of the test is asynchronous.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=path, args=FLAGS, ignore_default_args=["--headless=old"]
            )
            yield browser
            browser.close()
    finally:
        if before is None:
            del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
        else:
            os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = before


@pytest.fixture(scope="module")
def site() -> Iterator[Server]:
    """The product under uvicorn, for one module of tests."""
    server = Server()
    yield server
    server.stop()


class Complaints:
    """What a page may not do: errors on the console, broken scripts, failed requests."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def watch(self, page: Page) -> None:
        """Listen to everything that goes wrong in it."""
        page.on("console", self.console)
        page.on("pageerror", self.script)
        page.on("response", self.response)
        page.on("requestfailed", self.failure)

    def script(self, error: Error) -> None:
        """Scripts that broke, save the browser's own: its viewer of PDFs minds a page that goes."""
        told = f"{error}\n{error.stack or ''}"
        if "chrome-extension://" not in told and "chrome://" not in told:
            self.found.append(f"script: {told}")

    def console(self, message: ConsoleMessage) -> None:
        """Errors and refusals of the policy; failed loads are told by their responses."""
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.found.append(f"console: {message.text} ({message.location.get('url', '')})")

    def response(self, response: Response) -> None:
        """5xx always; 4xx where a page asked for a file of its own."""
        kind = response.request.resource_type
        limit = 500 if kind in {"document", "fetch", "xhr"} else 400
        if response.status >= limit:
            self.found.append(f"{response.status}: {response.request.method} {response.url}")

    def failure(self, request: Request) -> None:
        """Requests that never came back, save those that a new page or the test itself cut off."""
        if request.failure not in {"net::ERR_ABORTED", "net::ERR_INTERNET_DISCONNECTED"}:
            self.found.append(f"{request.failure}: {request.method} {request.url}")


@pytest.fixture
def open_page(
    chromium: Browser, site: Server, transactional_db: None, settings: Any
) -> Iterator[OpenPage]:
    """Open a page as a person: `open_page(worker, path="/invoices/", viewport=...)`.

    With `password` they sign in by the form, else by cookie; without a person it is a guest.
    Further options are those of Playwright's `new_context`. Whatever the pages complain of
    (console, policy, failed requests) fails the test.
    """
    settings.SITE_URL = f"http://127.0.0.1:{site.port}"
    complaints = Complaints()
    contexts = []

    def opened(
        person: Employee | None = None, *, path: str = "/", password: str = "", **options: Any
    ) -> Page:
        context = chromium.new_context(
            base_url=settings.SITE_URL,
            **{
                "locale": "de-DE",
                "viewport": {"width": 1280, "height": 800},
                "service_workers": "block",
                **options,
            },
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        if person is not None and not password:
            context.add_cookies([session_of(person, settings.SITE_URL)])
        page = context.new_page()
        complaints.watch(page)
        if person is not None and password:
            page.goto("/login/")
            page.locator("#id_username").fill(person.email)
            page.locator("#id_password").fill(password)
            page.locator("#id_password").press("Enter")
            page.wait_for_url(lambda url: "/login/" not in url)
            if path == "/":
                return page
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()
    wait_for_others()
    assert not complaints.found, "\n".join(complaints.found)


def wait_for_others() -> None:
    """Wait until nobody else works on the database: emptying it would wait for them in a circle.

    A socket that was just closed may still be asking whether its person may go on.
    """
    deadline = time.monotonic() + 10
    sql = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND pid <> pg_backend_pid() AND state <> 'idle'"
    )
    quiet = 0
    while quiet < 3 and time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            quiet = quiet + 1 if cursor.fetchone()[0] == 0 else 0
        time.sleep(0.05)


def session_of(person: Employee, url: str) -> dict[str, Any]:
    """The cookie of a session in which that person is signed in."""
    client = Client()
    client.force_login(person, backend="employees.auth.PasswordBackend")
    name = settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value, "url": url}


def choose(where: Page | Locator, name: str, text: str) -> None:
    """Choose, in a field that searches, the row that a text finds first."""
    box = where.locator(f"[data-pick='{name}']")
    box.press_sequentially(text)
    expect(box).to_have_attribute("aria-activedescendant", re.compile("."))
    box.press("Enter")
    expect(where.locator(f"[name='{name}']")).not_to_have_value("")


def violations(page: Page, *, without: Sequence[str] = ()) -> list[str]:
    """What axe finds against WCAG 2.2 AA on the page, one line a rule and element.

    Parts named in `without` are not looked at: what is alike on each page need not be each time.
    """
    if not page.evaluate("() => Boolean(window.axe)"):
        # Not as a script element: the policy of the page would refuse it.
        page.evaluate(AXE.read_text())
    # Without `preload`: no rule of these tags reads style sheets, which axe would fetch anew.
    result = page.evaluate(
        "([tags, without]) => axe.run(without.length ? { exclude: without } : document, {"
        " runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'], preload: false })",
        [AXE_TAGS, [[selector] for selector in without]],
    )
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary'].splitlines()[-1].strip()}"
        for rule in result["violations"]
        for node in rule["nodes"]
    ]


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than the window."""
    found: int = page.evaluate(
        "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return found
