"""The pages of dashboards."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from conftest import ClientOf
from dashboards.models import Dashboard
from dashboards.services import first_dashboard
from dashboards.tests.factories import make_dashboard, widget
from employees.models import Employee
from employees.tests.factories import make_employee, make_role
from workmate.registry import registry


def test_a_board_is_made_and_changed_by_form(worker: Employee, client_of: ClientOf) -> None:
    client = client_of(worker)
    client.post("/dashboards/new/", {"name": "Mine", "widgets": ["time_tracker", "hours"]})
    board = Dashboard.objects.get(owner=worker)
    assert [row["type"] for row in board.config_json["widgets"]] == ["time_tracker", "hours"]
    client.post(f"/dashboards/{board.pk}/edit/", {"name": "Yours", "is_default": "on"})
    before = board.config_json
    board.refresh_from_db()
    assert (board.name, board.config_json) == ("Yours", before)
    refused = client.post("/dashboards/new/", {"name": "Mine", "widgets": ["revenue"]})
    assert refused.status_code == 422


def test_a_board_shows_its_widgets_and_the_other_boards(
    worker: Employee, client_of: ClientOf
) -> None:
    board = first_dashboard(worker)
    make_dashboard(worker, name="Another board")
    page = client_of(worker).get(board.get_absolute_url())
    assert page.status_code == 200
    assert len(page.context["cards"]) == len(board.config_json["widgets"])
    assert not [card for card in page.context["cards"] if "note" in card]
    assert "Another board" in page.content.decode()


def test_what_fails_or_is_forbidden_or_gone_leaves_a_note(
    worker: Employee, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    board = make_dashboard(worker)
    kinds = ["hours", "revenue", "nothing", "time_tracker"]
    rows = [widget(kind, y=4 * place) for place, kind in enumerate(kinds)]
    Dashboard.objects.filter(pk=board.pk).update(config_json={"widgets": rows})

    def fails(request: Any) -> dict[str, Any]:
        list(Dashboard.objects.raw("select 1/0 as id"))
        return {}

    broken = registry.widget("hours")
    assert broken is not None
    fields = {**broken.__dict__, "context": fails}
    kinds_of = registry.items[type(broken)]
    monkeypatch.setitem(kinds_of, "hours", type(broken)(**fields))
    page = client_of(worker).get(board.get_absolute_url())
    assert page.status_code == 200
    assert [bool(card.get("note")) for card in page.context["cards"]] == [True, True, True, False]


def test_the_start_page_is_the_default_board_and_made_where_there_is_none(
    worker: Employee, client_of: ClientOf
) -> None:
    client = client_of(worker)
    first = client.get("/")
    assert {card["key"] for card in first.context["cards"]} >= {"time_tracker", "my_projects"}
    assert [each["is_current"] for each in first.context["boards"]] == [True, False]
    board = make_dashboard(
        worker, name="Other", is_default=True, config_json={"widgets": [widget("hours", x=3, w=5)]}
    )
    page = client.get("/")
    assert page.context["object"] == board
    assert 'data-x="3" data-w="5" data-y10="0" data-y="0" data-h10="0" data-h="4"' in (
        page.content.decode()
    )
    assert [each["is_current"] for each in page.context["boards"]] == [True, False, False]


def test_who_may_do_nothing_with_boards_still_has_a_start_page(client_of: ClientOf) -> None:
    page = client_of(make_employee(role=make_role("None", []))).get("/")
    assert page.status_code == 200
    assert page.context["edit_url"] is None


def test_widgets_are_added_moved_and_removed_by_plain_buttons(
    worker: Employee, client_of: ClientOf
) -> None:
    board = make_dashboard(worker, config_json={"widgets": [widget("hours")]})
    client, url = client_of(worker), f"/dashboards/{board.pk}/widgets/"

    def press(**data: Any) -> Any:
        answer = client.post(url, data)
        board.refresh_from_db()
        return answer

    assert press(step="add", widget="time_tracker")["Location"].endswith("/edit/#widget-1")
    press(step="left", number="1", widget="time_tracker")
    assert [row["position"]["x"] for row in board.config_json["widgets"]] == [4, 0]
    before = board.config_json
    for wrong in (
        {},
        {"step": "add", "widget": "revenue"},
        {"step": "add", "widget": "nothing"},
        {"step": "fly", "number": "0", "widget": "hours"},
        {"step": "left", "number": "7", "widget": "hours"},
        {"step": "left", "number": "-1", "widget": "hours"},
        {"step": "left", "number": "1", "widget": "hours"},
    ):
        assert press(**wrong).status_code == 302
        assert board.config_json == before, wrong
    part = client.post(
        url, {"step": "remove", "number": "0", "widget": "hours"}, headers={"HX-Request": "true"}
    )
    assert "<html" not in part.content.decode()
    board.refresh_from_db()
    assert [row["type"] for row in board.config_json["widgets"]] == ["time_tracker"]


def test_places_are_sent_as_a_layout_and_refusals_show_the_board_as_it_is(
    worker: Employee, client_of: ClientOf
) -> None:
    config = {"widgets": [widget("hours"), widget("time_tracker", x=6)]}
    board = make_dashboard(worker, config_json=config)
    url = f"/dashboards/{board.pk}/widgets/"

    def place(before: str, after: str) -> Any:
        data = {"step": "place", "before": before, "after": after}
        answer = client_of(worker).post(url, data, headers={"HX-Request": "true"})
        board.refresh_from_db()
        return answer.context

    after = {"widgets": [widget("hours", x=6), widget("time_tracker")]}
    kept = place(json.dumps(config), json.dumps(after))
    assert (kept["problem"], board.config_json) == ("", after)
    for before, wrong in (
        (json.dumps(config), json.dumps(config)),
        (json.dumps(after), "[" * 100_000),
        (json.dumps(after), '{"widgets": [{"type": "hours", "position": {"x": NaN}}]}'),
        (json.dumps(after), json.dumps({"widgets": [widget("hours", w=1)]})),
        ("", ""),
    ):
        refused = place(before, wrong)
        assert refused["problem"]
        assert json.loads(refused["layout"]) == board.config_json == after


def test_a_manager_chooses_the_roles_that_begin_with_a_board(
    admin: Employee, worker: Employee, client_of: ClientOf
) -> None:
    for person, boxes in ((admin, [str(worker.role_id)]), (worker, [])):
        board = make_dashboard(person, config_json={"widgets": [widget("hours")]})
        url, client = f"/dashboards/{board.pk}/edit/", client_of(person)
        assert ("roles" in client.get(url).context["form"].fields) is (person == admin)
        data = {"name": "Start", "is_default": "on", "roles": [str(worker.role_id)]}
        assert client.post(url, data).status_code == 302
        assert [str(row.role_id) for row in board.begun_by.all()] == boxes


def test_the_last_board_stays(worker: Employee, client_of: ClientOf) -> None:
    board = make_dashboard(worker)
    assert client_of(worker).post(f"/dashboards/{board.pk}/delete/").status_code == 409
    assert Dashboard.objects.filter(pk=board.pk).exists()


def test_settings_steer_the_shell(worker: Employee, client_of: ClientOf) -> None:
    client = client_of(worker)
    data = {
        "language": "en",
        "timezone": "Europe/Vienna",
        "theme_mode": "system",
        "dark_theme": "catppuccin-mocha",
        "wallpaper": "dots",
        "sidebar_collapsed": "on",
        "app_1": "projects",
        "app_2": "notifications",
    }
    assert client.post("/profile/settings/", data).status_code == 302
    worker.refresh_from_db()
    assert (worker.timezone, worker.theme, worker.notifications_enabled) == (
        "Europe/Vienna",
        "system",
        False,
    )
    page = client.get("/")
    assert '<html lang="en" data-theme="system-mocha" data-sidebar="collapsed">' in (
        page.content.decode()
    )
    assert 'data-wallpaper="dots"' in page.content.decode()
    dock = [item["key"] for item in page.context["shell"]["dock"]]
    assert dock == ["projects", "notifications", "home", "time"]
    for name, value in (("wallpaper", "pink"), ("app_3", "projects"), ("app_3", "customers")):
        assert client.post("/profile/settings/", {**data, name: value}).status_code == 422


def test_the_shell_asks_nothing_more_for_the_look(
    worker: Employee, client_of: ClientOf, django_assert_num_queries: Any
) -> None:
    client = client_of(worker)
    client.get("/search/")
    with CaptureQueriesContext(connection) as without:
        client.get("/search/")
    asked = len(without.captured_queries)
    client.post("/profile/look/", {"theme": "latte", "sidebar": "collapsed"})
    with django_assert_num_queries(asked):
        page = client.get("/search/").content.decode()
    assert 'data-theme="latte" data-sidebar="collapsed"' in page
