"""The base of every importer: which columns there can be, and what is particular about a model."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.conf import settings
from django.db import models
from django.utils import translation
from django.utils.functional import Promise

from workmate.forms import BaseForm, limit_choices
from workmate.importers.cells import as_typed
from workmate.text import bare

if TYPE_CHECKING:
    from workmate.importers.lines import LineWriter

Text = str | Promise

SKIP, UPDATE, CREATE = "skip", "update", "create"


@dataclass(frozen=True)
class Target:
    """What a column of a file can be: a field of the form, or something it is worked out from."""

    name: str
    label: str
    is_needed: bool
    help: str = ""


class BaseImporter:
    """How lines become rows of one model.

    What a form refuses is refused here; what it does not ask of a person cannot be imported.
    """

    form_class: ClassVar[type[BaseForm]]
    # What may be done with a line whose row is here already.
    choices: ClassVar[tuple[str, ...]] = (SKIP, UPDATE)
    # By which names a row of another model is found: `{"customer": ("customer_number", "name")}`.
    references: ClassVar[Mapping[str, Sequence[str]]] = {}
    # Further headings by which a target is recognised.
    headings: ClassVar[Mapping[str, Sequence[str]]] = {}
    # Form fields that no file fills.
    left_out: ClassVar[frozenset[str]] = frozenset()
    # Needed although the form starts with a value; and what may stand in a needed one's stead.
    needed: ClassVar[frozenset[str]] = frozenset()
    instead: ClassVar[Mapping[str, Sequence[str]]] = {}
    # The field that says whose a row is, where the form asks it only of some; what others read.
    owner: ClassVar[str] = ""
    foreign: ClassVar[Text] = ""
    # Models whose rows are a part of a row, and go with it.
    parts: ClassVar[tuple[type[models.Model], ...]] = ()

    @property
    def model(self) -> type[models.Model]:
        """Whose rows they become."""
        found: type[models.Model] = self.form_class._meta.model
        return found

    def form(self, user: Any, **options: Any) -> Any:
        """The form that a line is filled into."""
        return self.form_class(user=user, **options)

    def further(self, user: Any) -> dict[str, forms.Field]:
        """Targets that are no fields of the form; `fill` makes fields of them."""
        return {}

    def fill(self, typed: dict[str, str], line: "LineWriter") -> dict[str, str]:
        """The form's fields from what the targets hold. Raises ValidationError, by target."""
        return typed

    def keys(self, typed: Mapping[str, str], line: "LineWriter") -> list[Hashable]:
        """What makes a row the same as another: of two lines, and of a line and a row."""
        return []

    def row_of(self, rows: Any, typed: Mapping[str, str], line: "LineWriter") -> Any:
        """The row, of those given, that a line is about; None where it is new.

        Raises ValidationError, by target, where it could be several.
        """
        return None

    def blame(self, name: str) -> Sequence[str]:
        """The targets at which the form's error of a field is told; the first that has a column."""
        return (name, *self.instead.get(name, ()))

    def fields(self, user: Any) -> dict[str, forms.Field]:
        """Every target with its field."""
        form = self.form(user)
        found = {
            name: field
            for name, field in form.fields.items()
            if not isinstance(field, forms.FileField) and not self.leaves_out(name)
        }
        if self.owner and self.owner not in found:
            model_field: Any = self.model._meta.get_field(self.owner)
            found[self.owner] = model_field.formfield(required=False)
            limit_choices(found[self.owner], user)
        return found | self.further(user)

    def leaves_out(self, name: str) -> bool:
        """Whether no file fills that field of the form."""
        return name in self.left_out

    def targets(self, user: Any) -> list[Target]:
        """What the columns can be, as that person may write."""
        start = as_typed(self.form(user))
        return [
            Target(
                name,
                str(field.label or name),
                name in self.needed or (field.required and not start.get(name)),
                str(field.help_text),
            )
            for name, field in self.fields(user).items()
        ]

    def missing(self, mapped: Sequence[str], user: Any) -> list[Target]:
        """Needed targets for which there is no column, nor one that may stand in its stead."""
        return [
            target
            for target in self.targets(user)
            if target.is_needed
            and not {target.name, *self.instead.get(target.name, ())} & set(mapped)
        ]

    def guess(self, columns: Sequence[str], user: Any) -> dict[str, str]:
        """Which column is what, by its heading in any language: `{heading: target}`."""
        known = self._names(user)
        found: dict[str, str] = {}
        for column in columns:
            target = known.get(bare(column))
            if target and target not in found.values():
                found[column] = target
        return found

    def _names(self, user: Any) -> dict[str, str]:
        """Every heading that is recognised, bare, with its target; a label goes before others."""
        model_fields = {item.name: item for item in self.model._meta.concrete_fields}
        labels: dict[str, str] = {}
        others: dict[str, str] = {}
        for code, _language in settings.LANGUAGES:
            with translation.override(code):
                for name, item in self.fields(user).items():
                    labels.setdefault(bare(str(item.label or name)), name)
                    if name in model_fields:
                        others.setdefault(bare(str(model_fields[name].verbose_name)), name)
                        others.setdefault(bare(str(model_fields[name].column)), name)
                    for heading in (name, *self.headings.get(name, ())):
                        others.setdefault(bare(heading), name)
        return others | labels
