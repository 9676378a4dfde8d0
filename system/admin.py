"""Company, VAT rates and activity in Django admin."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from system.models import ActivityEntry, Company, TaxRate
from workmate.admin import BaseAdmin


@admin.register(Company)
class CompanyAdmin(BaseAdmin):
    """The own legal data: changed, never added or deleted."""

    list_display = ["__str__", "city", "vat_id", "tax_number", "iban"]
    # The trial of a write that admin's form makes would leave a file behind.
    readonly_fields = ["logo"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """There is one."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """There is one."""
        return False


@admin.register(TaxRate)
class TaxRateAdmin(BaseAdmin):
    """VAT rates."""

    list_display = ["__str__", "rate", "category", "valid_from", "valid_until", "is_default"]
    list_filter = ["category", "is_default"]
    search_fields = ["name", "rate"]


@admin.register(ActivityEntry)
class ActivityEntryAdmin(BaseAdmin):
    """The feed, to look at."""

    list_display = ["created_at", "who", "done", "subject"]
    list_filter = ["target_type", "verb"]
    search_fields = ["target_label"]
    date_hierarchy = "created_at"

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Written by events."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What happened has happened."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What happened has happened."""
        return False
