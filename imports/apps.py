"""Imports: files whose lines become rows of other modules."""

from django.utils.translation import gettext_lazy as _

from workmate.apps import ModuleConfig


class ImportsConfig(ModuleConfig):
    """Imports."""

    name = "imports"
    verbose_name = _("Imports")
    area = "backoffice"
    icon = "upload"
    order = 85
