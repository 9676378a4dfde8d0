"""The timeline on a detail page: its first lines, more on demand, narrowed to one kind."""

import re
from itertools import groupby
from typing import Any

from django.apps import apps
from django.db import models
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from workmate.registry import Panel, registry

FIRST, MORE = 8, 20


def kinds_of(model: type[models.Model], user: Any) -> list[tuple[str, str, list[str]]]:
    """By what a timeline can be narrowed: key, label, and the entities that belong to it.

    These are the kinds of rows in the page's tabs, as far as the person sees any. What has no tab
    of its own, as payments, belongs to its module's first one.
    """
    panels: dict[type[models.Model], Panel] = {}
    for panel in registry.held(registry.panels(model), user):
        app, route = panel.list.split(":")
        panels.setdefault(apps.get_model(app, route.removesuffix("-list")), panel)
    found, taken = [], {model, *panels}
    told = [entity.model for entity in registry.entities() if entity.in_feed]
    for kind, panel in panels.items():
        app = kind._meta.app_label
        others = [other for other in told if other._meta.app_label == app and other not in taken]
        taken |= set(others)
        names = [other.__name__ for other in (kind, *others) if other in told]
        if names:
            found.append((str(kind._meta.model_name), str(panel.label), names))
    return found


def history_of(request: HttpRequest, model: type[models.Model], source: Any) -> dict[str, Any]:
    """A page of the lines: `?history=2` for older ones, `?kind=invoice` for one kind alone.

    `source` reads lines by windows (`window`) and narrows them (`of_kinds`). What the address
    names and is not there is passed over.
    """
    kinds = kinds_of(model, request.user)
    chosen = next((kind for kind in kinds if kind[0] == request.GET.get("kind")), None)
    if chosen is not None:
        source = source.of_kinds(chosen[2])
    text = request.GET.get("history", "")
    page = int(text) if re.fullmatch(r"[1-9]\d{0,4}", text, re.ASCII) else 1
    first, size = (0, FIRST) if page == 1 else (FIRST + MORE * (page - 2), MORE)
    # The line before tells whether its month goes on.
    before = source.window(first - 1, size + 2) if first else source.window(0, size + 1)
    last, lines = (month_of(before[0]), before[1:]) if first and before else ("", before)
    kind = chosen[0] if chosen else ""
    return {
        "timeline": lines[:size],
        "timeline_months": [
            {"label": month if month != last else "", "lines": list(found)}
            for month, found in groupby(lines[:size], month_of)
        ],
        "timeline_kinds": [
            {"label": label, "url": address(kind=key), "current": key == kind}
            for key, label in [("", _("All")), *((key, label) for key, label, _names in kinds)]
        ],
        "older_url": address(kind=kind, history=page + 1) if len(lines) > size else "",
        "newer_url": address(kind=kind, history=page - 1) if page > 1 else "",
    }


def month_of(line: Any) -> str:
    """The month in which it happened, in the reader's zone."""
    when = line["when"] if isinstance(line, dict) else line.when
    return date_format(localtime(when), "F Y")


def address(kind: str = "", history: int = 1) -> str:
    """The query of a page of the timeline; the first one needs none."""
    wanted = {"kind": kind, "history": history if history > 1 else ""}
    return f"?{urlencode({name: value for name, value in wanted.items() if value})}"
