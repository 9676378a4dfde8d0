"""Dashboards: each person's own boards, look and settings."""

from django.utils.translation import gettext_lazy as _

from workmate.apps import ModuleConfig


class DashboardsConfig(ModuleConfig):
    """Boards of widgets, look and settings."""

    name = "dashboards"
    verbose_name = _("Dashboards")
    icon = "layout-dashboard"
    order = 25
