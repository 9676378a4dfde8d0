"""Each person's boards of widgets, look and settings."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dashboards.layout import check_config, empty_config
from dashboards.querysets import DashboardQuerySet, OwnSettingsQuerySet
from employees.models import Employee, Role
from workmate.context_processors import system_flavour
from workmate.models import BaseModel
from workmate.querysets import BaseQuerySet

LIGHT = Employee.Theme.LATTE


class Dashboard(BaseModel):
    """A board of widgets that belongs to one person; one of their boards is the default."""

    owner = models.ForeignKey(
        Employee,
        verbose_name=_("owner"),
        on_delete=models.CASCADE,
        related_name="dashboards",
        editable=False,
    )
    name = models.CharField(_("name"), max_length=100)
    config_json = models.JSONField(_("widgets"), default=empty_config)
    is_default = models.BooleanField(_("default"), default=False)

    objects = DashboardQuerySet.as_manager()

    class Meta:
        db_table = "dashboards"
        ordering = ["-is_default", "name", "id"]
        verbose_name = _("dashboard")
        verbose_name_plural = _("dashboards")
        constraints = [
            models.UniqueConstraint(
                fields=["owner"], condition=Q(is_default=True), name="dashboards_one_default"
            )
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse a configuration that no page could draw."""
        check_config(self.config_json)


class RoleBoard(BaseModel):
    """With a copy of which board people of a role begin."""

    role = models.OneToOneField(
        Role, verbose_name=_("role"), on_delete=models.CASCADE, related_name="begins_with"
    )
    dashboard = models.ForeignKey(
        Dashboard,
        verbose_name=_("dashboard"),
        on_delete=models.CASCADE,
        related_name="begun_by",
    )

    objects = BaseQuerySet.as_manager()

    class Meta:
        db_table = "role_boards"
        ordering = ["id"]
        verbose_name = _("dashboard to begin with")
        verbose_name_plural = _("dashboards to begin with")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.role}: {self.dashboard}"


class OSPreferences(BaseModel):
    """How the shell looks to one person; the theme itself is a field of the person."""

    class ThemeMode(models.TextChoices):
        LIGHT = "light", _("light")
        DARK = "dark", _("dark")
        SYSTEM = "system", _("like the system")

    class DarkTheme(models.TextChoices):
        FRAPPE = Employee.Theme.FRAPPE.value, "Frappé"
        MACCHIATO = Employee.Theme.MACCHIATO.value, "Macchiato"
        MOCHA = Employee.Theme.MOCHA.value, "Mocha"

    class Wallpaper(models.TextChoices):
        GLOW = "glow", _("glow")
        DOTS = "dots", _("dots")
        LINES = "lines", pgettext_lazy("wallpaper", "lines")
        WAVES = "waves", _("waves")

    employee = models.OneToOneField(
        Employee,
        verbose_name=_("employee"),
        on_delete=models.CASCADE,
        related_name="os_preferences",
        editable=False,
    )
    sidebar_collapsed = models.BooleanField(_("sidebar collapsed"), default=False)
    favorite_apps = models.JSONField(_("favourite apps"), default=list, blank=True)
    dock_order = models.JSONField(_("order of the dock"), default=list, blank=True)
    wallpaper = models.CharField(_("wallpaper"), max_length=100, blank=True, choices=Wallpaper)
    # Route of a list -> its views: `{"name": …, "query": …}`.
    saved_views = models.JSONField(_("saved views"), default=dict, blank=True, editable=False)
    # Where `theme_mode` goes back to when it is dark again.
    dark_theme = models.CharField(
        _("dark theme"),
        max_length=30,
        choices=DarkTheme,
        default=DarkTheme.FRAPPE,
        editable=False,
    )

    objects = OwnSettingsQuerySet.as_manager()

    class Meta:
        db_table = "os_preferences"
        ordering = ["id"]
        verbose_name = _("look of the shell")
        verbose_name_plural = _("looks of the shell")
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.employee)

    @property
    def theme_mode(self) -> str:
        """`light`, `dark` or `system`, as the person's theme says."""
        theme = self.employee.theme
        if theme == Employee.Theme.SYSTEM:
            return str(self.ThemeMode.SYSTEM)
        return str(self.ThemeMode.LIGHT if theme == LIGHT else self.ThemeMode.DARK)

    @property
    def dark_now(self) -> str:
        """The theme of dark hours: the person's own while it is dark, else the last that was."""
        theme = self.employee.theme
        return str(theme if theme in self.DarkTheme else self.dark_theme)

    @property
    def system_flavour(self) -> str:
        """The theme that follows the system, as the style sheets name it."""
        return system_flavour(self.dark_now.removeprefix("catppuccin-"))

    @property
    def flavour(self) -> str:
        """The theme as the style sheets name it."""
        follows = self.employee.theme == Employee.Theme.SYSTEM
        return self.system_flavour if follows else str(self.employee.flavour)

    @property
    def dock(self) -> list[str]:
        """The favourite apps in the order of the dock; those that it does not name come last."""
        return [
            *(key for key in self.dock_order if key in self.favorite_apps),
            *(key for key in self.favorite_apps if key not in self.dock_order),
        ]


class UserSettings(BaseModel):
    """One person's language, time zone and notifications, which are fields of the person."""

    employee = models.OneToOneField(
        Employee,
        verbose_name=_("employee"),
        on_delete=models.CASCADE,
        related_name="user_settings",
        editable=False,
    )

    objects = OwnSettingsQuerySet.as_manager()

    class Meta:
        db_table = "user_settings"
        ordering = ["id"]
        verbose_name = _("user settings")
        verbose_name_plural = _("user settings")
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.employee)

    @property
    def language(self) -> str:
        """The person's language."""
        return str(self.employee.language)

    @property
    def timezone(self) -> str:
        """The person's time zone."""
        return str(self.employee.timezone)

    @property
    def notifications_enabled(self) -> bool:
        """Whether the person wants to be notified."""
        return bool(self.employee.notifications_enabled)
