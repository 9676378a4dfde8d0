"""Chat: one room a project."""

from django.utils.translation import gettext_lazy as _

from workmate.apps import ModuleConfig


class ChatConfig(ModuleConfig):
    """Messages of projects, and how far everybody has read."""

    name = "chat"
    verbose_name = _("Chat")
    area = "backoffice"
    icon = "message-square"
    order = 65
