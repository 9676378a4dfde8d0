"""Pages for documents: list, one document with its preview, upload, download."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.defaultfilters import filesizeformat
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from documents import services
from documents.content import MAX_UPLOAD_BYTES
from documents.filters import DocumentFilter
from documents.forms import ACCEPT, DocumentForm, UploadForm
from documents.models import Document, DocumentAccess
from employees.models import Employee
from workmate import services as writes
from workmate.display import status_of, value_html
from workmate.errors import duplicate_of
from workmate.files import INLINE_TYPES, StoredFileResponse, send_file
from workmate.permissions import perm_of
from workmate.pickers import PICK
from workmate.services import Actor
from workmate.templatetags.workmate import icon
from workmate.views import Column, DetailPage, FormPage, ListPage, ModelPages, Page, Section, figure
from workmate.views.base import wanted_address

SHOWN_ACCESSES = 10
# The words of a document that its page shows; all of them are searched.
SHOWN_TEXT = 3_000
ICONS = {"pdf": "file-text", "image": "image", "doc": "file-type", "sheet": "file-spreadsheet"}

# What it belongs to, where the person sees that.
LINKED = Column("linked", gettext_lazy("Belongs to"), render=lambda d: linked_html(d))


@dataclass
class Outcome:
    """What became of one file: the document, or why there is none and which is here already."""

    name: str
    document: Document | None = None
    error: str = ""
    there: dict[str, str] | None = None

    def as_json(self) -> dict[str, Any]:
        """For the script that sends file by file."""
        url = self.document.get_absolute_url() if self.document else ""
        return {"name": self.name, "url": url, "error": self.error, "there": self.there}


def outcome_of(file: Any, write: Callable[[], Document]) -> Outcome:
    """Take in one file; a refusal becomes words, and the way to the same file where it is seen."""
    try:
        return Outcome(file.name, write())
    except ValidationError as error:
        if found := duplicate_of(error, "file"):
            title, key = found.params["title"], found.params["id"]
            there = {"title": title, "url": reverse("documents:document-detail", args=[key])}
            return Outcome(file.name, error=_("This file is here already:"), there=there)
        return Outcome(file.name, error=" ".join(error.messages))


class FilesPage(Page):
    """A page that takes files in: as a plain form, or one by one from a script (as JSON)."""

    def wants_json(self) -> bool:
        """Whether the script asks, which sends one file at a time."""
        kinds = ["text/html", "application/json"]
        return self.request.get_preferred_type(kinds) == "application/json"

    def form(self, obj: Any = None, data: Any = None, files: Any = None) -> UploadForm:
        """The form for files."""
        return UploadForm(data, files, is_many=obj is None, initial=self.request.GET.dict())

    def taken(self, form: UploadForm, obj: Any) -> list[Outcome]:
        """What became of each file."""
        raise NotImplementedError

    def answered(self, obj: Any = None) -> HttpResponse:
        """Take the files in: onwards, or what was refused and why."""
        form = self.form(obj, self.request.POST, self.request.FILES)
        found = self.taken(form, obj) if form.is_valid() else []
        refused = [outcome for outcome in found if outcome.error]
        if self.wants_json():
            if not found:
                error = " ".join(text for texts in form.errors.values() for text in texts)
                found = refused = [Outcome("", error=error)]
            return JsonResponse(found[0].as_json(), status=422 if refused else 201)
        if not found or refused:
            return self.render(form, obj, found, status=422)
        n = len(found)
        text = ngettext("%(n)s file uploaded.", "%(n)s files uploaded.", n) % {"n": n}
        messages.success(self.request, text)
        there = obj.get_absolute_url() if obj else self.pages.url("list")
        return HttpResponseRedirect(wanted_address(self.request, there))

    def render(self, form: Any, obj: Any, found: Any = (), status: int = 200) -> HttpResponse:
        """The plain form, below what became of the files."""
        if obj is not None:
            by = cast(Actor, self.request.user)
            services.record_access(obj, by=by, kind=DocumentAccess.Kind.VIEW)
        title = _("New version") if obj else _("Upload files")
        crumbs = self.crumbs(str(obj), title) if obj else self.crumbs(title)
        cancel = obj.get_absolute_url() if obj else self.pages.url("list")
        context = {"title": title, "crumbs": crumbs, "form": form, "object": obj}
        return self.page({**context, "outcomes": found, "cancel_url": cancel}, status=status)


class DocumentUploadPage(FilesPage):
    """Several files at once, of what they belong to."""

    kind = "upload"

    def perm(self) -> str:
        """To add."""
        return perm_of(Document, "add")

    def get(self, request: HttpRequest) -> HttpResponse:
        """The form."""
        return self.render(self.form(), None)

    def post(self, request: HttpRequest) -> HttpResponse:
        """File by file; a refusal of one does not stop the others."""
        return self.answered()

    def taken(self, form: UploadForm, obj: Any) -> list[Outcome]:
        """Each a document of its own."""
        by = cast(Actor, self.request.user)
        data = {name: value for name, value in form.cleaned_data.items() if name != "file"}
        return [
            outcome_of(file, lambda file=file: services.upload_document(file, by=by, **data))
            for file in form.cleaned_data["file"]
        ]


class DocumentReplacePage(FilesPage):
    """A new version of one document."""

    kind = "upload"

    def perm(self) -> str:
        """To change."""
        return perm_of(Document, "change")

    def get(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """The form."""
        document = self.object()
        return self.render(self.form(document), document)

    def post(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """The file becomes the newest version; the one before is kept."""
        return self.answered(self.object())

    def taken(self, form: UploadForm, obj: Any) -> list[Outcome]:
        """The one file."""
        by = cast(Actor, self.request.user)
        file = form.cleaned_data["file"][0]
        return [outcome_of(file, lambda: writes.change(obj, by=by, file=file))]


def drop_of(request: HttpRequest) -> dict[str, Any] | None:
    """Where files are dropped: what they will belong to; None where the person may not, or nobody.

    Below somebody else's name nobody uploads: the file would be the uploader's own.
    """
    person = cast(Employee, request.user)
    owner = request.GET.get("owner_id", "")
    if not person.has_perm("documents.add_document") or owner not in {"", str(person.pk)}:
        return None
    linked = request.GET.get("linked_entity_id", "")
    return {
        "url": reverse("documents:document-upload"),
        "fields": {"linked_entity_id": linked} if linked else {},
        "list_url": request.get_full_path(),
        "is_many": True,
        "accept": ACCEPT,
        "most": MAX_UPLOAD_BYTES,
    }


class DocumentListPage(ListPage):
    """The documents, with a place onto which files are dropped."""

    def page(self, context: Any, *, partial: str = "", status: int = 200) -> HttpResponse:
        """The list; as a tab of another page the place comes along."""
        context["drop"] = drop_of(self.request)
        if partial == "generic/_panel.html":
            partial = "documents/_panel.html"
        return super().page(context, partial=partial, status=status)

    def buttons(self) -> dict[str, Any]:
        """The button for one document with its facts says how it differs."""
        return {**super().buttons(), "new_label": _("With title and category")}


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


class DocumentPreviewPage(DocumentDetailPage):
    """One document beside the list; opened by itself, the address leads to its page."""

    def get(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """The panel, for htmx alone."""
        document = self.object()
        if not self.wants_partial():
            return HttpResponseRedirect(document.get_absolute_url())
        by = cast(Actor, request.user)
        services.record_access(document, by=by, kind=DocumentAccess.Kind.VIEW)
        names = ["category", "owner", LINKED, "uploaded_at", "retention_until"]
        context = {"object": document, "status": status_of(document)}
        context["facts"] = self.facts(document, names)
        context |= self.pages.more_context(request, document)
        return self.page(context, partial="documents/_preview.html")


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
    list_page = DocumentListPage
    detail_page = DocumentDetailPage
    form_page = DocumentFormPage
    empty_text = gettext_lazy("Contracts, receipts, plans: PDF, images, Word and Excel files.")
    columns = [
        Column("title", render=lambda document: title_html(document), sub="summary"),
        Column("category", css="wide-only mid-only"),
        Column("type", extra=True),
        Column("original_name", css="wide-only", extra=True),
        Column("retention_class", css="wide-only", extra=True),
        Column("retention_until", css="wide-only", extra=True),
        Column("owner", css="wide-only mid-only"),
        Column(
            "uploaded_at", css="wide-only", render=lambda d: value_html(localdate(d.uploaded_at))
        ),
        Column("size_bytes", extra=True, render=lambda d: filesizeformat(d.size_bytes)),
        Column("status", gettext_lazy("Status")),
    ]
    sections = [
        Section(
            gettext_lazy("Facts"),
            ["category", "type", "owner", LINKED, "uploaded_at"],
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
        """Also the bytes, and the doors for files."""
        upload = DocumentUploadPage.as_view(pages=cls)
        replace = DocumentReplacePage.as_view(pages=cls)
        download = DocumentDownloadPage.as_view(pages=cls)
        preview = DocumentPreviewPage.as_view(pages=cls)
        return [
            *super().urls(),
            path("documents/upload/", upload, name="document-upload"),
            path("documents/<uuid:pk>/replace/", replace, name="document-replace"),
            path("documents/<uuid:pk>/preview/", preview, name="document-preview"),
            path("documents/<uuid:pk>/download/", download, name="document-download"),
        ]

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
        """Preview, versions and the place for a new one, the text found, and who looked."""
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
            "text": obj.text[:SHOWN_TEXT],
            "has_more_text": len(obj.text) > SHOWN_TEXT,
            "drop": cls.drop_of(request, obj),
        }

    @classmethod
    def drop_of(cls, request: HttpRequest, obj: Any) -> dict[str, Any] | None:
        """Where a new version is dropped; None where this person cannot give it one."""
        person = cast(Employee, request.user)
        may = person.has_perm("documents.change_document") and cls.may_change(obj)
        others = person.has_perm("documents.view_all_document")
        if not (may and (others or obj.is_owned_by(person.pk))):
            return None
        return {
            "url": cls.url("replace", obj.pk),
            "fields": {},
            "is_many": False,
            "accept": ACCEPT,
            "most": MAX_UPLOAD_BYTES,
        }


def title_html(document: Document) -> str:
    """The title behind a picture of its kind."""
    name = "lock" if document.is_confidential else ICONS.get(document.type, "file")
    return format_html("{}<span>{}</span>", icon(name), document.title)


def linked_html(document: Document) -> str:
    """What it belongs to, as a link; empty where the person does not see that."""
    linked = getattr(document, "linked_shown", None)
    if linked is None:
        return ""
    url = getattr(linked, "get_absolute_url", str)()
    return format_html('<a href="{}">{}</a>', url, linked) if url else str(linked)
