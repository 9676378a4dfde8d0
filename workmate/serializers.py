"""Serializers: the specification's column names, decimals as strings, one plan per class."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from operator import attrgetter
from typing import Any, ClassVar, cast

import orjson
from django.db import models
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.fields import SkipField
from rest_framework.utils.html import is_html_input

from workmate.errors import stale, to_api_error
from workmate.models import BaseModel
from workmate.permissions import NOBODY, hidden_names
from workmate.verbs import Verb

# How a field's value is read from a row; None where the field itself must be asked.
Step = Callable[[Any], Any] | None


class VisibleRelatedField(serializers.PrimaryKeyRelatedField[Any]):
    """A foreign key by id; only rows that the person may see exist."""

    def get_queryset(self) -> Any:
        """What the person may point to."""
        queryset = super().get_queryset()
        request = self.context.get("request")
        if queryset is not None and request is not None and hasattr(queryset, "visible_to"):
            return queryset.visible_to(request.user)
        return queryset


class MomentField(serializers.DateTimeField):
    """A moment; at the ends of the calendar it has no time in other zones, and is refused."""

    def enforce_timezone(self, value: Any) -> Any:
        """The moment in the zone of the person who asks."""
        try:
            return super().enforce_timezone(value)
        except OverflowError:
            self.fail("overflow")


class PlainText(serializers.CharField):
    """A text; the library trims before it measures, and the description says nothing of that."""

    def to_internal_value(self, data: Any) -> str:
        """Refuse what is too long as it was sent."""
        most = self.max_length
        if most is not None and isinstance(data, str) and len(data) > most:
            message = str(self.error_messages["max_length"]).format(max_length=most)
            raise serializers.ValidationError(message, code="max_length")
        return super().to_internal_value(data)


class PlainBoolean(serializers.BooleanField):
    """True or false; the library takes 0, "no" and the like, which the description does not."""

    def to_internal_value(self, data: Any) -> bool:
        """Refuse what is no JSON boolean; a form has nothing but texts."""
        if not isinstance(data, bool) and not is_html_input(getattr(self.root, "initial_data", {})):
            self.fail("invalid", input=data)
        return super().to_internal_value(data)


# Fields whose value is the JSON as it stands in the row.
RAW_FIELDS: tuple[type[serializers.Field[Any, Any, Any, Any]], ...] = (
    serializers.CharField,
    PlainText,
    serializers.ChoiceField,
    serializers.IntegerField,
    serializers.BooleanField,
    PlainBoolean,
    serializers.DateTimeField,
    MomentField,
    serializers.DateField,
    serializers.UUIDField,
    serializers.FloatField,
    serializers.JSONField,
    serializers.EmailField,
    serializers.URLField,
)


class PlainDecimal(serializers.DecimalField):
    """A decimal; the library takes an empty text for null, and so for "all that is open"."""

    def validate_empty_values(self, data: Any) -> tuple[bool, Any]:
        """Refuse an empty text."""
        if isinstance(data, str) and not data.strip():
            self.fail("invalid")
        return super().validate_empty_values(data)


class MoneyValue(serializers.DecimalField):
    """A computed amount in EUR: always a string with two decimals."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 16)
        kwargs.setdefault("decimal_places", 2)
        kwargs.setdefault("read_only", True)
        super().__init__(**kwargs)


class HoursValue(serializers.DecimalField):
    """Computed hours: a string with two decimals."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=12, decimal_places=2, read_only=True, **kwargs)


class YearSerializer(serializers.Serializer):  # type: ignore[type-arg]
    """What was invoiced in one year; credit notes count against it."""

    year = serializers.IntegerField()
    count = serializers.IntegerField()
    subtotal = MoneyValue()
    total = MoneyValue()


class Concealing:
    """Leaves out what a row's model conceals from the person who asks (`concealed_from`)."""

    context: Mapping[str, Any]

    def concealed(self, obj: Any) -> frozenset[str]:
        """The fields of this row that this person may not see."""
        request = self.context.get("request")
        return hidden_names(obj, request.user if request is not None else NOBODY)

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """The row without what is concealed."""
        data: dict[str, Any] = super().to_representation(instance)  # type: ignore[misc]
        for name in self.concealed(instance):
            data.pop(name, None)
        return data


class BaseSerializer(Concealing, serializers.ModelSerializer):  # type: ignore[type-arg]
    """A serializer of the house.

    `fields` names columns as the specification does: `customer_id` is the foreign key `customer`.
    Rules are the model's and the services' work; a serializer only checks shapes. What a row
    must not show to this person is named by `concealed`, and can neither be written by them.
    """

    serializer_related_field = VisibleRelatedField
    serializer_field_mapping = {
        **serializers.ModelSerializer.serializer_field_mapping,
        models.BooleanField: PlainBoolean,
        models.CharField: PlainText,
        models.DecimalField: PlainDecimal,
        models.DateTimeField: MomentField,
    }
    _plans: ClassVar[dict[type, list[tuple[str, Step]]]] = {}

    def build_field(self, field_name: str, info: Any, model_class: Any, nested_depth: int) -> Any:
        """Let a foreign key's column name stand for it."""
        relation = self._relation(field_name)
        if relation is not None and relation.name != field_name:
            field_class, kwargs = super().build_field(
                relation.name, info, model_class, nested_depth
            )
            kwargs["source"] = relation.name
        else:
            field_class, kwargs = super().build_field(field_name, info, model_class, nested_depth)
        if relation is not None:
            # Uniqueness is the model's rule: asked once, in `full_clean`, under the lock.
            kwargs.pop("validators", None)
        return field_class, kwargs

    def build_standard_field(self, field_name: str, model_field: Any) -> Any:
        """Without unique validators: they would ask the database a second time."""
        field_class, kwargs = super().build_standard_field(field_name, model_field)
        kwargs["validators"] = [
            item
            for item in kwargs.get("validators", [])
            if type(item).__name__ != "UniqueValidator"
        ]
        if not kwargs["validators"]:
            del kwargs["validators"]
        return field_class, kwargs

    def get_unique_together_validators(self) -> list[Any]:
        """None: constraints are checked by the model."""
        return []

    def get_unique_for_date_validators(self) -> list[Any]:
        """None: constraints are checked by the model."""
        return []

    def _relation(self, column: str) -> Any:
        model = cast(type[models.Model], self.Meta.model)
        for field in model._meta.concrete_fields:
            if field.column == column and isinstance(field, models.ForeignKey):
                return field
        return None

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """The row as JSON-ready values, after the plan that was made once for the class.

        Building a serializer's fields costs as much as reading its rows: `fields` is asked for
        only where a value needs its field.
        """
        plan = self._plans.get(type(self))
        if plan is None:
            plan = self._plans[type(self)] = [
                (name, _step(field)) for name, field in self.fields.items() if not field.write_only
            ]
        data = {
            name: step(instance) if step else self._asked(instance, name) for name, step in plan
        }
        for name in self.concealed(instance):
            data.pop(name, None)
        return data

    def _asked(self, instance: Any, name: str) -> Any:
        field = self.fields[name]
        try:
            value = field.get_attribute(instance)
        except SkipField:
            return None
        return None if value is None else field.to_representation(value)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse what would otherwise be ignored: unknown fields, and read-only ones changed.

        A field that is concealed from the person does not exist for them either.
        A read-only field may be sent back as it was read, so that GET, edit, PUT works; an
        `updated_at` that is no longer the row's tells that somebody else was faster: 409.
        """
        given = getattr(self, "initial_data", None)
        if not isinstance(given, Mapping) or self.parent is not None:
            return attrs
        row = self.instance if self.instance is not None else self.Meta.model()
        known = set(self.fields) - self.concealed(row)
        wrong: dict[str, Any] = {name: unknown_field() for name in given if name not in known}
        now = self.to_representation(self.instance) if self.instance is not None else {}
        for name, field in self.fields.items():
            if not field.read_only or name not in given or name in wrong:
                continue
            if _same(now.get(name), given[name]):
                continue
            if name == "updated_at" and name in now:
                raise to_api_error(stale())
            wrong[name] = serializers.ErrorDetail(
                _("This field cannot be written."), code="read_only"
            )
        if wrong:
            raise serializers.ValidationError(wrong)
        return attrs


def unknown_field() -> serializers.ErrorDetail:
    """What is said of a field that does not exist (or that the person may not even see)."""
    return serializers.ErrorDetail(_("There is no such field."), code="unknown")


def _same(mine: Any, given: Any) -> bool:
    """Whether a value that came back is the one that went out."""
    try:
        back = orjson.dumps(given)
    except orjson.JSONEncodeError:  # nested deeper than anything that went out
        return False
    return orjson.dumps(mine, default=str, option=orjson.OPT_UTC_Z) == back


def _step(field: serializers.Field[Any, Any, Any, Any]) -> Step:
    """How a field's value is read from a row: by attribute where that is all it takes."""
    source = field.source or ""
    if not source or "." in source or source == "*":
        return None
    if isinstance(field, serializers.PrimaryKeyRelatedField) and not field.pk_field:
        return attrgetter(f"{source}_id")
    if isinstance(field, serializers.DecimalField):
        quantum = Decimal(1).scaleb(-(field.decimal_places or 0))

        def decimal(row: Any) -> Any:
            value = getattr(row, source)
            return None if value is None else str(value.quantize(quantum))

        return decimal
    return attrgetter(source) if type(field) in RAW_FIELDS else None


class ErrorItem(serializers.Serializer):  # type: ignore[type-arg]
    """One error."""

    code = serializers.CharField()
    detail = serializers.CharField()
    attr = serializers.CharField(allow_null=True)


class ErrorBody(serializers.Serializer):  # type: ignore[type-arg]
    """The one shape of every error."""

    type = serializers.ChoiceField(choices=["validation_error", "client_error", "server_error"])
    errors = ErrorItem(many=True)  # type: ignore[assignment]

    class Meta:
        ref_name = "Error"


@extend_schema_field(OpenApiTypes.OBJECT)
class AnyObject(serializers.JSONField):
    """Free JSON."""


class VerbInput(serializers.Serializer):  # type: ignore[type-arg]
    """What a verb takes; anything else is refused."""

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse unknown fields."""
        unknown = [name for name in self.initial_data if name not in self.fields]
        if unknown:
            raise serializers.ValidationError({name: unknown_field() for name in unknown})
        return attrs


def verb_serializer(verb: Verb) -> type[serializers.Serializer[Any]]:
    """The serializer for a verb's input, made from its unbound model fields."""
    built: dict[str, Any] = {}
    for name, model_field in verb.takes.items():
        if isinstance(model_field, models.ForeignKey):
            target: Any = model_field.remote_field.model
            built[f"{name}_id"] = VisibleRelatedField(
                source=name,
                queryset=target._default_manager.all(),
                required=not model_field.blank,
                allow_null=model_field.null,
                help_text=model_field.help_text or None,
            )
            continue
        bound = model_field.clone()
        bound.set_attributes_from_name(name)
        bound.model = BaseModel  # of no table: DRF looks there for constraints
        field_class, kwargs = BaseSerializer().build_standard_field(name, bound)
        kwargs.pop("model_field", None)
        built[name] = field_class(**kwargs)
    title = "".join(part.title() for part in verb.name.split("_"))
    return type(f"{verb.model.__name__}{title}Input", (VerbInput,), built)
