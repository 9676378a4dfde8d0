"""What this module contributes to the others."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from workmate.context_processors import app_url, apps_of
from workmate.registry import FIGURES, MenuItem, Widget, register, registry

SHORTCUTS = 8


def stats(request: HttpRequest) -> dict[str, Any]:
    """The figures of all modules that the person may see."""
    return {
        "figures": [
            figure
            for item in registry.held(registry.figures(), request.user)
            for figure in item.figures(request)
        ]
    }


def shortcuts(request: HttpRequest) -> dict[str, Any]:
    """The favourite apps, or the menu's first ones where none was chosen."""
    look = getattr(request.user, "os_preferences", None)
    apps = {item.key: (item, url) for item, url in apps_of(request.user) if item.key != "home"}
    wanted = [key for key in (look.dock if look else ()) if key in apps]
    return {
        "apps": [
            {"label": item.label, "icon": item.icon, "url": app_url(item, url)}
            for item, url in (apps[key] for key in wanted or list(apps)[:SHORTCUTS])
        ],
        "url": reverse("dashboards:settings"),
    }


register(
    MenuItem("home", _("My day"), "dashboards:home", "layout-dashboard", "overview", 0),
    MenuItem(
        "dashboards",
        _("Dashboards"),
        "dashboards:dashboard-list",
        "panels-top-left",
        "overview",
        10,
        permission="dashboards.view_dashboard",
    ),
    Widget(
        "stats",
        _("At a glance"),
        "dashboards/widgets/stats.html",
        stats,
        order=5,
        size=(12, 2),
        least=(4, 2),
        starts=[FIGURES],
    ),
    Widget(
        "shortcuts",
        _("Shortcuts"),
        "dashboards/widgets/shortcuts.html",
        shortcuts,
        order=80,
        size=(4, 4),
        least=(2, 2),
    ),
)
