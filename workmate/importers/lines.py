"""Writing lines as a person: each in a savepoint of its own, through the module's form."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import DataError, models, transaction
from django.utils.translation import gettext as _

from workmate.importers.base import CREATE, SKIP, UPDATE, BaseImporter
from workmate.importers.cells import (
    Cell,
    as_typed,
    phrases,
    plain_value,
    text_of,
    words_of,
    yes_or_no,
)
from workmate.permissions import perm_of
from workmate.pickers import key_of
from workmate.text import bare

# Rows that a natural name is compared with, where it is none of the names that are looked up.
CLOSEST = 10


@dataclass(frozen=True)
class Written:
    """What came of a line: what was done, with which row, and how that one was before."""

    outcome: str
    row: models.Model | None = None
    before: dict[str, Any] = field(default_factory=dict)


class LineError(Exception):
    """A line that cannot be taken: what is wrong, by target (`""` for the line as a whole)."""

    def __init__(self, wrong: Mapping[str, Sequence[str]]) -> None:
        super().__init__(wrong)
        self.wrong = wrong


class LineWriter:
    """Writes lines of one file as a person: what was looked up for one line serves the next."""

    def __init__(self, importer: BaseImporter, *, by: Any, existing: str) -> None:
        self.importer, self.by, self.existing = importer, by, existing
        self.fields = importer.fields(by)
        blank = importer.form(by)
        self.form_fields = set(blank.fields)
        self.start = as_typed(blank)
        every: Any = importer.model._default_manager.all()
        self.rows = every.visible_to(by)
        self.seen: set[Hashable] = set()
        self.kept: dict[Any, Any] = {}
        self._read: dict[str, Callable[[Cell], str]] = {
            name: self._reader(name, item) for name, item in self.fields.items()
        }

    def remember(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """What was worked out under this key; made the first time. An error is remembered, too."""
        if key not in self.kept:
            try:
                self.kept[key] = make()
            except ValidationError as error:
                self.kept[key] = error
        found = self.kept[key]
        if isinstance(found, ValidationError):
            raise found
        return found

    def typed(self, cells: Mapping[str, Cell]) -> dict[str, str]:
        """The cells, by target, as one would type them; empty ones say nothing. Raises LineError.

        An empty one that is needed is typed as nothing, so that the form asks for it.
        """
        found, wrong = {}, {}
        for name, cell in cells.items():
            if name not in self._read:  # the person could still write it when the file was mapped
                wrong[name] = [_("There is no field “%(name)s”.") % {"name": name}]
                continue
            if cell is None or cell == "":
                if name in self.importer.needed:
                    found[name] = ""
                continue
            try:
                found[name] = self._read[name](cell)
            except ValidationError as error:
                wrong[name] = list(error.messages)
        if wrong:
            raise LineError(wrong)
        return found

    def write(self, cells: Mapping[str, Cell], *, dry: bool = False) -> Written:
        """Make or change the row of a line; with `dry` only try it. Raises LineError.

        In a savepoint of its own, so that a line that is refused leaves nothing behind.
        """
        typed = self.typed(cells)
        try:
            with transaction.atomic():
                written = self._written(typed, dry)
                if dry:
                    transaction.set_rollback(True)
        except ValidationError as error:
            raise self._told(error, cells) from error
        except (DataError, ArithmeticError) as error:  # no value for any column of the database
            raise LineError({"": [_("The database does not take this line.")]}) from error
        self.pass_by(typed)
        return written

    def pass_by(self, typed: Mapping[str, str]) -> None:
        """Keep in mind what a line was about, for the lines after it."""
        self.seen.update(self.importer.keys(typed, self))

    def _written(self, typed: dict[str, str], dry: bool) -> Written:
        importer = self.importer
        # Whose it is, is asked only of those who may write everybody's.
        owner = importer.owner if importer.owner not in self.form_fields else ""
        if owner and typed.get(owner) not in {None, "", str(self.by.pk)}:
            raise ValidationError({owner: importer.foreign})
        row = None
        if self.existing != CREATE:
            row = importer.row_of(self.rows, typed, self)
            if self.existing == SKIP and (row or self.seen & set(importer.keys(typed, self))):
                return Written("skipped", row)
        data = importer.fill(dict(typed), self)
        data.pop(owner, None)
        if row is not None:
            return self._changed(row, data)
        form = importer.form(self.by, data={**self.start, **data})
        made = form.write(by=self.by) if form.is_valid() else None
        if made is None:
            raise ValidationError(form.errors.as_data())
        if self.existing == UPDATE and self.seen & set(importer.keys(typed, self)):
            # The line before made it; in a trial that is gone again, and so is this one.
            return Written("updated", None if dry else made)
        return Written("created", made)

    def _changed(self, row: Any, data: dict[str, str]) -> Written:
        """Change what the line names, and nothing else of the row."""
        if not self.by.has_perm(perm_of(type(row), "change")):
            raise ValidationError(_("This is here already, and your role may not change it."))
        form = self.importer.form(self.by, instance=row)
        form = self.importer.form(self.by, instance=row, data={**as_typed(form), **data})
        if not form.is_valid():
            raise ValidationError(form.errors.as_data())
        names = [name for name in form.changed_data if name in data]
        if not names:
            return Written("skipped", row)
        # What the line does not name stays as it is, also where somebody changes it meanwhile.
        form.cleaned_data = {name: form.cleaned_data[name] for name in names}
        before = {name: plain_value(row, name) for name in names}
        changed = form.write(by=self.by)
        if changed is None:
            raise ValidationError(form.errors.as_data())
        return Written("updated", changed, before)

    def _told(self, error: ValidationError, cells: Mapping[str, Cell]) -> LineError:
        """A refusal, at the targets that have a column; else at the line as a whole."""
        if not hasattr(error, "error_dict"):
            return LineError({"": list(error.messages)})
        wrong: dict[str, list[str]] = {}
        for name, errors in error.error_dict.items():
            texts = [text for item in errors for text in item.messages]
            place = next((one for one in self.importer.blame(name) if one in cells), "")
            if not place and name != NON_FIELD_ERRORS and (item := self.fields.get(name)):
                texts = [f"{item.label}: {text}" for text in texts]
            wrong.setdefault(place, []).extend(texts)
        return LineError(wrong)

    def _reader(self, name: str, item: forms.Field) -> Callable[[Cell], str]:
        """How a cell is typed into that field."""
        if isinstance(item, forms.ModelChoiceField):
            return lambda cell: str(
                self.remember(("row", name, str(cell)), lambda: self._reference(name, str(cell)))
            )
        if isinstance(item, forms.BooleanField):
            return yes_or_no
        if isinstance(item, forms.ChoiceField):
            words = words_of(item)
            return lambda cell: words.get(bare(str(cell)), str(cell))
        return text_of

    def _reference(self, name: str, text: str) -> Any:
        """The key of the row that a text names. Raises ValidationError: none, or several."""
        item: Any = self.fields[name]
        if item.empty_label and text in phrases(lambda: str(item.empty_label)):
            return ""
        rows = item.queryset.order_by()
        if (key := key_of(text)) and rows.filter(pk=key).exists():
            return key
        for lookup in self.importer.references.get(name, ()):
            found = list(
                rows.filter(**{f"{lookup}__iexact": text}).values_list("pk", flat=True)[:2]
            )
            if len(found) > 1:
                raise ValidationError(_("“%(text)s” names several.") % {"text": text})
            if found:
                return found[0]
        close = item.queryset.search(text).best_first(text)[:CLOSEST]
        same = [row.pk for row in close if str(row).casefold() == text.casefold()]
        if len(same) > 1:
            raise ValidationError(_("“%(text)s” names several.") % {"text": text})
        if not same:
            raise ValidationError(
                _("There is no “%(text)s”, or you do not see it.") % {"text": text}
            )
        return same[0]
