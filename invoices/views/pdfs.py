"""The PDFs of many documents: how many are made by now, and all of them as one file."""

from collections.abc import Iterable
from typing import Any, cast
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _

from invoices.models import Invoice
from invoices.services import zip_of
from invoices.tasks import queue_pdfs
from invoices.views.documents import InvoiceListPage, InvoicePages
from workmate.exports import made_answer
from workmate.permissions import perm_of
from workmate.services import Actor
from workmate.views.base import wanted_address
from workmate.views.verbs import BulkPage, valid_ids

# More are narrowed first: a file of so many is some 50 MB.
MOST = 1000
# They stand in the address: so many it holds everywhere.
TICKED = 100


class PdfsPage(InvoiceListPage):
    """The documents of `?ids=`, or those that the list's own filters leave; never a draft.

    How far the PDFs are is read from the documents: so it is true after a reload, too.
    """

    kind = "pdfs"
    pages = InvoicePages

    def perm(self) -> str:
        """To view."""
        return perm_of(Invoice, "view")

    def chosen(self) -> Any:
        """The documents that were chosen and that one may see, drafts among them."""
        rows = self.pages.rows(self.request.user)
        if "ids" in self.request.GET:
            return rows.filter(pk__in=valid_ids(self.request.GET.getlist("ids")))
        return self.filtered(rows)[1]

    def get(self, request: HttpRequest) -> HttpResponse:
        """How many are made; for scripts the part that changes alone."""
        count = (
            self.chosen()
            .order_by()
            .aggregate(
                drafts=Count("pk", filter=Q(status="draft")),
                all=Count("pk", filter=~Q(status="draft")),
                made=Count("pk", filter=~Q(status="draft") & Q(pdf__isnull=False)),
            )
        )
        title = _("PDFs of documents")
        query = request.GET.urlencode()
        context = {
            "title": title,
            "crumbs": self.crumbs(title),
            "count": count,
            "is_whole": count["made"] == count["all"],
            "is_too_many": count["all"] > MOST,
            "most": MOST,
            "zip_url": f"{reverse('invoices:invoice-zip')}?{query}",
            "here": request.get_full_path(),
            "list_url": self.pages.url("list"),
        }
        return self.page(context, partial="invoices/_pdfs.html")

    def post(self, request: HttpRequest) -> HttpResponse:
        """Have those made now that are missing."""
        self.begin(self.chosen())
        return HttpResponseRedirect(request.get_full_path())

    def begin(self, rows: Any) -> None:
        """Queue what is missing of these."""
        missing = rows.exclude(status="draft").filter(pdf=None).order_by("pk")
        queue_pdfs(missing.values_list("pk", flat=True)[:MOST], by=cast(Actor, self.request.user))


class TickedPdfsPage(PdfsPage):
    """The button below the list: from the rows that are ticked to their PDFs."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """Have those made that are missing, and go where one sees how far they are."""
        ids = valid_ids(request.POST.getlist("ids"))[:TICKED]
        if not ids:
            messages.warning(request, _("Nothing was selected."))
            return HttpResponseRedirect(wanted_address(request, self.pages.url("list")))
        self.begin(self.pages.rows(request.user).filter(pk__in=ids))
        return HttpResponseRedirect(pdfs_url(ids))


class InvoiceBulkPage(BulkPage):
    """A verb on the rows that were ticked; several that were finalized have PDFs to come."""

    def told(self, done: list[Any]) -> None:
        """Say what was done, and where the PDFs are."""
        super().told(done)
        if self.found.name == "finalize" and len(done) > 1:
            url = pdfs_url([row.pk for row in done[:TICKED]])
            text = _("Their PDFs are being made:")
            link = format_html('{} <a class="link" href="{}">{}</a>', text, url, _("all PDFs"))
            messages.info(self.request, link)


def pdfs_url(ids: Iterable[Any]) -> str:
    """Where the PDFs of these documents are."""
    return f"{reverse('invoices:invoice-pdfs')}?{urlencode({'ids': list(ids)}, doseq=True)}"


class ZipPage(PdfsPage):
    """The same documents' PDFs as one ZIP, made while it is sent."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest) -> Any:
        """The file. Answers 400 to none, and to more than it holds."""
        rows = self.chosen().exclude(status="draft").order_by("issued_date", "invoice_number", "pk")
        keys = list(rows.values_list("pk", flat=True)[: MOST + 1])
        if not keys:
            raise BadRequest(_("None of these documents has a PDF: drafts are finalized first."))
        if len(keys) > MOST:
            raise BadRequest(_("At most 1,000 documents at once: narrow the list."))
        today = timezone.localdate()
        name = f"{self.pages.many()} {today.isoformat()}.zip"
        return made_answer(zip_of(keys), name, "application/zip")


InvoicePages.bulk_page = InvoiceBulkPage
