"""The invoice editor: a document with its lines on one page, and its sums while one types."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from finance.models import Expense
from invoices.forms import InvoiceLineFormSet
from invoices.models import Invoice
from projects.models import Project
from timetracking.models import TimeEntry
from workmate.display import status_of
from workmate.permissions import perm_of
from workmate.views import FormPage, Page
from workmate.views.forms import errors_of


class InvoiceFormPage(FormPage):
    """New and edit: the document and its lines are written at once."""

    def get(self, request: HttpRequest, pk: Any = None) -> HttpResponse:
        """The empty or filled form."""
        obj = self.object() if pk else None
        return self.render(obj, self.form(obj), formset=self.lines(obj))

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
        made = self.write(form) if valid else None
        if made is None:
            return self.render(obj, form, status=422, formset=formset)
        return self.onwards(made)

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
            route = ["invoice-totals", *([obj.pk] if obj else [])]
            context |= {
                "formset": formset,
                "error_list": [*errors_of(form), *errors_of_lines(formset)],
                "totals_url": reverse(f"invoices:{route[0]}", args=route[1:]),
                "unbilled": unbilled_of(form["project"].value(), self.request.user),
                **sums_context(formset),
            }
        response: Any = super().render(obj, form, status, **context, **more)
        # Not among the words of the call: there, `status` is that of the answer.
        response.context_data["status"] = status_of(obj) if obj else None
        return response


class InvoiceTotalsPage(Page):
    """What the lines come to as they are typed: by the model's own arithmetic."""

    http_method_names = ["post"]

    def perm(self) -> str:
        """To add or to change."""
        return perm_of(Invoice, "change" if "pk" in self.kwargs else "add")

    def post(self, request: HttpRequest, pk: Any = None) -> HttpResponse:
        """The sums, and the net of each line."""
        obj = self.object() if pk else None
        formset = InvoiceLineFormSet(request.POST, invoice=obj, user=request.user)
        context = {
            **sums_context(formset),
            "line_totals": [
                {"key": form.prefix, "total": form.instance.total}
                for form in formset.forms
                if not form.errors
            ],
            "is_answer": True,
            "unbilled": unbilled_of(request.POST.get("project"), request.user),
        }
        return TemplateResponse(request, "invoices/_totals.html", context)


def sums_context(formset: Any) -> dict[str, Any]:
    """The sums of the lines on the page."""
    sums = formset.sums()
    return {
        "subtotal": sums.subtotal,
        "tax_rows": sums.rows,
        "tax_amount": sums.tax_amount,
        "total": sums.total,
    }


def errors_of_lines(formset: Any) -> list[dict[str, str]]:
    """Every error of a line, for the summary that links to its field."""
    found = [{"label": "", "id": "", "message": text} for text in formset.non_form_errors()]
    for number, form in enumerate(formset.forms, start=1):
        for error in errors_of(form):
            label = _("Line %(n)s: %(label)s") % {"n": number, "label": capfirst(error["label"])}
            found.append({**error, "label": label})
    return found


def unbilled_of(key: Any, user: Any) -> dict[str, Any] | None:
    """The approved hours and expenses of the project that are not billed; None without any."""
    if not key:
        return None
    try:
        project = Project.objects.visible_to(user).filter(pk=key).first()
    except ValidationError:
        return None
    if project is None:
        return None
    hours = TimeEntry.objects.for_billing(project).sum_hours()
    expenses = Expense.objects.for_billing(project).sum_net()
    if not hours and not expenses:
        return None
    url = reverse("invoices:invoice-from-project")
    return {
        "project": project,
        "hours": hours,
        "expenses": expenses,
        "url": f"{url}?project_id={project.pk}",
    }
