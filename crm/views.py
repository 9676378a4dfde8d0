"""Pages for customers, contacts and activities."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, cast
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.filters import ActivityFilter, ContactFilter, CustomerFilter
from crm.forms import ActivityForm, ContactForm, CustomerForm
from crm.models import Activity, Contact, Customer
from crm.pipeline import lanes_of
from crm.services import duplicates_of, move_customer
from crm.timeline import Timeline
from workmate.permissions import perm_of
from workmate.services import Actor
from workmate.templatetags.workmate import format_number
from workmate.text import typed
from workmate.views import Column, FormPage, ModelPages, Page, Section, figure


def phone_link(obj: Any, name: str = "phone") -> str:
    """A number that can be dialled."""
    number = getattr(obj, name)
    return format_html('<a href="tel:{0}">{0}</a>', number) if number else ""


def mobile_link(contact: Contact) -> str:
    """The mobile number, to be dialled."""
    return phone_link(contact, "mobile")


def website_link(customer: Customer) -> str:
    """The web address without its scheme, as a link."""
    if not customer.website:
        return ""
    shown = customer.website.split("://", 1)[-1].rstrip("/")
    return format_html('<a href="{}" rel="noopener">{}</a>', customer.website, shown)


def place_of(customer: Customer) -> str:
    """Postcode and city."""
    return f"{customer.zip_code} {customer.city}".strip()


def primary_of(contact: Contact) -> str:
    """A word where it is the primary contact."""
    return _("primary contact") if contact.is_primary else ""


class DuplicatesFormPage(FormPage):
    """A form that names what may be here already, before something new is made of it."""

    duplicates: Sequence[Any] = ()

    def write(self, form: Any) -> Any:
        """The written row; at first nothing where there may be one like it already."""
        if "pk" not in self.kwargs and "allow_duplicates" not in self.request.POST:
            row = self.pages.model(**form.cleaned_data)
            self.duplicates = duplicates_of(row, by=cast(Actor, self.request.user))
            if self.duplicates:
                return None
        return super().write(form)

    def render(self, obj: Any, form: Any, status: int = 200, **more: Any) -> HttpResponse:
        """The form, with what may be the same."""
        return super().render(obj, form, status, duplicates=self.duplicates, **more)


class CustomerPages(ModelPages):
    """Customers."""

    model = Customer
    form_page = DuplicatesFormPage
    form_class = CustomerForm
    filter_class = CustomerFilter
    prefix, icon, group = "customers", "building-2", "customers"
    quick = "status"
    looks = (
        (gettext_lazy("List"), "list", "crm:customer-list"),
        (gettext_lazy("Pipeline"), "square-kanban", "crm:customer-pipeline"),
    )
    empty_text = gettext_lazy("Everybody to whom you sell, or would like to, belongs here.")
    columns = [
        Column("name", sub="customer_number", narrow="city"),
        Column("city", css="wide-only", render=place_of, sub="street"),
        Column(
            "primary_contact",
            gettext_lazy("Contact"),
            css="wide-only mid-only",
            sub="primary_contact__position",
        ),
        Column("email", css="wide-only", sub="phone"),
        Column("type", css="wide-only mid-only", extra=True),
        Column("pipeline_stage", gettext_lazy("Pipeline"), css="wide-only", extra=True),
        Column("vat_id", css="wide-only", extra=True),
        Column("status"),
    ]
    sections = [
        Section(
            gettext_lazy("Facts"),
            [
                "pipeline_stage",
                Column("full_address", gettext_lazy("Address")),
                "email",
                Column("phone", render=phone_link),
                Column("website", render=website_link),
                "vat_id",
                "tax_id",
            ],
        ),
        Section(
            gettext_lazy("Invoices"),
            ["invoice_email", "payment_days", "language", "buyer_reference", "leitweg_id"],
        ),
        Section(gettext_lazy("Internal notes"), ["notes"]),
    ]

    @classmethod
    def figures(cls, request: HttpRequest, rows: Any) -> list[dict[str, Any]]:
        """How many are active, and how many are leads; each links to its rows."""
        shown = {"active": _("Active"), "lead": _("Leads"), "blocked": _("Blocked")}
        groups = rows.order_by().values_list("status").annotate(Count("pk"))
        counts = Counter(dict(groups))
        return [
            figure(request, label, format_number(counts[value]), status=value)
            for value, label in shown.items()
        ]

    @classmethod
    def timeline(cls, request: HttpRequest, obj: Any) -> Any:
        """What was talked about and what else happened."""
        return Timeline(obj, cast(Actor, request.user))

    @classmethod
    def subtitle(cls, obj: Any) -> str:
        """Number, kind, and since when."""
        since = date_format(localtime(obj.created_at), "F Y")
        return format_html(
            "{} · {} · {}",
            obj.customer_number,
            obj.get_type_display(),
            _("since %(month)s") % {"month": since},
        )

    @classmethod
    def more_context(cls, request: HttpRequest, obj: Any) -> dict[str, Any]:
        """Contacts, and the lines in which to write what happened."""
        user = request.user
        contacts = None
        if user.has_perm(perm_of(Contact, "view")):
            contacts = sorted(obj.contacts.all(), key=lambda contact: not contact.is_primary)
        of = urlencode({"customer_id": obj.pk})
        back = urlencode({"next": obj.get_absolute_url()})
        may_note = user.has_perm(perm_of(Activity, "add"))
        may_add = user.has_perm(perm_of(Contact, "add"))
        return {
            "contacts": contacts,
            "contact_new_url": f"{ContactPages.url('new')}?{of}&{back}" if may_add else "",
            "activity_new_url": f"{ActivityPages.url('new')}?{of}" if may_note else "",
            "activity_types": Activity.Type.choices,
            "timeline_form": "crm/_note_form.html" if may_note else "",
        }


class PipelinePage(Page):
    """The pipeline as a board; `?search=` narrows it."""

    pages = CustomerPages
    kind = "pipeline"

    def perm(self) -> str:
        """To view."""
        return perm_of(Customer, "view")

    def get(self, request: HttpRequest) -> HttpResponse:
        """The board."""
        return self.board()

    def board(self, status: int = 200, **more: Any) -> HttpResponse:
        """The board, or only its lanes for scripts."""
        user, title = self.request.user, _("Pipeline")
        search = typed(self.request.GET.get("search", ""))
        context = {
            "title": title,
            "crumbs": self.crumbs(title),
            "search": search,
            "lanes": lanes_of(cast(Actor, user), search),
            "may_move": user.has_perm(perm_of(Customer, "change")),
            "may_add": user.has_perm(perm_of(Customer, "add")),
            **more,
        }
        return self.page(context, partial="crm/_lanes.html", status=status)


class StagePage(PipelinePage):
    """A card goes into another lane."""

    http_method_names = ["post"]

    def perm(self) -> str:
        """To change."""
        return perm_of(Customer, "change")

    def post(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """Move it, and show the board as it stands now."""
        customer = self.object()
        stage, was = request.POST.get("stage", ""), request.POST.get("was", "")
        said, status = "", 200
        try:
            customer = move_customer(customer, by=cast(Actor, request.user), stage=stage, was=was)
        except ValidationError as error:
            refused, status = " ".join(error.messages), 409
        else:
            refused = ""
            words = {"name": customer.name, "stage": customer.get_pipeline_stage_display()}
            said = _("%(name)s now stands in “%(stage)s”.") % words
        if self.wants_partial():
            return self.board(status, said=said or refused)
        if refused:
            messages.error(request, refused)
        else:
            messages.success(request, said)
        query = f"?{request.GET.urlencode()}" if request.GET else ""
        return redirect(f"{reverse('crm:customer-pipeline')}{query}#c-{customer.pk}")


class ContactPages(ModelPages):
    """Contacts."""

    model = Contact
    form_class = ContactForm
    filter_class = ContactFilter
    form_page = DuplicatesFormPage
    prefix, icon, group = "contacts", "contact", "customers"
    empty_text = gettext_lazy("The people whom you call at a customer's belong here.")
    columns = [
        Column(
            "full_name", gettext_lazy("Name"), order="lastname", sub="position", narrow="customer"
        ),
        Column("customer", css="wide-only", sub="department"),
        Column("email", css="wide-only"),
        Column("phone", sub="mobile"),
        Column("is_primary", gettext_lazy("Primary"), css="wide-only", render=primary_of),
        Column("position", css="wide-only", extra=True),
        Column("department", css="wide-only", extra=True),
        Column("mobile", css="wide-only", extra=True),
        Column("created_at", css="wide-only", extra=True),
    ]
    sections = [
        Section(
            gettext_lazy("Person"),
            [
                "customer",
                "position",
                "department",
                "email",
                Column("phone", render=phone_link),
                Column("mobile", render=mobile_link),
                "is_primary",
            ],
        ),
        Section(gettext_lazy("Notes"), ["notes"], wide=True),
    ]

    @classmethod
    def subtitle(cls, obj: Any) -> str:
        """The customer, and the position there."""
        link = format_html('<a href="{}">{}</a>', obj.customer.get_absolute_url(), obj.customer)
        return format_html("{} · {}", link, obj.position) if obj.position else link


class ActivityFormPage(FormPage):
    """What is newly recorded is then read where it belongs: on the customer's page."""

    def onwards(self, made: Activity) -> HttpResponse:
        """To the customer; what was changed is shown by itself."""
        return super().onwards(made) if "pk" in self.kwargs else redirect(made.customer)


class ActivityPages(ModelPages):
    """Activities."""

    model = Activity
    form_class = ActivityForm
    filter_class = ActivityFilter
    form_page = ActivityFormPage
    prefix, icon, group = "activities", "phone", "customers"
    quick = "type"
    empty_text = gettext_lazy("Write down what was talked about: calls, meetings, mails, notes.")
    columns = [
        Column("occurred_at", gettext_lazy("When"), sub="author", narrow="customer"),
        Column("type"),
        Column("customer", css="wide-only", sub="contact"),
        Column("summary", gettext_lazy("What"), css="wide-only"),
    ]
    sections = [
        Section(gettext_lazy("Activity"), ["customer", "contact", "type", "occurred_at", "author"]),
        Section(gettext_lazy("Description"), ["description"], wide=True),
    ]

    @classmethod
    def subtitle(cls, obj: Any) -> str:
        """The customer, and whom one talked to."""
        link = format_html('<a href="{}">{}</a>', obj.customer.get_absolute_url(), obj.customer)
        return format_html("{} · {}", link, obj.contact) if obj.contact else link
