"""Company, VAT rates, activity, watched services and imports in Django admin."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from system.models import ActivityEntry, Company, Import, InfraCheck, InfraService, TaxRate
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


@admin.register(InfraService)
class InfraServiceAdmin(BaseAdmin):
    """Services that are watched; secrets in their addresses are masked."""

    list_display = ["name", "type", "status", "last_sync", "response_ms", "manager"]
    list_filter = ["type", "status"]
    search_fields = ["name"]
    readonly_fields = [
        "status",
        "last_sync",
        "checked_at",
        "response_ms",
        "last_error",
        "failures",
        "certificate_expires",
    ]


@admin.register(InfraCheck)
class InfraCheckAdmin(BaseAdmin):
    """The checks, to look at."""

    list_display = ["checked_at", "service", "ok", "response_ms", "error"]
    list_filter = ["ok"]
    search_fields = ["service__name", "error"]
    date_hierarchy = "checked_at"

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Written by checking."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What was found was found."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Pruned by night."""
        return False


@admin.register(Import)
class ImportAdmin(BaseAdmin):
    """Who imported what, when, and how much; written by the wizard alone."""

    list_display = ["created_at", "kind_label", "original_name", "owner", "status",
                    "created_count", "updated_count", "skipped_count", "faulty_count"]  # fmt: skip
    list_filter = ["status"]
    search_fields = ["original_name"]
    date_hierarchy = "created_at"
    # Neither the file nor its first values: they are looked at where they are needed.
    fields = ["kind", "original_name", "owner", "status", "mapping", "on_existing", "only_good",
              "total", "created_count", "updated_count", "skipped_count", "faulty_count",
              "kept_count", "error", "finished_at"]  # fmt: skip
    readonly_fields = fields
    actions = None

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Files are taken in by the wizard."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Its steps are those of the wizard."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Old files are forgotten by night."""
        return False
