"""Pages for the company: its data, its VAT rates, its number series, its first steps."""

from collections.abc import Callable
from typing import Any, NamedTuple, cast

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views import View

from system import services
from system.filters import CompanyFilter, TaxRateFilter
from system.forms import CompanyForm, TaxRateForm
from system.models import Company, TaxRate
from workmate.display import status_html
from workmate.files import send_file
from workmate.registry import GROUPS
from workmate.services import Actor
from workmate.text import in_fours
from workmate.views import Column, DetailPage, FormPage, ModelPages, Page, Section


def iban_of(company: Any) -> str:
    """The IBAN in groups of four."""
    return in_fours(company.iban)


class _OnePage(Page):
    """A page of the one company."""

    def object(self) -> Any:
        """The company."""
        return Company.current()

    def crumbs(self, *last: str) -> Any:
        """Without the company's name twice."""
        return super().crumbs()


class CompanyPage(_OnePage, DetailPage):
    """The own legal data."""

    def get(self, request: HttpRequest, pk: Any = None) -> HttpResponse:
        """The page."""
        return super().get(request, pk)


class CompanyFormPage(_OnePage, FormPage):
    """Change the own legal data."""

    def perm(self) -> str:
        """To change."""
        return "system.change_company"

    def get(self, request: HttpRequest, pk: Any = None) -> HttpResponse:
        """The filled form."""
        return super().get(request, Company.current().pk)

    def post(self, request: HttpRequest, pk: Any = None) -> HttpResponse:
        """Write it."""
        return super().post(request, Company.current().pk)


class LogoPage(_OnePage):
    """The logo's bytes: for everybody signed in, as it stands on every invoice."""

    def perm(self) -> str:
        """Whoever is signed in."""
        return ""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The picture. 404 where there is none."""
        logo = self.object().logo
        kind = "png" if str(logo.name).endswith(".png") else "jpeg"
        return send_file(logo, filename=f"logo.{kind}", content_type=f"image/{kind}", inline=True)


class CompanyPages(ModelPages):
    """The company: one page, and its form."""

    model = Company
    form_class = CompanyForm
    filter_class = CompanyFilter
    prefix, icon, group = "company", "building", "tools"
    writes = ("edit",)
    sections = [
        Section(
            _("Company"),
            [
                "name",
                "legal_form",
                "street",
                "zip_code",
                "city",
                "country",
                "managing_directors",
                "register_court",
                "register_number",
                Column("logo_url", _("Logo"), render=lambda company: logo_html(company)),
            ],
        ),
        Section(_("Contact"), ["contact_name", "email", "phone", "website"]),
        Section(_("Taxes"), ["tax_number", "vat_id", "small_business_since"]),
        Section(_("Bank"), ["bank_name", Column("iban", render=iban_of), "bic"]),
        Section(
            _("Invoices and quotes"),
            ["default_payment_days", "quote_valid_days", "default_terms", "invoice_footer"],
            wide=True,
        ),
    ]

    @classmethod
    def urls(cls) -> list[URLPattern]:
        """One page without an id, its form, and the logo."""
        base, name = f"{cls.prefix}/", "company"
        return [
            path(base, CompanyPage.as_view(pages=cls), name=f"{name}-detail"),
            path(f"{base}edit/", CompanyFormPage.as_view(pages=cls), name=f"{name}-edit"),
            path(f"{base}logo/", LogoPage.as_view(pages=cls), name=f"{name}-logo"),
        ]

    @classmethod
    def url(cls, page: str, *args: Any) -> str:
        """The address of a page: none of them has an id."""
        return super().url("detail" if page == "list" else page)

    @classmethod
    def more_context(cls, request: HttpRequest, obj: Any) -> dict[str, Any]:
        """The number series, each with what it gives next."""
        user = request.user
        numbers, steps = user.has_perm(NumbersPage.perm), user.has_perm(FirstStepsPage.perm)
        return {
            "series": services.series_now(),
            "numbers_url": reverse("system:numbers") if numbers else "",
            "steps_url": reverse("system:first-steps") if steps else "",
        }

    @classmethod
    def subtitle(cls, obj: Any) -> str:
        """What is missing before invoices can be finalized."""
        if missing := obj.missing_for_invoices():
            text = _("Missing before invoices can be finalized: %(names)s.")
            look = {"tone": "warn", "shape": "alert", "label": text % {"names": ", ".join(missing)}}
            return status_html(look)
        return ""


class TaxRatePages(ModelPages):
    """VAT rates."""

    model = TaxRate
    form_class = TaxRateForm
    filter_class = TaxRateFilter
    prefix, icon, group = "tax-rates", "percent", "tools"
    columns = [
        Column("label", _("VAT rate"), narrow="valid_from"),
        Column("rate", css="wide-only"),
        Column("category", css="wide-only"),
        Column("valid_from", css="wide-only"),
        Column("valid_until", css="wide-only"),
        Column("is_default"),
    ]
    sections = [
        Section(_("Facts"), ["rate", "category", "name", "valid_from", "valid_until", "is_default"])
    ]


def logo_html(company: Company) -> str:
    """The logo as a picture; empty where there is none."""
    if not company.logo:
        return ""
    return format_html('<img src="{}" alt="{}" height="48">', company.logo_url, _("Logo"))


class _OwnPage(LoginRequiredMixin, View):
    """A page of the company that belongs to no model."""

    perm = "system.change_company"
    title: Any = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """For holders of the permission; else 403."""
        if request.user.is_authenticated and not request.user.has_perm(self.perm):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def shown(self, name: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
        """The page, below the company's."""
        company = (gettext("Company"), reverse("system:company-detail"))
        crumbs = [(str(GROUPS["tools"]), None), company, (str(self.title), None)]
        context = {"title": str(self.title), "crumbs": crumbs, **context}
        return TemplateResponse(self.request, name, context, status=status)


class CompanyCheck(_OwnPage):
    """What a field of the company's form says to one value, before the form is sent."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """The value as it will be written, or what is wrong with it."""
        try:
            text = services.checked_field(
                request.POST.get("name", ""), request.POST.get("value", "")
            )
        except ValidationError as error:
            return JsonResponse({"error": " ".join(error.messages)})
        return JsonResponse({"text": text})


class NumbersPage(_OwnPage):
    """The patterns of all number series, and what each gives next."""

    perm = "workmate.change_numbersequence"
    title = _("Number series")

    def get(self, request: HttpRequest) -> HttpResponse:
        """The form."""
        return self.form({}, {})

    def post(self, request: HttpRequest) -> HttpResponse:
        """All or nothing: a pattern that is refused stands beside its reason."""
        wanted = {line.key: request.POST.get(line.key) for line in services.series_now()}
        typed = {key: text.strip() for key, text in wanted.items() if text is not None}
        try:
            services.change_patterns(typed, by=cast(Actor, request.user))
        except ValidationError as error:
            found = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
            return self.form(typed, found, status=422)
        messages.success(request, gettext("The number series are saved."))
        return HttpResponseRedirect(reverse("system:company-detail"))

    def form(
        self, typed: dict[str, str], errors: dict[str, list[str]], status: int = 200
    ) -> HttpResponse:
        """Every series with its pattern as it stands, or as it was typed."""
        rows = [
            {
                "line": line,
                "value": typed.get(line.key, line.pattern),
                "id": f"id_{line.key.replace('.', '_')}",
                "error": " ".join(errors.get(line.key, [])),
            }
            for line in services.series_now()
        ]
        summary = [
            {"label": row["line"].label, "id": row["id"], "message": row["error"]}
            for row in rows
            if row["error"]
        ]
        summary += [{"label": "", "id": "", "message": text} for text in errors.get("", [])]
        context = {
            "rows": rows,
            "error_list": summary,
            "check_url": reverse("system:numbers-check"),
        }
        return self.shown("system/numbers.html", context, status)


class NumbersCheck(_OwnPage):
    """The number that a pattern would give next, before it is saved."""

    perm = "workmate.change_numbersequence"

    def post(self, request: HttpRequest) -> HttpResponse:
        """The number, or what is wrong with the pattern."""
        key, pattern = request.POST.get("name", ""), request.POST.get("value", "").strip()
        try:
            number = services.preview_number(key, pattern)
        except ValidationError as error:
            return JsonResponse({"error": " ".join(error.messages)})
        return JsonResponse({"text": gettext("Next: %(number)s") % {"number": number}})


class Act(NamedTuple):
    """What a button of the first steps does, says, and where it leads."""

    service: Callable[..., Company]
    done: Any
    onwards: str = "system:first-steps"


ACTS = {
    "mail": Act(
        services.try_mail,
        _("The mail server took the mail to %(address)s. Look whether it arrives."),
    ),
    "backup": Act(services.confirm_backup, _("Noted. Try once a year whether it can be restored.")),
    "close": Act(
        services.close_steps,
        _("Put away. You find the first steps on the company's page."),
        "dashboards:home",
    ),
    "open": Act(services.show_steps, _("The start page shows the first steps again.")),
}


class FirstStepsPage(_OwnPage):
    """What a new company does first: each step with where it is done, and whether it is."""

    title = _("First steps")

    def get(self, request: HttpRequest) -> HttpResponse:
        """The steps."""
        company = Company.current()
        steps = services.first_steps(cast(Actor, request.user))
        return self.shown(
            "system/first_steps.html",
            {
                "steps": steps,
                "done": sum(step.is_done for step in steps),
                "is_closed": company.steps_closed_at is not None,
            },
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        """Send a mail to try it (`mail`), confirm the backup, put the list away or take it out."""
        by = cast(Actor, request.user)
        if (act := ACTS.get(request.POST.get("act", ""))) is None:
            messages.error(request, gettext("There is no such step."))
            return HttpResponseRedirect(reverse("system:first-steps"))
        try:
            act.service(by=by)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, act.done % {"address": getattr(by, "email", "")})
        return HttpResponseRedirect(reverse(act.onwards))
