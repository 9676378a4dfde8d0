"""Every list, detail page, form, API list and changelist: it renders, and how often it asks.

The number of queries is pinned in `query_counts.json` and must not depend on the number of rows.
After a wanted change: `UPDATE_QUERY_COUNTS=1 make test ARGS="workmate/tests/test_pages.py"`.
"""

import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLResolver, get_resolver, reverse

from conftest import ClientOf
from crm.tests.factories import make_customer
from employees.models import Employee
from workmate.api import router
from workmate.tests.rows import MAKERS
from workmate.tests.test_permissions import OURS
from workmate.views import Column, ModelPages

PINNED = Path(__file__).with_name("query_counts.json")
HTMX = {"HX-Request": "true"}
EMPTY_CHOICE = re.compile(r"<option[^>]*>\s*[-–]*\s*</option>")
FEW, MANY = 2, 7


def page_classes(resolver: URLResolver | None = None) -> Iterator[type[ModelPages]]:
    """Each model's pages, as the routes name them."""
    for item in (resolver or get_resolver()).url_patterns:
        if isinstance(item, URLResolver):
            yield from page_classes(item)
        elif (item.name or "").endswith("-list") and hasattr(item.callback, "view_initkwargs"):
            yield item.callback.view_initkwargs["pages"]


PAGES = sorted(set(page_classes()), key=lambda pages: pages.__name__)
VIEWSETS = [(prefix, viewset) for prefix, viewset, _name in router.registry]
LISTS = [(prefix, viewset) for prefix, viewset in VIEWSETS if not viewset.is_single]


def maker_of(model: type[Any]) -> Callable[[Employee], Any]:
    return MAKERS[model._meta.model_name]


def count_of(client: Client, url: str, **headers: str) -> int:
    """How many queries an answer takes; a first one fills what is kept between requests."""
    client.get(url, headers=headers)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        response = client.get(url, headers=headers)
    assert response.status_code == 200, response.content[:300]
    return len(asked)


@pytest.fixture
def pin() -> Callable[[str, int], None]:
    """Compares a number of queries with the one that is on file."""

    def compare(name: str, number: int) -> None:
        known = json.loads(PINNED.read_text()) if PINNED.exists() else {}
        if os.environ.get("UPDATE_QUERY_COUNTS"):
            known[name] = number
            PINNED.write_text(json.dumps(dict(sorted(known.items())), indent=1) + "\n")
        assert known.get(name) == number, f"{name}: {number} queries, on file {known.get(name)}"

    return compare


@pytest.fixture(autouse=True)
def _warm() -> None:
    """The history asks once per process for each model's content type."""
    ContentType.objects.clear_cache()
    for model in OURS:
        ContentType.objects.get_for_model(model)


def few_and_many(
    make: Callable[[Employee], Any], person: Employee, ask: Callable[[], int]
) -> tuple[int, int]:
    """The queries with few rows and with many."""
    for _number in range(FEW):
        make(person)
    few = ask()
    for _number in range(MANY - FEW):
        make(person)
    return few, ask()


@pytest.mark.parametrize("pages", PAGES, ids=lambda pages: pages.__name__)
@pytest.mark.parametrize("kind", ["page", "partial"])
def test_a_list_of_many_asks_as_often_as_a_list_of_few(
    pages: type[ModelPages], kind: str, admin: Employee, client_of: ClientOf, pin: Any
) -> None:
    client, headers = client_of(admin), HTMX if kind == "partial" else {}
    url = pages.url("list")
    few, many = few_and_many(maker_of(pages.model), admin, lambda: count_of(client, url, **headers))
    assert few == many
    pin(f"{kind} {url}", many)
    text = client.get(url, headers=headers).content.decode()
    assert not EMPTY_CHOICE.search(client.get(url, {"sheet": "open"}).content.decode())
    assert ("<!doctype html>" in text) == (kind == "page")
    assert "<table" in text
    extra = any(isinstance(column, Column) and column.extra for column in pages.columns)
    if extra and kind == "partial":
        names = [column if isinstance(column, str) else column.name for column in pages.columns]
        every = "&".join(f"columns={name}" for name in names)
        assert count_of(client, f"{url}?{every}", **headers) == many


@pytest.mark.parametrize("pages", PAGES, ids=lambda pages: pages.__name__)
def test_a_detail_page_renders(
    pages: type[ModelPages], admin: Employee, client_of: ClientOf, pin: Any
) -> None:
    obj = maker_of(pages.model)(admin)
    pin(f"detail {pages.url('list')}", count_of(client_of(admin), pages.url("detail", obj.pk)))


@pytest.mark.parametrize("pages", PAGES, ids=lambda pages: pages.__name__)
def test_the_forms_render_and_say_what_is_wrong(
    pages: type[ModelPages], admin: Employee, client_of: ClientOf, pin: Any
) -> None:
    client = client_of(admin)
    obj = maker_of(pages.model)(admin)
    for page, arguments in (("new", ()), ("edit", (obj.pk,)), ("delete", (obj.pk,))):
        if page in pages.writes:
            url = pages.url(page, *arguments)
            pin(f"{page} {pages.url('list')}", count_of(client, url))
            # What is not chosen is said in words.
            assert not EMPTY_CHOICE.search(client.get(url).content.decode())
    if "new" in pages.writes:
        response = client.post(pages.url("new"), {})
        assert response.status_code == 422
        assert "error-summary" in response.content.decode()


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("/payments/board/", "finalized"),
        ("/timer/", "timeentry"),
        ("/customers/pipeline/", "lead"),
        ("/invoices/pdfs/", "finalized"),
    ],
)
def test_a_page_of_its_own_asks_as_often_with_many_rows(
    url: str, kind: str, admin: Employee, client_of: ClientOf, pin: Any
) -> None:
    client = client_of(admin)
    make = MAKERS.get(kind) or (lambda me: make_customer(status=kind))
    few, many = few_and_many(make, admin, lambda: count_of(client, url))
    assert few == many
    pin(f"page {url}", many)


@pytest.mark.parametrize(("prefix", "viewset"), LISTS, ids=lambda value: str(value))
def test_an_api_list_of_many_asks_as_often_as_one_of_few(
    prefix: str, viewset: Any, admin: Employee, api_of: ClientOf, pin: Any
) -> None:
    client, url = api_of(admin), f"/api/{prefix}"
    few, many = few_and_many(maker_of(viewset.queryset.model), admin, lambda: count_of(client, url))
    assert few == many
    pin(f"GET {url}", many)
    assert client.get(url).json()["total"] >= MANY


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_a_changelist_of_many_asks_as_often_as_one_of_few(
    model: type[Any], admin: Employee, client_of: ClientOf, pin: Any
) -> None:
    meta = model._meta
    if meta.model_name not in MAKERS:
        pytest.fail(f"{meta.model_name} has no maker in workmate/tests/rows.py")
    client = client_of(admin)
    url = reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")
    few, many = few_and_many(maker_of(model), admin, lambda: count_of(client, url))
    assert few == many
    pin(f"changelist {url}", many)
