"""The detail page: title, status, next verbs, facts, panels."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import conditional_escape
from django.utils.translation import gettext as _

from workmate.display import alignment, display, label_of, status_of
from workmate.permissions import hidden_names, perm_of
from workmate.registry import registry
from workmate.verbs import verb_of, verbs_of
from workmate.views.base import Column, ModelPages, Page
from workmate.views.timeline import history_of


class DetailPage(Page):
    """Title, status, next verbs, facts, panels."""

    kind = "detail"

    def perm(self) -> str:
        """To view."""
        return perm_of(self.pages.model, "view")

    def get(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """The page of one row."""
        obj = self.object()
        title = str(obj)
        if self.wants_timeline():
            history = {"object": obj, **self.history(obj)}
            return self.page(history, partial="generic/_timeline_parts.html")
        return self.page(
            {
                "object": obj,
                "title": title,
                "crumbs": self.crumbs(title),
                "subtitle": self.pages.subtitle(obj),
                "status": status_of(obj),
                "verbs": self.verbs(obj),
                "sections": self.sections(obj),
                "figures": self.figures(obj),
                "open_items": self.open_items(obj),
                "cards": self.cards(obj),
                "panels": self.panels(obj),
                "steps": self.steps(obj),
                **self.history(obj),
                **self.buttons(obj),
                **self.pages.more_context(request, obj),
            },
            partial=self.pages.live_parts.get(request.GET.get("part", ""), ""),
        )

    def wants_timeline(self) -> bool:
        """Whether htmx asks for more of the timeline, or for another kind of it."""
        htmx = getattr(self.request, "htmx", None)
        return self.wants_partial() and str(htmx and htmx.target).startswith("timeline")

    def history(self, obj: Any) -> dict[str, Any]:
        """What happened to the row, where its pages tell it."""
        source = self.pages.timeline(self.request, obj)
        return history_of(self.request, self.pages.model, source) if source is not None else {}

    def figures(self, obj: Any) -> list[dict[str, Any]]:
        """The pages' own figures, and those of upper modules."""
        shown = self.pages.detail_figures(self.request, obj)
        for item in self.held(registry.row_figures(self.pages.model)):
            shown = [*shown, *item.figures(self.request, obj)]
        return shown

    def open_items(self, obj: Any) -> list[dict[str, Any]]:
        """What waits, by the modules that it belongs to; nothing where nothing waits."""
        return [
            {"key": item.key, "label": item.label, "icon": item.icon, **items}
            for item in self.held(registry.open_items(self.pages.model))
            if (items := item.items(self.request, obj))["rows"]
        ]

    def cards(self, obj: Any) -> list[dict[str, Any]]:
        """The boxes of upper modules."""
        return [
            {"key": item.key, "template": item.template, "card": card}
            for item in self.held(registry.cards(self.pages.model))
            if (card := item.context(self.request, obj)) is not None
        ]

    def steps(self, obj: Any) -> list[dict[str, Any]]:
        """What can be begun from here, filled with this row."""
        return [
            {"label": item.short, "icon": item.icon, "url": item.address(obj)}
            for item in self.held(registry.steps(self.pages.model))
            if item.fits(obj)
        ]

    def held(self, items: list[Any]) -> list[Any]:
        """Those of the contributions that are meant for this person."""
        return registry.held(items, self.request.user)

    def buttons(self, obj: Any) -> dict[str, Any]:
        """Edit and delete, where the person may and it makes sense."""
        user, model, pages = self.request.user, self.pages.model, self.pages
        edit = "edit" in pages.writes and user.has_perm(perm_of(model, "change"))
        drop = "delete" in pages.writes and user.has_perm(perm_of(model, "delete"))
        edit = edit and pages.may_change(obj) and pages.offers("change", obj, user)
        drop = drop and pages.may_delete(obj) and pages.offers("delete", obj, user)
        declared = verb_of(model, "delete")
        return {
            "edit_url": pages.url("edit", obj.pk) if edit else None,
            "edit_label": pages.edit_label(obj),
            "delete_url": pages.url("delete", obj.pk) if drop else None,
            "delete_label": declared.label if declared else _("Delete"),
        }

    def verbs(self, obj: Any) -> list[dict[str, Any]]:
        """The verbs that come next for this row."""
        return [
            {
                "name": verb.name,
                "label": verb.label,
                "icon": verb.icon,
                "tone": verb.tone,
                "primary": verb.is_primary_for(obj),
                "url": self.pages.url(verb.slug, obj.pk),
                "method_post": not verb.takes and not verb.confirm,
                "needs_form": bool(verb.takes or verb.confirm),
                "confirm": verb.confirm,
            }
            for verb in verbs_of(self.pages.model, on="object")
            if self.request.user.has_perm(verb.permission)
            and verb.offered_for(obj)
            and self.pages.offers(verb.name, obj, self.request.user)
        ]

    def sections(self, obj: Any) -> list[dict[str, Any]]:
        """Facts in groups; an empty one is left out."""
        sections = []
        for section in self.pages.sections:
            facts = self.facts(obj, section.names)
            if facts:
                # Nothing but numbers: they stand right, one below the other.
                numbers = all(fact["align"] == "num" for fact in facts)
                about = {"title": section.title, "wide": section.wide, "numbers": numbers}
                sections.append({**about, "facts": facts})
        return sections

    def facts(self, obj: Any, names: Sequence[str | Column]) -> list[dict[str, Any]]:
        """Values with their labels; what is empty or hidden from the person is left out."""
        hidden = hidden_names(obj, self.request.user)
        facts = []
        for entry in names:
            column = entry if isinstance(entry, Column) else Column(entry)
            if column.name in hidden:
                continue
            html = self.fact(obj, column)
            if html not in ("", None):
                label = column.label or label_of(self.pages.model, column.name)
                align = column.align or alignment(self.pages.model, column.name)
                facts.append({"label": label, "html": conditional_escape(html), "align": align})
        return facts

    def fact(self, obj: Any, column: Column) -> Any:
        """One value, as its column shows it."""
        if column.render:
            return column.render(obj)
        return display(obj, column.name, link=True, viewer=self.request.user)

    def panels(self, obj: Any) -> list[dict[str, Any]]:
        """What upper modules show about this row."""
        return [
            {
                "key": panel.key,
                "title": panel.label,
                "icon": panel.icon,
                "url": f"{reverse(panel.list)}?{panel.by}_id={obj.pk}",
                "count": None,
            }
            for panel in self.held(registry.panels(self.pages.model))
        ]


ModelPages.detail_page = DetailPage
