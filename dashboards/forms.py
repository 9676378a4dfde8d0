"""The form of a dashboard: its name and its widgets."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dashboards.layout import arranged, widgets_for
from dashboards.models import Dashboard
from workmate.forms import BaseForm


class DashboardForm(BaseForm):
    """Name, widgets and the mark of the default."""

    widgets = forms.MultipleChoiceField(
        label=_("Widgets"), required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta(BaseForm.Meta):
        model = Dashboard
        fields = ["name", "is_default"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered: Any = self.fields["widgets"]
        offered.choices = [(widget.key, widget.label) for widget in widgets_for(self.user)]
        rows = self.instance.config_json["widgets"]
        self.initial["widgets"] = [row["type"] for row in rows]

    def clean(self) -> dict[str, Any]:
        """The chosen widgets as a configuration: what is on the board stays in place."""
        data = dict(super().clean() or self.cleaned_data)
        keys = data.pop("widgets", [])
        data["config_json"] = arranged(keys, self.instance.config_json)
        return data
