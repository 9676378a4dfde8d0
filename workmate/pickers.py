"""Choices among many rows: a field that searches as one types.

A page that shows a form also answers what may be chosen in one of its fields: `?pick=customer&q=…`
at the page's own address. So the right is the page's, and the rows are the very ones that the
field takes. Without scripts the field is a select of the first rows with a line to search in.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any, cast
from uuid import UUID

from django import forms
from django.db.models import Case, Value, When
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from workmate.registry import registry
from workmate.text import fold, marked, typed

PICK = "pick"
# So many rows are offered at a time; without scripts a select has to hold more.
OFFERED, LISTED = 12, 50


class Picker(forms.Select):
    """A select that holds the chosen row and the first others; scripts make it search."""

    # Stands behind the select, for whoever has no scripts.
    search_template = "workmate/_picker_search.html"
    # Choices that are no rows, and stand before them: (value, label).
    fixed: Sequence[tuple[str, Any]] = ()

    def shown(self, chosen: UUID | None, text: str) -> Iterator[tuple[Any, Any]]:
        """The options: what is chosen in front, else what was searched for. One query."""
        choices: Any = self.choices
        if choices.field.empty_label is not None:
            yield "", choices.field.empty_label
        yield from self.fixed
        rows = choices.queryset
        if chosen is not None:
            first = Case(When(pk=chosen, then=Value(0)), default=Value(1))
            rows = rows.order_by(first, *rows.model._meta.ordering)
        elif text:
            rows = found(rows, text)
        for row in rows[:LISTED]:
            yield choices.choice(row)

    def optgroups(self, name: str, value: list[str], attrs: Any = None) -> list[Any]:
        """The groups of options that are rendered."""
        given = next((str(item) for item in value if item), "")
        chosen, every = key_of(given), self.choices
        is_fixed = given in dict(self.fixed)
        self.choices = list(self.shown(chosen, "" if chosen or is_fixed else typed(given)))
        try:
            return super().optgroups(name, value, attrs)
        finally:
            self.choices = every

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The select, and a line to search in."""
        select = super().render(name, value, attrs, renderer)
        return select + render_to_string(self.search_template, {"name": name})

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """What was chosen; without scripts also the one row that a typed text finds."""
        value = super().value_from_datadict(data, files, name)
        text = typed(str(data.get(f"{name}-search") or ""))
        if value or not text:
            return value
        choices: Any = self.choices
        rows = found(choices.queryset, text)[:2]
        return str(rows[0].pk) if len(rows) == 1 else text


def make_picker(field: forms.Field | None) -> None:
    """Let a field search where it is a select of rows of which there may be many."""
    if not isinstance(field, forms.ModelChoiceField) or type(field.widget) is not forms.Select:
        return
    queryset: Any = field.queryset
    entity = registry.entity_of(queryset.model)
    if entity is None or entity.few:
        return
    picker = Picker({**field.widget.attrs, **picker_attrs()})
    picker.is_required = field.widget.is_required
    field.widget = picker
    cast(Any, picker).choices = field.choices


def picker_attrs() -> dict[str, Any]:
    """What the script needs of a select in order to make it search."""
    return {
        "data-picker": True,
        "data-none": _("Nothing matches"),
        "data-some": _("{n} to choose from"),
        "data-failed": _("The search does not answer. Please try again."),
    }


def narrow(form: Any, names: dict[str, str]) -> None:
    """Tell each picker by which other field its offers are narrowed."""
    for name, by in names.items():
        field = form.fields.get(name)
        if field is not None and by in form.fields and isinstance(field.widget, Picker):
            field.widget.attrs["data-narrowed-by"] = form.add_prefix(by)


def field_of(context: Any, name: str) -> Any:
    """The field of that name in a page's form, filters or rows of forms; None without one."""
    forms_shown: list[Any] = [context.get("form"), getattr(context.get("filterset"), "form", None)]
    for form in forms_shown:
        for own, field in getattr(form, "fields", {}).items():
            if form.add_prefix(own) == name:
                return field
    formset = context.get("formset")
    row = formset and re.fullmatch(rf"{re.escape(formset.prefix)}-\d+-(\w+)", name, re.ASCII)
    return formset.empty_form.fields.get(row[1]) if row else None


def offers(request: HttpRequest, response: Any) -> HttpResponse:
    """What may be chosen in the field `?pick=` of the form that a page shows, best first.

    A field in a row of many is named as it stands in the page: `lines-3-product`. Answers 404
    where the page shows no such field.
    """
    field = field_of(getattr(response, "context_data", None) or {}, request.GET[PICK])
    if field is None or not isinstance(field.widget, Picker):
        raise Http404
    return offers_of(request, field)


def offers_of(request: HttpRequest, field: Any) -> HttpResponse:
    """What may be chosen in a field that searches, as its rows or the field itself say."""
    text = typed(request.GET.get("q", ""))
    if not hasattr(field, "queryset"):
        return TemplateResponse(request, "workmate/_offers.html", {"options": field.offers(text)})
    rows: Any = field.queryset
    if by := field.widget.attrs.get("data-narrowed-by"):
        name = by.rpartition("-")[2].removesuffix("_id")
        if key := key_of(request.GET.get(f"{name}_id", "")):
            rows = rows.filter(**{name: key})
    words = [fold(word) for word in text.split()]
    options: list[dict[str, Any]] = [
        {"value": value, "label": label, "html": marked(str(label), words), "hint": ""}
        for value, label in field.widget.fixed
        if all(word in fold(str(label)) for word in words)
    ]
    for row in (found(rows, text) if text else rows).for_list()[:OFFERED]:
        label = field.label_from_instance(row)
        hint = getattr(row, "hint", "")
        options.append(
            {"value": row.pk, "label": label, "html": marked(label, words), "hint": hint}
        )
    return TemplateResponse(request, "workmate/_offers.html", {"options": options})


def found(rows: Any, text: str) -> Any:
    """The rows in which every word of the text occurs, best first."""
    return rows.search(text).best_first(text)


def key_of(text: Any) -> UUID | None:
    """The key that was chosen; None for anything else."""
    try:
        return UUID(str(text))
    except ValueError:
        return None
