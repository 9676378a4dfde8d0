"""Pages for the company, VAT rates, activity, watched services and the site itself."""

import hmac
import re
from typing import Any

from django.conf import settings
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views import View
from django.views.decorators.http import require_safe

from system.diagnosis import diagnose
from system.filters import (
    ActivityEntryFilter,
    CompanyFilter,
    InfraCheckFilter,
    InfraServiceFilter,
    TaxRateFilter,
)
from system.forms import CompanyForm, InfraServiceForm, TaxRateForm
from system.metrics import CONTENT_TYPE, exposition
from system.models import ActivityEntry, Company, InfraCheck, InfraService, TaxRate
from system.module import system_health
from workmate.display import status_html
from workmate.files import send_file
from workmate.registry import GROUPS
from workmate.views import Column, DetailPage, FormPage, ModelPages, Page, Section


def iban_of(company: Any) -> str:
    """The IBAN in groups of four, as it is read out."""
    return " ".join(re.findall(r".{1,4}", re.sub(r"\s", "", company.iban)))


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
    def subtitle(cls, obj: Any) -> str:
        """What is missing before invoices can be finalized."""
        if missing := obj.missing_for_invoices():
            text = _("Missing before invoices can be finalized: %(names)s.")
            look = {"tone": "warn", "shape": "alert", "label": text % {"names": ", ".join(missing)}}
            return status_html(look)
        return ""


def logo_html(company: Company) -> str:
    """The logo as a picture; empty where there is none."""
    if not company.logo:
        return ""
    return format_html('<img src="{}" alt="{}" height="48">', company.logo_url, _("Logo"))


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


class ActivityEntryPages(ModelPages):
    """The feed."""

    model = ActivityEntry
    filter_class = ActivityEntryFilter
    prefix, icon, group = "activity", "activity", "tools"
    writes = ()
    empty_text = _("What people create, change, send and finish stands here.")
    columns = [
        Column("what", _("What"), narrow="who"),
        Column("who", _("By"), css="wide-only"),
        Column("created_at", _("When"), order="created_at"),
    ]
    sections = [
        Section(
            _("Facts"),
            [Column("kind", _("Kind of object")), "target_label", "done", "who", "created_at"],
        )
    ]


class InfraServicePages(ModelPages):
    """Services that are watched."""

    model = InfraService
    form_class = InfraServiceForm
    filter_class = InfraServiceFilter
    prefix, icon, group, quick = "infra-services", "server", "tools", "status"
    empty_text = _("What the company depends on can be checked every minute.")
    columns = [
        Column("name", sub="last_error", narrow="type"),
        Column("type", css="wide-only"),
        Column("status"),
        Column("response_ms", css="wide-only"),
        Column("last_sync", css="wide-only"),
        Column("manager", css="wide-only"),
    ]
    sections = [
        Section(
            _("Facts"),
            ["type", "connection_url", "manager", "timeout_seconds", "expected_status"],
        ),
        Section(
            _("Last check"),
            [
                "checked_at",
                "response_ms",
                "last_sync",
                "failures",
                "last_error",
                "certificate_expires",
            ],
        ),
    ]

    @classmethod
    def subtitle(cls, obj: Any) -> str:
        """That the certificate ends soon."""
        if not obj.is_expiring:
            return ""
        label = gettext("The certificate expires soon.")
        return status_html({"tone": "warn", "shape": "alert", "label": label})


class InfraCheckPages(ModelPages):
    """What came of checking services."""

    model = InfraCheck
    filter_class = InfraCheckFilter
    prefix, icon, group = "infra-checks", "activity", "tools"
    writes = ()
    empty_text = _("Nothing has been checked yet.")
    columns = [
        Column("checked_at", narrow="error"),
        Column("service"),
        Column("ok"),
        Column("response_ms"),
        Column("error", css="wide-only"),
    ]
    sections = [Section(_("Facts"), ["service", "checked_at", "ok", "response_ms", "error"])]


class OverviewPage(LoginRequiredMixin, View):
    """How the site itself and the services that it depends on are."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The page, for whoever may view the services."""
        if not request.user.has_perm("system.view_infraservice"):
            raise PermissionDenied
        title = gettext("System status")
        context = {
            "title": title,
            "crumbs": [(str(GROUPS["tools"]), None), (title, None)],
            "site": {
                "rows": [
                    {"title": finding.label, "sub": finding.detail, "status": finding.status}
                    for finding in diagnose()
                ]
            },
            "services": system_health(request),
        }
        return TemplateResponse(request, "system/overview.html", context)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Figures for Prometheus. 404 without METRICS_TOKEN, 401 without it in the request."""
    if not settings.METRICS_TOKEN:
        raise Http404
    given = request.headers.get("Authorization", "")
    wanted = f"Bearer {settings.METRICS_TOKEN}"
    if not hmac.compare_digest(given.encode(), wanted.encode()):
        refused = HttpResponse("unauthorized\n", status=401, content_type="text/plain")
        refused["WWW-Authenticate"] = "Bearer"
        return refused
    return HttpResponse(exposition(), content_type=CONTENT_TYPE)
