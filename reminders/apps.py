"""Reminders: what people are told, in the app and by mail."""

from django.utils.translation import gettext_lazy as _

from workmate.apps import ModuleConfig


class RemindersConfig(ModuleConfig):
    """Notifications."""

    name = "reminders"
    verbose_name = _("Reminders")
    icon = "bell"
    order = 20
