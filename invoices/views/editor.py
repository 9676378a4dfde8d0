"""The invoice editor: a document with its lines on one page, and its sums while one types."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from invoices import services
from invoices.forms import InvoiceLineFormSet
from invoices.models import Invoice
from invoices.views.typed import sums_context
from invoices.views.unbilled import EXPENSES, HOURS, group_of, ticked, unbilled_context
from workmate.display import status_of
from workmate.pickers import key_of
from workmate.views import FormPage
from workmate.views.forms import errors_of


class InvoiceFormPage(FormPage):
    """New and edit: the document and its lines are written at once."""

    def get(self, request: HttpRequest, pk: Any = None) -> HttpResponse:
        """The empty or filled form."""
        obj = self.object() if pk else None
        typed, files = self.typed()
        return self.render(obj, self.form(obj, typed, files), formset=self.lines(obj, typed))

    def post(self, request: HttpRequest, pk: Any = None) -> HttpResponse:
        """Write, or show what is wrong with everything that was typed."""
        obj = self.object() if pk else None
        form = self.form(obj, request.POST, request.FILES)
        formset = self.lines(obj, request.POST)
        valid = form.is_valid()
        if formset is not None:
            valid = formset.is_valid() and valid
        if valid and formset is not None:
            form.cleaned_data["line_items"] = formset.values()
        made = self.save(form) if valid else None
        if made is None:
            return self.render(obj, form, status=422, formset=formset)
        return self.onwards(made)

    def write(self, form: Any) -> Any:
        """Save; with `then=bill` also put on it what is ticked, both or neither."""
        data = self.request.POST
        if data.get("then") != "bill":
            return super().write(form)
        try:
            return services.save_and_bill(
                form.instance if "pk" in self.kwargs else None,
                form.cleaned_data,
                by=self.request.user,
                entries=ticked(data, HOURS),
                expenses=ticked(data, EXPENSES),
                group_by=group_of(data),
            )
        except ValidationError as error:
            form.take_errors(error)
            return None

    def onwards(self, made: Any) -> HttpResponse:
        """Back into the editor after billing, on to the question before finalizing, or to it."""
        then = self.request.POST.get("then")
        if then == "bill":
            messages.success(self.request, _("The draft is saved, with the lines taken over."))
            return redirect(self.pages.url("edit", made.pk))
        if then == "finalize" and made.is_draft:
            return redirect(self.pages.url("finalize", made.pk))
        return super().onwards(made)

    def shown(self, obj: Invoice | None, form: Any) -> Invoice:
        """The document that the form shows: stored, typed, or begun by the address."""
        if form.is_bound:
            typed: Invoice = form.typed()
            return typed
        if obj is not None:
            return obj
        draft = Invoice(document_type=form["document_type"].value())
        for name in ("customer", "project"):
            draft_key = key_of(form[name].value())
            if draft_key and form.fields[name].queryset.filter(pk=draft_key).exists():
                setattr(draft, f"{name}_id", draft_key)
        return draft

    def lines(self, obj: Invoice | None, data: Any = None) -> Any:
        """The lines; None where they no longer change."""
        if obj is not None and obj.is_frozen:
            return None
        return InvoiceLineFormSet(data, invoice=obj, user=self.request.user)

    def render(self, obj: Any, form: Any, status: int = 200, **more: Any) -> HttpResponse:
        """The editor."""
        formset = more.pop("formset")
        context: dict[str, Any] = {}
        if obj is None:
            kinds = dict(Invoice.DocumentType.choices)
            kind = kinds.get(form["document_type"].value(), self.pages.one())
            context["title"] = _("New %(name)s") % {"name": kind}
            context["submit_label"] = _("Save draft")
            context["crumbs"] = self.crumbs(context["title"])
        if formset is not None:
            key = [obj.pk] if obj else []
            user, data = self.request.user, self.request.POST if form.is_bound else None
            typed = self.shown(obj, form)
            context |= {
                "formset": formset,
                "error_list": [*errors_of(form), *errors_of_lines(formset)],
                "totals_url": reverse("invoices:invoice-totals", args=key),
                "preview_url": reverse("invoices:invoice-preview", args=key),
                "unbilled": unbilled_context(typed, user, data),
                "may_finalize": user.has_perm("invoices.finalize_invoice"),
                **sums_context(formset),
            }
        response: Any = super().render(obj, form, status, **context, **more)
        # Not among the words of the call: there, `status` is that of the answer.
        response.context_data["status"] = status_of(obj) if obj else None
        return response


def errors_of_lines(formset: Any) -> list[dict[str, str]]:
    """Every error of a line, for the summary that links to its field."""
    found = [{"label": "", "id": "", "message": text} for text in formset.non_form_errors()]
    for number, form in enumerate(formset.forms, start=1):
        for error in errors_of(form):
            label = _("Line %(n)s: %(label)s") % {"n": number, "label": capfirst(error["label"])}
            found.append({**error, "label": label})
    return found
