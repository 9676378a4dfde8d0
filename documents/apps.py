"""Documents: files with an owner, a history, and whoever may see them."""

from django.utils.translation import gettext_lazy as _

from workmate.apps import ModuleConfig


class DocumentsConfig(ModuleConfig):
    """Documents."""

    name = "documents"
    verbose_name = _("Documents")
    icon = "folder"
    order = 15
