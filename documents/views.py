"""Pages for documents: list, one document with its preview, upload, download."""

from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.template.defaultfilters import filesizeformat
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from documents import services
from documents.filters import DocumentFilter
from documents.forms import DocumentForm
from documents.models import Document, DocumentAccess
from employees.models import Employee
from workmate.files import INLINE_TYPES, StoredFileResponse, send_file
from workmate.permissions import perm_of
from workmate.pickers import PICK
from workmate.services import Actor
from workmate.views import Column, DetailPage, FormPage, ModelPages, Page, Section, figure

SHOWN_ACCESSES = 10


class DocumentDetailPage(DetailPage):
    """One document; of a confidential one it is recorded who looked."""

    def get(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """The page."""
        by = cast(Actor, request.user)
        services.record_access(self.object(), by=by, kind=DocumentAccess.Kind.VIEW)
        return super().get(request, pk)

    def object(self) -> Any:
        """The row, with what it belongs to where the person sees that."""
        document = super().object()
        document.linked_shown = document.linked_for(self.request.user)
        return document


class DocumentFormPage(FormPage):
    """Upload and edit; of a confidential document it is recorded who saw the filled form."""

    def render(self, obj: Any, form: Any, status: int = 200, **more: Any) -> HttpResponse:
        """The form page."""
        if obj is not None and PICK not in self.request.GET:  # a search in one of its fields
            by = cast(Actor, self.request.user)
            services.record_access(obj, by=by, kind=DocumentAccess.Kind.VIEW)
        return super().render(obj, form, status, **more)


class DocumentDownloadPage(Page):
    """The file."""

    def perm(self) -> str:
        """To view."""
        return perm_of(Document, "view")

    def get(self, request: HttpRequest, pk: Any) -> StoredFileResponse:
        """The bytes, to save; `?inline=1` shows PDF and images, `?version=1` is an earlier file."""
        document = self.object()
        facts = document.facts_of(request.GET.get("version"))
        if facts is None:
            raise Http404
        by = cast(Actor, request.user)
        services.record_access(document, by=by, kind=DocumentAccess.Kind.DOWNLOAD)
        return send_file(
            facts.file,
            filename=facts.original_name,
            content_type=facts.mime_type,
            inline="inline" in request.GET,
        )


class DocumentPages(ModelPages):
    """Documents."""

    model = Document
    form_class = DocumentForm
    filter_class = DocumentFilter
    prefix, icon, group = "documents", "folder", "tools"
    quick = "type"
    detail_page = DocumentDetailPage
    form_page = DocumentFormPage
    empty_text = gettext_lazy("Contracts, receipts, plans: PDF, images, Word and Excel files.")
    columns = [
        Column("title", sub="original_name"),
        Column("category", css="wide-only"),
        Column("type", css="wide-only"),
        Column("owner", css="wide-only"),
        Column("uploaded_at", css="wide-only"),
        Column("size_bytes", render=lambda document: filesizeformat(document.size_bytes)),
        Column("status", gettext_lazy("Status")),
    ]
    sections = [
        Section(
            gettext_lazy("Facts"),
            [
                "category",
                "type",
                "owner",
                Column("linked", gettext_lazy("Belongs to"), render=lambda d: linked_html(d)),
                "uploaded_at",
            ],
        ),
        Section(
            gettext_lazy("File"),
            [
                "original_name",
                Column("size_bytes", render=lambda document: filesizeformat(document.size_bytes)),
                "version",
                "text_state",
                "checksum",
            ],
        ),
        Section(gettext_lazy("Retention"), ["retention_class", "retention_until", "deleted_at"]),
    ]

    @classmethod
    def urls(cls) -> list[URLPattern]:
        """Also the bytes."""
        download = DocumentDownloadPage.as_view(pages=cls)
        route = path("documents/<uuid:pk>/download/", download, name="document-download")
        return [*super().urls(), route]

    @classmethod
    def figures(cls, request: HttpRequest, rows: Any) -> list[dict[str, Any]]:
        """How many are one's own; the trash."""
        person = cast(Employee, request.user)
        mine = rows.filter(owner_id=person.pk).count()
        trashed = cls.rows(person).trashed().count()
        return [
            figure(request, _("My documents"), str(mine), owner_id=str(person.pk)),
            figure(request, _("In the trash"), str(trashed), trashed="true"),
        ]

    @classmethod
    def may_change(cls, obj: Any) -> bool:
        """Neither in the trash nor part of its object."""
        return not obj.is_trashed and not obj.is_bound

    @classmethod
    def may_delete(cls, obj: Any) -> bool:
        """Neither in the trash nor part of its object, and not kept by law."""
        return not obj.is_trashed and not obj.is_bound and not obj.is_kept

    @classmethod
    def more_context(cls, request: HttpRequest, obj: Any) -> dict[str, Any]:
        """Preview, earlier versions, and who looked."""
        accesses = DocumentAccess.objects.none()
        if obj.is_confidential:
            accesses = DocumentAccess.objects.filter(document=obj).for_list()
        url = reverse("documents:document-download", args=[obj.pk])
        return {
            "download_url": url,
            "preview_url": f"{url}?inline=1" if obj.mime_type in INLINE_TYPES else "",
            "is_image": obj.type == Document.Type.IMAGE,
            "versions": list(obj.versions.for_list()) if obj.version > 1 else [],
            "accesses": list(accesses[:SHOWN_ACCESSES]),
        }


def linked_html(document: Document) -> str:
    """What it belongs to, as a link; empty where the person does not see that."""
    linked = getattr(document, "linked_shown", None)
    if linked is None:
        return ""
    url = getattr(linked, "get_absolute_url", str)()
    return format_html('<a href="{}">{}</a>', url, linked) if url else str(linked)
