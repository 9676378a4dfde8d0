"""Documents, payments and dispatches in Django admin."""

from typing import Any

from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from invoices.models import Invoice, InvoiceLineItem, InvoiceMail, Payment
from invoices.services import LINE_FIELDS
from workmate import services
from workmate.admin import BaseAdmin, BaseInline
from workmate.templatetags.workmate import format_money


class InvoiceLineItemInline(BaseInline):
    """The lines; they change with their draft, by whoever may change that."""

    model = InvoiceLineItem
    fields = [*LINE_FIELDS, "total"]
    readonly_fields = ["total"]
    show_change_link = False

    def _may(self, request: HttpRequest, action: str) -> bool:
        rights = {"view": "view", "add": "add"}
        return request.user.has_perm(f"invoices.{rights.get(action, 'change')}_invoice")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """On a new document who may add one, on a draft who may change it."""
        return self._may(request, "change" if obj else "add") and not (obj and obj.is_frozen)


class PaymentInline(BaseInline):
    """The payments, to look at."""

    model = Payment
    fields = ["payment_date", "amount", "payment_method", "reference", "recorded_by"]
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> Any:
        """With the names that the columns show."""
        return Payment.objects.select_related("recorded_by", "invoice")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Payments are added on a page of their own."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False


@admin.register(Invoice)
class InvoiceAdmin(BaseAdmin):
    """Documents with their lines; read-only once finalized."""

    list_display = [
        "number",
        "document_type",
        "customer",
        "status",
        "issued_date",
        "due_date",
        "total",
        "outstanding",
    ]
    list_filter = ["status", "document_type", "issued_date", "due_date"]
    search_fields = ["invoice_number", "title", "customer__name"]
    date_hierarchy = "issued_date"
    autocomplete_fields = ["customer", "project"]
    readonly_fields = [
        "invoice_number",
        "status",
        "subtotal",
        "tax_amount",
        "total",
        "paid_amount",
        "refers_to",
        "finalized_at",
        "sent_at",
        "sent_to",
    ]
    inlines = [InvoiceLineItemInline, PaymentInline]

    @admin.display(description=_("number"), ordering="invoice_number")
    def number(self, invoice: Invoice) -> str:
        """The number, or that it is a draft."""
        return str(invoice)

    @admin.display(description=_("open"))
    def outstanding(self, invoice: Invoice) -> str:
        """What is still open."""
        return format_money(invoice.outstanding_amount)

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        """Payments only where there can be some."""
        return self.inlines if obj is not None and obj.is_frozen else self.inlines[:1]

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Write the lines through the services, as every other door does."""
        gone = set(formset.deleted_forms)
        lines = [
            line_values(row)
            for row in formset.forms
            if row not in gone and (row.has_changed() or not row.instance._state.adding)
        ]
        formset.new_objects, formset.changed_objects, formset.deleted_objects = [], [], []
        if formset.has_changed():
            services.change(form.instance, by=request.user, line_items=lines)


def line_values(row: Any) -> dict[str, Any]:
    """What the services write of one inline form."""
    line = row.instance
    known = {} if line._state.adding else {"id": line.pk}
    return known | {name: getattr(line, name) for name in LINE_FIELDS}


@admin.register(Payment)
class PaymentAdmin(BaseAdmin):
    """Payments: added, taken back, never changed."""

    list_display = ["payment_date", "invoice", "amount", "payment_method", "reference", "reverses"]
    list_filter = ["payment_method", "payment_date"]
    list_select_related = ["invoice", "reverses"]
    search_fields = ["reference", "invoice__invoice_number", "invoice__customer__name"]
    date_hierarchy = "payment_date"
    autocomplete_fields = ["invoice"]
    readonly_fields = ["recorded_by", "reverses"]
    actions = ["take_back"]

    def get_queryset(self, request: HttpRequest) -> Any:
        """With what a reversal takes back."""
        return super().get_queryset(request).select_related("reverses")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A wrong payment is taken back."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A wrong payment is taken back."""
        return False

    def has_reverse_permission(self, request: HttpRequest) -> bool:
        """Whoever may reverse."""
        return request.user.has_perm("invoices.reverse_payment")

    @admin.action(description=_("Take back …"), permissions=["reverse"])
    def take_back(
        self, request: HttpRequest, queryset: "models.QuerySet[Payment]"
    ) -> HttpResponse | None:
        """Ask for the reason, on the page of the one payment that was ticked."""
        chosen = list(queryset[:2])
        if len(chosen) != 1:
            self.message_user(request, _("Choose one payment."), messages.WARNING)
            return None
        return HttpResponseRedirect(reverse("invoices:payment-reverse", args=[chosen[0].pk]))


@admin.register(InvoiceMail)
class InvoiceMailAdmin(BaseAdmin):
    """Dispatches, to look at."""

    list_display = ["created_at", "invoice", "to", "state", "attempts", "sent_at", "sent_by"]
    list_filter = ["state", "created_at"]
    list_select_related = ["invoice", "sent_by"]
    search_fields = ["to", "invoice__invoice_number"]
    date_hierarchy = "created_at"

    def get_queryset(self, request: HttpRequest) -> Any:
        """With the names that the columns show."""
        return super().get_queryset(request).select_related("invoice", "sent_by")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """By sending only."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: what was sent to whom is kept."""
        return False
