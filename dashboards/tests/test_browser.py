"""A board arranged in a real browser, by keys and by mouse."""

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from dashboards.models import Dashboard
from dashboards.tests.factories import make_dashboard, widget
from employees.models import Employee
from workmate.tests.browser import OpenPage, overflow, violations

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def board(admin: Employee) -> Dashboard:
    """Two widgets side by side, a wide one below."""
    admin.language = "en"
    admin.save()
    rows = [widget("hours"), widget("revenue", x=6), widget("stats", y=4, w=12, h=2)]
    return make_dashboard(admin, config_json={"widgets": rows})


def places(board: Dashboard) -> dict[str, tuple[int, ...]]:
    board.refresh_from_db()
    rows = board.config_json["widgets"]
    return {row["type"]: tuple(row["position"][name] for name in "xywh") for row in rows}


def tile(page: Page, kind: str) -> Locator:
    return page.locator(f"[data-key={kind}]")


def title_of(page: Page, kind: str) -> Locator:
    return tile(page, kind).locator(".tile-head a")


def test_a_board_is_arranged_by_keys_alone(
    admin: Employee, board: Dashboard, open_page: OpenPage
) -> None:
    page = open_page(admin, path=f"/dashboards/{board.pk}/edit/")
    said, title = page.locator("#plan-said"), title_of(page, "hours")
    title.focus()
    page.keyboard.press("ArrowRight")
    expect(said).to_have_text(re.compile("column 7, line 1, 6 wide, 4 high"))
    page.keyboard.press("Shift+ArrowLeft")
    expect(said).to_have_text(re.compile("5 wide"))
    expect(title).to_be_focused()
    assert places(board)["hours"] == (6, 0, 5, 4)
    assert places(board)["revenue"] == (0, 0, 6, 4)
    for _number in range(2):  # no lower than the widget may be
        page.keyboard.press("Shift+ArrowUp")
    expect(said).to_have_text(re.compile("no room"))
    page.keyboard.press("Delete")
    expect(said).to_have_text(re.compile("Removed"))
    expect(title_of(page, "stats")).to_be_focused()
    assert "hours" not in places(board)
    page.locator("#plan-undo").focus()
    page.keyboard.press("Enter")
    expect(tile(page, "hours")).to_be_visible()
    assert places(board)["hours"] == (6, 0, 5, 4)
    page.locator("#add-shortcuts").press("Enter")
    expect(title_of(page, "shortcuts")).to_be_focused()
    page.keyboard.press("Enter")  # to the widget's buttons
    page.keyboard.press("Enter")
    assert not violations(page)
    page.locator("#id_name").fill("Another name")
    page.locator("#id_name").press("Enter")
    page.wait_for_url(re.compile(r"/dashboards/[^/]+/$"))
    assert "shortcuts" in places(board)
    assert board.name == "Another name"


def test_a_board_is_arranged_by_mouse(
    admin: Employee, board: Dashboard, open_page: OpenPage
) -> None:
    page = open_page(
        admin, path=f"/dashboards/{board.pk}/edit/", viewport={"width": 1280, "height": 1000}
    )
    expect(tile(page, "revenue").locator(".tile-body .chart")).to_be_visible()  # as on the board

    def drag(handle: Locator, x: float, y: float) -> Any:
        box = handle.bounding_box()
        assert box is not None
        at = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        page.mouse.move(*at)
        page.mouse.down()
        page.mouse.move(at[0] + x / 2, at[1] + y / 2, steps=4)
        page.mouse.move(at[0] + x, at[1] + y, steps=4)
        with page.expect_response(lambda response: response.url.endswith("/widgets/")):
            page.mouse.up()

    column = (page.locator("#plan-grid").bounding_box() or {})["width"] / 12
    drag(title_of(page, "stats"), 0, -330)
    expect(page.locator("#plan-said")).to_have_text(re.compile("line 1,"))
    assert places(board)["stats"] == (0, 0, 12, 2)
    assert {places(board)["hours"][1], places(board)["revenue"][1]} == {2}
    # No smaller than it may be.
    drag(tile(page, "hours").locator(".ui-resizable-se"), -8 * column, -300)
    expect(page.locator("#plan-said")).to_have_text(re.compile("3 wide, 4 high"))
    assert places(board)["hours"] == (0, 2, 3, 4)
    # Meanwhile, elsewhere: what stands there now is shown, and nothing of it is lost.
    elsewhere = {"widgets": [widget("hours", w=12)]}
    page.evaluate(
        """([url, config]) => fetch(url, {
            method: "PATCH", body: JSON.stringify({config_json: config}),
            headers: {"Content-Type": "application/json",
                "X-CSRFToken": document.querySelector("[name=csrfmiddlewaretoken]").value}})""",
        [f"/api/dashboards/{board.pk}", elsewhere],
    )
    drag(title_of(page, "revenue"), -2 * column, 0)
    expect(page.locator("#plan .notice")).to_contain_text("in the meantime")
    expect(tile(page, "revenue")).to_have_count(0)
    assert places(board) == {"hours": (0, 0, 12, 4)}
    page.set_viewport_size({"width": 360, "height": 800})
    assert overflow(page) == 0
    assert not violations(page)
