"""Steps of widgets on the grid: nothing is lost, nothing lies upon another."""

import random
from typing import Any

from dashboards.layout import STEPS, added, check_config, settled, starting, stepped, widgets_for
from dashboards.tests.factories import widget
from employees.models import Employee
from workmate.registry import DAY


def places(config: dict[str, Any]) -> dict[str, tuple[int, ...]]:
    return {row["type"]: tuple(row["position"].values()) for row in config["widgets"]}


def board() -> dict[str, Any]:
    """Two side by side, a wide one below."""
    rows = [widget("hours"), widget("revenue", x=6), widget("stats", y=4, w=12, h=2)]
    return {"widgets": rows}


def test_a_widget_moves_past_the_one_beside_it() -> None:
    moved = places(stepped(board(), 0, "right"))
    assert (moved["hours"], moved["revenue"]) == ((6, 0, 6, 4), (0, 0, 6, 4))
    down = places(stepped(board(), 0, "down"))
    assert (down["stats"], down["hours"], down["revenue"]) == (
        (0, 0, 12, 2),
        (0, 2, 6, 4),
        (6, 2, 6, 4),
    )
    assert places(stepped(board(), 2, "up")) == down


def test_what_is_in_the_way_gives_way_downwards() -> None:
    wider = places(stepped(board(), 0, "wider"))
    assert wider == {"hours": (0, 0, 7, 4), "revenue": (6, 4, 6, 4), "stats": (0, 8, 12, 2)}
    higher = places(stepped(board(), 0, "higher"))
    assert higher["stats"] == (0, 5, 12, 2)


def test_without_room_everything_stays() -> None:
    for number, step in ((0, "left"), (0, "up"), (1, "right"), (2, "wider"), (2, "down")):
        assert stepped(board(), number, step) == board(), step
    small = {"widgets": [widget("hours", w=1, h=1)]}
    assert stepped(small, 0, "narrower") == stepped(small, 0, "lower") == small


def test_empty_lines_are_closed() -> None:
    rows = [widget("hours", y=3), widget("revenue", y=40)]
    assert [row["position"]["y"] for row in settled(rows)] == [0, 4]


def test_any_walk_of_steps_keeps_every_widget_on_a_sound_board(admin: Employee) -> None:
    chance = random.Random(3)
    config = starting(widgets_for(admin), DAY)
    check_config(config)
    kinds = sorted(places(config))
    for _number in range(400):
        step = chance.choice([step for step in STEPS if step != "remove"])
        config = stepped(config, chance.randrange(len(kinds)), step)
        check_config(config)
        assert sorted(places(config)) == kinds
    assert len(stepped(config, 0, "remove")["widgets"]) == len(kinds) - 1
    check_config(added(config, "shortcuts"))


def test_a_new_widget_takes_the_first_gap_that_holds_it() -> None:
    rows = [widget("hours", w=4), widget("revenue", x=8, w=4), widget("stats", y=4, w=12, h=2)]
    config = added({"widgets": rows}, "time_tracker")  # four columns wide
    assert places(config)["time_tracker"] == (4, 0, 4, 4)
    assert places(added(config, "shortcuts"))["shortcuts"][1] == 6
