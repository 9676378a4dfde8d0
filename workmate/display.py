"""How values are shown on pages: money, hours, dates, status, links."""

import datetime as dt
from functools import cache
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.html import conditional_escape, format_html, linebreaks
from django.utils.safestring import mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from workmate.fields import HoursField, MoneyField, PriceField, QuantityField, RateField
from workmate.permissions import perm_of
from workmate.templatetags.workmate import format_money, status

NBSP = "\u00a0"


def status_of(obj: Any, name: str = "status") -> dict[str, str] | None:
    """The status as word, tone and shape; None where the model has none."""
    value = getattr(obj, name, None)
    looks = getattr(obj, "status_looks", {})
    if value is None or not looks:
        return None
    tone, shape = looks.get(str(value), ("", "ring"))
    label = str(getattr(obj, f"get_{name}_display")())
    return {"label": label, "tone": tone, "shape": shape}


def status_html(look: dict[str, str]) -> str:
    """The status word with its shape and colour."""
    return status(look)


def display(obj: Any, name: str, *, link: bool = False, viewer: Any = None) -> str:
    """A field's or property's value as safe HTML; `customer__name` follows keys.

    With `link` another row's name leads to its page, unless the viewer may not see such rows.
    """
    *path, last = name.split("__")
    for part in path:
        obj = getattr(obj, part, None)
        if obj is None:
            return ""
    value = getattr(obj, last, None)
    if callable(value) and not isinstance(value, models.Manager):
        value = value()
    if value is None or value == "":
        return ""
    field = _field_of(obj.__class__, last)
    if last == "status" and getattr(obj, "status_looks", None):
        return status_html(status_of(obj) or {})
    if field is not None and getattr(field, "flatchoices", None):
        return str(conditional_escape(capfirst(str(getattr(obj, f"get_{last}_display")()))))
    if viewer is not None and isinstance(value, models.Model):
        link = link and viewer.has_perm(perm_of(type(value), "view"))
    return value_html(value, field, link=link)


@cache
def _field_of(model: type[models.Model], name: str) -> Any:
    """The field; None for a property, which is asked for in each row of a list."""
    try:
        return model._meta.get_field(name)
    except FieldDoesNotExist:
        return None


def value_html(value: Any, field: Any = None, *, link: bool = False) -> str:
    """A value as safe HTML, after its field's kind or its own type."""
    if isinstance(field, MoneyField | PriceField):
        return str(conditional_escape(format_money(value)))
    if isinstance(field, RateField):
        return f"{number_format(value.normalize(), use_l10n=True)}{NBSP}%"
    if isinstance(field, QuantityField | HoursField):
        return str(number_format(value, decimal_pos=2, use_l10n=True, force_grouping=True))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dt.datetime):
        return date_format(timezone.localtime(value), "DATETIME_FORMAT")
    if isinstance(value, dt.date):
        return date_format(value, "DATE_FORMAT")
    if isinstance(value, models.Model):
        url = getattr(value, "get_absolute_url", str)() if link else ""
        if url:
            return format_html('<a href="{}">{}</a>', url, value)
        return str(conditional_escape(str(value)))
    if link and isinstance(field, models.EmailField):
        return format_html('<a href="mailto:{0}">{0}</a>', value)
    if link and isinstance(field, models.TextField):
        return mark_safe(linebreaks(value, autoescape=True))  # noqa: S308  linebreaks escapes
    return str(conditional_escape(str(value)))


def label_of(model: type[models.Model], name: str) -> str:
    """A column's head: the field's verbose name, or the property's own words."""
    last: Any = model
    for part in name.split("__"):
        try:
            field = last._meta.get_field(part)
        except FieldDoesNotExist:  # a property: its label is given by the column
            return capfirst(part.replace("_", " "))
        last = getattr(field, "related_model", None) or last
    return capfirst(str(getattr(field, "verbose_name", name)))


def alignment(model: type[models.Model], name: str) -> str:
    """Numbers stand right; a choice or a day is one word, which no narrow column may break."""
    field = _field_of(model, name)  # a property's alignment is given by the column
    if getattr(field, "flatchoices", None) or type(field) is models.DateField:
        return "nowrap"
    numeric = (models.DecimalField, models.IntegerField, models.FloatField)
    return "num" if isinstance(field, numeric) else ""


def display_sum(field: Any, value: Any) -> str:
    """A sum, shown as its field's values are."""
    holder = field.model()
    setattr(holder, field.attname, value)
    return display(holder, field.name)
