"""What every page's shell shows: menu, top bar, company, theme."""

from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from workmate.registry import GROUPS, registry

COMPANY_KEY = "workmate.company_name"
# What stands in the dock of a phone, where the person may open it; else the menu's first ones.
DOCK = ("home", "time", "projects", "invoices")
DOCK_PLACES = 4


def shell(request: HttpRequest) -> dict[str, Any]:
    """`shell` for signed-in people; computed only where a template asks for it."""
    return {"shell": SimpleLazyObject(lambda: shell_of(request))}


def shell_of(request: HttpRequest) -> dict[str, Any]:
    """Menu, dock, top bar, company, theme, languages."""
    user = getattr(request, "user", None)
    languages = [
        {"code": code, "label": label, "current": code == get_language()}
        for code, label in settings.LANGUAGES
    ]
    common = {"company": cache.get(COMPANY_KEY) or "", "languages": languages}
    if user is None or not user.is_authenticated:
        return {**common, "menu": [], "dock": [], "topbar": [], "theme": "system"}
    menu = menu_of(request)
    return {
        **common,
        "menu": menu,
        "dock": dock_of(menu),
        "topbar": [
            {
                "key": widget.key,
                "live": widget.live,
                "template": widget.template,
                "context": widget.context(request),
            }
            for widget in registry.widgets("topbar")
            if not widget.permission or user.has_perm(widget.permission)
        ],
        "theme": user.flavour,
        "sidebar_collapsed": request.COOKIES.get("sidebar") == "collapsed",
    }


def dock_of(menu: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The four places of the dock."""
    items = {item["key"]: item for group in menu for item in group["items"]}
    first = [items[key] for key in DOCK if key in items]
    return [*first, *(item for key, item in items.items() if key not in DOCK)][:DOCK_PLACES]


def menu_of(request: HttpRequest) -> list[dict[str, Any]]:
    """The menu's groups, with the items that the person may open."""
    groups: dict[str, list[dict[str, Any]]] = {key: [] for key in GROUPS}
    path, query = request.path, request.GET
    for item in registry.menu_items():
        if item.permission and not request.user.has_perm(item.permission):
            continue
        try:
            url = reverse(item.url)
        except NoReverseMatch:
            continue
        key, _, value = item.query.partition("=")
        here = path.startswith(url) if url != "/" else path == "/"
        groups[item.group].append(
            {
                "key": item.key,
                "label": item.label,
                "url": f"{url}?{item.query}" if item.query else url,
                "icon": item.icon,
                "current": here and (not key or query.get(key) == value),
                "count": item.count(request.user) if item.count else None,  # type: ignore[arg-type]
                "tone": item.tone,
            }
        )
    return [
        {"key": key, "label": GROUPS[key], "items": items} for key, items in groups.items() if items
    ]
