"""What all pages of a model share: who may open them, which row, where it stands."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar, cast

from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import select_template
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views import View

from workmate import kept
from workmate.filters import BaseFilter
from workmate.forms import BaseForm
from workmate.pickers import PICK, offers
from workmate.querysets import BaseQuerySet
from workmate.registry import GROUPS
from workmate.verbs import verbs_of

Crumbs = list[tuple[str, str | None]]


@dataclass(frozen=True)
class Column:
    """One column of a list: a field or property, how it is shown, and what stands below it.

    `css` may be `wide-only` (hidden on phones) or `mid-only`. `sub` names a second value that
    is shown small below the first, `narrow` one that is shown there on phones only. What is
    `extra` stands in the list only where somebody chose it. `value` reads what a file holds, where
    that is not the field itself.
    """

    name: str
    label: str | Promise = ""
    order: str = ""
    css: str = ""
    align: str = ""
    sub: str = ""
    narrow: str = ""
    extra: bool = False
    render: Callable[[Any], Any] | None = None
    value: Callable[[Any], Any] | None = None


@dataclass(frozen=True)
class Section:
    """A group of facts on a detail page."""

    title: str | Promise
    names: Sequence[str | Column]
    wide: bool = False


def wants_partial(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of a page."""
    htmx = getattr(request, "htmx", None)
    return bool(htmx) and not getattr(htmx, "boosted", False)


@cache
def template_of(*names: str) -> str:
    """The first of these templates that there is. Raises TemplateDoesNotExist.

    Looked for once: Django keeps the failed attempt in a circle of references with all that the
    request has made, and thousands of objects wait for the garbage collector.
    """
    found: str = select_template(names).template.name
    return found


def wanted_address(request: HttpRequest, default: str = "") -> str:
    """Where `next` of the form or the address leads; the default where that is another site."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    return wanted if url_has_allowed_host_and_scheme(wanted, {request.get_host()}) else default


class ModelPages:
    """The pages of one model. What the generic page does not do justice is overridden here."""

    model: ClassVar[type[models.Model]]
    form_class: ClassVar[type[BaseForm]]
    filter_class: ClassVar[type[BaseFilter] | None] = None
    columns: ClassVar[Sequence[str | Column]] = ()
    sections: ClassVar[Sequence[Section]] = ()
    sums: ClassVar[Sequence[str]] = ()
    prefix: ClassVar[str] = ""
    icon: ClassVar[str] = "file"
    group: ClassVar[str] = ""
    # The field whose choices become quick filters above the list.
    quick: ClassVar[str] = ""
    # Which of list, detail, new, edit, delete exist.
    writes: ClassVar[Sequence[str]] = ("new", "edit", "delete")
    empty_text: ClassVar[str | Promise] = ""
    # Other ways to look at the same rows, the list among them: label, icon, route.
    looks: ClassVar[Sequence[tuple[str | Promise, str, str]]] = ()
    # Parts of the detail page that it reads anew when something is pushed: name -> template.
    live_parts: ClassVar[Mapping[str, str]] = {}
    # A page that departs from the generic one; the generic ones are put here by their files.
    list_page: ClassVar[type["Page"]]
    detail_page: ClassVar[type["Page"]]
    form_page: ClassVar[type["Page"]]
    delete_page: ClassVar[type["Page"]]
    verb_page: ClassVar[type["Page"]]
    bulk_page: ClassVar[type["Page"]]

    @classmethod
    def urls(cls) -> list[URLPattern]:
        """The routes: plain pages, and one for each verb that is declared by now."""
        name = cls.model._meta.model_name
        base = cls.prefix
        routes = [
            path(f"{base}/", cls.list_page.as_view(pages=cls), name=f"{name}-list"),
        ]
        view = cls.bulk_page.as_view(pages=cls)
        routes.append(path(f"{base}/bulk/<slug:verb>/", view, name=f"{name}-bulk"))
        if "new" in cls.writes:
            view = cls.form_page.as_view(pages=cls)
            routes.append(path(f"{base}/new/", view, name=f"{name}-new"))
        for verb in verbs_of(cls.model):
            where = "<uuid:pk>/" if verb.on == "object" else ""
            view = cls.verb_page.as_view(pages=cls, verb=verb)
            routes.append(path(f"{base}/{where}{verb.slug}/", view, name=f"{name}-{verb.slug}"))
        detail = cls.detail_page.as_view(pages=cls)
        routes.append(path(f"{base}/<uuid:pk>/", detail, name=f"{name}-detail"))
        if "edit" in cls.writes:
            view = cls.form_page.as_view(pages=cls)
            routes.append(path(f"{base}/<uuid:pk>/edit/", view, name=f"{name}-edit"))
        if "delete" in cls.writes:
            view = cls.delete_page.as_view(pages=cls)
            routes.append(path(f"{base}/<uuid:pk>/delete/", view, name=f"{name}-delete"))
        return routes

    @classmethod
    def url(cls, page: str, *args: Any) -> str:
        """The address of one of the pages; empty where it does not exist."""
        meta = cls.model._meta
        try:
            return reverse(f"{meta.app_label}:{meta.model_name}-{page}", args=args)
        except NoReverseMatch:
            return ""

    @classmethod
    def one(cls) -> str:
        """The model's name for one."""
        return str(cls.model._meta.verbose_name)

    @classmethod
    def many(cls) -> str:
        """The model's name for many, as a title."""
        return capfirst(str(cls.model._meta.verbose_name_plural))

    @classmethod
    def rows(cls, user: Any) -> Any:
        """What the person may see."""
        return cast(BaseQuerySet, cls.model._default_manager.all()).visible_to(user)

    @classmethod
    def may_change(cls, obj: Any) -> bool:
        """Whether the edit button makes sense; the services decide on their own."""
        return True

    @classmethod
    def edit_label(cls, obj: Any) -> str:
        """What the edit button says of this row."""
        return _("Edit")

    @classmethod
    def may_delete(cls, obj: Any) -> bool:
        """Whether the delete button makes sense; the services decide on their own."""
        return True

    @classmethod
    def offers(cls, verb: str, obj: Any, user: Any) -> bool:
        """Whether the button of a verb, or of `change` and `delete`, makes sense for this person.

        The services decide on their own.
        """
        return True

    @classmethod
    def figures(cls, request: HttpRequest, rows: Any) -> list[dict[str, Any]]:
        """Sums above the list, each over the rows as filtered."""
        return []

    @classmethod
    def detail_figures(cls, request: HttpRequest, obj: Any) -> list[dict[str, Any]]:
        """Figures above the detail page."""
        return []

    @classmethod
    def timeline(cls, request: HttpRequest, obj: Any) -> Any:
        """What happened to a row, as a source for `workmate.views.timeline`; None: not told."""
        return None

    @classmethod
    def subtitle(cls, obj: Any) -> str:
        """The line below the title (safe HTML)."""
        return ""

    @classmethod
    def more_context(cls, request: HttpRequest, obj: Any) -> dict[str, Any]:
        """More context for an own detail template."""
        return {}

    @classmethod
    def initial(cls, request: HttpRequest) -> dict[str, Any]:
        """What a new form starts with: foreign keys named in the address (`?customer_id=…`)."""
        found: dict[str, Any] = {}
        for field in cls.model._meta.concrete_fields:
            if field.column and field.column in request.GET:
                found[field.name] = request.GET[field.column]
        return found


class Page(LoginRequiredMixin, View):
    """A page of one model: signed in, with the permission, on a visible row."""

    pages: type[ModelPages] = ModelPages
    kind = ""

    def perm(self) -> str:
        """The permission that this page asks for; "" lets everyone in who is signed in."""
        raise NotImplementedError

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Ask the one function whether the person may; else 403."""
        if not request.user.is_authenticated:
            if request.method == "POST" and self.kind == "form":
                kept.keep(request)
            return self.handle_no_permission()
        perm = self.perm()
        if perm and not request.user.has_perm(perm):
            raise PermissionDenied
        response = super().dispatch(request, *args, **kwargs)
        # The form is that of the page, so nothing is offered that it would not take.
        if request.method == "GET" and PICK in request.GET:
            return offers(request, response)
        return response

    def object(self) -> Any:
        """The row. Raises 404 where the person cannot see it."""
        rows = self.pages.rows(self.request.user).for_list()
        found = rows.filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        return found

    def crumbs(self, *last: str) -> Crumbs:
        """Where I am: group, list, this."""
        group = GROUPS.get(self.pages.group)
        trail: Crumbs = [(str(group), None)] if group else []
        trail.append((self.pages.many(), self.pages.url("list") if last else None))
        return trail + [(text, None) for text in last]

    def page(
        self, context: dict[str, Any], *, partial: str = "", status: int = 200
    ) -> HttpResponse:
        """Render the model's own template where it has one, else the generic one."""
        meta = self.pages.model._meta
        own = f"{meta.app_label}/{meta.model_name}_{self.kind}.html"
        name = partial
        if not partial or not self.wants_partial():
            name = template_of(own, f"generic/{self.kind}.html")
        info = {
            "verbose_name": self.pages.one(),
            "verbose_name_plural": self.pages.many(),
            "icon": self.pages.icon,
        }
        shared = {"pages": info, "switch": self.switch()}
        return TemplateResponse(self.request, name, {**shared, **context}, status=status)

    def switch(self) -> list[dict[str, Any]]:
        """The ways to look at these rows, and which of them this is."""
        here = getattr(self.request.resolver_match, "view_name", "")
        return [
            {"label": label, "icon": icon, "url": reverse(route), "current": route == here}
            for label, icon, route in self.pages.looks
        ]

    def wants_partial(self) -> bool:
        """Whether htmx asks for a part of the page."""
        return wants_partial(self.request)
