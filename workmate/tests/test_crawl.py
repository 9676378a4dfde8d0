"""Every page in a browser: sound, in one language, whole by keyboard, for three people.

Each person's pages are those that links lead to from their start page; an administrator's are in
addition every model's forms and every verb that asks first. Of addresses that differ in the row or
the query alone, one is opened.
"""

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from crm.tests.factories import make_activity, make_contact
from employees.models import Employee
from employees.tests.factories import make_department
from invoices.tests.factories import a_line, make_buyer, make_finalized, make_invoice, make_payment
from projects.tests.factories import make_project, make_project_member
from reminders.tests.factories import make_notification
from timetracking.tests.factories import make_approved_time_entry, make_time_entry
from workmate import services
from workmate.tests.browser import OpenPage, overflow, violations
from workmate.tests.keyboard import unreached
from workmate.tests.languages import foreign_words
from workmate.tests.rows import MAKERS
from workmate.tests.test_pages import PAGES
from workmate.verbs import verbs_of
from workmate.views import ModelPages

pytestmark = pytest.mark.django_db(transaction=True)
LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft mbH"
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "locale": "en"}
# What a link starts rather than opens, and pages that are not ours.
NO_PAGES = re.compile(
    r"^/(admin|api|static|media|files|logout|photos?)/"
    r"|/(download|file|export|pdf|preview|feed|xml)/?$|\.ics$"
)
# Judged once a person: the same on each page, and half of what there is to look at.
SHELL = (".sidebar", ".dock")
ANY_ROW = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d{4}-\d{2}-\d{2}|(?<=/)\d+(?=/)")


@pytest.fixture
def rows(admin: Employee) -> dict[str, Any]:
    """A row of each model by its name, as far as possible with the longest of names."""
    buyer = make_buyer(name=LONG)
    project = make_project(
        title=LONG, customer=buyer, project_manager=admin, hourly_rate=100, budget=5000
    )
    lines = [a_line(description=LONG), a_line(tax_rate=7, discount_percent=10)]
    invoice = make_finalized(lines, customer=buyer, project=project)
    found = {
        "department": make_department(name=LONG),
        "notification": make_notification(admin),
        "customer": buyer,
        "contact": make_contact(customer=buyer),
        "activity": make_activity(customer=buyer),
        "project": project,
        "projectmember": make_project_member(project=project, employee=admin),
        "timeentry": make_approved_time_entry(project=project, employee=admin, note=LONG),
        "payment": make_payment(invoice=invoice, amount=100),
        "invoice": make_invoice(lines, customer=buyer, project=project),
    }
    start = timezone.now() - dt.timedelta(hours=1)
    make_time_entry(project=project, employee=admin, start_time=start, end_time=None)
    for pages in PAGES:
        name = name_of(pages)
        if name not in found:
            found[name] = admin if name == "employee" else MAKERS[name](admin)
    return found


def name_of(pages: type[ModelPages]) -> str:
    return str(pages.model._meta.model_name)


def verbs(pages: type[ModelPages], row: Any) -> Iterator[str]:
    """The pages of the verbs that ask first."""
    for verb in verbs_of(pages.model):
        if (verb.takes or verb.confirm) and (
            address := pages.url(verb.slug, *([row.pk] if verb.on == "object" else []))
        ):
            yield address


def forms(rows: dict[str, Any]) -> Iterator[str]:
    """Every model's pages, whether a link leads there or not."""
    for pages in PAGES:
        row = rows[name_of(pages)]
        yield from filter(
            None, [pages.url("detail", row.pk), pages.url("new"), pages.url("edit", row.pk)]
        )
        yield from verbs(pages, row)
    yield f"{rows['customer'].get_absolute_url()}delete/"


class Crawl:
    """Opens what links lead to, each kind of page once, and notes what is wrong."""

    def __init__(self, page: Page, language: str) -> None:
        self.page = page
        self.language = language
        self.seen: set[str] = set()
        self.wrong: list[str] = []

    def follow(self, *addresses: str) -> None:
        """Open these and whatever they lead to."""
        waiting = list(addresses)
        while waiting:
            address = waiting.pop(0)
            kind = ANY_ROW.sub("*", urlsplit(address).path)
            if kind in self.seen or NO_PAGES.search(kind):
                continue
            self.seen.add(kind)
            waiting += self.look(address)

    def look(self, address: str) -> list[str]:
        """Judge one page. Where its links lead."""
        answer = self.page.goto(address)
        assert answer is not None
        if answer.status >= 400 or "text/html" not in answer.headers.get("content-type", ""):
            self.wrong.append(f"{address}: {answer.status} {answer.headers.get('content-type')}")
            return []
        if wide := overflow(self.page):
            self.wrong.append(f"{address}: {wide} px too wide")
        known = SHELL if len(self.seen) > 1 else ()
        self.wrong += [f"{address}: {text}" for text in violations(self.page, without=known)]
        words = foreign_words(self.page, self.language)
        self.wrong += [f"{address}: not in {self.language}: {word!r}" for word in words]
        links: list[str] = self.page.evaluate(
            "() => [...document.querySelectorAll('a[href]:not([download])')]"
            ".filter(a => a.origin === location.origin).map(a => a.pathname + a.search)"
        )
        return links


def crawled(person: Employee, page: Page, *addresses: str) -> set[str]:
    """The kinds of pages that were opened. Fails where one of them has a fault."""
    crawl = Crawl(page, person.language)
    crawl.follow("/", *addresses)
    assert not crawl.wrong, "\n".join(crawl.wrong)
    return crawl.seen


def in_the_dark(person: Employee) -> Employee:
    return services.change(person, by=None, theme="catppuccin-frappe", language="de")


def test_an_administrators_pages_are_sound_in_german_in_the_dark(
    admin: Employee, rows: dict[str, Any], open_page: OpenPage
) -> None:
    page = open_page(in_the_dark(admin))
    seen = crawled(admin, page, *forms(rows), "/search/?q=Donau", "/customers/?search=nobody")
    assert len(seen) > 100


def test_an_administrators_pages_are_sound_in_english_in_the_light_on_a_phone(
    admin: Employee, rows: dict[str, Any], open_page: OpenPage
) -> None:
    services.change(admin, by=None, theme="catppuccin-latte", language="en")
    page = open_page(admin, **PHONE)
    seen = crawled(admin, page, *forms(rows), "/search/?q=Donau", "/customers/?search=nobody")
    assert len(seen) > 100


def test_an_administrators_pages_are_whole_by_keyboard(
    admin: Employee, rows: dict[str, Any], open_page: OpenPage
) -> None:
    page = open_page(in_the_dark(admin))
    addresses = ["/", "/week/", "/search/?q=Donau", "/profile/", "/customers/pipeline/"]
    for pages in PAGES:
        addresses += filter(None, [pages.url("list"), pages.url("new")])
    for name in ("customer", "project", "invoice", "employee", "document"):
        addresses.append(rows[name].get_absolute_url())
    wrong = []
    for address in addresses:
        page.goto(address)
        wrong += [f"{address}: {text}" for text in unreached(page)]
    assert not wrong, "\n".join(wrong)


def test_a_clerks_pages_are_sound_in_german_in_the_dark(
    clerk: Employee, rows: dict[str, Any], open_page: OpenPage
) -> None:
    seen = crawled(clerk, open_page(in_the_dark(clerk)), "/search/?q=Donau")
    assert {"/invoices/", "/invoices/new/", "/customers/*/edit/"} <= seen
    assert "/roles/" not in seen


def test_a_workers_pages_are_sound_in_german_in_the_dark(
    worker: Employee, rows: dict[str, Any], open_page: OpenPage
) -> None:
    make_project_member(project=rows["project"], employee=worker)
    make_approved_time_entry(project=rows["project"], employee=worker)
    seen = crawled(worker, open_page(in_the_dark(worker)), "/search/?q=Donau")
    assert {"/week/", "/time-entries/*/", "/projects/*/"} <= seen
    assert not {"/invoices/", "/roles/", "/customers/new/"} & seen
