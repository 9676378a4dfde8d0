"""Pages for expenses."""

from typing import Any

from django.db.models import Q, Sum
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from documents.models import Document
from finance.filters import ExpenseFilter
from finance.forms import ExpenseForm
from finance.models import Expense
from finance.querysets import ZERO
from finance.services import may_write
from workmate.display import value_html
from workmate.files import INLINE_TYPES
from workmate.templatetags.workmate import NOTHING, format_money
from workmate.views import Column, FormPage, ModelPages, Section, figure


def subject_of(expense: Any) -> str:
    """What it was spent on, and that a receipt is missing."""
    if expense.has_receipt:
        return format_html("{}", expense.subject)
    return format_html('{} <span class="warn">{}</span>', expense.subject, _("no receipt"))


def project_of(expense: Any) -> str:
    """The project, as a link."""
    return value_html(expense.project, link=True) if expense.project_id else NOTHING


def taxes_of(expense: Any) -> str:
    """The VAT of each rate that the receipt has."""
    return format_html_join(
        "",
        '<div>{} <span class="muted">{}</span></div>',
        (
            (
                format_money(row.tax),
                _("%(rate)s %% of %(net)s")
                % {
                    "rate": number_format(row.tax_rate.normalize(), use_l10n=True),
                    "net": format_money(row.net),
                },
            )
            for row in expense.taxes.all()
        ),
    )


def receipt_of(expense: Any) -> str:
    """The receipt to open, or why there is none."""
    if expense.receipt_id:  # without its title, which may be confidential
        return format_html('<a href="{}">{}</a>', expense.receipt_page, _("Open the receipt"))
    return expense.no_receipt_reason or format_html('<span class="warn">{}</span>', _("missing"))


def preview_of(expense: Any, user: Any) -> dict[str, Any]:
    """What the receipt looks like, for whom sees the document; a confidential one is opened."""
    rows = Document.objects.visible_to(user).defer("text")
    document = rows.filter(pk=expense.receipt_id).first() if expense.receipt_id else None
    context: dict[str, Any] = {"receipt": document, "preview_url": ""}
    if document and not document.is_confidential and document.mime_type in INLINE_TYPES:
        url = reverse("documents:document-download", args=[document.pk])
        context["preview_url"] = f"{url}?inline=1"
        context["is_image"] = document.type == Document.Type.IMAGE
    return context


def by_whom(step: str) -> Column:
    """Who took a step of the way, and when."""

    def render(expense: Any) -> str:
        at = getattr(expense, f"{step}_at")
        if at is None:
            return ""
        who = getattr(expense, f"{step}_by")
        return format_html('{} <span class="muted">{}</span>', who or NOTHING, value_html(at))

    return Column(f"{step}_by", render=render)


class ExpenseFormPage(FormPage):
    """New and edit: the receipt that came with a refused form is not asked for again."""

    def render(self, obj: Any, form: Any, status: int = 200, **more: Any) -> HttpResponse:
        """The form page."""
        if form.is_bound:
            form.keep()
        return super().render(obj, form, status, **more)


class ExpensePages(ModelPages):
    """Expenses."""

    model = Expense
    form_class = ExpenseForm
    filter_class = ExpenseFilter
    form_page = ExpenseFormPage
    prefix, icon, group = "expenses", "wallet", "money"
    quick = "status"
    sums = ["amount"]
    empty_text = gettext_lazy("Record what you spent, with a photo of the receipt.")
    columns = [
        Column("expense_date", gettext_lazy("Date"), narrow="description"),
        Column("description", css="wide-only roomy", render=subject_of, sub="supplier"),
        Column("employee", css="wide-only"),
        Column("project", css="wide-only mid-only"),
        Column("category", css="wide-only mid-only", align="words"),
        Column("amount"),
        Column("net_amount", css="wide-only", extra=True),
        Column("billable", css="wide-only", extra=True),
        Column("is_invoiced", css="wide-only", extra=True),
        Column("created_at", css="wide-only", extra=True),
        Column("status"),
    ]
    sections = [
        Section(gettext_lazy("Description"), ["description"], wide=True),
        Section(
            gettext_lazy("Expense"),
            [
                "employee",
                "expense_date",
                Column("category", align="words"),
                "supplier",
                "guests",
                Column("receipt", render=receipt_of),
            ],
        ),
        Section(
            gettext_lazy("Amount"),
            [
                "amount",
                "net_amount",
                Column("taxes", gettext_lazy("VAT"), render=taxes_of),
            ],
        ),
        Section(
            gettext_lazy("Project"),
            [Column("project", render=project_of), "billable", "is_invoiced"],
        ),
        Section(
            gettext_lazy("Approval"),
            [
                by_whom("submitted"),
                by_whom("approved"),
                by_whom("rejected"),
                "rejection_reason",
                by_whom("reimbursed"),
            ],
        ),
        Section(gettext_lazy("Notes"), ["notes"], wide=True),
    ]

    @classmethod
    def may_change(cls, obj: Any) -> bool:
        """Not once it is approved."""
        return not obj.is_frozen

    @classmethod
    def may_delete(cls, obj: Any) -> bool:
        """Drafts only."""
        return bool(obj.status == Expense.Status.DRAFT)

    @classmethod
    def offers(cls, verb: str, obj: Any, user: Any) -> bool:
        """Who decides on an expense does not write it, and who wrote it does not decide."""
        if verb in {"approve", "reject", "reimburse", "reopen"}:
            return user.pk not in {obj.employee_id, obj.submitted_by_id}
        return may_write(obj.employee_id, user)

    @classmethod
    def figures(cls, request: HttpRequest, rows: Any) -> list[dict[str, Any]]:
        """All in all, what waits for approval, for the money, and for an invoice."""
        wanted = {
            "all": Q(),
            "submitted": Q(status="submitted"),
            "approved": Q(status="approved"),
            "unbilled": Q(status__in=("approved", "reimbursed"), billable=True, is_invoiced=False),
        }
        found = rows.order_by().aggregate(
            **{
                f"sum_{name}": Sum("amount", filter=condition, default=ZERO)
                for name, condition in wanted.items()
            }
        )
        money = {name: format_money(found[f"sum_{name}"]) for name in wanted}
        unbilled = {"billable": "true", "is_approved": "true", "is_invoiced": "false"}
        return [
            {"label": _("Expenses"), "value": money["all"]},
            figure(request, _("wait for approval"), money["submitted"], status="submitted"),
            figure(request, _("to be reimbursed"), money["approved"], status="approved"),
            figure(request, _("approved, not billed yet"), money["unbilled"], **unbilled),
        ]

    @classmethod
    def more_context(cls, request: HttpRequest, obj: Any) -> dict[str, Any]:
        """The look of its receipt."""
        return preview_of(obj, request.user)

    @classmethod
    def subtitle(cls, obj: Any) -> str:
        """Who, and how much."""
        return format_html("{} · {}", obj.employee, format_money(obj.amount))
