"""Of two people who have the same form open, the second hears of the first."""

from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from chat.models import ChatMessage
from conftest import ClientOf
from crm.models import Customer
from crm.tests.factories import make_customer
from employees.models import Employee
from workmate import services
from workmate.actors import signed
from workmate.errors import Conflict
from workmate.tests.rows import MAKERS
from workmate.tests.test_pages import PAGES
from workmate.views.base import ModelPages

# The first form of each module that changes a row. The columns of an import are chosen by its
# owner alone.
FIRST: dict[str, type[ModelPages]] = {}
for _pages in PAGES:
    if "edit" in _pages.writes and _pages.model.__name__ not in {"Company", "Import", "Role"}:
        FIRST.setdefault(_pages.model._meta.app_label, _pages)


class Fields(HTMLParser):
    """What a browser would send of the form that says how old it is."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, list[str]]] = []
        self.area = self.select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        name = found.get("name") or ""
        if tag == "form":
            self.forms.append({})
        if tag == "select":
            self.select = name
        if tag == "option" and "selected" in found:
            self.take(self.select, found.get("value") or "")
        if tag == "textarea":
            self.area = name
            self.take(name, "")
        is_off = found.get("type") in {"checkbox", "radio"} and "checked" not in found
        if tag == "input" and name and not is_off and found.get("type") != "file":
            self.take(name, found.get("value") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.area = ""

    def handle_data(self, data: str) -> None:
        if self.area:
            self.forms[-1][self.area][-1] += data.removeprefix("\n").removeprefix("\r\n")

    def take(self, name: str, value: str) -> None:
        if self.forms:
            self.forms[-1].setdefault(name, []).append(value)


def form_of(answer: Any) -> dict[str, list[str]]:
    """The fields of the page's form."""
    reader = Fields()
    reader.feed(answer.content.decode())
    (found,) = [form for form in reader.forms if "updated_at" in form]
    return found


@pytest.mark.parametrize("module", FIRST)
def test_a_form_that_somebody_overtook_comes_back_once(
    module: str, admin: Employee, clerk: Employee, client_of: ClientOf
) -> None:
    pages, client = FIRST[module], client_of(admin)
    row: Any = MAKERS[pages.model.__name__.lower()](admin)
    url = pages.url("edit", row.pk)
    body = form_of(client.get(url))
    assert client.post(url, body).status_code == 302
    body = form_of(client.get(url))
    with signed(clerk):
        pages.model._base_manager.get(pk=row.pk).save()
    refused = client.post(url, body)
    assert refused.status_code == 422
    assert refused.context["form"].has_error("__all__", "stale")
    again = form_of(refused)
    assert again["updated_at"] != body["updated_at"]
    # All that was typed stands there still, and is written by whoever insists.
    assert {**again, **{name: body[name] for name in ("updated_at", *CSRF)}} == body
    assert client.post(url, again).status_code == 302


CSRF = ("csrfmiddlewaretoken",)
CHANGED = {pages.model for pages in PAGES if "edit" in pages.writes} | {ChatMessage}


@pytest.mark.parametrize("model", sorted(CHANGED, key=lambda model: model.__name__))
def test_whoever_changes_a_row_compares_it_under_its_lock(model: Any, admin: Employee) -> None:
    row = MAKERS[model.__name__.lower()](admin)
    read = model._base_manager.get(pk=row.pk)
    model._base_manager.filter(pk=row.pk).update(updated_at=timezone.now())
    with pytest.raises(Conflict) as caught, services.as_read(read):
        services.change(read, by=admin)
    assert caught.value.code == "stale"
    with services.as_read(model._base_manager.get(pk=row.pk)):
        services.change(read, by=admin)


def test_who_is_overtaken_while_saving_is_told_as_well(
    admin: Employee, clerk: Employee, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer, client = make_customer(), client_of(admin)
    url, change = f"/customers/{customer.pk}/edit/", services.change
    body = form_of(client.get(url)) | {"city": ["Kiel"]}

    def overtaken(obj: Any, **data: Any) -> Any:
        monkeypatch.undo()
        with signed(clerk):
            other = Customer.objects.get(pk=obj.pk)
            other.city = "Bonn"
            other.save()
        return change(obj, **data)

    monkeypatch.setattr(services, "change", overtaken)
    refused = client.post(url, body)
    assert refused.status_code == 422
    assert "Clara Clerk" in refused.content.decode()
    again = form_of(refused)
    assert again["city"] == ["Kiel"]
    customer.refresh_from_db()
    assert customer.city == "Bonn"
    assert client.post(url, again).status_code == 302
    customer.refresh_from_db()
    assert customer.city == "Kiel"


def test_it_is_said_who_was_faster_and_with_what(
    admin: Employee, clerk: Employee, client_of: ClientOf
) -> None:
    customer = make_customer(name="Hafen AG")
    Employee.objects.filter(pk=admin.pk).update(language="en")
    client: Client = client_of(admin)
    url = f"/customers/{customer.pk}/edit/"
    body = form_of(client.get(url)) | {"name": ["Hafen GmbH"], "street": ["Am Kai 1"]}
    services.change(customer, by=clerk, name="Hafen SE", notes="Not asked for here")
    page = client.post(url, body).content.decode()
    assert "Clara Clerk has changed this since you opened it: " in page
    assert 'value="Hafen GmbH"' in page
    # Another mistake does not make a form younger than it is.
    wrong = client.post(url, body | {"name": [""]})
    assert form_of(wrong)["updated_at"] != body["updated_at"]
    customer.refresh_from_db()
    assert (customer.name, customer.street) == ("Hafen SE", "")
