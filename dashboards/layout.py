"""What `config_json` may hold: widgets on a grid of 12 columns, none upon another."""

from collections.abc import Iterable, Sequence
from copy import deepcopy
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from jsonschema import Draft202012Validator

from workmate.registry import Widget, registry
from workmate.services import Actor

COLUMNS, MAX_ROWS, MAX_WIDGETS = 12, 200, 24


def _number(least: int, most: int) -> dict[str, Any]:
    return {"type": "integer", "minimum": least, "maximum": most}


SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "required": ["widgets"],
    "additionalProperties": False,
    "properties": {
        "widgets": {
            "type": "array",
            "maxItems": MAX_WIDGETS,
            "items": {
                "type": "object",
                "required": ["type", "position"],
                "additionalProperties": False,
                "properties": {
                    "type": {"type": "string", "maxLength": 60},
                    "position": {
                        "type": "object",
                        "required": ["x", "y", "w", "h"],
                        "additionalProperties": False,
                        "properties": {
                            "x": _number(0, COLUMNS - 1),
                            "y": _number(0, MAX_ROWS - 1),
                            "w": _number(1, COLUMNS),
                            "h": _number(1, MAX_ROWS),
                        },
                    },
                },
            },
        }
    },
}
VALIDATOR = Draft202012Validator(SCHEMA)
REASONS = {
    "required": gettext_lazy("something is missing here"),
    "type": gettext_lazy("this is of the wrong type"),
    "additionalProperties": gettext_lazy("something here is not known"),
    "minimum": gettext_lazy("this is outside of the grid"),
    "maximum": gettext_lazy("this is outside of the grid"),
    "maxItems": gettext_lazy("these are too many widgets"),
    "maxLength": gettext_lazy("this is too long"),
}


def empty_config() -> dict[str, Any]:
    """A board without widgets."""
    return {"widgets": []}


def refusal(path: str, reason: Any) -> ValidationError:
    """The error for one place of the configuration, which it names."""
    return ValidationError({"config_json": f"{path}: {reason}."}, code="invalid")


def check_config(config: Any) -> None:
    """Refuse what the page could not draw, naming the path. Raises ValidationError."""
    rows = config.get("widgets") if isinstance(config, dict) else None
    if isinstance(rows, list) and len(rows) > MAX_WIDGETS:  # before each of them is looked at
        raise refusal("$.widgets", REASONS["maxItems"])
    for error in VALIDATOR.iter_errors(config):
        raise refusal(error.json_path, REASONS[str(error.validator)])
    taken: dict[tuple[int, int], int] = {}
    for number, row in enumerate(config["widgets"]):
        path, place = f"$.widgets[{number}]", row["position"]
        # The schema calls 1.0 a whole number; here it is none.
        if wrong := [name for name, value in place.items() if type(value) is not int]:
            raise refusal(f"{path}.position.{wrong[0]}", REASONS["type"])
        if board_widget(row["type"]) is None:
            raise refusal(f"{path}.type", _("there is no such widget"))
        if place["x"] + place["w"] > COLUMNS:
            raise refusal(f"{path}.position.w", REASONS["maximum"])
        if place["y"] + place["h"] > MAX_ROWS:
            raise refusal(f"{path}.position.h", REASONS["maximum"])
        for x in range(place["x"], place["x"] + place["w"]):
            for y in range(place["y"], place["y"] + place["h"]):
                if (x, y) in taken:
                    other = f"$.widgets[{taken[x, y]}]"
                    reason = _("this lies upon %(other)s") % {"other": other}
                    raise refusal(f"{path}.position", reason)
                taken[x, y] = number


def check_rights(config: dict[str, Any], person: Actor, before: Iterable[str] = ()) -> None:
    """Refuse widgets that the person may not see, but for kinds that were on the board before.

    Raises ValidationError.
    """
    had = set(before)
    for number, row in enumerate(config["widgets"]):
        widget = board_widget(row["type"])
        if widget is not None and row["type"] not in had and not may_see(widget, person):
            raise refusal(f"$.widgets[{number}].type", _("you may not see this widget"))


def check_sizes(config: dict[str, Any], before: dict[str, Any]) -> None:
    """Refuse widgets that are smaller than their kind may be. Raises ValidationError.

    What was so small before stays so, until it is made larger.
    """
    had = [(row["type"], row["position"]["w"], row["position"]["h"]) for row in before["widgets"]]
    for number, row in enumerate(config["widgets"]):
        wide, high = least_of(row["type"])
        place = row["position"]
        if (row["type"], place["w"], place["h"]) in had:
            continue
        for name, least in (("w", wide), ("h", high)):
            if place[name] < least:
                reason = _("this widget is not smaller than %(wide)s by %(high)s") % {
                    "wide": wide,
                    "high": high,
                }
                raise refusal(f"$.widgets[{number}].position.{name}", reason)


def least_of(key: str) -> tuple[int, int]:
    """How wide and high a widget of that kind is at least."""
    found = board_widget(key)
    return found.least if found else (1, 1)


def board_widget(key: str) -> Widget | None:
    """The widget for boards of that key, or None."""
    found = registry.widget(key)
    return found if found is not None and found.slot == "dashboard" else None


def may_see(widget: Widget, person: Actor) -> bool:
    """Whether the person holds what the widget asks for."""
    return bool(registry.held([widget], person))


def widgets_for(person: Actor) -> list[Widget]:
    """The widgets that the person may put on a board."""
    return registry.held(registry.widgets("dashboard"), person)


def arranged(keys: Iterable[str], before: Any = None) -> dict[str, Any]:
    """A configuration of these widgets: those on the board stay in place, new ones go below."""
    wanted = dict.fromkeys(keys)
    rows = [row for row in (before or empty_config())["widgets"] if row["type"] in wanted]
    kept = {row["type"] for row in rows}
    top = max((row["position"]["y"] + row["position"]["h"] for row in rows), default=0)
    x, tallest = 0, 0
    for key in wanted:
        widget = board_widget(key)
        if widget is None or key in kept:
            continue
        width, height = widget.size
        if x + width > COLUMNS:
            x, top, tallest = 0, top + tallest, 0
        rows.append({"type": key, "position": {"x": x, "y": top, "w": width, "h": height}})
        x, tallest = x + width, max(tallest, height)
    return {"widgets": rows}


def starting(widgets: Iterable[Widget], board: str) -> dict[str, Any]:
    """The configuration of a board to begin with, row by row, each row filled to its end."""
    config = arranged(widget.key for widget in widgets if board in widget.starts)
    lines: dict[int, list[dict[str, int]]] = {}
    for row in config["widgets"]:
        lines.setdefault(row["position"]["y"], []).append(row["position"])
    for places in lines.values():
        last = max(places, key=lambda place: place["x"])
        last["w"] = COLUMNS - last["x"]
        tallest = max(place["h"] for place in places)
        for place in places:
            place["h"] = tallest
    return config


def known(config: dict[str, Any]) -> dict[str, Any]:
    """The configuration without widgets of modules that are gone: nothing could draw them."""
    return {"widgets": [row for row in config["widgets"] if board_widget(row["type"])]}


def added(config: dict[str, Any], key: str) -> dict[str, Any]:
    """The configuration with one widget more, where the first gap is that holds it."""
    rows = deepcopy(config["widgets"])
    width, height = board_widget(key).size if board_widget(key) else (1, 1)  # type: ignore[union-attr]
    taken = [row["position"] for row in rows]
    end = max((place["y"] + place["h"] for place in taken), default=0)
    gaps = (
        {"x": x, "y": y, "w": width, "h": height}
        for y in range(end)
        for x in range(COLUMNS - width + 1)
    )
    below = {"x": 0, "y": end, "w": width, "h": height}
    place = next((gap for gap in gaps if not any(_overlap(gap, each) for each in taken)), below)
    return {"widgets": [*rows, {"type": key, "position": place}]}


STEPS = ("left", "right", "up", "down", "narrower", "wider", "lower", "higher", "remove")


def stepped(config: dict[str, Any], number: int, step: str) -> dict[str, Any]:
    """The configuration after one step of one widget; the same where there is no room for it.

    Moving goes past the widget that stands directly beside, and by one cell where none does. What
    would come to lie under others gives way downwards: nothing is lost.
    """
    rows = deepcopy(config["widgets"])
    if step == "remove":
        del rows[number]
        return {"widgets": settled(rows)}
    places = [row["position"] for row in rows]
    place = places[number]
    if step in ("left", "right"):
        beside = _past(places, number, ("x", "w"), ("y", "h"), forwards=step == "right")
    elif step in ("up", "down"):
        beside = _past(places, number, ("y", "h"), ("x", "w"), forwards=step == "down")
    else:
        beside = []
        side = "w" if step in ("narrower", "wider") else "h"
        place[side] += 1 if step in ("wider", "higher") else -1
        if step == "wider" and place["x"] + place["w"] > COLUMNS:
            place["x"] -= 1
    fits = 0 <= place["x"] <= COLUMNS - place["w"] and 0 <= place["y"] <= MAX_ROWS - place["h"]
    wide, high = least_of(rows[number]["type"])
    if step == "narrower" and place["w"] < wide or step == "lower" and place["h"] < high:
        fits = False
    if not fits:
        return config
    return {"widgets": settled(rows, [number, *beside])}


def _past(
    places: list[dict[str, int]],
    number: int,
    along: tuple[str, str],
    across: tuple[str, str],
    *,
    forwards: bool,
) -> list[int]:
    """Move one place past those that stand directly beside it, which are returned."""
    (at, size), mine = along, places[number]
    beside = [
        other
        for other, place in enumerate(places)
        if _share(place, mine, *across)
        and (
            place[at] == mine[at] + mine[size] if forwards else place[at] + place[size] == mine[at]
        )
    ]
    sign = 1 if forwards else -1
    for other in beside:
        places[other][at] -= sign * mine[size]
    mine[at] += sign * max((places[other][size] for other in beside), default=1)
    return beside


def _share(one: dict[str, int], other: dict[str, int], at: str, size: str) -> bool:
    return one[at] < other[at] + other[size] and other[at] < one[at] + one[size]


def _overlap(one: dict[str, int], other: dict[str, int]) -> bool:
    return _share(one, other, "x", "w") and _share(one, other, "y", "h")


def settled(rows: list[dict[str, Any]], first: Sequence[int] = ()) -> list[dict[str, Any]]:
    """The rows with none upon another: who comes first stays, the others give way downwards.

    Lines of the grid on which nothing stands are closed.
    """
    places = [row["position"] for row in rows]
    rest = sorted(
        set(range(len(rows))) - set(first), key=lambda n: (places[n]["y"], places[n]["x"])
    )
    done: list[dict[str, int]] = []
    for number in [*first, *rest]:
        place = places[number]
        while lower := [
            other["y"] + other["h"]
            for other in done
            if _share(place, other, "x", "w") and _share(place, other, "y", "h")
        ]:
            place["y"] = min(lower)
        done.append(place)
    used = sorted({y for place in places for y in range(place["y"], place["y"] + place["h"])})
    lines = {y: line for line, y in enumerate(used)}
    for place in places:
        place["y"] = lines[place["y"]]
    return rows
