"""Expenses in Django admin."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from finance.models import Expense, ExpenseTax
from workmate import services
from workmate.admin import BaseAdmin, BaseInline
from workmate.templatetags.workmate import NOTHING


class ExpenseTaxInline(BaseInline):
    """The VAT; it changes with its expense, by whoever may change that."""

    model = ExpenseTax
    fields = ["tax_rate", "gross", "net", "tax"]
    readonly_fields = ["net", "tax"]
    show_change_link = False

    def _may(self, request: HttpRequest, action: str) -> bool:
        rights = {"view": "view", "add": "add"}
        return request.user.has_perm(f"finance.{rights.get(action, 'change')}_expense")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """With a new expense who may add one, else who may change it."""
        return self._may(request, "change" if obj else "add") and not (obj and obj.is_frozen)


@admin.register(Expense)
class ExpenseAdmin(BaseAdmin):
    """Expenses with their VAT; approval as actions, approved ones to look at."""

    list_display = [
        "expense_date",
        "employee",
        "category",
        "subject",
        "project",
        "amount",
        "status",
        "is_invoiced",
    ]
    list_filter = ["status", "category", "is_reimbursed", "billable", "is_invoiced"]
    search_fields = [
        "description",
        "supplier",
        "employee__last_name",
        "employee__first_name",
        "project__title",
        "project__project_number",
    ]
    autocomplete_fields = ["employee", "project"]
    date_hierarchy = "expense_date"
    readonly_fields = [
        "proof",
        "net_amount",
        "tax_amount",
        "is_invoiced",
        "status",
        "submitted_by",
        "submitted_at",
        "approved_by",
        "approved_at",
        "rejected_by",
        "rejected_at",
        "rejection_reason",
        "reimbursed_by",
        "reimbursed_at",
    ]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "employee",
                    "expense_date",
                    "category",
                    "description",
                    "supplier",
                    "guests",
                ]
            },
        ),
        (_("Amount"), {"fields": ["amount", "net_amount", "tax_amount"]}),
        (_("Receipt"), {"fields": ["proof", "no_receipt_reason"]}),
        (_("Billing"), {"fields": ["project", "billable", "is_invoiced"]}),
        (_("Approval"), {"fields": readonly_fields[4:]}),
        (None, {"fields": ["notes", "id", "created_at", "updated_at"]}),
    ]
    inlines = [ExpenseTaxInline]

    @admin.display(description=_("description"), ordering="description")
    def subject(self, expense: Expense) -> str:
        """What it was spent on."""
        return expense.subject

    @admin.display(description=_("receipt"))
    def proof(self, expense: Expense) -> str:
        """Where the receipt is; not its title, which may be confidential."""
        if not expense.receipt_id:
            return NOTHING
        return format_html('<a href="{}">{}</a>', expense.receipt_page, _("Open the receipt"))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Drafts only."""
        is_draft = obj is None or obj.status == Expense.Status.DRAFT
        return is_draft and super().has_delete_permission(request, obj)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Write the VAT through the services, as every other door does."""
        gone = set(formset.deleted_forms)
        taxes = [
            {"tax_rate": row.instance.tax_rate, "gross": row.instance.gross}
            for row in formset.forms
            if row not in gone and (row.has_changed() or not row.instance._state.adding)
        ]
        formset.new_objects, formset.changed_objects, formset.deleted_objects = [], [], []
        if formset.has_changed():
            told = {"amount": form.cleaned_data["amount"]} if "amount" in form.changed_data else {}
            services.change(form.instance, by=request.user, taxes=taxes, **told)
