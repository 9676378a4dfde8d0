"""The base of every model, and the number series."""

import datetime as dt
import re
from collections.abc import Iterator
from functools import cache
from typing import Any, ClassVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.urls import NoReverseMatch, get_script_prefix, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from workmate.fields import UUID7Field
from workmate.querysets import BaseQuerySet

# Letters, digits and - / _ as DATEV's Belegfeld 1 takes them, with {year} and the one {n}.
PATTERN = re.compile(
    r"(?:[A-Za-z0-9_\-/]|\{year\})*\{n(?::0[1-9]d)?\}(?:[A-Za-z0-9_\-/]|\{year\})*"
)

# What differs from number to number of one series.
CHANGING = re.compile(r"\{n(?::0[1-9]d)?\}|\{year\}|\d")
# As many characters as the columns for numbers hold, and a count that no series reaches.
LONGEST_NUMBER, HIGHEST_COUNT = 50, 999_999_999

# Of texts for which their field names no end: longer ones would make every list slow that has them.
LONGEST_TEXT = 20_000

EXAMPLE = UUID(int=0)


def address_of(route: str, pk: UUID | None) -> str:
    """The address of a row; empty once it is deleted. Raises NoReverseMatch.

    To look a route up takes as long as reading a row: lists do it once, not for each row.
    """
    return _pattern_of(route, get_script_prefix()).format(pk) if pk else ""


@cache
def _pattern_of(route: str, _prefix: str) -> str:
    return reverse(route, args=[EXAMPLE]).replace(str(EXAMPLE), "{}")


class BaseModel(models.Model):
    """A row with a UUID and the times at which it came about and was last changed."""

    id = UUID7Field(_("ID"), primary_key=True)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True, editable=False)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True, editable=False)

    # Status value -> (tone, shape), for the status word on pages.
    status_looks: ClassVar[dict[str, tuple[str, str]]] = {}

    objects = BaseQuerySet.as_manager()

    class Meta:
        abstract = True

    def get_absolute_url(self) -> str:
        """The object's page; empty where it has none."""
        meta = self._meta
        try:
            return address_of(f"{meta.app_label}:{meta.model_name}-detail", self.pk)
        except NoReverseMatch:
            return ""

    def clean_fields(self, exclude: Any = None) -> None:
        """Check each field, without asking again for related rows that were just read.

        Serializer, form or service has loaded them; one that is deleted in this very moment is
        refused by the foreign key itself. Saves one query per relation. Refuses endless texts.
        """
        super().clean_fields({*(exclude or ()), *self._read_relations()})
        message = _("At most %(most)s characters.") % {"most": LONGEST_TEXT}
        wrong = {
            field.name: ValidationError(message, code="max_length")
            for field in _open_texts(type(self))
            if len(getattr(self, field.attname) or "") > LONGEST_TEXT
            if field.name not in (exclude or ())
        }
        if wrong:
            raise ValidationError(wrong)

    def validate_unique(self, exclude: Any = None) -> None:
        """Check uniqueness, but not of a new row's key: a fresh UUID is taken by nobody.

        Should it be, the insert is refused by the primary key. Saves one query per insert.
        """
        super().validate_unique({*(exclude or ()), "id"} if self._state.adding else exclude)

    def stands_as_it_was(self, *names: str) -> bool:
        """Whether these columns are stored with the values that they have here.

        Asked where a rule came later than a row: its other changes shall not fail on it.
        """
        if self._state.adding:
            return False
        as_it_is = {name: getattr(self, name) for name in names}
        return type(self)._base_manager.filter(pk=self.pk, **as_it_is).exists()

    def _read_relations(self) -> Iterator[str]:
        """The foreign keys whose row is at hand, as it stands in the database."""
        for field in self._meta.concrete_fields:
            if not isinstance(field, models.ForeignKey) or field.get_limit_choices_to():
                continue
            if not field.is_cached(self):
                continue
            row = field.get_cached_value(self)
            # Assigning another id drops the cached row, so this is the one that is saved.
            if row is not None and not row._state.adding and row.pk == getattr(self, field.attname):
                yield field.name


@cache
def _open_texts(model: type[BaseModel]) -> list["models.Field[Any, Any]"]:
    """The texts of a model whose fields say nothing of their length."""
    return [
        field
        for field in model._meta.concrete_fields
        if type(field) is models.TextField
        and not any(isinstance(item, MaxLengthValidator) for item in field.validators)
    ]


class NumberSequence(BaseModel):
    """A number series: its key, and the pattern after which its numbers are written."""

    key = models.CharField(_("key"), max_length=100, unique=True, editable=False)
    pattern = models.CharField(
        _("pattern"),
        max_length=60,
        help_text=_("{n:03d} is the running number, {year} the year: RE-{year}-{n:03d}."),
    )

    class Meta:
        ordering = ["key"]
        verbose_name = _("number series")
        verbose_name_plural = _("number series")

    def __str__(self) -> str:
        return f"{self.key}: {self.pattern}"

    def clean(self) -> None:
        """Refuse a pattern without the one running number, or with anything else in braces.

        Also one whose numbers would be too long, or could be those of another series of the same
        module: at the first number that both draw, one of them would stand still for good.
        """
        if not PATTERN.fullmatch(self.pattern):
            raise ValidationError(
                {"pattern": _("This pattern cannot be read. Example: RE-{year}-{n:03d}.")}
            )
        if len(self.pattern.format(n=HIGHEST_COUNT, year=2999)) > LONGEST_NUMBER:
            message = _("Such numbers would have more than %(most)s characters.")
            raise ValidationError({"pattern": message % {"most": LONGEST_NUMBER}})
        if other := self.rival():
            message = _("Such numbers could be those of another series: %(other)s.")
            raise ValidationError({"pattern": message % {"other": other}})

    def rival(self) -> "NumberSequence | None":
        """A series of the same module whose numbers differ from these in nothing but digits."""
        module = self.key.partition(".")[0]
        others = NumberSequence.objects.filter(key__startswith=f"{module}.").exclude(pk=self.pk)
        return next((one for one in others if self.is_like(one)), None)

    def is_like(self, other: "NumberSequence") -> bool:
        """Whether another series of the same module could give the same numbers."""
        if self.key.partition(".")[0] != other.key.partition(".")[0]:
            return False
        return CHANGING.sub("", self.pattern) == CHANGING.sub("", other.pattern)


class NumberCounter(models.Model):
    """The last number that was drawn from a series, in a year or (year 0) ever."""

    sequence = models.ForeignKey(NumberSequence, on_delete=models.CASCADE, related_name="counters")
    year = models.PositiveSmallIntegerField(default=0)
    last_number = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["sequence", "year"]
        verbose_name = _("number counter")
        verbose_name_plural = _("number counters")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["sequence", "year"], name="one_counter_a_year")
        ]

    def __str__(self) -> str:
        return f"{self.sequence.key} {self.year}: {self.last_number}"


def next_number(pattern: str, counts: dict[int, int], on: dt.date | None = None) -> str:
    """The number that a pattern gives next, told beforehand: `counts` are the last ones by year."""
    year = (on or timezone.localdate()).year
    last = counts.get(year if "{year" in pattern else 0, 0)
    return pattern.format(n=last + 1, year=year)


def draw_number(key: str, *, pattern: str, on: dt.date | None = None) -> str:
    """The next number of a series, drawn under a row lock: unique, and gapless when rolled back.

    Must run inside a transaction: the counter's row stays locked until its end. Raises
    ValidationError where another series was given the pattern that a new one starts with.
    """
    sequence, made = NumberSequence.objects.get_or_create(key=key, defaults={"pattern": pattern})
    if made and (other := sequence.rival()):
        message = _("“%(pattern)s” would give numbers of another series: %(other)s.")
        raise ValidationError(message, params={"pattern": pattern, "other": other})
    day = on or timezone.localdate()
    year = day.year if "{year" in sequence.pattern else 0
    NumberCounter.objects.bulk_create(
        [NumberCounter(sequence=sequence, year=year)], ignore_conflicts=True
    )
    counter: Any = NumberCounter.objects.select_for_update().get(sequence=sequence, year=year)
    counter.last_number += 1
    counter.save(update_fields=["last_number"])
    return sequence.pattern.format(n=counter.last_number, year=day.year)
