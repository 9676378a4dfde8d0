"""Who may open what: every route, tried with and without the right, on own and foreign rows."""

import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from django.contrib import admin as django_admin
from django.db import models
from django.test import Client
from django.urls import resolve, reverse

from conftest import ClientOf
from employees.models import Employee, Role
from employees.tests.factories import make_employee
from finance.tests.factories import (
    make_approved_expense,
    make_expense,
    make_submitted_expense,
)
from timetracking.services import submit_time_entry
from timetracking.tests.factories import make_time_entry
from workmate.permissions import catalogue, code_for, perm_of
from workmate.tests.permission_table import TABLE, TEAM
from workmate.tests.routes import routes
from workmate.tests.rows import MAKERS, OWNED
from workmate.verbs import verbs_of

NOWHERE = UUID("01900000-0000-7000-8000-000000000000")
SIGN_IN = "/login/"
# Everybody holds these, whatever the role says.
UNIVERSAL = {"employees.view_employee", "employees.view_department"}
# Not granted where foreign rows are tried: with them no row is foreign.
SEES_ALL = re.compile(r"\.view_all$")


@dataclass(frozen=True)
class Entry:
    """One line of the table, for one method."""

    method: str
    route: str
    permission: str
    kind: str = ""
    verb: str = ""

    def __str__(self) -> str:
        return f"{self.method} {self.route}"

    @property
    def is_api(self) -> bool:
        return self.route.startswith("api/")

    def url(self, key: Any = NOWHERE) -> str:
        path = self.route.replace("<slug:verb>", self.verb).replace("<slug:key>", "timer")
        path = path.replace("<slug:name>", "start")
        path = re.sub(r"<(uuid:)?(pk|parent_pk)>", str(key), path)
        return f"/{path.lstrip('/')}".replace("<uidb64>", "MQ").replace("<token>", "set-password")


def entries() -> list[Entry]:
    found = []
    for line in "\n".join(TABLE).splitlines():
        if line:
            methods, route, *rest = line.split()
            permission, kind, verb = [*rest, "", ""][:3]
            kind = kind.replace("-", "")
            found += [Entry(m, route, permission, kind, verb) for m in methods.split(",")]
    return found


ENTRIES = entries()
GUARDED = [entry for entry in ENTRIES if "." in entry.permission and entry.verb != "none"]


def everything(but: str = "", without: re.Pattern[str] | None = None) -> list[str]:
    """Codes of all rights, save one, or save those that a pattern finds."""
    left_out = code_for(but) if but else ""
    codes = {right.code for right in catalogue()} - {left_out}
    return sorted(code for code in codes if not (without and without.search(code)))


def person_with(codes: list[str], **fields: Any) -> Employee:
    # Past the services: what they ask of a new role costs more than the knock.
    role = Role.objects.create(name=f"Role {len(codes)}", permissions_json=codes)
    return make_employee(role=role, **fields)


def knock(
    entry: Entry, person: Employee | None, url: str, client_of: ClientOf, api_of: ClientOf
) -> Any:
    """What the door answers, to a person or a guest; bodies are empty."""
    door = api_of if entry.is_api else client_of
    client = Client() if person is None else door(person)
    return getattr(client, entry.method.lower())(url)


# Whoever acts on a row has to see it; a membership is seen by those who see its project.
SEEN_BY = {
    "finalized": {"invoice"},
    "infracheck": {"infracheck", "infraservice"},
    "reportexpense": {"expense"},
    "projectmember": {"projectmember", "project"},
    "room": {"chatmessage"},
}


def view_perms_of(kind: str) -> list[str]:
    names = SEEN_BY.get(kind, {kind})
    views = [right for right in catalogue() if right.code.endswith(".view")]
    return [right.code for right in views if right.model._meta.model_name in names]


def test_every_route_is_in_the_table_and_nothing_else() -> None:
    table = {(entry.method, entry.route) for entry in ENTRIES}
    real = {(method, route or "/") for method, route in routes()}
    assert real == table, "\n".join(
        [f"not in the table: {' '.join(found)}" for found in sorted(real - table)]
        + [f"no such route: {' '.join(found)}" for found in sorted(table - real)]
    )


def test_every_permission_of_the_table_exists() -> None:
    codes = {right.code for right in catalogue()}
    assert {code_for(entry.permission) for entry in GUARDED} <= codes


# The next two try hundreds of doors in one test: nothing is written, so nothing has to be undone.
def test_a_guest_is_asked_to_sign_in(client_of: ClientOf, api_of: ClientOf) -> None:
    wrong = []
    for entry in ENTRIES:
        response = knock(entry, None, entry.url(), client_of, api_of)
        asked = response.status_code == 302 and response["Location"].startswith(f"{SIGN_IN}?")
        if entry.permission == "public":
            fine = response.status_code < 500 and not asked
        elif entry.is_api:
            fine = response.status_code == 401
        else:
            fine = asked
        if not fine:
            wrong.append(f"{entry}: {response.status_code}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("key", [NOWHERE, "not-an-id"])
def test_an_unknown_row_is_not_there(
    key: Any, admin: Employee, client_of: ClientOf, api_of: ClientOf
) -> None:
    rows = [entry for entry in GUARDED if "pk>" in entry.route]
    answers = {
        str(entry): knock(entry, admin, entry.url(key), client_of, api_of).status_code
        for entry in rows
    }
    assert {entry: status for entry, status in answers.items() if status != 404} == {}


@pytest.mark.parametrize(
    "entry", [entry for entry in GUARDED if entry.permission not in UNIVERSAL], ids=str
)
def test_without_the_right_the_door_stays_shut(
    entry: Entry, client_of: ClientOf, api_of: ClientOf
) -> None:
    person = person_with(everything(but=entry.permission))
    key = MAKERS[entry.kind](person).pk if entry.kind else NOWHERE
    response = knock(entry, person, entry.url(key), client_of, api_of)
    assert response.status_code == 403, response.content[:300]


@pytest.mark.parametrize("entry", GUARDED, ids=str)
def test_with_the_right_the_door_opens(entry: Entry, client_of: ClientOf, api_of: ClientOf) -> None:
    person = person_with([code_for(entry.permission), *view_perms_of(entry.kind)])
    key = MAKERS[entry.kind](person).pk if entry.kind else NOWHERE
    response = knock(entry, person, entry.url(key), client_of, api_of)
    assert response.status_code not in {401, 403, 404, 405}, response.content[:300]
    assert response.status_code < 500


@pytest.mark.parametrize(
    "entry", [e for e in GUARDED if e.kind in OWNED | {"reportexpense"}], ids=str
)
def test_a_foreign_row_is_not_there(entry: Entry, client_of: ClientOf, api_of: ClientOf) -> None:
    key = MAKERS[entry.kind](make_employee()).pk
    person = person_with(everything(without=SEES_ALL))
    response = knock(entry, person, entry.url(key), client_of, api_of)
    assert response.status_code == 404, response.content[:300]


@pytest.mark.parametrize("entry", [e for e in ENTRIES if e.verb == "none"], ids=str)
def test_a_model_without_verbs_for_many_rows_has_no_such_page(
    entry: Entry, admin: Employee, client_of: ClientOf
) -> None:
    assert client_of(admin).post(entry.url()).status_code == 404
    model = resolve(entry.url()).func.view_initkwargs["pages"].model
    verbs = [verb.name for verb in verbs_of(model, on="object") if verb.bulk and not verb.takes]
    assert not verbs, "the table's line has to name one of these"


@pytest.mark.parametrize("line", TEAM.strip().splitlines())
def test_a_supervisor_sees_and_decides_but_does_not_write(
    line: str, client_of: ClientOf, api_of: ClientOf
) -> None:
    method, route, status = line.split()
    supervisor = person_with(everything(without=SEES_ALL))
    row = row_of_a_report(route, supervisor)
    door = Entry(method, route, "")
    client = (api_of if door.is_api else client_of)(supervisor)
    body: dict[str, Any] = {}
    if "reject" in route:
        body = {"reason": "Which project was that?"}
    elif re.search(r"(pk>|edit/)$", route) and method != "GET":
        body = (FULL if door.is_api else TYPED)["expenses" in route]
    response = getattr(client, method.lower())(door.url(row.pk), body)
    assert response.status_code == int(status), response.content[:300]


def row_of_a_report(route: str, supervisor: Employee) -> Any:
    """A time entry or an expense, as far on its way as the verb in the route wants it."""
    report = make_employee(reports_to=supervisor)
    if "expenses" not in route:
        entry = make_time_entry(employee=report)
        wanted = re.search("approve|reject|reopen", route)
        return submit_time_entry(entry, by=None) if wanted else entry
    if re.search("reopen|reimburse", route):
        return make_approved_expense(employee=report)
    if re.search("approve|reject|withdraw", route):
        return make_submitted_expense(employee=report)
    return make_expense(employee=report)


# A whole time entry, and a whole expense, as the API and as the form have it.
FULL = [
    {"start_time": "2025-03-11T08:00:00Z", "duration_minutes": 60},
    {
        "category": "travel",
        "description": "Train",
        "expense_date": "2025-03-11",
        "amount": "9.90",
    },
]
TYPED = [
    {"date": "11.03.2025", "start": "9:00", "duration": "1:00"},
    {
        "category": "travel",
        "description": "Train",
        "expense_date": "11.03.2025",
        "gross_7_00": "9,90",
    },
]


# --- Django admin -------------------------------------------------------------------------------

ADMINS = sorted(django_admin.site._registry, key=lambda model: model.__name__)
OURS = [
    model for model in ADMINS if not model.__module__.startswith(("django", "axes", "auditlog"))
]


def admin_url(model: type[models.Model], page: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_the_back_office_asks_for_the_same_rights(
    model: type[models.Model], client_of: ClientOf
) -> None:
    url = admin_url(model, "changelist")
    with_it = client_of(person_with(everything()))
    assert with_it.get(url).status_code == 200
    perm = perm_of(model, "view")
    if perm not in UNIVERSAL:
        # Django lets whoever may change a row also look at it: here both are taken.
        codes = [c for c in everything(but=perm) if c != code_for(perm_of(model, "change"))]
        assert client_of(person_with(codes)).get(url).status_code == 403


@pytest.mark.parametrize("kind", sorted(OWNED))
def test_a_foreign_row_is_not_in_the_back_office(kind: str, client_of: ClientOf) -> None:
    row = MAKERS[kind](make_employee())
    client = client_of(person_with(everything(without=SEES_ALL)))
    listed = client.get(admin_url(type(row), "changelist"))
    assert listed.status_code == 200
    assert str(row.pk) not in listed.content.decode()
    for page in ("change", "history", "delete"):
        response = client.get(admin_url(type(row), page, row.pk))
        assert response.status_code in {302, 403, 404}, page
        assert str(row) not in response.content.decode()


def test_who_has_no_right_in_the_back_office_does_not_get_in(
    worker: Employee, client_of: ClientOf
) -> None:
    response = client_of(worker).get("/admin/")
    assert response.status_code == 302
    assert response["Location"].startswith("/admin/login/")
