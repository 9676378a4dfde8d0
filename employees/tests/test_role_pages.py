"""The role form's tree of rights, and what a role's page says that it may."""

import re
from html import unescape
from typing import Any

import pytest

from employees.models import Employee, Role
from employees.rights import said, tickable
from employees.services import SEEDED_ROLES
from employees.tests.factories import make_employee, make_role
from workmate.permissions import catalogue

HR = ["employees.*", "backoffice.crm.*.view"]
BOX = re.compile(r'<input type="checkbox" name="permissions_json" value="([^"]+)"([^>]*)>')
TEXT = re.compile(r'<textarea name="permissions_json"[^>]*>\n?([^<]*)</textarea>')


def boxes(page: Any) -> dict[str, str]:
    """The attributes of each box of a page, by its pattern."""
    return dict(BOX.findall(page.content.decode()))


def typed(page: Any) -> str:
    """What stands in the text area."""
    (text,) = TEXT.findall(page.content.decode())
    return unescape(text)


def sent_by_browser(page: Any) -> list[str]:
    """What a browser would send of the rights as they stand."""
    found = boxes(page).items()
    ticked = [pattern for pattern, rest in found if "checked" in rest and "disabled" not in rest]
    return [*ticked, typed(page)]


@pytest.fixture
def hr() -> Any:
    return make_employee(role=make_role("HR", HR))


def test_every_right_has_one_box(admin, client_of):
    page = client_of(admin).get("/roles/new/")
    found = [pattern for pattern, _rest in BOX.findall(page.content.decode())]
    assert len(found) == len(set(found))
    assert set(found) == tickable()
    assert {right.code for right in catalogue()} <= set(found)
    assert {"*", "backoffice.*", "documents.*", "system.*.view"} <= set(found)
    assert not [rest for rest in boxes(page).values() if "checked" in rest or "disabled" in rest]


def test_a_role_that_is_saved_untouched_is_the_same(admin, client_of):
    client = client_of(admin)
    odd = ["future.thing.do", "reminders.*", "backoffice.*.*.view", "dashboards.dashboard.view"]
    for name, patterns in [*((name, of) for name, (_d, of) in SEEDED_ROLES.items()), ("Odd", odd)]:
        role = make_role(name, patterns) if name == "Odd" else make_role(name)
        if role.pk == admin.role_id:
            continue
        page = client.get(f"/roles/{role.pk}/edit/")
        body = {"name": name, "permissions_json": sent_by_browser(page)}
        assert client.post(f"/roles/{role.pk}/edit/", body).status_code == 302
        role.refresh_from_db()
        assert role.permissions_json == patterns
    assert typed(page) == "future.thing.do\nbackoffice.*.*.view"


def test_ticks_come_after_what_was_there_before(admin, client_of):
    client, role = (
        client_of(admin),
        make_role("Sales", ["reminders.*", "future.x.y", "documents.*"]),
    )
    body = {"name": "Sales", "permissions_json": ["backoffice.crm.*", "documents.*", "future.x.y"]}
    assert client.post(f"/roles/{role.pk}/edit/", body).status_code == 302
    role.refresh_from_db()
    assert role.permissions_json == ["future.x.y", "documents.*", "backoffice.crm.*"]
    assert client.post(f"/roles/{role.pk}/edit/", {"name": "Sales"}).status_code == 302
    role.refresh_from_db()
    assert role.permissions_json == []


def test_nobody_ticks_what_they_do_not_hold(hr, client_of):
    client, role = client_of(hr), make_role("Trainee", ["employees.role.view"])
    url = f"/roles/{role.pk}/edit/"
    found = boxes(client.get(url))
    assert "disabled" not in found["employees.*"] + found["backoffice.crm.customer.view"]
    for pattern in ("*", "backoffice.*", "backoffice.crm.*", "backoffice.crm.customer.add"):
        assert "disabled" in found[pattern]
        bad = client.post(url, {"name": "New", "permissions_json": ["employees.*", pattern]})
        assert bad.status_code == 422
        assert "permissions_json" in bad.context["form"].errors
        assert "checked" in boxes(bad)["employees.*"]
    role.refresh_from_db()
    assert (role.name, role.permissions_json) == ("Trainee", ["employees.role.view"])


@pytest.mark.parametrize("own", [True, False])
def test_rights_that_one_may_not_change_stay(hr, client_of, own):
    role = hr.role if own else make_role("Chief", ["system.*", "odd.*.x.*", "employees.*"])
    before, client, url = role.permissions_json, client_of(hr), f"/roles/{role.pk}/edit/"
    page = client.get(url)
    assert all("disabled" in rest for rest in boxes(page).values())
    assert "checked" in boxes(page)["employees.*"]
    sent = sent_by_browser(page)
    body = {"name": role.name, "description": "New words", "permissions_json": sent}
    assert client.post(url, body).status_code == 302
    role.refresh_from_db()
    assert (role.description, role.permissions_json) == ("New words", before)
    more = client.post(url, body | {"permissions_json": [*sent, "employees.role.view"]})
    assert more.status_code == 422
    assert all("disabled" in rest for rest in boxes(more).values())
    role.refresh_from_db()
    assert role.permissions_json == before


def test_rights_stay_where_the_writer_gains_rights_meanwhile(hr, client_of):
    role = make_role("Chief", ["system.*", "odd.*.x.*", "employees.*"])
    client, url = client_of(hr), f"/roles/{role.pk}/edit/"
    page = client.get(url)
    hidden = re.findall(
        r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.content.decode()
    )
    body = dict(hidden) | {"name": "Chief", "permissions_json": sent_by_browser(page)}
    hr.role.permissions_json = ["*"]
    hr.role.save()
    assert client.post(url, body | {"description": "New words"}).status_code == 302
    role.refresh_from_db()
    assert (role.description, role.permissions_json) == (
        "New words", ["system.*", "odd.*.x.*", "employees.*"])  # fmt: skip
    # Opened anew, the boxes are theirs.
    assert "rights_fixed" not in client.get(url).content.decode()


def test_the_text_area_of_the_admin_grants_no_more_than_the_tree(hr, client_of):
    boss = make_employee(role=make_role("Boss", ["*"]))
    mine, chief = make_role("Trainee", ["employees.role.view"]), boss.role
    for role, patterns, status in [
        (mine, ["backoffice.crm.*"], 200),
        (mine, ["*"], 200),
        (chief, ["employees.*"], 200),
        (hr.role, ["employees.*"], 200),
        (mine, ["employees.*"], 302),
    ]:
        before = list(Role.objects.get(pk=role.pk).permissions_json)
        body = {"name": role.name, "permissions_json": "\n".join(patterns)}
        answer = client_of(hr).post(f"/admin/employees/role/{role.pk}/change/", body)
        assert answer.status_code == status, answer.content.decode()
        now = Role.objects.get(pk=role.pk).permissions_json
        assert now == (patterns if status == 302 else before)


def test_a_role_says_in_the_readers_language_what_it_may(admin, client_of):
    client = client_of(admin)
    role = make_role("Sales", ["employees.employee.view_personal", "backoffice.crm.*", "odd.x"])
    for language, words in [
        ("de", ["Persönliche Daten sehen", "<h3>Mitarbeiter</h3>"]),
        ("en", ["See personal data", "<h3>Employees</h3>"]),
    ]:
        Employee.objects.filter(pk=admin.pk).update(language=language)
        for page in (f"/roles/{role.pk}/", f"/roles/{role.pk}/edit/"):
            assert words[0] in client.get(page).content.decode()
        page = client.get(f"/roles/{role.pk}/").content.decode()
        assert words[1] in page
        assert "<code>odd.x</code>" in page


def test_everything_is_said_of_what_also_holds_later():
    everything, crm = said(HR)
    assert (everything.everything, crm.everything) == (True, False)
    assert {len(words) for _name, words in crm.rows} == {1}
    codes = [right.code for right in catalogue() if right.code.startswith("employees.")]
    assert not said(codes)[0].everything
    assert said([]) == []
    assert all(item.everything for item in said(["*"]))
