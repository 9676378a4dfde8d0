"""Customers, contacts and activities in Django admin."""

from django.contrib import admin

from crm.models import Activity, Contact, Customer
from workmate.admin import BaseAdmin, BaseInline


class ContactInline(BaseInline):
    """The people at a customer's."""

    model = Contact
    fields = ["firstname", "lastname", "position", "email", "phone", "is_primary"]
    readonly_fields = fields

    def has_add_permission(self, request, obj=None):  # type: ignore[no-untyped-def]
        """Contacts are added on a page of their own."""
        return False


@admin.register(Customer)
class CustomerAdmin(BaseAdmin):
    """Customers."""

    list_display = ["customer_number", "name", "type", "city", "email", "status"]
    list_display_links = ["customer_number", "name"]
    list_filter = ["status", "type"]
    search_fields = ["name", "customer_number", "email", "city", "vat_id"]


@admin.register(Contact)
class ContactAdmin(BaseAdmin):
    """Contacts."""

    list_display = ["lastname", "firstname", "customer", "position", "email", "is_primary"]
    list_filter = ["is_primary"]
    search_fields = ["lastname", "firstname", "email", "customer__name"]
    autocomplete_fields = ["customer"]


@admin.register(Activity)
class ActivityAdmin(BaseAdmin):
    """Activities."""

    list_display = ["occurred_at", "type", "customer", "contact", "author"]
    list_filter = ["type"]
    search_fields = ["description", "customer__name"]
    autocomplete_fields = ["customer", "contact"]
    date_hierarchy = "occurred_at"
