"""Forms for reminders, and for how one wishes to be told."""

from typing import Any
from uuid import UUID

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from reminders.models import NotificationPreference, Reminder
from reminders.services import set_preferences
from workmate.forms import BaseForm
from workmate.registry import registry


class ReminderForm(BaseForm):
    """A reminder. What it is about comes with the address (`?linked_entity_id=…`)."""

    parts = [
        (_("What"), "", ["title", "description", "priority"]),
        (_("When"), "", ["due_date", "repeat"]),
    ]

    class Meta(BaseForm.Meta):
        model = Reminder
        fields = [
            "title",
            "description",
            "priority",
            "due_date",
            "repeat",
            "linked_entity_type",
            "linked_entity_id",
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("linked_entity_type", "linked_entity_id"):
            if name in self.fields:
                self.fields[name].widget = forms.HiddenInput()
        if (linked := self.linked()) is not None:
            link = ["linked_entity_type", "linked_entity_id"]
            self.parts = [*self.parts, (_("About"), str(linked), link)]
        if self.instance.is_derived:  # what follows from data is not typed
            for name in ("title", "due_date", "repeat"):
                del self.fields[name]

    def linked(self) -> models.Model | None:
        """What it is about, as it stands or as the address names it; None where unseen."""
        if not self.instance._state.adding:
            found: models.Model | None = self.instance.linked_for(self.user)
            return found
        try:
            pk = UUID(str(self["linked_entity_id"].value()))
        except ValueError:
            return None
        return registry.row(str(self["linked_entity_type"].value()), pk, self.user)


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
