"""Make, change and remove boards; keep one's look and settings."""

from typing import Any, cast

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dashboards.layout import arranged, check_config, check_rights, widgets_for
from dashboards.models import LIGHT, Dashboard, OSPreferences, UserSettings
from employees.models import Employee
from employees.services import change_own_profile
from workmate import services
from workmate.events import emit
from workmate.services import Actor
from workmate.verbs import verb

MAX_DASHBOARDS = 20
MAX_KEYS, MAX_KEY_LENGTH = 50, 60


@verb(Dashboard, "create", permission="add_dashboard", label=gettext_lazy("Create"))
@transaction.atomic
def create_dashboard(*, by: Actor, **data: Any) -> Dashboard:
    """Make a board for oneself; the first one becomes the default.

    Refuses a configuration that cannot be drawn, widgets that one may not see, and too many boards.
    """
    services.lock(cast(Employee, by))
    own = Dashboard.objects.filter(owner_id=by.pk)
    if own.count() >= MAX_DASHBOARDS:
        raise ValidationError(
            _("More than %(most)s dashboards are not possible.") % {"most": MAX_DASHBOARDS}
        )
    board = Dashboard(owner_id=by.pk, **data)
    _check(board, by)
    if not own.default().exists():
        board.is_default = True
    elif board.is_default:
        own.default().update(is_default=False)
    return services.save(board, by=by)


@verb(Dashboard, "change", permission="change_dashboard", label=gettext_lazy("Edit"))
@transaction.atomic
def change_dashboard(dashboard: Dashboard, *, by: Actor, **data: Any) -> Dashboard:
    """Change a board; the mark of the default moves in the same transaction.

    Without the mark, the default passes it to the oldest other board; the only one keeps it.
    """
    services.lock(dashboard.owner)
    board = services.lock(dashboard)
    was_default = board.is_default
    for name, value in data.items():
        setattr(board, name, value)
    if "config_json" in data:
        _check(board, by)
    others = Dashboard.objects.filter(owner=board.owner).exclude(pk=board.pk)
    if board.is_default and not was_default:
        others.default().update(is_default=False)
    if was_default and not board.is_default:
        heir = others.order_by("created_at", "id").first()
        if heir is None:
            board.is_default = True
        else:
            board.full_clean()
            Dashboard.objects.filter(pk=board.pk).update(is_default=False)
            others.filter(pk=heir.pk).update(is_default=True)
    return services.save(board, by=by)


@verb(Dashboard, "delete", permission="delete_dashboard", label=gettext_lazy("Delete"))
@transaction.atomic
def delete_dashboard(dashboard: Dashboard, *, by: Actor) -> None:
    """Remove a board; the oldest other one becomes the default where it was that."""
    services.lock(dashboard.owner)
    board = services.lock(dashboard)
    emit("deleted", board, by=by)
    others = Dashboard.objects.filter(owner=board.owner).exclude(pk=board.pk)
    heir = others.order_by("created_at", "id").first() if board.is_default else None
    board.delete()
    if heir is not None:
        others.filter(pk=heir.pk).update(is_default=True)


def _check(board: Dashboard, by: Actor) -> None:
    check_config(board.config_json)
    check_rights(board.config_json, by)


@transaction.atomic
def first_dashboard(person: Employee) -> Dashboard:
    """The person's default board; made of the widgets that they may see where there is none."""
    found = Dashboard.objects.filter(owner_id=person.pk).default().first()
    if found is None:
        services.lock(person)
        found = Dashboard.objects.filter(owner_id=person.pk).default().first()
    if found is None:
        config = arranged(widget.key for widget in widgets_for(person))
        board = Dashboard(owner_id=person.pk, name=_("My day"), config_json=config, is_default=True)
        found = services.save(board, by=person)
    return cast(Dashboard, found)


def preferences_of(person: Employee) -> OSPreferences:
    """How the shell looks to that person; the row is made where there is none."""
    row: OSPreferences = OSPreferences.objects.get_or_create(employee_id=person.pk)[0]
    return row


def settings_of(person: Employee) -> UserSettings:
    """That person's settings; the row is made where there is none."""
    row: UserSettings = UserSettings.objects.get_or_create(employee_id=person.pk)[0]
    return row


@verb(OSPreferences, "change", permission="change_ospreferences", label=gettext_lazy("Edit"))
@transaction.atomic
def change_preferences(
    preferences: OSPreferences, *, by: Actor, theme_mode: str = "", **data: Any
) -> OSPreferences:
    """Change the look; `theme_mode` is written to the person's own theme.

    Refuses lists of anything but short words.
    """
    for name in {"favorite_apps", "dock_order"} & data.keys():
        check_keys(name, data[name])
    person = services.lock(preferences.employee)
    row = services.lock(preferences)
    themes = Employee.Theme
    if person.theme not in {LIGHT, themes.SYSTEM}:
        row.dark_theme = person.theme
    for name, value in data.items():
        setattr(row, name, value)
    services.save(row, by=by)
    wanted = {"light": LIGHT, "system": themes.SYSTEM, "dark": row.dark_theme}
    modes = OSPreferences.ThemeMode
    row.employee = person
    if theme_mode and modes(theme_mode) != row.theme_mode:
        row.employee = change_own_profile(person, by=by, theme=str(wanted[theme_mode]))
    return row


@verb(UserSettings, "change", permission="change_usersettings", label=gettext_lazy("Edit"))
@transaction.atomic
def change_settings(settings: UserSettings, *, by: Actor, **data: Any) -> UserSettings:
    """Change language, time zone, notifications: they are written to the person's own fields."""
    if data:
        settings.employee = change_own_profile(settings.employee, by=by, **data)
    return settings


def check_keys(name: str, value: Any) -> None:
    """Refuse what is no list of short words. Raises ValidationError."""
    if not isinstance(value, list) or len(value) > MAX_KEYS:
        message = _("A list of at most %(most)s entries.") % {"most": MAX_KEYS}
        raise ValidationError({name: message})
    for entry in value:
        if not isinstance(entry, str) or not 0 < len(entry) <= MAX_KEY_LENGTH or "\0" in entry:
            raise ValidationError({name: _("Each entry is a short word.")})
