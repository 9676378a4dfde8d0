"""What a row is linked to: a field that searches among the objects of every kind.

Its value names kind and id, `Invoice:0195…`. An id alone stands for the object with that id.
"""

from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple, cast
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from workmate.forms import BaseForm
from workmate.palette import found_rows
from workmate.pickers import Picker, key_of, picker_attrs
from workmate.registry import Entity, registry
from workmate.text import fold, marked, typed

# So many of each kind are offered at a time; in a plain select no more either.
EACH = 5


class Link(NamedTuple):
    """Which object: the name of its class, and its id."""

    kind: str
    pk: UUID

    def __str__(self) -> str:
        return f"{self.kind}:{self.pk}"


def link_to(row: models.Model) -> Link:
    """The link that leads to a row."""
    return Link(row._meta.object_name or "", row.pk)


def label_of(row: models.Model) -> str:
    """The row behind the word for its kind: `Customer: Nordlicht GmbH`."""
    entity = registry.entity_of(type(row))
    known = entity is not None and entity.known_by_name
    return str(row) if known else f"{_kind_of(row)}: {row}"


def _kind_of(row: models.Model) -> str:
    return capfirst(str(row._meta.verbose_name))


class LinkPicker(Picker):
    """A select that holds what is linked; scripts make it search among all kinds."""

    field: Any = None

    def optgroups(self, name: str, value: list[str], attrs: Any = None) -> list[Any]:
        """The groups of options that are rendered."""
        given = next((str(item) for item in value if item), "")
        self.choices = [("", _("nothing")), *self.field.shown(given)]
        return forms.Select.optgroups(self, name, value, attrs)

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """What was chosen; without scripts also the one object that a typed text finds."""
        value = forms.Select.value_from_datadict(self, data, files, name)
        text = typed(str(data.get(f"{name}-search") or ""))
        if value or not text:
            return value
        rows = self.field.found(text)
        return str(link_to(rows[0])) if len(rows) == 1 else text


class LinkField(forms.Field):
    """An object of any kind that the person sees, or none. `without` names kinds left out.

    What is linked already stays, though the person may not see it (any more).
    """

    widget = LinkPicker

    def __init__(self, *, without: Sequence[str] = (), **kwargs: Any) -> None:
        self.without = without
        self.user: Any = None
        self.now: Link | None = None
        super().__init__(required=False, **kwargs)

    def offer_to(self, user: Any, now: Link | None) -> None:
        """Whose field it is, and what is linked at the moment."""
        self.user, self.now = user, now
        self.widget.field = self
        empty = {"data-empty": _("Type a name or a number.")}
        self.widget.attrs = {**self.widget.attrs, **picker_attrs(), **empty}

    @property
    def kinds(self) -> list[Entity]:
        """The kinds among which it searches."""
        return [entity for entity in registry.linkable() if entity.key not in self.without]

    def found(self, text: str) -> list[models.Model]:
        """The objects that a text finds, the best kind first."""
        return [row for rows in found_rows(self.user, text, EACH, self.kinds) for row in rows]

    def offers(self, text: str) -> list[dict[str, Any]]:
        """What may be chosen, as the list below the field shows it."""
        words = [fold(word) for word in text.split()]
        return [
            {
                "value": link_to(row),
                "label": label_of(row),
                "html": marked(str(row), words),
                "hint": " · ".join(filter(None, (_kind_of(row), str(getattr(row, "hint", ""))))),
            }
            for row in self.found(text)
        ]

    def shown(self, given: str) -> list[tuple[str, Any]]:
        """The options of the plain select: what is chosen, or what a typed text finds."""
        link = self.link_of(given)
        if link is None:
            text = "" if key_of(given.rpartition(":")[2]) else typed(given)
            return [(str(link_to(row)), label_of(row)) for row in self.found(text)]
        row = registry.row(link.kind, link.pk, self.user)
        label = label_of(row) if row is not None else _("something that you cannot see")
        return [(str(link), label)]

    def link_of(self, value: Any) -> Link | None:
        """The link that a value names, if it is there already or the person sees the object."""
        kind, _sep, key = str(value or "").rpartition(":")
        pk = key_of(key)
        if pk is None:
            return None
        if self.now is not None and self.now.pk == pk and kind in ("", self.now.kind):
            return self.now
        for entity in self.kinds:
            if kind in ("", entity.key) and registry.row(entity.key, pk, self.user) is not None:
                return Link(entity.key, pk)
        return None

    def prepare_value(self, value: Any) -> Any:
        """A link as text; what an address names by its id alone, with its kind."""
        link = value if isinstance(value, Link) else self.link_of(value)
        return str(link) if link else value

    def to_python(self, value: Any) -> Link | None:
        """The link; None without one. Refuses what is not there or not seen."""
        if value in self.empty_values:
            return None
        link = self.link_of(value)
        if link is None:
            raise ValidationError(_("There is no such object."), code="not_found")
        return link


class LinkedForm(BaseForm):
    """A form for a row that may belong to an object of any kind (`linked_entity_id`)."""

    linked: ClassVar[str] = "linked_entity_id"

    class Meta(BaseForm.Meta):
        pass  # of its own: django-stubs does not come to an end without

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields.get(self.linked)
        if field is not None:
            row = self.instance
            now = row.linked_entity_id and Link(row.linked_entity_type, row.linked_entity_id)
            field.offer_to(self.user, now or None)
            # What an address names and nobody sees is not there.
            self.initial[self.linked] = field.link_of(self.initial.get(self.linked))

    def clean(self) -> dict[str, Any]:
        """Kind and id, as the services take them."""
        values = cast(dict[str, Any], super().clean())
        if self.linked in values:
            link = values[self.linked]
            values["linked_entity_type"], values[self.linked] = link or ("", None)
        return values
