"""What this module contributes to the others."""

from typing import Any, cast

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from system.models import ActivityEntry, Company, TaxRate
from workmate.registry import Entity, MenuItem, Widget, register
from workmate.services import Actor
from workmate.templatetags.workmate import format_ago

SHOWN = 8


def recent_activity(request: HttpRequest) -> dict[str, Any]:
    """The newest entries of the feed."""
    entries = ActivityEntry.objects.visible_to(cast(Actor, request.user)).for_list()
    return {
        "rows": [
            {
                "title": entry.what,
                "url": entry.get_absolute_url(),
                "sub": f"{entry.who} · {format_ago(entry.when)}",
            }
            for entry in entries[:SHOWN]
        ],
        "empty": _("Nothing has happened yet."),
    }


register(
    MenuItem(
        "activity",
        _("Activity feed"),
        "system:activityentry-list",
        "activity",
        "tools",
        10,
        permission="system.view_activityentry",
    ),
    MenuItem(
        "tax-rates",
        _("VAT rates"),
        "system:taxrate-list",
        "percent",
        "tools",
        80,
        permission="system.view_taxrate",
    ),
    MenuItem(
        "company",
        _("Company"),
        "system:company-detail",
        "building",
        "tools",
        90,
        permission="system.view_company",
    ),
    Entity(Company, ("name",), "building"),
    Entity(TaxRate, ("name",), "percent"),
    Widget(
        "recent_activity",
        _("Recent activity"),
        "workmate/widgets/list.html",
        recent_activity,
        permission="system.view_activityentry",
        order=90,
        size=(12, 4),
    ),
)
