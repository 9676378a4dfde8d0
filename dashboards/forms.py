"""The forms of dashboards, and of one's own settings."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dashboards.layout import arranged, widgets_for
from dashboards.models import Dashboard, OSPreferences
from dashboards.services import (
    begin_roles_with,
    change_own_settings,
    may_choose_for_roles,
    preferences_of,
)
from employees.models import Role
from employees.models.person import zone_names
from workmate import services
from workmate.context_processors import apps_of
from workmate.forms import NOTHING_CHOSEN, BaseForm, show_errors

# Places for favourite apps; more only where more were chosen over the API.
PLACES = 6
OF_PERSON = ("language", "timezone", "notifications_enabled")
OF_LOOK = ("theme_mode", "dark_theme", "wallpaper", "sidebar_collapsed")


class DashboardForm(BaseForm):
    """Name, widgets and the mark of the default."""

    widgets = forms.MultipleChoiceField(
        label=gettext_lazy("Widgets"), required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta(BaseForm.Meta):
        model = Dashboard
        fields = ["name", "is_default"]
        labels = {"is_default": gettext_lazy("My start page")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered: Any = self.fields["widgets"]
        offered.choices = [(widget.key, widget.label) for widget in widgets_for(self.user)]

    def clean(self) -> dict[str, Any]:
        """The chosen widgets as a configuration."""
        data = dict(super().clean() or self.cleaned_data)
        data["config_json"] = arranged(data.pop("widgets", []))
        return data


class BoardForm(BaseForm):
    """Name and the mark of the default, of a board whose widgets are arranged one by one.

    Who may change roles also chooses the roles whose people begin with it.
    """

    roles = forms.ModelMultipleChoiceField(
        label=gettext_lazy("New people of these roles begin with a copy"),
        required=False,
        queryset=Role.objects.all(),
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta(BaseForm.Meta):
        model = Dashboard
        fields = ["name", "is_default"]
        labels = {"is_default": gettext_lazy("My start page")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if may_choose_for_roles(self.user):
            self.initial["roles"] = list(self.instance.begun_by.values_list("role_id", flat=True))
        else:
            del self.fields["roles"]

    def write(self, *, by: Any) -> Any:
        """Change the board and what begins with it: both, or neither."""
        data = dict(self.cleaned_data)
        roles = data.pop("roles", None)
        try:
            with transaction.atomic():
                if roles is not None:
                    begin_roles_with(self.instance, by=by, roles=roles)
                return services.change(self.instance, by=by, **data)
        except ValidationError as error:
            self.take_errors(error)
            return None


class SettingsForm(forms.Form):
    """One's own language, time zone, notifications, look, and favourite apps in their order."""

    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)
    timezone = forms.ChoiceField(label=gettext_lazy("Time zone"))
    notifications_enabled = forms.BooleanField(
        label=gettext_lazy("Notify me"),
        required=False,
        help_text=gettext_lazy("Off, nothing but mails about your account's security is sent."),
    )
    theme_mode = forms.ChoiceField(
        label=gettext_lazy("Colours"),
        choices=[(value, capfirst(label)) for value, label in OSPreferences.ThemeMode.choices],
        widget=forms.RadioSelect,
    )
    dark_theme = forms.ChoiceField(
        label=gettext_lazy("When it is dark"),
        choices=OSPreferences.DarkTheme.choices,
        widget=forms.RadioSelect,
    )
    wallpaper = forms.ChoiceField(
        label=gettext_lazy("Background of the dashboards"),
        required=False,
        choices=[
            ("", gettext_lazy("Plain")),
            *((value, capfirst(label)) for value, label in OSPreferences.Wallpaper.choices),
        ],
    )
    sidebar_collapsed = forms.BooleanField(
        label=gettext_lazy("Sidebar with icons alone"), required=False
    )

    def __init__(self, *args: Any, person: Any, **kwargs: Any) -> None:
        self.person = person
        self.look = preferences_of(person)
        apps = {item.key: item.label for item, _url in apps_of(person)}
        chosen = [key for key in dict.fromkeys(self.look.dock) if key in apps]
        initial = {
            **{name: getattr(person, name) for name in OF_PERSON},
            **{name: getattr(self.look, name) for name in OF_LOOK},
            "dark_theme": self.look.dark_now,
            **{f"app_{place}": key for place, key in enumerate(chosen, 1)},
        }
        super().__init__(*args, initial=initial, **kwargs)
        zones: Any = self.fields["timezone"]
        zones.choices = zone_choices(person.timezone)
        self.places = [f"app_{place}" for place in range(1, max(PLACES, len(chosen)) + 1)]
        for place, name in enumerate(self.places, 1):
            self.fields[name] = forms.ChoiceField(
                label=_("Place %(number)s") % {"number": place},
                required=False,
                choices=[("", NOTHING_CHOSEN), *apps.items()],
            )

    @cached_property
    def parts(self) -> list[tuple[Any, Any, list[str]]]:
        """The fields in groups."""
        return [
            (_("Language and time"), "", list(OF_PERSON)),
            (_("Look"), "", list(OF_LOOK)),
            (
                _("Favourite apps"),
                _("The first four stand at the lower edge of a phone, all in “Shortcuts”."),
                self.places,
            ),
        ]

    def clean(self) -> dict[str, Any]:
        """Refuse an app that is chosen twice."""
        data = dict(super().clean() or self.cleaned_data)
        seen: set[str] = set()
        for name in self.places:
            if data.get(name) and data[name] in seen:
                self.add_error(name, _("This app has a place already."))
            seen.add(data.get(name, ""))
        return data

    def write(self, *, by: Any) -> Any:
        """Keep it all; None where the services refuse."""
        data = self.cleaned_data
        apps = [data[name] for name in self.places if data[name]]
        look = {name: data[name] for name in OF_LOOK}
        try:
            change_own_settings(
                self.person,
                by=by,
                settings={name: data[name] for name in OF_PERSON},
                look={**look, "favorite_apps": apps, "dock_order": apps},
            )
        except ValidationError as error:
            show_errors(self, error)
            return None
        return self.person


def zone_choices(current: str) -> list[tuple[str, str]]:
    """Time zones by continent and city, and the current one whatever its kind."""
    found = {name for name in zone_names() if "/" in name and not name.startswith("Etc/")}
    return [(name, name.replace("_", " ")) for name in sorted({*found, "UTC", current})]
