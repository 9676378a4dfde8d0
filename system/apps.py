"""System: the company itself, its VAT rates, and the activity feed."""

from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from workmate.apps import ModuleConfig


class SystemConfig(ModuleConfig):
    """The company, VAT rates, activity."""

    name = "system"
    verbose_name = _("System")
    icon = "settings"
    order = 90

    def ready(self) -> None:
        """Also seed the company and the rates after each migration."""
        super().ready()
        from system.services import seed_system  # models are loaded by now

        post_migrate.connect(seed_system, sender=self, dispatch_uid="system.seed_system")
