"""Dashboards in Django admin."""

from django.contrib import admin

from dashboards.models import Dashboard
from workmate.admin import BaseAdmin


@admin.register(Dashboard)
class DashboardAdmin(BaseAdmin):
    """One's own dashboards."""

    list_display = ["name", "is_default", "created_at"]
    list_filter = ["is_default"]
    search_fields = ["name"]
