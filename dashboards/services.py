"""Make, change and remove boards; keep one's look and settings."""

from collections.abc import Iterable
from copy import deepcopy
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dashboards.layout import (
    STEPS,
    added,
    board_widget,
    check_config,
    check_rights,
    check_sizes,
    empty_config,
    known,
    settled,
    starting,
    stepped,
    widgets_for,
)
from dashboards.models import LIGHT, Dashboard, OSPreferences, RoleBoard, UserSettings
from employees.models import Employee, Role
from employees.services import change_own_profile, refuse_narrow_token
from workmate import services
from workmate.errors import Conflict
from workmate.events import emit
from workmate.registry import DAY, FIGURES
from workmate.services import Actor
from workmate.verbs import verb

MAX_DASHBOARDS = 20
MAX_KEYS, MAX_KEY_LENGTH = 50, 60
# Views of one list.
MAX_VIEWS, MAX_VIEW_NAME, MAX_VIEW_QUERY = 12, 60, 2000


@verb(Dashboard, "create", permission="add_dashboard", label=gettext_lazy("Create"))
@services.acted
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
    check_sizes(board.config_json, empty_config())
    if not own.default().exists():
        board.is_default = True
    elif board.is_default:
        own.default().update(is_default=False)
    return services.save(board, by=by)


@verb(Dashboard, "change", permission="change_dashboard", label=gettext_lazy("Edit"))
@services.acted
def change_dashboard(dashboard: Dashboard, *, by: Actor, **data: Any) -> Dashboard:
    """Change a board; the mark of the default moves in the same transaction.

    Without the mark, the default passes it to the oldest other board; the only one keeps it.
    Refuses what `create_dashboard` refuses, and a widget made smaller than its kind may be.
    """
    services.lock(dashboard.owner)
    board = services.lock(dashboard)
    was_default, before = board.is_default, board.config_json
    for name, value in data.items():
        setattr(board, name, value)
    if "config_json" in data:
        _check(board, by)
        check_sizes(board.config_json, before)
    else:
        board.config_json = known(board.config_json)
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
@services.acted
def delete_dashboard(dashboard: Dashboard, *, by: Actor) -> None:
    """Remove a board; the oldest other one becomes the default where it was that.

    Refuses a person's last one: the start page shows it.
    """
    services.lock(dashboard.owner)
    board = services.lock(dashboard)
    others = Dashboard.objects.filter(owner=board.owner).exclude(pk=board.pk)
    if not others.exists():
        raise Conflict(_("The last dashboard stays: the start page shows it."), code="last")
    emit("deleted", board, by=by)
    heir = others.order_by("created_at", "id").first() if board.is_default else None
    board.delete()
    if heir is not None:
        others.filter(pk=heir.pk).update(is_default=True)


@services.acted
def arrange_widget(
    dashboard: Dashboard, *, by: Actor, number: int, widget: str, step: str
) -> Dashboard:
    """Move, size or remove one widget by one step, as `layout.stepped` has it.

    Refuses an unknown step, and a number at which another widget stands meanwhile.
    """
    if step not in STEPS:
        raise ValidationError({"step": _("There is no such step.")})
    board = services.lock(dashboard)
    rows = board.config_json["widgets"]
    if not 0 <= number < len(rows) or rows[number]["type"] != widget:
        raise Conflict(_("This dashboard has been changed in the meantime."), code="changed")
    board.config_json = known(stepped(board.config_json, number, step))
    return services.save(board, by=by)


@services.acted
def place_widgets(dashboard: Dashboard, *, by: Actor, before: Any, after: Any) -> Dashboard:
    """Write all places of a board at once, as they were left after moving them about.

    Refuses, and so keeps all as it is: a board that is no longer as it was `before`, what cannot be
    drawn, widgets made smaller than their kind may be, and new ones that one may not see. Empty
    lines are closed.
    """
    board = services.lock(dashboard)
    if before != board.config_json:
        raise Conflict(_("This dashboard has been changed in the meantime."), code="changed")
    had = board.config_json
    if isinstance(after, dict) and isinstance(after.get("widgets"), list):
        gone = [row for row in had["widgets"] if board_widget(row["type"]) is None]
        after = {**after, "widgets": [row for row in after["widgets"] if row not in gone]}
    check_config(after)
    check_sizes(after, had)
    check_rights(after, by, before=[row["type"] for row in had["widgets"]])
    board.config_json = {"widgets": settled(deepcopy(after["widgets"]))}
    return services.save(board, by=by)


@services.acted
def add_widget(dashboard: Dashboard, *, by: Actor, widget: str) -> Dashboard:
    """Put one widget more into the first gap that holds it, else below the others.

    Refuses one that does not exist, that one may not see, or for which there is no room.
    """
    board = services.lock(dashboard)
    if widget not in {found.key for found in widgets_for(by)}:
        raise ValidationError({"widget": _("There is no such widget.")})
    board.config_json = added(known(board.config_json), widget)
    return services.save(board, by=by)


def may_choose_for_roles(person: Actor) -> bool:
    """Whether the person chooses which board others begin with: who may change their roles."""
    return person.has_perm("employees.change_role")


@services.acted
def begin_roles_with(dashboard: Dashboard, *, by: Actor, roles: Iterable[Role]) -> None:
    """Let people of exactly these roles begin with a copy of this board, and of no other.

    Boards that people have stay as they are. Refuses who may not change roles, and a board that is
    not one's own.
    """
    if not may_choose_for_roles(by) or dashboard.owner_id != by.pk:
        raise ValidationError(_("You may not choose the dashboards that others begin with."))
    board = services.lock(dashboard)
    wanted = {role.pk: role for role in roles}
    # One order for everybody: two who choose at the same moment do not wait in a circle.
    for role in services.lock_all(wanted.values()):
        row = RoleBoard.objects.filter(role=role).first() or RoleBoard(role=role)
        if row.dashboard_id != board.pk:
            row.dashboard = board
            services.save(row, by=by)
    for row in board.begun_by.exclude(role_id__in=wanted):
        services.delete(row, by=by)


def starts_of(person: Employee) -> list[tuple[str, dict[str, Any]]]:
    """Names and configurations of the boards that the person begins with, the default first.

    It is the one chosen for their role, without what they may not see; where none is chosen, or
    nothing of it is left, the day's and, where they may see several of them, that of figures.
    """
    chosen = RoleBoard.objects.filter(role_id=person.role_id).select_related("dashboard").first()
    if chosen is not None:
        allowed = {widget.key for widget in widgets_for(person)}
        rows = chosen.dashboard.config_json["widgets"]
        rows = [row for row in deepcopy(rows) if row["type"] in allowed]
        if rows:
            return [(chosen.dashboard.name, {"widgets": settled(rows)})]
    boards = [(_("My day"), starting(widgets_for(person), DAY))]
    figures = starting(widgets_for(person), FIGURES)
    if len(figures["widgets"]) > 1 and person.has_perm("dashboards.view_dashboard"):
        boards.append((_("Figures"), figures))
    return boards


def _check(board: Dashboard, by: Actor) -> None:
    check_config(board.config_json)
    check_rights(board.config_json, by)


@services.acted
def first_dashboard(person: Employee) -> Dashboard:
    """The person's default board; where there is none, made with what their role begins with."""
    found = Dashboard.objects.filter(owner_id=person.pk).default().first()
    if found is None:
        services.lock(person)
        found = Dashboard.objects.filter(owner_id=person.pk).default().first()
    if found is None:
        for name, config in starts_of(person):
            board = Dashboard(owner_id=person.pk, name=name, config_json=config)
            board.is_default = found is None
            made = services.save(board, by=person)
            found = found or made
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
@services.acted
def change_preferences(
    preferences: OSPreferences, *, by: Actor, theme_mode: str = "", theme: str = "", **data: Any
) -> OSPreferences:
    """Change the look; `theme_mode`, or `theme` itself, is written to the person's own theme.

    The dark theme is remembered, for when it is dark again. Refuses lists of anything but short
    words, and a token that may not change people.
    """
    refuse_narrow_token(by)
    for name in {"favorite_apps", "dock_order"} & data.keys():
        check_keys(name, data[name])
    person = services.lock(preferences.employee)
    row = services.lock(preferences)
    row.employee = person
    row.dark_theme = row.dark_now
    mode = OSPreferences.ThemeMode(theme_mode or row.theme_mode)
    for name, value in data.items():
        setattr(row, name, value)
    if theme in OSPreferences.DarkTheme:
        row.dark_theme = theme
    services.save(row, by=by)
    of_mode = {"light": LIGHT, "system": Employee.Theme.SYSTEM, "dark": row.dark_theme}
    wanted = theme or str(of_mode[mode])
    if wanted != person.theme:
        row.employee = change_own_profile(person, by=by, theme=wanted)
    return row


@verb(UserSettings, "change", permission="change_usersettings", label=gettext_lazy("Edit"))
@services.acted
def change_settings(settings: UserSettings, *, by: Actor, **data: Any) -> UserSettings:
    """Change language, time zone, notifications: they are written to the person's own fields."""
    if data:
        settings.employee = change_own_profile(settings.employee, by=by, **data)
    return settings


@services.acted
def change_own_settings(
    person: Employee, *, by: Actor, settings: dict[str, Any], look: dict[str, Any]
) -> None:
    """Change one's settings and look together: both, or neither. Refuses what either refuses."""
    change_settings(settings_of(person), by=by, **settings)
    change_preferences(preferences_of(person), by=by, **look)


@services.acted
def save_view(preferences: OSPreferences, *, by: Actor, page: str, name: str, query: str) -> None:
    """Keep how a list (a route) is looked at under a name; the same name takes its place.

    Refuses a page that is no list, an empty or long name, a long query, and more than 12 a list.
    """
    refuse_narrow_token(by)
    name = " ".join(name.split())
    if not page.endswith("-list") or not _is_route(page):
        raise ValidationError({"page": _("There is no such list.")})
    if not 0 < len(name) <= MAX_VIEW_NAME:
        message = _("A name of at most %(most)s characters.") % {"most": MAX_VIEW_NAME}
        raise ValidationError({"name": message})
    if len(query) > MAX_VIEW_QUERY or "\0" in name + query:
        raise ValidationError({"query": _("This view has too many filters.")})
    row = services.lock(preferences)
    views = [view for view in row.saved_views.get(page, []) if view["name"] != name]
    if len(views) >= MAX_VIEWS:
        message = _("At most %(most)s views of a list: delete one first.") % {"most": MAX_VIEWS}
        raise ValidationError({"name": message})
    row.saved_views = {**row.saved_views, page: [*views, {"name": name, "query": query}]}
    services.save(row, by=by)


@services.acted
def delete_view(preferences: OSPreferences, *, by: Actor, page: str, name: str) -> None:
    """Forget a view; one that is not there is forgotten already."""
    refuse_narrow_token(by)
    row = services.lock(preferences)
    views = [view for view in row.saved_views.get(page, []) if view["name"] != name]
    row.saved_views = {**row.saved_views, page: views}
    services.save(row, by=by)


def _is_route(page: str) -> bool:
    try:
        reverse(page)
    except NoReverseMatch:
        return False
    return True


def check_keys(name: str, value: Any) -> None:
    """Refuse what is no list of short words. Raises ValidationError."""
    if not isinstance(value, list) or len(value) > MAX_KEYS:
        message = _("A list of at most %(most)s entries.") % {"most": MAX_KEYS}
        raise ValidationError({name: message})
    for entry in value:
        if not isinstance(entry, str) or not 0 < len(entry) <= MAX_KEY_LENGTH or "\0" in entry:
            raise ValidationError({name: _("Each entry is a short word.")})
