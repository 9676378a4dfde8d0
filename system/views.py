"""Pages for the company, VAT rates and activity."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from system.filters import ActivityEntryFilter, CompanyFilter, TaxRateFilter
from system.forms import CompanyForm, TaxRateForm
from system.models import ActivityEntry, Company, TaxRate
from workmate.display import status_html
from workmate.files import send_file
from workmate.views import Column, DetailPage, FormPage, ModelPages, Page, Section


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
        Section(_("Bank"), ["bank_name", "iban", "bic"]),
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
    sections = [Section(_("Facts"), ["target_type", "target_label", "done", "who", "created_at"])]
