"""The number series of all modules: how their numbers are written, and what comes next."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from workmate import services
from workmate.models import NumberCounter, NumberSequence, next_number
from workmate.registry import Series, Text, registry
from workmate.services import Actor


@dataclass(frozen=True)
class SeriesNow:
    """A series as it stands: its pattern, and the number that it gives next."""

    key: str
    label: Text
    pattern: str
    next: str


def series_now() -> list[SeriesNow]:
    """All series, also those of which no number was drawn yet. Two queries."""
    patterns = dict(NumberSequence.objects.values_list("key", "pattern"))
    counts = _counts()
    found = []
    for series in registry.in_order(Series):
        pattern = patterns.get(series.key, series.pattern)
        number = next_number(pattern, counts.get(series.key, {}))
        found.append(SeriesNow(series.key, series.label, pattern, number))
    return found


def preview_number(key: str, pattern: str) -> str:
    """The number that a series would give next by that pattern. Refuses what saving would."""
    if key not in {series.key for series in registry.in_order(Series)}:
        raise ValidationError(_("There is no such series."))
    row = NumberSequence.objects.filter(key=key).first() or NumberSequence(key=key)
    row.pattern = pattern
    row.full_clean()
    _refuse_rivals({key: pattern})
    return next_number(pattern, _counts(key).get(key, {}))


def change_patterns(wanted: dict[str, str], *, by: Actor | None) -> None:
    """Write the patterns of series, all or none; numbers that were drawn stay as they are.

    Raises ValidationError with the reasons by key: a pattern that cannot be read, or whose
    numbers could be those of another series.
    """
    wrong: dict[str, list[str]] = {}
    with services.acting(by):
        now = {line.key: line.pattern for line in series_now()}
        changed = {key: text for key, text in wanted.items() if now.get(key, text) != text}
        for key, pattern in changed.items():
            row = NumberSequence.objects.filter(key=key).first()
            try:
                _refuse_rivals({**now, **wanted}, key)
                if row is None:
                    services.create(NumberSequence, by=by, key=key, pattern=pattern)
                else:
                    services.change(row, by=by, pattern=pattern)
            except ValidationError as error:
                wrong[key] = error.messages
        if wrong:
            raise ValidationError(wrong)


def _refuse_rivals(wanted: dict[str, str], only: str = "") -> None:
    """Refuse numbers that could be those of a series of which none was drawn yet."""
    started = set(NumberSequence.objects.values_list("key", flat=True))
    waiting = [series for series in registry.in_order(Series) if series.key not in started]
    for key, pattern in wanted.items():
        if only and key != only:
            continue
        mine = NumberSequence(key=key, pattern=pattern)
        for other in waiting:
            theirs = NumberSequence(key=other.key, pattern=wanted.get(other.key, other.pattern))
            if other.key != key and mine.is_like(theirs):
                message = _("Such numbers could be those of another series: %(other)s.")
                raise ValidationError(message, params={"other": other.label})


def _counts(key: str = "") -> dict[str, dict[int, int]]:
    """The last number of each series, by year."""
    rows = NumberCounter.objects.order_by()
    if key:
        rows = rows.filter(sequence__key=key)
    found: dict[str, dict[int, int]] = {}
    for series, year, last in rows.values_list("sequence__key", "year", "last_number"):
        found.setdefault(series, {})[year] = last
    return found
