"""The colours: contrast computed from tokens.css, in every flavour."""

import re

import pytest
from django.conf import settings

CSS = (settings.BASE_DIR / "static/css/tokens.css").read_text()
FLAVOURS = ["frappe", "latte", "macchiato", "mocha", "system"]
GROUNDS = ["sidebar", "canvas", "surface", "raised", "sunken", "hover", "selected"]
NAVIGATION = ["nav-hover", "nav-active"]
MEANINGS = ["ok", "warn", "danger", "info"]

PAIRS = [
    *[("text", ground, 7.0) for ground in GROUNDS],
    *[("text", ground, 7.0) for ground in NAVIGATION],
    *[("muted", ground, 4.5) for ground in GROUNDS + NAVIGATION],
    *[("accent", ground, 4.5) for ground in [*GROUNDS, "nav-active", "accent-soft"]],
    *[(ink, ground, 4.5) for ink in MEANINGS for ground in [*GROUNDS, f"{ink}-soft"]],
    ("on-accent", "accent-fill", 4.5),
    ("on-accent", "accent-fill-hover", 4.5),
    ("on-danger", "danger-fill", 4.5),
    *[("border-strong", ground, 3.0) for ground in ["canvas", "surface", "raised", "sunken"]],
]


def colours(flavour: str) -> dict[str, str]:
    block = re.search(rf'\[data-theme="{flavour}"\]\s*{{(.*?)}}', CSS, re.DOTALL)
    assert block, flavour
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6});", block[1]))


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_black_on_white_is_twenty_one_to_one():
    assert round(contrast("#000000", "#ffffff"), 2) == 21


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_every_ink_is_readable_on_every_ground_where_it_may_stand(flavour):
    found = colours(flavour)
    low = [
        f"--{ink} on --{ground}: {contrast(found[ink], found[ground]):.2f}, wanted {wanted}"
        for ink, ground, wanted in PAIRS
        if contrast(found[ink], found[ground]) < wanted
    ]
    assert not low, "\n".join(low)


def test_every_flavour_names_the_same_tokens():
    names = {flavour: set(colours(flavour)) for flavour in FLAVOURS}
    assert all(found == names["frappe"] for found in names.values())


def test_following_the_system_looks_like_latte_by_day():
    assert colours("system") == colours("latte")


def test_pages_name_meanings_and_never_colours():
    for path in (settings.BASE_DIR / "static/css").rglob("*.css"):
        if path.name in {"tokens.css", "print.css"}:
            continue
        assert not re.search(r"#[0-9a-f]{3,8}\b(?![^{]*{)", path.read_text()), path
