"""Dashboards, look and settings over the API."""

from typing import Any

import pytest

from conftest import ClientOf
from dashboards.models import Dashboard
from dashboards.tests.factories import make_dashboard, widget
from employees.models import Employee


def test_a_board_is_made_replaced_and_removed(worker: Employee, api_of: ClientOf) -> None:
    client = api_of(worker)
    config = {"widgets": [widget("time_tracker"), widget("hours", x=6)]}
    made = client.post("/api/dashboards", {"name": "Mine", "config_json": config})
    assert made.status_code == 201, made.content
    assert made.json()["owner_id"] == str(worker.pk)
    assert made.json()["is_default"] is True
    assert made.json()["config_json"] == config
    address = f"/api/dashboards/{made.json()['id']}"
    replaced = client.put(address, {"name": "Other"})
    assert replaced.json()["config_json"] == {"widgets": []}
    assert replaced.json()["is_default"] is True
    assert client.delete(address).json()["errors"][0]["code"] == "last"
    client.post("/api/dashboards", {"name": "Another", "config_json": config})
    assert client.delete(address).status_code == 204
    assert Dashboard.objects.get().is_default


def test_the_path_of_what_is_wrong_is_named(worker: Employee, api_of: ClientOf) -> None:
    body = {"name": "Mine", "config_json": {"widgets": [widget("time_tracker", x=9)]}}
    answer = api_of(worker).post("/api/dashboards", body)
    assert answer.status_code == 400
    error = answer.json()["errors"][0]
    assert error["attr"] == "config_json"
    assert error["detail"].startswith("$.widgets[0].position.w: ")


@pytest.mark.parametrize(
    "text",
    ['{"name": "a", "config_json": NaN}', '{"name":"a","config_json":' + "[" * 5000],
)
def test_what_is_no_json_is_refused(worker: Employee, api_of: ClientOf, text: Any) -> None:
    answer = api_of(worker).generic("POST", "/api/dashboards", text, "application/json")
    assert answer.status_code == 400


def test_nobody_reaches_the_board_of_somebody_else(
    admin: Employee, worker: Employee, api_of: ClientOf, client_of: ClientOf
) -> None:
    board = make_dashboard(worker, name="Secret")
    api, client = api_of(admin), client_of(admin)
    address = f"/api/dashboards/{board.pk}"
    assert api.get(address).status_code == 404
    assert api.put(address, {"name": "x"}).status_code == 404
    assert api.patch(address, {"name": "x"}).status_code == 404
    assert api.delete(address).status_code == 404
    assert api.get("/api/dashboards").json()["total"] == 0
    assert api.get("/api/dashboards?search=Secret").json()["total"] == 0
    for page in ("", "edit/", "delete/"):
        assert client.get(f"/dashboards/{board.pk}/{page}").status_code == 404
    assert "Secret" not in client.get("/dashboards/").content.decode()
    assert "Secret" not in client.get("/admin/dashboards/dashboard/").content.decode()
    board.refresh_from_db()
    assert board.name == "Secret"


def test_an_owner_cannot_be_named(admin: Employee, worker: Employee, api_of: ClientOf) -> None:
    body = {"name": "Mine", "owner_id": str(admin.pk)}
    api_of(worker).post("/api/dashboards", body)
    assert not Dashboard.objects.filter(owner=admin).exists()


def test_the_look_is_kept_for_each_person(
    admin: Employee, worker: Employee, api_of: ClientOf
) -> None:
    client, address = api_of(worker), "/api/os-preferences/me"
    changed = client.patch(address, {"sidebar_collapsed": True, "theme_mode": "light"})
    assert changed.status_code == 200, changed.content
    assert client.get(address).json() == {
        "sidebar_collapsed": True,
        "theme_mode": "light",
        "favorite_apps": [],
        "dock_order": [],
        "wallpaper": "",
    }
    assert api_of(admin).get(address).json()["sidebar_collapsed"] is False
    assert client.patch(address, {"theme_mode": "pink"}).status_code == 400
    assert client.patch(address, {"dock_order": {"a": 1}}).status_code == 400
    for answer in (0, 1, "yes", 0.0):
        refused = client.put(address, {"sidebar_collapsed": answer})
        assert refused.status_code == 400, answer
        assert refused.json()["errors"][0]["attr"] == "sidebar_collapsed"


def test_a_token_for_something_else_changes_no_look(worker: Employee, api_of: ClientOf) -> None:
    client = api_of(worker, ["documents.document.view"])  # type: ignore[call-arg]
    for path, body in (
        ("os-preferences", {"favorite_apps": ["x"]}),
        ("user-settings", {"language": "en"}),
    ):
        assert client.patch(f"/api/{path}/me", body).status_code == 403


def test_settings_are_read_and_written(worker: Employee, api_of: ClientOf) -> None:
    client, address = api_of(worker), "/api/user-settings/me"
    assert client.patch(address, {"timezone": "Mars/Base"}).status_code == 400
    body = {"language": "en", "timezone": "Europe/Vienna", "notifications_enabled": False}
    assert client.put(address, body).json() == body
    assert client.get(address).json() == body
    worker.refresh_from_db()
    assert worker.timezone == "Europe/Vienna"
