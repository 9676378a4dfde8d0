"""Dashboards, look and settings as JSON."""

from django.conf import settings
from rest_framework import serializers

from dashboards.models import Dashboard, OSPreferences, UserSettings
from workmate.serializers import BaseSerializer, PlainBoolean


class DashboardSerializer(BaseSerializer):
    """A dashboard."""

    class Meta:
        model = Dashboard
        fields = [
            "id",
            "owner_id",
            "name",
            "config_json",
            "is_default",
            "created_at",
            "updated_at",
        ]
        read_only_fields = ["id", "owner_id", "created_at", "updated_at"]


class OSPreferencesSerializer(BaseSerializer):
    """How the shell looks."""

    theme_mode = serializers.ChoiceField(choices=OSPreferences.ThemeMode.choices, required=False)

    class Meta:
        model = OSPreferences
        fields = ["sidebar_collapsed", "theme_mode", "favorite_apps", "dock_order", "wallpaper"]


class UserSettingsSerializer(BaseSerializer):
    """Language, time zone, notifications."""

    language = serializers.ChoiceField(choices=settings.LANGUAGES, required=False)
    timezone = serializers.CharField(max_length=60, required=False)
    notifications_enabled = PlainBoolean(required=False)

    class Meta:
        model = UserSettings
        fields = ["language", "timezone", "notifications_enabled"]
