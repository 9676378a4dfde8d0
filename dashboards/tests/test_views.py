"""The pages of dashboards."""

from typing import Any

import pytest

from conftest import ClientOf
from dashboards.models import Dashboard
from dashboards.services import first_dashboard
from dashboards.tests.factories import make_dashboard, widget
from employees.models import Employee
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
