"""Customers, contacts and activities in Django admin."""

from typing import Any, cast

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from crm.models import Activity, Contact, Customer
from workmate import services
from workmate.admin import AdminForm, BaseAdmin, BaseInline

ROW_FIELDS = ("firstname", "lastname", "position", "email", "phone", "mobile", "is_primary")


class ContactAdminForm(AdminForm):
    """A contact; ticked as primary it takes the mark, so the constraint is not asked before."""

    def _get_validation_exclusions(self) -> set[str]:
        return {*super()._get_validation_exclusions(), "is_primary"}


class ContactInline(BaseInline):
    """The people at a customer's."""

    model = Contact
    form = ContactAdminForm
    fields = ROW_FIELDS


@admin.register(Customer)
class CustomerAdmin(BaseAdmin):
    """Customers with their contacts."""

    list_display = [
        "customer_number",
        "name",
        "type",
        "city",
        "primary_contact",
        "email",
        "phone",
        "status",
        "pipeline_stage",
    ]
    list_display_links = ["customer_number", "name"]
    list_filter = ["status", "pipeline_stage", "type", "country", "language", "created_at"]
    search_fields = ["name", "customer_number", "email", "city", "vat_id"]
    date_hierarchy = "created_at"
    fieldsets = [
        (None, {"fields": ["customer_number", "name", "type", "status", "pipeline_stage"]}),
        (_("Reach"), {"fields": ["email", "phone", "website"]}),
        (_("Address"), {"fields": ["street", "zip_code", "city", "country"]}),
        (_("Taxes"), {"fields": ["vat_id", "tax_id"]}),
        (
            _("Invoices"),
            {
                "fields": [
                    "invoice_email",
                    "payment_days",
                    "language",
                    "buyer_reference",
                    "leitweg_id",
                ]
            },
        ),
        (_("Internal notes"), {"fields": ["notes"]}),
        (None, {"fields": ["id", "created_at", "updated_at"]}),
    ]
    inlines = [ContactInline]

    def get_list_display(self, request: HttpRequest) -> Any:
        """Without the contact, for those who see none."""
        hidden = Customer().concealed_from(cast(services.Actor, request.user))
        return [name for name in self.list_display if name not in hidden]

    @admin.display(description=_("primary contact"))
    def primary_contact(self, customer: Customer) -> str:
        """Whom to ask first."""
        return str(customer.primary_contact or "")

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Write the contacts through the services, as every other door does."""
        by: Any = request.user
        gone = list(formset.deleted_forms)
        for row in gone:
            if not row.instance._state.adding:
                services.delete(row.instance, by=by)
        for row in formset.forms:
            if row in gone or not row.has_changed():
                continue
            data = {name: row.cleaned_data[name] for name in ROW_FIELDS}
            if row.instance._state.adding:
                services.create(Contact, by=by, customer=form.instance, **data)
            else:
                data = {name: data[name] for name in row.changed_data if name in data}
                services.change(row.instance, by=by, **data)
        formset.new_objects, formset.changed_objects, formset.deleted_objects = [], [], []


@admin.register(Contact)
class ContactAdmin(BaseAdmin):
    """Contacts."""

    form = ContactAdminForm
    list_display = [
        "lastname",
        "firstname",
        "customer",
        "position",
        "email",
        "phone",
        "is_primary",
    ]
    list_display_links = ["lastname", "firstname"]
    list_filter = ["is_primary", "created_at"]
    search_fields = ["lastname", "firstname", "email", "phone", "mobile", "customer__name"]
    autocomplete_fields = ["customer"]
    fieldsets = [
        (None, {"fields": ["customer", "firstname", "lastname", "position", "department"]}),
        (_("Reach"), {"fields": ["email", "phone", "mobile", "is_primary"]}),
        (_("Notes"), {"fields": ["notes"]}),
        (None, {"fields": ["id", "created_at", "updated_at"]}),
    ]


@admin.register(Activity)
class ActivityAdmin(BaseAdmin):
    """Activities; the author is whoever records one."""

    list_display = ["occurred_at", "type", "customer", "contact", "author", "summary"]
    list_filter = ["type", "occurred_at"]
    search_fields = ["description", "customer__name", "contact__lastname"]
    autocomplete_fields = ["customer", "contact"]
    date_hierarchy = "occurred_at"
    readonly_fields = ["author"]

    @admin.display(description=_("description"))
    def summary(self, activity: Activity) -> str:
        """How the description begins."""
        return activity.summary
