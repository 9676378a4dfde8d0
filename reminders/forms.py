"""Forms for reminders, and for how one wishes to be told."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from reminders.models import NotificationPreference, Reminder
from reminders.services import set_preferences
from workmate.forms import BaseForm
from workmate.links import LinkedForm, LinkField
from workmate.registry import registry


class ReminderForm(LinkedForm):
    """A reminder, and what it is about."""

    parts = [
        (_("What"), "", ["title", "description", "linked_entity_id", "priority"]),
        (_("When"), "", ["due_date", "repeat"]),
    ]
    linked_entity_id = LinkField(
        label=_("About"), help_text=_("A customer, a project, an invoice, a person … or nothing.")
    )

    class Meta(BaseForm.Meta):
        model = Reminder
        fields = ["title", "description", "priority", "due_date", "repeat", "linked_entity_id"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.is_derived:  # what follows from data is not typed
            for name in ("title", "due_date", "repeat", "linked_entity_id"):
                self.fields.pop(name, None)


class NotificationPreferenceForm(forms.Form):
    """For each kind of thing: whether one is told in the app, and by mail."""

    def __init__(self, data: Any = None, *, user: Any) -> None:
        self.user = user
        super().__init__(data)
        refused = {
            (wish.kind, wish.channel)
            for wish in NotificationPreference.objects.visible_to(user)
            if not wish.enabled
        }
        self.parts = []
        for kind in registry.kinds():
            names = []
            for channel, label in NotificationPreference.Channel.choices:
                name = f"{kind.key}__{channel}"
                names.append(name)
                self.fields[name] = forms.BooleanField(
                    label=label, required=False, initial=(kind.key, channel) not in refused
                )
            self.parts.append((kind.label, "", names))

    def write(self, *, by: Any) -> None:
        """Keep the wishes."""
        wishes = {}
        for name, wanted in self.cleaned_data.items():
            kind, _sep, channel = name.rpartition("__")
            wishes[kind, channel] = wanted
        set_preferences(wishes, by=by)
