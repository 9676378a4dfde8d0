"""Cells of a file, and fields of a row, as texts and back."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import translation
from django.utils.formats import get_format
from django.utils.translation import gettext as _

from workmate.text import bare

Cell = str | int | float | bool | None

YES, NO = {"ja", "yes", "true", "wahr", "1", "x", "j", "y"}, {"nein", "no", "false", "falsch", "0"}


def as_typed(form: Any) -> dict[str, str]:
    """What a form that was just opened holds, as a browser would send it back."""
    found: dict[str, str] = {}
    for bound in form:
        value = bound.value()
        if isinstance(bound.field, forms.BooleanField):
            found[bound.name] = "on" if value else ""
        elif isinstance(bound.field, forms.ChoiceField):
            found[bound.name] = "" if value is None else str(getattr(value, "pk", value))
        elif not isinstance(bound.field, forms.FileField):
            shown = bound.field.widget.format_value(value)
            found[bound.name] = "" if shown is None else str(shown)
    return found


def text_of(cell: Cell) -> str:
    """A cell as a text; numbers as one types them in the language that is active."""
    if isinstance(cell, bool):
        return _("yes") if cell else _("no")
    if isinstance(cell, float):
        if cell.is_integer():
            return f"{cell:.0f}"
        return f"{cell:.10f}".rstrip("0").replace(".", str(get_format("DECIMAL_SEPARATOR")))
    return str(cell)


def yes_or_no(cell: Cell) -> str:
    """A box that is ticked or not. Raises ValidationError for what is neither yes nor no."""
    word = text_of(cell).strip().lower()
    word = "1" if cell is True else "0" if cell is False else word
    if word not in YES | NO:
        raise ValidationError(_("Either yes or no."))
    return "on" if word in YES else ""


def words_of(item: Any) -> dict[str, str]:
    """The values of a choice by their words in every language, bare."""
    found: dict[str, str] = {}
    for code, _language in settings.LANGUAGES:
        with translation.override(code):
            found |= {bare(str(label)): str(value) for value, label in item.choices if value != ""}
    # The value itself is understood, too.
    return found | {bare(str(value)): str(value) for value, _label in item.choices if value != ""}


def phrases(say: Callable[[], str]) -> set[str]:
    """What is said, in every language."""
    found = set()
    for code, _language in settings.LANGUAGES:
        with translation.override(code):
            found.add(say())
    return found


def plain_value(row: models.Model, name: str) -> Any:
    """A field's value as JSON has it: of a key the id."""
    value = getattr(row, row._meta.get_field(name).attname)  # type: ignore[union-attr]
    if value is None or isinstance(value, str | int | bool):
        return value
    return DjangoJSONEncoder().default(value)


def restored(model: type[models.Model], values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Field names with their values, as `plain_value` read them."""
    for name, value in values.items():
        item: Any = model._meta.get_field(name)
        if not item.is_relation:
            yield name, item.to_python(value)
        else:
            rows = item.related_model._base_manager
            yield name, None if value is None else rows.filter(pk=value).first()
