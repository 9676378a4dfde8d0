"""Projects and their members in Django admin."""

from django.contrib import admin

from projects.models import Project
from workmate.admin import BaseAdmin


@admin.register(Project)
class ProjectAdmin(BaseAdmin):
    """Projects."""

    list_display = ["project_number", "title", "customer", "project_manager", "status", "deadline"]
    list_filter = ["status", "priority", "department"]
    search_fields = ["project_number", "title", "customer__name"]
    autocomplete_fields = ["customer", "department", "project_manager"]
