"""Forms: German dates and decimals understood, choices limited to what the person may see."""

import datetime as dt
import re
from collections.abc import Mapping
from copy import copy
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.db.models.fields import BLANK_CHOICE_DASH
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.functional import lazy
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from workmate import services
from workmate.history import last_change
from workmate.permissions import hidden_names
from workmate.pickers import make_picker, narrow
from workmate.verbs import Verb

SPACES = re.compile(r"[\s\u00a0\u202f€%]")
PLAIN_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)", re.ASCII)
# More than any column holds; thousands of digits are more than PostgreSQL can compare.
MAX_DIGITS = 40
# What Django's selects say where nothing is chosen, and what ours do.
DASHES = BLANK_CHOICE_DASH[0][1]
NOTHING_YET, NOTHING_CHOSEN = _("Please choose"), pgettext_lazy("choice", "None")
ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def parse_decimal(text: str) -> Decimal:
    """A number as typed: `1.234,50`, `1234.5`, `1 234,5`. Raises InvalidOperation.

    With both signs the last one is the decimal sign. A single sign followed by groups of exactly
    three digits stands for thousands where the language writes them so: the point in German, the
    comma in English. What Decimal takes besides (`NaN`, `1e5`, `1_000`) is no number that people
    type.
    """
    text = SPACES.sub("", text).replace("\u2212", "-")
    thousands = "." if (get_language() or "de").startswith("de") else ","
    if "," in text and "." in text:
        text = text.replace("." if text.rfind(",") > text.rfind(".") else ",", "")
    elif re.fullmatch(rf"[+-]?\d{{1,3}}(\{thousands}\d{{3}})+", text):
        text = text.replace(thousands, "")
    return plain_decimal(text.replace(",", "."))


def plain_decimal(text: str) -> Decimal:
    """A number of digits and a decimal point, no more. Raises InvalidOperation."""
    if len(text) > MAX_DIGITS or not PLAIN_NUMBER.fullmatch(text):
        raise InvalidOperation(text)
    return Decimal(text)


class LocalDecimalField(forms.DecimalField):
    """A decimal that understands what Germans type; `strict` takes a decimal point alone."""

    strict = False

    def __init__(self, **kwargs: Any) -> None:
        kwargs["widget"] = forms.TextInput(attrs={"inputmode": "decimal", "data-kind": "decimal"})
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        """The number; empty is None."""
        if isinstance(value, str) and value.strip():
            try:
                value = plain_decimal(value) if self.strict else parse_decimal(value)
            except InvalidOperation as error:
                raise ValidationError(
                    _("“%(value)s” is not a number. Example: %(example)s."),
                    code="invalid",
                    params={"value": value, "example": number_format(Decimal("1234.50"))},
                ) from error
        return super().to_python(value)

    def prepare_value(self, value: Any) -> Any:
        """Without trailing zeros beyond the cent."""
        if isinstance(value, Decimal):
            places = max(2 if self.decimal_places else 0, -_exponent(value))
            return number_format(value, decimal_pos=min(places, self.decimal_places or 0))
        return value


def _exponent(value: Decimal) -> int:
    exponent = value.normalize().as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


class LocalDateField(forms.DateField):
    """A date; `1.12.` means this year's. `strict` takes ISO alone."""

    strict = False

    def __init__(self, **kwargs: Any) -> None:
        kwargs["widget"] = forms.DateInput(attrs={"inputmode": "numeric", "data-kind": "date"})
        kwargs.setdefault("localize", True)
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> dt.date | None:
        """The date; empty is None."""
        if isinstance(value, str):
            value = value.strip()
            if self.strict and value and not ISO_DAY.fullmatch(value):
                message = _("A day such as 2025-01-31.")
                raise ValidationError(message, code="invalid")
            if re.fullmatch(r"\d{1,2}\.\d{1,2}\.?", value):
                value = f"{value.rstrip('.')}.{timezone.localdate().year}"
        return super().to_python(value)


def formfield_of(field: "models.Field[Any, Any]", **kwargs: Any) -> Any:
    """The form field of a model field: decimals, days and moments as people type them."""
    if isinstance(field, models.DecimalField) and not field.choices:
        return field.formfield(form_class=LocalDecimalField, **kwargs)
    if isinstance(field, models.DateField) and not isinstance(field, models.DateTimeField):
        return field.formfield(form_class=LocalDateField, **kwargs)
    if isinstance(field, models.DateTimeField):
        widget = forms.DateTimeInput(attrs={"inputmode": "numeric", "data-kind": "datetime"})
        return field.formfield(localize=True, widget=widget, **kwargs)
    if isinstance(field, models.TextField) and not field.choices:
        return field.formfield(widget=forms.Textarea(attrs={"rows": 3}), **kwargs)
    return field.formfield(**kwargs)


class BaseForm(forms.ModelForm):  # type: ignore[type-arg]
    """A form for one model. `parts` groups its fields under titles; it writes through services.

    What the model conceals from the writer is not offered. A form that was read before somebody
    else changed the row is refused once, with all that was typed; sent again it is taken.
    """

    parts: ClassVar[list[tuple[Any, Any, list[str]]]] = []
    # Which field's offers are narrowed by what is chosen in which other: contacts by customer.
    narrowed: ClassVar[dict[str, str]] = {}
    # Whether the model's `clean` says of each field what it does whatever the others hold.
    judges_each_field_alone: ClassVar[bool] = False

    class Meta:
        formfield_callback = formfield_of

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)
        for name in hidden_names(self.instance, user) & set(self.fields):
            del self.fields[name]
        for field in self.fields.values():
            limit_choices(field, user)
            name_empty_choice(field)
        narrow(self, self.narrowed)

    @property
    def stamp(self) -> str:
        """When the row was last changed, as the writer knows it; empty for a new one."""
        changed = getattr(self.instance, "updated_at", None)
        now = "" if self.instance._state.adding or changed is None else changed.isoformat()
        read: str = self.data.get("updated_at", "")
        return read if self.is_bound and not self.has_error(NON_FIELD_ERRORS, "stale") else now

    @property
    def read(self) -> Any:
        """The row that is to be as it was read; None of a new one, or where no stamp was sent."""
        is_new = self.instance._state.adding
        return None if is_new or not self.data.get("updated_at") else self.instance

    def _post_clean(self) -> None:
        """Whether somebody was faster; what is written is judged by the services, under the lock.

        A form without a stamp, such as a programme sends, is taken as it is.
        """
        if self.errors:
            self._tell_the_rest()
        changed = getattr(self.instance, "updated_at", None)
        read = self.data.get("updated_at")
        if read and changed and not self.instance._state.adding and read != changed.isoformat():
            self.add_error(None, ValidationError(self._who_was_faster(read), code="stale"))

    def _tell_the_rest(self) -> None:
        """What the model would refuse next, so that nobody mends a form in two rounds.

        What a service fills in is no fault yet, and files are left to the services.
        """
        trial, sound = copy(self.instance), {}
        for column in trial._meta.concrete_fields:
            value = self.cleaned_data.get(column.name)
            if column.name not in self.fields or column.name not in self.cleaned_data:
                continue
            is_filled_later = not self.fields[column.name].required and not column.blank
            if isinstance(column, models.FileField) or (
                is_filled_later and value in column.empty_values
            ):
                continue
            sound[column.name] = value
            setattr(trial, column.name, value)
        others = {column.name for column in trial._meta.concrete_fields} - set(sound)
        looks = [partial(trial.clean_fields, exclude=others)]
        if self.judges_each_field_alone:
            looks.append(trial.clean)
        for look in looks:
            try:
                look()
            except ValidationError as error:
                for name, found in getattr(error, "error_dict", {}).items():
                    if name in sound and name not in self.errors:
                        self.add_error(name, found)

    def _who_was_faster(self, read: str) -> str:
        """Who changed what since then, as far as it is known and this form shows it."""
        entry = last_change(self.instance, since=read)
        names = [name for name in entry.changes_dict if name in self.fields] if entry else []
        fields = ", ".join(str(self.fields[name].label or name) for name in names)
        text = _("Somebody has changed this since you opened it.")
        if entry and entry.actor and fields:
            text = _("%(who)s has changed this since you opened it: %(fields)s.")
        elif entry and entry.actor:
            text = _("%(who)s has changed this since you opened it.")
        who = entry.actor if entry else ""
        rest = _("Nothing has been saved yet. Save again to write what stands here.")
        return f"{text % {'who': who, 'fields': fields}} {rest}"

    def write(self, *, by: Any) -> Any:
        """Create or change the row through the services.

        Returns None where the services refuse; their errors then stand at the fields.
        """
        model = self._meta.model
        try:
            if self.instance._state.adding:
                return services.create(model, by=by, **self.cleaned_data)
            return services.change(self.instance, by=by, **self.cleaned_data)
        except ValidationError as error:
            self.take_errors(error)
            return None

    def take_errors(self, error: ValidationError) -> None:
        """Show a service's errors at this form's fields, or above them."""
        if getattr(error, "code", "") == "stale":
            # Somebody saved while this was being saved; sent once more, it is taken.
            error = ValidationError(self._who_was_faster(self.data["updated_at"]), code="stale")
            self.instance.refresh_from_db(fields=["updated_at"])
        show_errors(self, error)


def show_errors(form: forms.BaseForm, error: ValidationError) -> None:
    """Show a service's errors at the fields of a form, or above them."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, errors in error.error_dict.items():
        form.add_error(name if name in form.fields else None, errors)


def name_empty_choice(field: Any) -> None:
    """Let a select say in words what Django shows as dashes: that nothing is chosen yet, or at all.

    Which of both is asked when it is drawn: forms decide later what they require.
    """
    words = lazy(lambda: str(NOTHING_YET if field.required else NOTHING_CHOSEN), str)()
    if getattr(field, "empty_label", None) == DASHES:
        field.empty_label = words
    elif isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
        choices: Any = field.choices
        if not callable(choices) and ("", DASHES) in choices:
            field.choices = [(key, words if key == "" else label) for key, label in choices]


def limit_choices(field: forms.Field | None, user: Any) -> None:
    """Offer, in a choice of rows, only those that the person may see; among many by search."""
    queryset = getattr(field, "queryset", None)
    if queryset is not None and hasattr(queryset, "visible_to"):
        field.queryset = queryset.visible_to(user)  # type: ignore[union-attr]
        make_picker(field)


def fields_of(takes: "Mapping[str, models.Field[Any, Any]]", user: Any) -> dict[str, forms.Field]:
    """Form fields for a verb's unbound model fields."""
    made: dict[str, forms.Field] = {}
    for name, model_field in takes.items():
        if isinstance(model_field, models.ForeignKey):
            target: Any = model_field.remote_field.model
            field: Any = forms.ModelChoiceField(
                queryset=target._default_manager.all(),
                required=not model_field.blank,
                label=model_field.verbose_name,
                help_text=model_field.help_text,
            )
        else:
            bound = model_field.clone()
            bound.set_attributes_from_name(name)
            field = formfield_of(bound)
        limit_choices(field, user)
        name_empty_choice(field)
        made[name] = field
    return made


def verb_form(verb: Verb, data: Any, user: Any, initial: Any = None) -> forms.Form:
    """The form that asks for a verb's input."""
    form = forms.Form(data, initial=initial)
    form.fields.update(fields_of(verb.takes, user))
    return form
