"""The list page: search, filters, order, sums, pages."""

from dataclasses import replace
from html import unescape
from typing import Any, cast
from urllib.parse import urlencode

from django.core.exceptions import BadRequest, ValidationError
from django.db import models
from django.db.models import Sum
from django.http import HttpRequest
from django.utils.formats import localize
from django.utils.html import conditional_escape, strip_tags
from django.utils.translation import gettext as _

from workmate.display import alignment, display, display_sum, label_of
from workmate.exports import TYPES, Read, export, value_reader
from workmate.permissions import hidden_names, perm_of
from workmate.pickers import PICK, make_picker, narrow
from workmate.registry import registry
from workmate.services import Actor
from workmate.verbs import verbs_of
from workmate.views.base import Column, ModelPages, Page
from workmate.views.state import COLUMNS, PASSING, SHEET, saved_views, shown, view_query
from workmate.views.window import PAGE_SIZE, Window

# What of an address leaves all rows in the list.
UNNARROWED = (*PASSING, COLUMNS, "ordering")


class ListPage(Page):
    """Search, filters, order, sums, pages."""

    kind = "list"

    def perm(self) -> str:
        """To view."""
        return perm_of(self.pages.model, "view")

    def get(self, request: HttpRequest) -> Any:
        """The list, or only its table for htmx."""
        rows = self.pages.rows(request.user)
        filterset, rows = self.filtered(rows)
        if PICK in request.GET:
            return self.page({"filterset": filterset})
        if "export" in request.GET and (filterset is None or filterset.is_valid()):
            return self.export(rows)
        if SHEET in request.GET and self.wants_partial():
            return self.page({"filterset": filterset}, partial="generic/_filter_sheet.html")
        table = self.table(rows)
        context = {
            "title": self.pages.many(),
            "crumbs": self.crumbs(),
            "table": table,
            "filterset": filterset,
            "page_obj": self.window,
            "search": request.GET.get("search", ""),
            "exports": self.export_links(),
            "empty": self.empty(),
        }
        if self.is_panel():
            context["panel_links"] = self.panel_links()
            return self.page(context, partial="generic/_panel.html")
        if not self.wants_partial():
            context |= {
                "chips": self.chips(filterset),
                **self.sheet(filterset),
                "quick": self.quick(),
                **self.state(),
                "figures": self.pages.figures(request, rows),
                "bulk_verbs": self.bulk_verbs([row["object"] for row in table["rows"]]),
                "bulk_url": self.pages.url("bulk", "verb").replace("/verb/", "/"),
                **self.buttons(),
            }
        return self.page(context, partial="generic/_table.html")

    def is_panel(self) -> bool:
        """Whether htmx asks for the list as a panel on another row's page."""
        return self.wants_partial() and self.request.htmx.target == "panel"  # type: ignore[attr-defined]

    def panel_links(self) -> list[dict[str, Any]]:
        """What can be done for the row on whose page the panel stands: add one to it."""
        new = self.buttons()
        if not new["new_url"]:
            return []
        return [{"label": new["new_label"], "icon": "plus", "url": self.narrowed(new["new_url"])}]

    def narrowed(self, url: str) -> str:
        """An address that also names the rows by which this list is narrowed (`customer_id`)."""
        of = {name: value for name, value in self.request.GET.items() if name.endswith("_id")}
        return f"{url}?{urlencode(of)}" if of else url

    def filtered(self, rows: Any) -> tuple[Any, Any]:
        """The filter form and the rows that it leaves; a bad value leaves none."""
        if self.pages.filter_class is None:
            return None, rows
        filterset = self.pages.filter_class(self.request.GET, queryset=rows, request=self.request)
        for name, field in list(filterset.form.fields.items()):
            make_picker(field)
            if name in {"search", self.pages.quick}:
                field.widget = field.hidden_widget()
        narrow(filterset.form, filterset.narrowed)
        if not filterset.is_valid():
            return filterset, rows.none()
        return filterset, filterset.qs

    def table(self, rows: Any) -> dict[str, Any]:
        """The window's rows as cells, with heads and sums."""
        columns = shown(self.columns(), self.request.GET)
        if COLUMNS in self.request.GET:
            # Whoever chose columns sees them on a phone, too.
            columns = [replace(column, css="", narrow="") for column in columns]
        labels = [column.label or label_of(self.pages.model, column.name) for column in columns]
        self.window = Window(self.request, rows)
        found = self.loaded(rows).window(self.window.first, PAGE_SIZE)
        pick = _("Select %(name)s")
        return {
            "caption": self.pages.many(),
            "columns": [self.head(column) for column in columns],
            "rows": [
                {
                    "object": obj,
                    "url": obj.get_absolute_url(),
                    "pick": pick % {"name": obj},
                    "cells": [
                        {**self.cell(obj, column), "label": label}
                        for column, label in zip(columns, labels, strict=True)
                    ],
                }
                for obj in found
            ],
            "sums": [
                {**cell, "label": label}
                for cell, label in zip(self.sum_cells(rows, columns) or (), labels, strict=False)
            ],
        }

    def loaded(self, rows: Any) -> Any:
        """The rows with whatever the columns show, so that none asks again."""
        return rows.for_list()

    def export(self, rows: Any) -> Any:
        """All the rows as a file. Answers 400 to an unknown format."""
        rows = self.loaded(rows)
        readers = file_columns(self.pages, rows, self.columns(), self.request.user)
        joined = [name for name in readers if name in keys_of(self.pages.model)]
        if joined:
            rows = rows.select_related(*joined)
        reads = [read for _label, read in readers.values()]
        try:
            return export(
                self.request.GET["export"],
                title=self.pages.many(),
                heads=[label for label, _read in readers.values()],
                rows=rows,
                line=lambda row: [read(row) for read in reads],
                by=self.request.user,
            )
        except ValidationError as error:
            raise BadRequest(" ".join(error.messages)) from error

    def export_links(self) -> list[dict[str, str]]:
        """The list as filtered and ordered, in each format."""
        query = self.request.GET.copy()
        query.pop("page", None)
        query.pop(SHEET, None)
        links = []
        for kind in TYPES:
            query["export"] = kind
            links.append({"label": kind.upper(), "url": f"{self.request.path}?{query.urlencode()}"})
        return links

    def columns(self) -> list[Column]:
        """The columns, without what the model conceals from the person."""
        hidden = hidden_names(self.pages.model(), self.request.user)
        columns = [
            column if isinstance(column, Column) else Column(column)
            for column in self.pages.columns
        ]
        return [column for column in columns if column.name not in hidden]

    def state(self) -> dict[str, Any]:
        """The columns to choose from, and the views that the person saved."""
        columns = self.columns()
        chosen = {column.name for column in shown(columns, self.request.GET)}
        route = str(self.request.resolver_match.view_name)  # type: ignore[union-attr]
        return {
            "column_choice": [
                {
                    "name": column.name,
                    "label": column.label or label_of(self.pages.model, column.name),
                    "is_shown": column.name in chosen,
                    "is_usual": not column.extra,
                }
                for column in columns[1:]
            ],
            "saved_views": saved_views(self.request, route),
            "view_page": route,
            "view_query": view_query(self.request.GET),
        }

    def head(self, column: Column) -> dict[str, Any]:
        """A column's head, with the address that sorts by it."""
        query = self.request.GET.copy()
        query.pop("page", None)
        order = column.order or column.name
        now = query.get("ordering", "")
        filter_class = self.pages.filter_class
        ordering = filter_class.base_filters.get("ordering") if filter_class else None
        sort_url = ""
        if ordering is not None and order in ordering.names:
            query["ordering"] = f"-{order}" if now == order else order
            sort_url = f"?{query.urlencode()}"
        direction = {order: "ascending", f"-{order}": "descending"}.get(now, "")
        return {
            "key": column.name,
            "label": column.label or label_of(self.pages.model, column.name),
            "align": column.align or alignment(self.pages.model, column.name),
            "css": column.css,
            "sort_url": sort_url,
            "sorted": direction,
        }

    def cell(self, obj: Any, column: Column) -> dict[str, Any]:
        """A cell: the value, and what stands small below it."""
        html = column.render(obj) if column.render else display(obj, column.name)
        return {
            "column": column,
            "html": conditional_escape(html),
            "sub": display(obj, column.sub) if column.sub else "",
            "narrow": display(obj, column.narrow) if column.narrow else "",
            "css": column.css,
            "align": column.align or alignment(self.pages.model, column.name),
        }

    def sum_cells(self, rows: Any, columns: list[Column]) -> list[dict[str, Any]] | None:
        """Sums over all filtered rows, not only over this page."""
        if not self.pages.sums:
            return None
        totals = rows.order_by().aggregate(
            **{f"sum_{name}": Sum(name, default=0) for name in self.pages.sums}
        )
        cells = []
        for column in columns:
            value = totals.get(f"sum_{column.name}")
            field = self.pages.model._meta.get_field(column.name) if value is not None else None
            cells.append(
                {
                    "column": column,
                    "css": column.css,
                    "align": alignment(self.pages.model, column.name),
                    "html": display_sum(field, value) if field is not None else "",
                }
            )
        return cells

    def quick(self) -> list[dict[str, Any]]:
        """One chip for each choice of the quick field."""
        name = self.pages.quick
        if not name:
            return []
        query = self.request.GET.copy()
        query.pop("page", None)
        now = query.pop(name, [""])[-1]
        chips = [{"label": _("All"), "url": f"?{query.urlencode()}", "current": not now}]
        field = self.pages.model._meta.get_field(name)
        for value, label in field.flatchoices:  # type: ignore[union-attr]
            query[name] = value
            chips.append({"label": label, "url": f"?{query.urlencode()}", "current": now == value})
        return chips

    def chips(self, filterset: Any) -> list[dict[str, Any]]:
        """The active filters, each with the address that removes it."""
        if filterset is None:
            return []
        chips = []
        form = filterset.form
        cleaned = getattr(form, "cleaned_data", {}) if form.is_bound and form.is_valid() else {}
        for name, value in cleaned.items():
            if name in {"search", "ordering", self.pages.quick} or value in (None, "", []):
                continue
            query = self.request.GET.copy()
            query.pop("page", None)
            query.pop(name, None)
            choices = (
                dict(getattr(form.fields[name], "choices", ()) or ())
                if not isinstance(value, models.Model)
                else {}
            )
            chips.append(
                {
                    "label": form.fields[name].label or filterset.filters[name].label or name,
                    "value": choices.get(str(value), display_plain(value)),
                    "remove_url": f"?{query.urlencode()}",
                }
            )
        return chips

    def sheet(self, filterset: Any) -> dict[str, Any]:
        """Where the fields of the filters are had, and what stands for them until they are.

        They are a quarter of a list's work and most of its weight, and seldom looked at.
        """
        if filterset is None:
            return {}
        query, form = self.request.GET.copy(), filterset.form
        is_open = bool(query.pop(SHEET, None)) or bool(form.errors)
        kept = [
            (field.name, value)
            for field in form.visible_fields()
            for value in query.getlist(field.name)
            if value and not is_open
        ]
        query.pop("page", None)
        closed = f"{self.request.path}?{query.urlencode()}"
        query[SHEET] = "open"
        return {
            "sheet_url": f"?{query.urlencode()}",
            "sheet_is_open": is_open,
            # With something wrong in it, it is open at any address.
            "sheet_close_url": closed if is_open and not form.errors else "",
            "kept_filters": kept,
        }

    def buttons(self) -> dict[str, Any]:
        """New, and the verbs of the whole list."""
        user, model = self.request.user, self.pages.model
        may_add = "new" in self.pages.writes and user.has_perm(perm_of(model, "add"))
        return {
            "new_url": self.pages.url("new") if may_add else None,
            "new_label": _("New %(name)s") % {"name": self.pages.one()},
            "list_verbs": [
                {"label": verb.label, "url": self.pages.url(verb.slug), "icon": verb.icon}
                for verb in verbs_of(model, on="list")
                if user.has_perm(verb.permission)
            ],
            "links": [
                {"label": link.label, "icon": link.icon, "url": url}
                for link in registry.list_links()
                if (url := link.url(model, cast(Actor, user)))
            ],
        }

    def bulk_verbs(self, rows: list[Any]) -> list[dict[str, Any]]:
        """Verbs without input that may be carried out on many rows, and fit one of these."""
        user, offers = self.request.user, self.pages.offers
        return [
            {"label": verb.label, "name": verb.slug, "icon": verb.icon, "tone": verb.tone}
            for verb in verbs_of(self.pages.model, on="object")
            if verb.bulk and not verb.takes and user.has_perm(verb.permission)
            if any(verb.offered_for(row) and offers(verb.name, row, user) for row in rows)
        ]

    def empty(self) -> dict[str, Any]:
        """What an empty list says: why nothing is left of it, else what belongs here."""
        query = self.request.GET
        narrowed = {name for name in query if query[name]} - set(UNNARROWED) - set(self.always())
        if narrowed and not self.is_panel():  # a panel is narrowed by its own row alone
            kept = urlencode(self.always())
            return {
                "title": _("Nothing matches"),
                "text": _("None of what is here fits your search and filters."),
                "all_url": f"{self.request.path}{'?' if kept else ''}{kept}",
            }
        title = _("No %(names)s yet") % {"names": self.pages.model._meta.verbose_name_plural}
        return {"title": title, "text": self.pages.empty_text, "all_url": ""}

    def always(self) -> dict[str, str]:
        """What of the address makes the list what it is, and narrows nothing."""
        return {}


def keys_of(model: type[models.Model]) -> set[str]:
    """The model's foreign keys."""
    return {field.name for field in model._meta.concrete_fields if field.is_relation}


def file_columns(
    pages: type[ModelPages], rows: Any, columns: list[Column], user: Any
) -> dict[str, tuple[str, Read]]:
    """What a file shows: the list's columns, then the other fields of the detail page.

    Each with its head and how it is read. Never what the model conceals from the person, and
    nothing of another row that is named as a whole further on.
    """
    model = pages.model
    fields = {field.name for field in model._meta.concrete_fields}
    hidden = hidden_names(model(), user)
    deferred = rows.query.deferred_loading[0]
    found = {}
    subs = set()
    for column in columns:
        label = column.label or label_of(model, column.name)
        found[column.name] = (str(label), file_reader(model, column))
        if column.sub.split("__")[0] in fields:
            sub = Column(column.sub)
            found[sub.name] = (label_of(model, sub.name), file_reader(model, sub))
            subs.add(sub.name)
    for section in pages.sections:
        for entry in section.names:
            column = entry if isinstance(entry, Column) else Column(entry)
            label = str(column.label or label_of(model, column.name))
            # The list may show the same under another name: hours for minutes.
            if column.name in fields - deferred and label not in dict(found.values()):
                found[column.name] = (label, value_reader(model, column.name))
                for name in subs:
                    if name.startswith(f"{column.name}__"):
                        found.pop(name, None)
    return {name: it for name, it in found.items() if name.split("__")[0] not in hidden}


def file_reader(model: type[models.Model], column: Column) -> Read:
    """How a column's value is read for a file: plain, or the words of what is shown."""
    if column.value is not None:
        return column.value
    read, render = value_reader(model, column.name), column.render
    if render is None:
        return read
    first = column.name.split("__")[0]

    def shown(row: Any) -> Any:
        value = read(row)
        if value is None and not hasattr(row, first):
            return unescape(strip_tags(str(render(row))))
        return value

    return shown


def display_plain(value: Any) -> str:
    """A filter's value in words."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(localize(value))


def figure(request: HttpRequest, label: str, value: str, **narrowed: str) -> dict[str, Any]:
    """A figure that links to the rows that make it up, within what is filtered already."""
    query = request.GET.copy()
    query.pop("page", None)
    for name, wanted in narrowed.items():
        query[name] = wanted
    return {"label": label, "value": value, "url": f"?{query.urlencode()}"}


ModelPages.list_page = ListPage
