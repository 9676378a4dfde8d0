"""REST endpoints for dashboards, look and settings."""

from typing import Any

from dashboards.filters import DashboardFilter
from dashboards.models import Dashboard, OSPreferences, UserSettings
from dashboards.serializers import (
    DashboardSerializer,
    OSPreferencesSerializer,
    UserSettingsSerializer,
)
from dashboards.services import preferences_of, settings_of
from workmate.api import BaseViewSet, router

FOR_EVERYONE = {"retrieve": "", "update": "", "partial_update": ""}


class DashboardViewSet(BaseViewSet):
    """One's own dashboards."""

    queryset = Dashboard.objects.all()
    serializer_class = DashboardSerializer
    filterset_class = DashboardFilter


class OSPreferencesViewSet(BaseViewSet):
    """One's own look of the shell."""

    queryset = OSPreferences.objects.all()
    serializer_class = OSPreferencesSerializer
    writes = ("update", "partial_update")
    own_perms = FOR_EVERYONE
    is_single = True

    def get_object(self) -> Any:
        """One's own."""
        return preferences_of(self.request.user)  # type: ignore[arg-type]


class UserSettingsViewSet(BaseViewSet):
    """One's own settings."""

    queryset = UserSettings.objects.all()
    serializer_class = UserSettingsSerializer
    writes = ("update", "partial_update")
    own_perms = FOR_EVERYONE
    is_single = True

    def get_object(self) -> Any:
        """One's own."""
        return settings_of(self.request.user)  # type: ignore[arg-type]


router.register("dashboards", DashboardViewSet, basename="dashboard")
router.register("os-preferences/me", OSPreferencesViewSet, basename="ospreferences")
router.register("user-settings/me", UserSettingsViewSet, basename="usersettings")
