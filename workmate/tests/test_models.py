"""Number series: unique and gapless, also when many draw at once and some give up."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from workmate.models import NumberCounter, NumberSequence, draw_number
from workmate.tests.threads import at_once, failures

PATTERN = "RE-{year}-{n:03d}"
DAY = dt.date(2026, 3, 1)


def test_numbers_run_on_and_begin_anew_each_year() -> None:
    drawn = [draw_number("t", pattern=PATTERN, on=DAY) for _number in range(3)]
    assert drawn == ["RE-2026-001", "RE-2026-002", "RE-2026-003"]
    assert draw_number("t", pattern=PATTERN, on=dt.date(2027, 1, 1)) == "RE-2027-001"
    assert draw_number("t", pattern=PATTERN, on=DAY) == "RE-2026-004"


def test_numbers_without_a_year_never_begin_anew() -> None:
    first = draw_number("t", pattern="K{n:04d}", on=DAY)
    second = draw_number("t", pattern="K{n:04d}", on=dt.date(2030, 1, 1))
    assert [first, second] == ["K0001", "K0002"]


def test_series_do_not_disturb_each_other() -> None:
    assert draw_number("a", pattern="A{n}") == "A1"
    assert draw_number("b", pattern="B{n}") == "B1"
    assert draw_number("a", pattern="A{n}") == "A2"


def test_more_digits_than_the_pattern_has_are_written_in_full() -> None:
    draw_number("t", pattern="{n:02d}")
    NumberCounter.objects.update(last_number=99)
    assert draw_number("t", pattern="{n:02d}") == "100"


def test_an_edited_pattern_holds_from_then_on() -> None:
    draw_number("t", pattern=PATTERN, on=DAY)
    NumberSequence.objects.filter(key="t").update(pattern="R{year}/{n}")
    assert draw_number("t", pattern=PATTERN, on=DAY) == "R2026/2"


def test_a_number_that_was_rolled_back_is_drawn_again() -> None:
    draw_number("t", pattern=PATTERN, on=DAY)
    with transaction.atomic():
        draw_number("t", pattern=PATTERN, on=DAY)
        transaction.set_rollback(True)
    assert draw_number("t", pattern=PATTERN, on=DAY) == "RE-2026-002"


@pytest.mark.parametrize(
    "pattern", ["RE", "{n}{n}", "{n!r}", "{n.__class__}", "{x}-{n}", "{n:9d}", "a b{n}", "{n", ""]
)
def test_a_pattern_without_one_plain_number_is_refused(pattern: str) -> None:
    with pytest.raises(ValidationError) as error:
        NumberSequence(key="t", pattern=pattern).full_clean()
    assert "pattern" in error.value.error_dict


@pytest.mark.parametrize("pattern", ["{n}", "RE-{year}-{n:03d}", "{year}/{n:06d}_X"])
def test_a_pattern_that_an_accountant_would_write_is_taken(pattern: str) -> None:
    NumberSequence(key="t", pattern=pattern).full_clean()


class GiveUpError(Exception):
    """What a failed transaction ends with."""


@pytest.mark.django_db(transaction=True)
def test_fifty_at_once_draw_every_number_once_though_some_give_up() -> None:
    def draw(gives_up: bool) -> str:
        with transaction.atomic():
            number = draw_number("t", pattern="{n}")
            if gives_up:
                raise GiveUpError
            return number

    results = at_once(*[lambda gives_up=n % 5 == 0: draw(gives_up) for n in range(50)])
    assert {type(error) for error in failures(results)} == {GiveUpError}
    drawn = [int(result) for result in results if isinstance(result, str)]
    assert sorted(drawn) == list(range(1, 41))
