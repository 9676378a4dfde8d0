"""Pages for dashboards."""

import logging
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dashboards.filters import DashboardFilter
from dashboards.forms import DashboardForm
from dashboards.layout import board_widget, may_see
from dashboards.models import Dashboard
from workmate.views import Column, ModelPages

logger = logging.getLogger(__name__)


class DashboardPages(ModelPages):
    """One's own dashboards."""

    model = Dashboard
    form_class = DashboardForm
    filter_class = DashboardFilter
    prefix, icon, group = "dashboards", "layout-dashboard", "overview"
    empty_text = gettext_lazy("A dashboard shows the widgets that you choose.")
    columns = ["name", "is_default", Column("created_at", css="wide-only")]

    @classmethod
    def more_context(cls, request: HttpRequest, obj: Any) -> dict[str, Any]:
        """The board's widgets, and all boards as tabs."""
        rows = sorted(
            obj.config_json["widgets"],
            key=lambda row: (row["position"]["y"], row["position"]["x"]),
        )
        return {
            "boards": list(cls.rows(request.user)),
            "cards": [card(request, row) for row in rows],
        }


def card(request: HttpRequest, row: dict[str, Any]) -> dict[str, Any]:
    """One widget, drawn; where it is gone, forbidden or fails, a note takes its place."""
    widget = board_widget(row["type"])
    found = {**row["position"], "title": row["type"], "key": row["type"], "live": "", "html": ""}
    if widget is None:
        return {**found, "note": _("This widget no longer exists.")}
    found["title"] = widget.label
    if not may_see(widget, request.user):  # type: ignore[arg-type]
        return {**found, "note": _("You may not see this widget.")}
    try:
        with transaction.atomic():
            context = {"widget": widget.context(request)}
            found["html"] = render_to_string(widget.template, context, request)
    except Exception:  # whatever fails in one widget: the others stay
        logger.exception("widget %s failed", widget.key)
        return {**found, "note": _("This widget cannot be shown at the moment.")}
    return {**found, "live": widget.live}
