"""How a module presents itself to the ground."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ModuleConfig(AppConfig):
    """One module: its area in permission codes, its icon and its place in the menu."""

    # An imported config class confuses Django's detection: only subclasses are defaults.
    default = False
    area = ""
    icon = "box"
    order = 100

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.default = True

    def ready(self) -> None:
        """Load what a module contributes: its verbs, its registrations, its receivers."""
        for room in ("services", "module", "receivers"):
            if room != "receivers" or find_spec(f"{self.name}.{room}"):
                import_module(f"{self.name}.{room}")


class WorkmateConfig(AppConfig):
    """The ground."""

    name = "workmate"
    verbose_name = _("WorkmateOS")
    default = True

    def ready(self) -> None:
        """Check the configuration, name the Celery app, and take part in the history."""
        # Without it `task.delay` in a web process goes to Celery's default broker.
        import_module("workmate.celery")
        import_module("workmate.checks")
        import_module("workmate.moments")
        import_module("workmate.history").track()
