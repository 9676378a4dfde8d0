"""Time tracking: who worked on what, how long."""

from django.utils.translation import gettext_lazy as _

from workmate.apps import ModuleConfig


class TimetrackingConfig(ModuleConfig):
    """Timers, time entries, their approval."""

    name = "timetracking"
    verbose_name = _("Time tracking")
    area = "backoffice"
    icon = "clock"
    order = 60
