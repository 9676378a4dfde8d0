"""What every page's shell shows: menu, top bar, company, theme."""

import time
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.text import capfirst
from django.utils.translation import get_language, get_language_info

from workmate.registry import GROUPS, MenuItem, registry

COMPANY_KEY = "workmate.company_name"
# What stands in the dock of a phone where the person chose nothing; else the menu's first ones.
DOCK = ("home", "time", "projects", "invoices")
DOCK_PLACES = 4
# The groups of the menu that this browser shows folded, set by the page's script.
FOLDED = "folded_groups"
# Dark flavours besides the first, which `system` alone stands for.
DARKER = ("macchiato", "mocha")


def shell(request: HttpRequest) -> dict[str, Any]:
    """`shell` for signed-in people; computed only where a template asks for it."""
    return {"shell": SimpleLazyObject(lambda: shell_of(request))}


def shell_of(request: HttpRequest) -> dict[str, Any]:
    """Menu, dock, top bar, company, theme, languages."""
    user = getattr(request, "user", None)
    languages = [
        # Each by its own name: who reads German only finds it in an English page, too.
        {
            "code": code,
            "label": capfirst(get_language_info(code)["name_local"]),
            "current": code == get_language(),
        }
        for code, _label in settings.LANGUAGES
    ]
    common = {"company": cache.get(COMPANY_KEY) or "", "languages": languages}
    if user is None or not user.is_authenticated:
        return {**common, "menu": [], "dock": [], "topbar": [], "theme": "system"}
    menu = menu_of(request)
    # Read together with the person: asks no more.
    look = getattr(user, "os_preferences", None)
    return {
        **common,
        "menu": menu,
        "dock": dock_of(menu, look.dock if look else ()),
        "topbar": [
            {
                "key": widget.key,
                "live": widget.live,
                "template": widget.template,
                "context": widget.context(request),
            }
            for widget in registry.held(registry.widgets("topbar"), user)
        ],
        "theme": look.flavour if look else user.flavour,
        "system": look.system_flavour if look else system_flavour(user.flavour),
        "sidebar_collapsed": bool(look and look.sidebar_collapsed),
        "wallpaper": look.wallpaper if look else "",
        # In ms, as text: no number of a sentence. What is told later, the page may not show.
        "drawn": f"{getattr(request, 'began_at', time.time()) * 1000:.0f}",
    }


def system_flavour(flavour: str) -> str:
    """The theme that follows the system, and in the dark has that flavour."""
    return f"system-{flavour}" if flavour in DARKER else "system"


def dock_of(menu: list[dict[str, Any]], wanted: Iterable[str] = ()) -> list[dict[str, Any]]:
    """The four places of the dock: what the person chose, then what most people use."""
    items = {item["key"]: item for group in menu for item in group["items"]}
    keys = [key for key in dict.fromkeys([*wanted, *DOCK, *items]) if key in items]
    return [items[key] for key in keys[:DOCK_PLACES]]


def apps_of(user: Any) -> list[tuple[MenuItem, str]]:
    """The menu's items that the person may open, with their addresses."""
    return [(item, reverse(item.url)) for item in registry.held(registry.menu_items(), user)]


def app_url(item: MenuItem, url: str) -> str:
    """The address of an item, with its query."""
    return f"{url}?{item.query}" if item.query else url


def asks(query: QueryDict, item: MenuItem) -> bool:
    """Whether the page's query has what the item's has."""
    key, _, value = item.query.partition("=")
    return query.get(key) == value


def menu_of(request: HttpRequest) -> list[dict[str, Any]]:
    """The menu's groups, with the items that the person may open."""
    groups: dict[str, list[dict[str, Any]]] = {key: [] for key in GROUPS}
    path, query = request.path, request.GET
    apps = apps_of(request.user)
    # Of a page below another one, such as the board below the list, only the nearest is current.
    nearest = max((len(url) for _item, url in apps if path.startswith(url)), default=0)
    # Where an item with a query is meant, the one without is not, though both lead to one list.
    asked = {url for item, url in apps if item.query and asks(query, item)}
    for item, url in apps:
        here = path.startswith(url) and len(url) == nearest and (url != "/" or path == "/")
        groups[item.group].append(
            {
                "key": item.key,
                "label": item.label,
                "url": app_url(item, url),
                "icon": item.icon,
                "current": here and (asks(query, item) if item.query else url not in asked),
                "count": item.count(request.user) if item.count else None,  # type: ignore[arg-type]
                "tone": item.tone,
            }
        )
    folded = request.COOKIES.get(FOLDED, "").split(".")
    return [
        {
            "key": key,
            "label": GROUPS[key],
            "items": items,
            "is_open": key not in folded or any(item["current"] for item in items),
        }
        for key, items in groups.items()
        if items
    ]
