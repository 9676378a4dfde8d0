"""What this module contributes to the others."""

from django.utils.translation import gettext_lazy as _

from workmate.registry import MenuItem, register

register(
    MenuItem(
        "dashboards",
        _("Dashboards"),
        "dashboards:dashboard-list",
        "layout-dashboard",
        "overview",
        10,
        permission="dashboards.view_dashboard",
    ),
)
