"""What the editor asks while one types: sums, errors, unbilled hours, and the sheet itself."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from invoices import services
from invoices.forms import PREFIX, InvoiceLineFormSet
from invoices.models import Invoice, InvoiceLineItem
from invoices.pdf import page_html, render_pdf
from invoices.querysets import frozen
from invoices.views.unbilled import ticked_context, unbilled_context, whose
from workmate.errors import Conflict
from workmate.files import POLICY
from workmate.permissions import perm_of
from workmate.views import Page
from workmate.views.forms import parts_of

# The sheet is our own; its words are not. It runs nothing, and is shown in our pages alone.
SHEET_POLICY = f"{POLICY}; font-src 'self'; sandbox"
Lines = list[InvoiceLineItem]


class TypedPage(Page):
    """A document as it stands in the editor; nothing of it is written."""

    def perm(self) -> str:
        """To add or to change."""
        return perm_of(Invoice, "change" if "pk" in self.kwargs else "add")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """A document that became final meanwhile is a conflict, and no longer typed."""
        try:
            return super().dispatch(request, *args, **kwargs)
        except Conflict as error:
            return HttpResponse(" ".join(error.messages), status=409, content_type="text/plain")

    def bind(self, pk: Any) -> None:
        """Read the form with its lines. Raises 404 for what is not there, Conflict once final."""
        obj = self.object() if pk else None
        if obj is not None and obj.is_frozen:
            raise frozen()
        data, user = self.request.POST, self.request.user
        self.form = self.pages.form_class(data, instance=obj, user=user)
        self.formset = InvoiceLineFormSet(data, invoice=obj, user=user)
        self.invoice: Invoice = self.form.typed()
        self.lines: Lines = self.formset.typed()


class InvoiceTotalsPage(TypedPage):
    """What the lines come to as they are typed: by the model's own arithmetic."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: Any = None) -> HttpResponse:
        """The sums, the net of each line, what is wrong at which field, and what still lacks."""
        self.bind(pk)
        missing = services.complete_draft(self.invoice, self.lines)
        invoice, data = self.invoice, request.POST
        context: dict[str, Any] = {
            **sums_context(self.formset),
            "line_totals": [
                {
                    "key": form.prefix,
                    "total": form.net if form.is_filled else None,
                    "is_empty": not form.is_filled,
                }
                for form in self.formset.rows
            ],
            "is_answer": True,
            "live_errors": live_errors(self.form, self.formset),
            "missing": [*missing_context(missing, self.form), *still_empty(self.formset)],
        }
        if data.get("unbilled_of", "") != whose(invoice):
            context["unbilled"] = unbilled_context(invoice, request.user)
        else:
            context["ticked"] = ticked_context(invoice, request.user, data)
        return TemplateResponse(request, "invoices/_totals.html", context)


class NewPreviewPage(TypedPage):
    """The sheet as it stands in the editor, before anything is saved."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: Any = None) -> HttpResponse:
        """What is typed, as a sheet; with `as=pdf` as the PDF."""
        self.bind(pk)
        services.complete_draft(self.invoice, self.lines)
        if request.POST.get("as") != "pdf":
            return sheet(page_html(self.invoice, self.lines, on_screen=True))
        response = HttpResponse(
            render_pdf(self.invoice, self.lines), content_type="application/pdf"
        )
        response["Content-Disposition"] = "inline"
        return private(response, POLICY)


class InvoicePreviewPage(NewPreviewPage):
    """The sheet on the screen: of a document as it is stored, or as it stands in the editor."""

    http_method_names = ["get", "post"]

    def perm(self) -> str:
        """To view what is stored; to change what is typed."""
        return super().perm() if self.request.method == "POST" else perm_of(Invoice, "view")

    def get(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """The stored document; a draft as it would be finalized now."""
        invoice = self.object()
        lines = list(invoice.line_items.all())
        if invoice.is_draft:
            services.complete_draft(invoice, lines)
        return sheet(page_html(invoice, lines, on_screen=True))


def sheet(html: str) -> HttpResponse:
    """The answer that a frame of our own pages may show."""
    return private(HttpResponse(html), SHEET_POLICY)


def private(response: HttpResponse, policy: str) -> HttpResponse:
    """For the eyes of who asked, in a frame of our own at most."""
    response["Content-Security-Policy"] = policy
    response["X-Frame-Options"] = "SAMEORIGIN"
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def sums_context(formset: Any) -> dict[str, Any]:
    """The sums of the lines on the page."""
    sums = formset.sums()
    return {
        "subtotal": sums.subtotal,
        "tax_rows": sums.rows,
        "tax_amount": sums.tax_amount,
        "total": sums.total,
        "unreadable": formset.unreadable,
        # In the bar it stands alone, without the word that it lacks a line.
        "whole_total": None if formset.unreadable else sums.total,
    }


def live_errors(form: Any, formset: Any) -> list[dict[str, str]]:
    """What cannot stay as it is typed, by field; that something is still empty is no error yet."""
    found = []
    for one in (form, *formset.forms):
        for bound in one:
            errors = one.errors.as_data().get(bound.name, ())
            texts = [
                text for error in errors if error.code != "required" for text in error.messages
            ]
            if texts:
                found.append({"id": bound.id_for_label, "text": " ".join(texts)})
    return found


def missing_context(missing: dict[str, list[Any]], form: Any) -> list[dict[str, str]]:
    """What finalizing will ask for, with the field where it is said."""
    ids = {bound.name: bound.id_for_label for part in parts_of(form) for bound in part["fields"]}
    ids[PREFIX] = f"id_{PREFIX}"
    return [
        {"id": ids.get(name, ""), "text": text}
        for name, texts in missing.items()
        for text in ValidationError(texts).messages
    ]


def still_empty(formset: Any) -> list[dict[str, str]]:
    """What the lines lack, with the field: no error while somebody types, but not ready either."""
    text = _("Line %(n)s: %(label)s")
    return [
        {
            "id": form[name].id_for_label,
            "text": text % {"n": number, "label": capfirst(form[name].label)},
        }
        for number, form in enumerate(formset.shown, start=1)
        for name, errors in form.errors.as_data().items()
        if any(error.code == "required" for error in errors)
    ]
