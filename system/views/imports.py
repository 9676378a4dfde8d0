"""The import wizard: the file, its columns, the check, the import; and the list of one's own."""

from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch, URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reminders.services import mark_seen
from system.filters import ImportFilter
from system.forms import ColumnsForm, ImportForm
from system.imports.faulty import faulty_file
from system.models import Import
from workmate.display import display
from workmate.models import address_of
from workmate.permissions import perm_of
from workmate.services import Actor
from workmate.templatetags.workmate import format_number
from workmate.views import Column, DetailPage, FormPage, ListPage, ModelPages, Page, VerbPage

# Of faulty lines, of those about what is here already, and of rows that stayed.
SHOWN_ERRORS = 50
STEPS = (
    gettext_lazy("File"),
    gettext_lazy("Columns"),
    gettext_lazy("Check"),
    gettext_lazy("Import"),
)
FIRST, COLUMNS, CHECK, IMPORT, ALL = range(5)


def steps_of(job: Import | None, here: int) -> list[dict[str, Any]]:
    """The four steps: which are done, where one is, and where one can go back to."""
    found: list[dict[str, Any]] = []
    for number, label in enumerate(STEPS):
        url = ""
        if job is not None and job.is_open and number == COLUMNS and here != COLUMNS:
            url = ImportPages.url("edit", job.pk)
        found.append(
            {
                "number": number + 1,
                "label": label,
                "is_done": number < here,
                "is_here": number == here,
                "url": url,
            }
        )
    return found


def step_of(job: Import) -> int:
    """Where an import stands."""
    status = Import.Status
    if job.status in {status.CHECKING, status.CHECKED}:
        return CHECK
    if job.status in {status.UPLOADED, status.FAILED}:
        return COLUMNS
    return IMPORT if job.status in {status.RUNNING, status.STOPPED} else ALL


class Guided:
    """Help opens at the chapter of imports, and not at that of the company."""

    def page(self, context: dict[str, Any], **how: Any) -> HttpResponse:
        """With the chapter's name."""
        found: HttpResponse = super().page({**context, "guide_chapter": "imports"}, **how)  # type: ignore[misc]
        return found


class ImportFormPage(Guided, FormPage):
    """The file; then, on the import's own page, its columns."""

    def form(self, obj: Any, data: Any = None, files: Any = None) -> Any:
        """The file's form, or that of the columns."""
        if obj is not None:
            return ColumnsForm(data, instance=obj, user=self.request.user)
        initial = {"kind": self.request.GET.get("kind", "")}
        return ImportForm(data, files, initial=initial, user=self.request.user)

    def get(self, request: HttpRequest, pk: Any = None) -> HttpResponse:
        """The form; of an import that has run, its page."""
        obj = self.object() if pk else None
        if obj is not None and not obj.is_open:
            return redirect(obj.get_absolute_url())
        return self.render(obj, self.form(obj))

    def onwards(self, made: Any) -> HttpResponse:
        """To the columns, or to the check."""
        if "pk" in self.kwargs:
            return redirect(made.get_absolute_url())
        return redirect(self.pages.url("edit", made.pk))

    def render(self, obj: Any, form: Any, status: int = 200, **more: Any) -> HttpResponse:
        """Each step has a template of its own."""
        self.kind = "columns" if obj is not None else "form"
        here = COLUMNS if obj is not None else FIRST
        response = super().render(obj, form, status, steps=steps_of(obj, here), **more)
        context: Any = response.context_data  # type: ignore[attr-defined]
        context["submit_label"] = _("Check") if obj is not None else _("Continue")
        if obj is None:
            context["title"] = _("Import a file")
            context["crumbs"] = self.crumbs(context["title"])
        return response


class ImportListPage(Guided, ListPage):
    """The list; a new one begins with its file."""

    def quick(self) -> list[dict[str, Any]]:
        """All, or what somebody may still have to go on with; each state is a filter."""
        name = self.pages.quick
        query = self.request.GET.copy()
        query.pop("page", None)
        now = query.pop(name, [""])[-1]
        every = {"label": _("All"), "url": f"?{query.urlencode()}", "current": not now}
        query[name] = "true"
        some = {"label": _("Unfinished"), "url": f"?{query.urlencode()}", "current": now == "true"}
        return [every, some]

    def buttons(self) -> dict[str, Any]:
        """The button says what it does."""
        return {**super().buttons(), "new_label": _("Import a file")}


class ImportDetailPage(Guided, DetailPage):
    """Where an import stands; `HX-Request` gets the part that changes while it works."""

    def get(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """The page, or its live part."""
        response = super().get(request, pk)
        if self.wants_partial():
            # Who watches it come to its end needs no bell.
            mark_seen(request.path, by=cast(Actor, request.user))
            response.template_name = "system/_import_state.html"  # type: ignore[attr-defined]
        return response


class ImportVerbPage(Guided, VerbPage):
    """A step is only begun by its button: the page shows how far it is."""

    def tell(self, made: Any) -> None:
        """Nothing: it is not done yet."""


class FaultyPage(Page):
    """The faulty lines as CSV."""

    def perm(self) -> str:
        """To view."""
        return perm_of(Import, "view")

    def get(self, request: HttpRequest, pk: Any) -> Any:
        """The file. 404 where the file was forgotten."""
        job = self.object()
        if not job.file:
            raise Http404
        return faulty_file(job, request.user)


def progress_of(job: Import) -> str:
    """What came of it, in a line."""
    if job.is_working:
        return f"{format_number(job.position)} / {format_number(job.total)}"
    return format_number(job.total)


def count_of(name: str) -> Column:
    """A count; nothing for none."""
    return Column(name, align="num", css="wide-only", render=lambda job: nonzero(job, name))


def nonzero(job: Import, name: str) -> str:
    """A count, empty where it is none."""
    value = getattr(job, name)
    return format_number(value) if value else ""


class ImportPages(ModelPages):
    """Imports."""

    model = Import
    form_class = ImportForm
    filter_class = ImportFilter
    list_page = ImportListPage
    form_page = ImportFormPage
    detail_page = ImportDetailPage
    verb_page = ImportVerbPage
    prefix, icon, group = "imports", "upload", "tools"
    quick = "unfinished"
    empty_text = gettext_lazy(
        "Customers, contacts, hours or expenses from a CSV or Excel file: checked before anything "
        "is written, and taken back where it was wrong."
    )
    columns = [
        Column("original_name", gettext_lazy("File"), sub="kind_label"),
        Column("created_at", gettext_lazy("Date"), css="wide-only"),
        Column("owner", css="wide-only mid-only"),
        Column("total", align="num", render=progress_of),
        count_of("created_count"),
        count_of("updated_count"),
        count_of("faulty_count"),
        Column("status"),
    ]

    @classmethod
    def urls(cls) -> list[URLPattern]:
        """Also the faulty lines."""
        faulty = FaultyPage.as_view(pages=cls)
        return [*super().urls(), path("imports/<uuid:pk>/faulty/", faulty, name="import-faulty")]

    @classmethod
    def may_change(cls, obj: Any) -> bool:
        """Until it has run."""
        return bool(obj.is_open)

    @classmethod
    def may_delete(cls, obj: Any) -> bool:
        """Not while a step runs."""
        return not obj.is_working

    @classmethod
    def offers(cls, verb: str, obj: Any, user: Any) -> bool:
        """Run and check have their places on the page; others' imports are only ended."""
        if verb in {"check", "run"}:
            return False
        return bool(obj.owner_id == user.pk or verb in {"stop", "undo", "delete"})

    @classmethod
    def subtitle(cls, obj: Any) -> str:
        """Whose it is."""
        return format_html("{} · {}", obj.kind_label, obj.owner)

    @classmethod
    def more_context(cls, request: HttpRequest, obj: Any) -> dict[str, Any]:
        """The steps, what came of the lines, and where the rows are found."""
        is_mine = obj.owner_id == request.user.pk
        matched = matched_of(obj, request.user)
        errors = [(row, error) for row in obj.rows.faulty()[:SHOWN_ERRORS] for error in row.errors]
        return {
            "title": obj.original_name,
            "steps": steps_of(obj, step_of(obj)),
            "errors": errors,
            "has_more_errors": obj.faulty_count > SHOWN_ERRORS,
            "matched": matched[:SHOWN_ERRORS],
            "has_more_matched": len(matched) > SHOWN_ERRORS,
            "kept": list(obj.rows.kept_back()[:SHOWN_ERRORS]) if obj.kept_count else [],
            "is_mine": is_mine,
            "may_run": is_mine and obj.status == Import.Status.CHECKED and obj.fitting_count > 0,
            "columns_url": cls.url("edit", obj.pk) if is_mine and obj.is_open else "",
            "run_url": cls.url("run", obj.pk),
            "faulty_url": cls.url("faulty", obj.pk) if obj.file and obj.faulty_count else "",
            "rows_url": rows_url(obj),
        }


def matched_of(job: Import, user: Any) -> list[dict[str, Any]]:
    """The first lines about what is here already: which row it is, and how that was before.

    Of rows that the person may not see (any more) only the line; one more than is shown.
    """
    found, model = [], job.importer.model
    meta: Any = model._meta
    for row, before in job.matched_for(user, SHOWN_ERRORS + 1):
        old, was = row.as_it_was(model), []
        for name in before or ():
            field = meta.get_field(name)
            text = "" if field.is_relation else display(old, name)
            was.append({"label": capfirst(field.verbose_name), "text": text})
        there = None if before is None else row.object_id
        url = address_of(f"{meta.app_label}:{meta.model_name}-detail", there)
        found.append({"row": row, "url": url, "was": was})
    return found


def rows_url(job: Import) -> str:
    """The list of what was imported; empty where there is none."""
    meta = job.importer.model._meta
    try:
        return reverse(f"{meta.app_label}:{meta.model_name}-list")
    except NoReverseMatch:
        return ""
