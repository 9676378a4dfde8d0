"""Filters: one class a model, used by the page list and the API list alike."""

import datetime as dt
import zoneinfo
from typing import Any, ClassVar, cast

import django_filters
from django import forms
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_filters.widgets import BaseCSVWidget
from rest_framework import exceptions
from rest_framework.filters import BaseFilterBackend

from workmate.errors import to_api_error
from workmate.exports import TYPES
from workmate.forms import LocalDateField, LocalDecimalField
from workmate.querysets import BaseQuerySet

PAGING = {"skip", "limit", "page", "export"}
YES_OR_NO = {"true": True, "1": True, "false": False, "0": False}


class _YesNoSelect(forms.Select):
    """A select of yes and no that keeps what was typed into the address, so it can be refused."""

    def __init__(self, attrs: Any = None) -> None:
        super().__init__(
            attrs,
            choices=(
                ("", settings.FILTERS_EMPTY_CHOICE_LABEL),
                ("true", _("yes")),
                ("false", _("no")),
            ),
        )

    def format_value(self, value: Any) -> list[str]:
        """The option that is chosen."""
        known = YES_OR_NO.get(str(value).lower())
        return [] if known is None else [str(known).lower()]


class YesNoField(forms.NullBooleanField):
    """`true`, `false`, `1` or `0`; anything else is an error and not nothing."""

    widget = _YesNoSelect

    def to_python(self, value: Any) -> bool | None:  # type: ignore[override]
        """The answer; empty is None."""
        if value in (None, ""):
            return None
        found = YES_OR_NO.get(str(value).lower())
        if found is None:
            raise ValidationError(_("Either true or false."), code="invalid")
        return found


class BooleanFilter(django_filters.BooleanFilter):
    """Yes or no; the library's own takes a misspelt value for none."""

    field_class = YesNoField


class WordFilter(BooleanFilter):
    """The rows to which a word of their queryset applies (`overdue`), or the others.

    The word is the filter's own name where none is given.
    """

    def __init__(self, word: str = "", **kwargs: Any) -> None:
        self.word = word
        super().__init__(**kwargs)

    def filter(self, qs: Any, value: bool | None) -> Any:
        """Those, or the others; all where nothing was chosen."""
        if value is None:
            return qs
        rows = qs.model._default_manager.all()
        keys = getattr(rows, self.word or self.field_name)().order_by().values("pk")
        return qs.filter(pk__in=keys) if value else qs.exclude(pk__in=keys)


class DateFilter(django_filters.DateFilter):
    """A day: as people write it on pages, ISO alone in the API."""

    field_class = LocalDateField


# Days outside of these have no midnight that the database and every time zone could tell.
SENSIBLE_DAYS = [MinValueValidator(dt.date(1900, 1, 1)), MaxValueValidator(dt.date(2999, 12, 31))]


class FromDay(DateFilter):
    """What happened on that day of the person who asks, or later."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label=_("From"), validators=SENSIBLE_DAYS, **kwargs)

    def filter(self, qs: Any, value: dt.date | None) -> Any:
        """The rows of those days."""
        return qs.on_days(value, None, self.zone) if value else qs

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        """The time zone of the person who asks."""
        return zoneinfo.ZoneInfo(self.parent.request.user.timezone)


class ToDay(FromDay):
    """What happened on that day of the person who asks, or earlier."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label = _("To")

    def filter(self, qs: Any, value: dt.date | None) -> Any:
        """The rows of those days."""
        return qs.on_days(None, value, self.zone) if value else qs


class NumberFilter(django_filters.NumberFilter):
    """A number: as people write it on pages, with a decimal point in the API."""

    field_class = LocalDecimalField


class RelationFilter(django_filters.ModelChoiceFilter):
    """Rows whose foreign key points to one visible row: `customer_id=<uuid>`."""

    def __init__(self, to: type[models.Model], *args: Any, **kwargs: Any) -> None:
        self.to = to
        kwargs.setdefault("queryset", self.visible)
        kwargs.setdefault("label", to._meta.verbose_name)
        super().__init__(*args, **kwargs)

    def visible(self, request: Any) -> models.QuerySet[Any]:
        """What the person may choose."""
        rows = cast(BaseQuerySet, self.to._default_manager.all())
        return rows.visible_to(request.user) if request is not None else rows.none()


class _HiddenOrder(BaseCSVWidget, forms.HiddenInput):
    """The order in a form that sends it along: lists are sorted by their heads."""

    surrogate = forms.HiddenInput


class Ordering(django_filters.OrderingFilter):
    """`ordering=-total,name`: only by the names given, with the key as last resort."""

    def __init__(self, *names: str, **kwargs: Any) -> None:
        self.names = names
        kwargs.setdefault("fields", [(name, name) for name in names])
        kwargs.setdefault("label", _("Order"))
        kwargs.setdefault("widget", _HiddenOrder)
        super().__init__(**kwargs)

    def filter(self, qs: Any, value: Any) -> Any:
        """Order, stably: rows that are equal keep one order over all pages."""
        ordered = super().filter(qs, value)
        return ordered.order_by(*ordered.query.order_by, "pk") if value else ordered


class BaseFilter(django_filters.FilterSet):
    """Search, ordering, and what the module adds. Unknown parameters are errors.

    `strict` is the API's: dates and numbers as JSON has them, no local notation.
    """

    FILTER_DEFAULTS: ClassVar[dict[Any, Any]] = {
        **{
            field: {**default, "filter_class": NumberFilter}
            if default["filter_class"] is django_filters.NumberFilter
            else default
            for field, default in django_filters.FilterSet.FILTER_DEFAULTS.items()
        },
        models.BooleanField: {"filter_class": BooleanFilter},
        models.DateField: {"filter_class": DateFilter},
    }

    # Which filter's offers are narrowed by what is chosen in which other.
    narrowed: ClassVar[dict[str, str]] = {}

    search = django_filters.CharFilter(method="by_search", label=_("Search"))

    def __init__(self, *args: Any, strict: bool = False, **kwargs: Any) -> None:
        self.strict = strict
        super().__init__(*args, **kwargs)

    @property
    def form(self) -> Any:
        """The form that reads the parameters."""
        form = super().form
        for field in form.fields.values():
            if isinstance(field, LocalDateField | LocalDecimalField):
                field.strict = self.strict
        return form

    def by_search(self, queryset: Any, name: str, value: str) -> Any:
        """Every word must occur somewhere."""
        return queryset.search(value)

    @classmethod
    def unknown(cls, parameters: Any) -> list[str]:
        """The query parameters that no filter answers to."""
        known = set(cls.parameter_names()) | PAGING
        return sorted(name for name in parameters if name not in known)

    @classmethod
    def parameter_names(cls) -> list[str]:
        """All names that may stand in the address. Refuses filters over a range."""
        names = []
        for name, item in cls.base_filters.items():
            if isinstance(item, django_filters.RangeFilter | django_filters.DateFromToRangeFilter):
                raise ImproperlyConfigured("Name the two ends of a range as filters of their own.")
            names.append(name)
        return names


class FilterBackend(BaseFilterBackend):
    """The model's filter class; steps aside when no parameter is given."""

    def filter_queryset(self, request: Any, queryset: Any, view: Any) -> Any:
        """The filtered rows. Refuses unknown parameters and bad values."""
        parameters = request.query_params
        if not parameters or view.action not in view.filtered_actions:
            return queryset
        filter_class: type[BaseFilter] | None = view.filterset_class
        known = set(filter_class.parameter_names()) if filter_class else set()
        allowed = PAGING - {"page"} if view.action == "list" else PAGING - {"page", "export"}
        wrong = {}
        for name, values in parameters.lists():
            if name not in known | allowed:
                wrong[name] = [_("There is no such filter.")]
            elif len(values) > 1:
                wrong[name] = [_("Given more than once.")]
            elif name != "search" and not values[0].strip():
                wrong[name] = [_("A value is missing.")]
        if wrong:
            raise exceptions.ValidationError(wrong)
        if filter_class is None or not known & set(parameters):
            return queryset
        filterset = filter_class(parameters, queryset=queryset, request=request, strict=True)
        if not filterset.is_valid():
            raise to_api_error(ValidationError(filterset.errors.as_data()))
        return filterset.qs

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """The filters, with their types."""
        filter_class = getattr(view, "filterset_class", None)
        filters = filter_class.base_filters if filter_class else {}
        found: list[dict[str, Any]] = [
            {
                "name": name,
                "in": "query",
                "required": False,
                "description": str(item.label or ""),
                "schema": _parameter_schema(item),
            }
            for name, item in filters.items()
        ]
        if view.action == "list":
            found.append(
                {
                    "name": "export",
                    "in": "query",
                    "required": False,
                    "description": "All rows as a file, as filtered and ordered; no window then.",
                    "schema": {"type": "string", "enum": list(TYPES)},
                }
            )
        return found


def _parameter_schema(item: Any) -> dict[str, Any]:
    kind = type(item).__name__
    if kind == "Ordering":
        names = [*item.names, *(f"-{name}" for name in item.names)]
        return {"type": "string", "enum": names}
    if "ModelChoice" in kind or kind in {"RelationFilter", "UUIDFilter"}:
        return {"type": "string", "format": "uuid"}
    if isinstance(item, BooleanFilter):
        return {"type": "boolean"}
    if isinstance(item, DateFilter):
        return {"type": "string", "format": "date"}
    if kind == "NumberFilter":
        return {"type": "number"}
    choices = item.extra.get("choices")
    if choices and not callable(choices):
        return {"type": "string", "enum": [value for value, _label in choices]}
    return {"type": "string"}
