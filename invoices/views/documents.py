"""Pages for documents: lists of invoices and of quotes, one document, its verbs, its PDF."""

from dataclasses import replace
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from documents.models import Document
from invoices import services
from invoices.around import less_credits
from invoices.filters import InvoiceFilter
from invoices.forms import InvoiceForm
from invoices.models import Invoice, Payment
from invoices.services import default_address
from invoices.views.asked import (
    ASKED,
    about_document,
    foreseen,
    offer_open_projects,
    total_label,
)
from invoices.views.cells import (
    address_of,
    due_of,
    links_to,
    number_of,
    open_of,
    supplied_on,
    total_of,
)
from invoices.views.editor import InvoiceFormPage
from projects.models import Project
from system.models import ActivityEntry
from workmate.files import StoredFileResponse, send_file
from workmate.forms import show_errors, verb_form
from workmate.permissions import perm_of
from workmate.pickers import key_of
from workmate.services import Actor
from workmate.templatetags.workmate import format_ago, format_date, format_money
from workmate.verbs import Verb, verb_of
from workmate.views import Column, ListPage, ModelPages, Page, Section, VerbPage, figure

QUOTE = Invoice.DocumentType.QUOTE
STATES = {
    True: ["draft", "finalized", "sent", "accepted", "declined", "expired"],
    False: ["draft", "finalized", "sent", "partial", "overdue", "paid", "cancelled"],
}


def amount_column(name: str, label: Any) -> Column:
    """A column for an amount that somebody may choose, with the sign that sums count."""

    def value(invoice: Any) -> Any:
        return invoice.signed(getattr(invoice, name))

    return Column(
        name,
        label,
        css="wide-only",
        extra=True,
        render=lambda invoice: format_money(value(invoice)),
        value=value,
    )


class InvoiceListPage(ListPage):
    """Invoices and their kin; quotes have a list of their own, by `?document_type=quote`."""

    @property
    def quotes_only(self) -> bool:
        """Whether this is the list of quotes."""
        return self.request.GET.get("document_type") == QUOTE

    def always(self) -> dict[str, str]:
        """Quotes have this list of their own."""
        return {"document_type": QUOTE} if self.quotes_only else {}

    def filtered(self, rows: Any) -> tuple[Any, Any]:
        """Without quotes, unless they were asked for, or a customer's or project's all."""
        names = ("document_type", "customer_id", "project_id")
        if not any(self.request.GET.get(name) for name in names):
            rows = rows.exclude(document_type=QUOTE)
        return super().filtered(rows)

    def columns(self) -> list[Column]:
        """Of quotes how long they are valid; nothing of them is open."""
        columns = super().columns()
        if not self.quotes_only:
            return columns
        until = {"label": _("Valid until"), "order": "valid_until"}
        return [
            replace(column, **until) if column.name == "due_date" else column
            for column in columns
            if column.name != "outstanding_amount"
        ]

    def sum_cells(self, rows: Any, columns: list[Column]) -> list[dict[str, Any]] | None:
        """Sums over all filtered rows; credit notes count against them."""
        found = rows.figures()
        # Where both stand in a list, such as a customer's, what was only offered does not count.
        name_of = "quoted_{}" if found["count"] == found["quote_count"] else "{}_sum"
        names = ("subtotal", "tax_amount", "total")
        sums = {name: found[name_of.format(name)] for name in names}
        sums["outstanding_amount"] = found["outstanding"]
        return [
            {
                "column": column,
                "css": column.css,
                "align": "num" if column.name in sums else "",
                "html": format_money(sums[column.name]) if column.name in sums else "",
            }
            for column in columns
        ]

    def quick(self) -> list[dict[str, Any]]:
        """The states that these documents can have."""
        labels = {str(Invoice.Status(value).label) for value in STATES[self.quotes_only]}
        first, *chips = super().quick()
        return [first, *(chip for chip in chips if str(chip["label"]) in labels)]

    def bulk_verbs(self, rows: list[Any]) -> list[dict[str, Any]]:
        """Also their PDFs, which is no verb: nothing is changed."""
        return [
            {"label": "PDF", "name": "pdfs", "icon": "download", "tone": ""},
            *super().bulk_verbs(rows),
        ]

    def export_links(self) -> list[dict[str, str]]:
        """Also the PDFs as one file."""
        links = super().export_links()
        query = self.request.GET.copy()
        query.pop("page", None)
        url = f"{self.pages.url('zip')}?{query.urlencode()}"
        return [*links, {"label": _("PDFs (ZIP)"), "url": url}]

    def page(
        self, context: dict[str, Any], *, partial: str = "", status: int = 200
    ) -> HttpResponse:
        """Named after what it lists."""
        if self.quotes_only:
            new = context.get("new_url")
            context |= {
                "title": _("Quotes"),
                "crumbs": [*self.crumbs("")[:-2], (_("Quotes"), None)],
                "new_url": f"{new}?document_type=quote" if new else None,
                "new_label": _("New quote"),
                "list_verbs": [],  # hours are billed, not offered
            }
        return super().page(context, partial=partial, status=status)

    def panel_links(self) -> list[dict[str, Any]]:
        """On a project's page also the way to its hours and expenses."""
        links = super().panel_links()
        if links and "project_id" in self.request.GET:
            url = self.narrowed(self.pages.url("from-project"))
            links.insert(0, {"label": _("Bill hours and expenses"), "icon": "timer", "url": url})
        return links


class InvoiceVerbPage(VerbPage):
    """A verb's page, filled with what most probably is meant."""

    _foreseen: tuple[Invoice, dict[str, Any]] | None = None

    def get(self, request: HttpRequest, pk: Any = None) -> HttpResponse:
        """The form, or the question."""
        obj = self.target()
        initial = {**self.likely(obj), **request.GET.dict()}
        form = verb_form(self.verb, None, request.user, initial)
        if self.verb.name == "finalize" and (lacks := self.foreseen(obj)[1]):
            # Told before one confirms. Whether a credit note fits is asked under the lock alone.
            form = verb_form(self.verb, request.GET, request.user)
            self.refusal = ValidationError(lacks)
            show_errors(form, self.refusal)
        return self.ask(obj, form)

    def foreseen(self, obj: Invoice) -> tuple[Invoice, dict[str, Any]]:
        """The document as the question shows it; worked out once a request."""
        if self._foreseen is None:
            self._foreseen = foreseen(obj)
        return self._foreseen

    def about(self, obj: Invoice) -> list[tuple[str, Any]]:
        """Whose it is, over how much, and by when."""
        if self.verb.name not in ASKED:
            return []
        return about_document(self.foreseen(obj)[0], self.verb.name)

    def ask(self, obj: Invoice | None, form: Any, status: int = 200) -> HttpResponse:
        """The question; whoever bills a project sees what of each is open."""
        if self.verb.name == "from_project":
            offer_open_projects(form)
        return super().ask(obj, form, status)

    def likely(self, obj: Invoice | None) -> dict[str, Any]:
        """What the form starts with."""
        if self.verb.name == "from_project":
            return {"project": self.request.GET.get("project_id", "")}
        if obj is not None and self.verb.name == "pay":
            return {"amount": obj.outstanding_amount, "payment_date": timezone.localdate()}
        if obj is not None and self.verb.name == "send":
            return {"to": default_address(obj)}
        return {}


class InvoicePages(ModelPages):
    """Invoices, quotes and their kin."""

    model = Invoice
    form_class = InvoiceForm
    filter_class = InvoiceFilter
    list_page = InvoiceListPage
    form_page = InvoiceFormPage
    verb_page = InvoiceVerbPage
    prefix, icon, group = "invoices", "receipt", "money"
    quick = "status"
    live_parts = {"head": "invoices/_head.html", "mails": "invoices/_mails.html"}
    empty_text = gettext_lazy("Write one here, or bill the approved hours of a project.")
    columns = [
        Column("invoice_number", gettext_lazy("Number"), render=number_of, narrow="customer"),
        Column("customer", css="wide-only", sub="project__title"),
        Column("issued_date", gettext_lazy("Date"), css="wide-only mid-only"),
        Column("due_date", gettext_lazy("Due"), css="wide-only", render=due_of),
        Column("status", narrow="due_date"),
        Column("customer__customer_number", gettext_lazy("Customer number"), extra=True),
        amount_column("subtotal", gettext_lazy("Net")),
        amount_column("tax_amount", gettext_lazy("VAT")),
        Column(
            "total",
            gettext_lazy("Gross"),
            render=total_of,
            value=lambda invoice: invoice.signed(invoice.total),
        ),
        Column(
            "outstanding_amount",
            gettext_lazy("Open"),
            align="num",
            render=open_of,
            value=lambda invoice: invoice.open_amount,
        ),
    ]
    sections = [
        Section(
            gettext_lazy("Facts"),
            [
                "customer",
                Column("address", gettext_lazy("Address"), render=address_of),
                "project",
                "document_type",
                "title",
                "issued_date",
                "due_date",
                "valid_until",
                "terms",
                "buyer_reference",
                "exemption_reason",
                "refers_to",
                Column(
                    "followers",
                    gettext_lazy("Followed by"),
                    render=lambda invoice: links_to(invoice.followers.all()),
                ),
                "sent_at",
                "sent_to",
            ],
        ),
        Section(gettext_lazy("Text above the lines"), ["introduction"]),
        Section(gettext_lazy("Internal notes"), ["notes"]),
    ]

    @classmethod
    def edit_label(cls, obj: Any) -> str:
        """Once finalized, the form holds the notes alone."""
        return _("Edit notes") if obj.is_frozen else super().edit_label(obj)

    @classmethod
    def may_delete(cls, obj: Any) -> bool:
        """Drafts only."""
        return bool(obj.is_draft)

    @classmethod
    def initial(cls, request: HttpRequest) -> dict[str, Any]:
        """For a project also its customer, so that what is unbilled stands there at once."""
        found = super().initial(request)
        key = key_of(found.get("project"))
        if key and "customer" not in found:
            project = Project.objects.visible_to(request.user).filter(pk=key).first()
            if project is not None:
                found["customer"] = project.customer_id
        return found

    @classmethod
    def figures(cls, request: HttpRequest, rows: Any) -> list[dict[str, Any]]:
        """What was issued, paid, is open and overdue; each links to its rows."""
        found = rows.figures()
        if request.GET.get("document_type") == QUOTE:
            return [
                figure(request, _("Waiting"), format_money(found["waiting"]), status="sent"),
                figure(request, _("Accepted"), format_money(found["accepted"]), status="accepted"),
                figure(request, _("Drafts"), format_money(found["drafts"]), status="draft"),
            ]
        text = {name: format_money(amount) for name, amount in found.items() if "count" not in name}
        overdue = figure(request, _("Overdue"), text["overdue"], overdue="true")
        if late := found["overdue_count"]:
            note = ngettext("%(n)s invoice", "%(n)s invoices", late) % {"n": late}
            overdue |= {"tone": "danger", "note": note}
        shown = [
            figure(request, _("Issued"), text["issued"], issued="true"),
            figure(request, _("Paid"), text["paid"], paid="true"),
            {
                **figure(request, _("Open"), text["outstanding"], outstanding="true"),
                "note": less_credits(found["credits"]),
            },
            overdue,
        ]
        if found["overpaid"]:
            shown.append(figure(request, _("To be paid back"), text["overpaid"], overpaid="true"))
        return shown

    @classmethod
    def detail_figures(cls, request: HttpRequest, obj: Any) -> list[dict[str, Any]]:
        """Total, paid, open, due."""
        paid = _("Refunded") if obj.is_credit else _("Paid")
        shown: list[dict[str, Any]] = [
            {"label": total_label(obj), "value": format_money(obj.total)}
        ]
        if obj.is_claim and obj.is_frozen:
            amount = obj.outstanding_amount
            tone = "danger" if obj.days_overdue else "warn" if amount > 0 else ""
            shown += [
                {"label": paid, "value": format_money(obj.paid_amount)},
                {"label": _("Open"), "value": format_money(amount), "tone": tone},
            ]
            if obj.overpaid_amount:
                over = format_money(obj.overpaid_amount)
                shown.append({"label": _("To be paid back"), "value": over, "tone": "warn"})
        else:
            shown.append({"label": _("Net"), "value": format_money(obj.subtotal)})
        day = obj.valid_until if obj.is_quote else obj.due_date
        if day is not None:
            label = _("Valid until") if obj.is_quote else _("Due")
            note = format_ago(day) if obj.outstanding_amount or obj.is_quote else ""
            shown.append({"label": label, "value": format_date(day), "note": note})
        return shown

    @classmethod
    def subtitle(cls, obj: Any) -> str:
        """Customer and project."""
        parts = [item for item in (obj.customer, obj.project) if item is not None]
        links = [(item.get_absolute_url(), item) for item in parts]
        return format_html_join(" · ", '<a href="{}">{}</a>', links)

    @classmethod
    def timeline(cls, request: HttpRequest, obj: Any) -> Any:
        """What the activity feed tells of it."""
        return ActivityEntry.objects.timeline(obj, cast(Actor, request.user))

    @classmethod
    def more_context(cls, request: HttpRequest, obj: Any) -> dict[str, Any]:
        """Lines' sums, payments, dispatches, history, PDF."""
        user = request.user
        pdf = reverse("invoices:invoice-pdf", args=[obj.pk]) if obj.is_frozen else None
        may_pay = user.has_perm("invoices.add_payment") and obj.is_open
        mails = list(obj.mails.all()[:5]) if obj.is_frozen else []
        return {
            "tax_rows": obj.tax_rows,
            "outstanding_amount": obj.outstanding_amount,
            "service_period": supplied_on(obj),
            "frozen_since": obj.finalized_at,
            "payments": payments_of(obj, user),
            "payment_url": cls.url("pay", obj.pk) if may_pay else None,
            "mails": mails,
            "pdf_url": pdf,
            "preview_url": reverse("invoices:invoice-preview", args=[obj.pk]),
        }


class InvoicePdfPage(Page):
    """The PDF of a finalized document, made now where it is missing."""

    def perm(self) -> str:
        """To view."""
        return perm_of(Invoice, "view")

    def get(self, request: HttpRequest, pk: Any) -> StoredFileResponse:
        """The file; `?inline=1` shows it in the browser."""
        invoice = self.object()
        if invoice.is_draft:
            raise Http404
        pdf = cast(Document, services.store_pdf(invoice).pdf)
        return send_file(
            pdf.file,
            filename=pdf.original_name,
            content_type=pdf.mime_type,
            inline="inline" in request.GET,
        )


def payments_of(invoice: Invoice, user: Any) -> list[Any] | None:
    """The payments with the way to take each back; None where there can be none."""
    if not (invoice.is_claim and invoice.is_frozen and user.has_perm("invoices.view_payment")):
        return None
    reverse_verb = cast(Verb, verb_of(Payment, "reverse"))
    payments = list(invoice.payments.select_related("recorded_by", "reversal"))
    for payment in payments:
        may = user.has_perm("invoices.reverse_payment") and reverse_verb.offered_for(payment)
        url = reverse("invoices:payment-reverse", args=[payment.pk])
        payment.reverse_url = url if may else ""
    return payments
