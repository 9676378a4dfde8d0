"""Numbers as people type them."""

from contextlib import suppress
from decimal import Decimal, InvalidOperation

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from workmate.forms import LocalDateField, LocalDecimalField, parse_decimal


@pytest.mark.parametrize(
    ("language", "typed", "number"),
    [
        ("de", "1.234,50", "1234.50"),
        ("de", "1234,5", "1234.5"),
        ("de", "1234.5", "1234.5"),
        ("de", "1.234", "1234"),
        ("de", "1.234.567", "1234567"),
        ("de", "1,234.50", "1234.50"),
        ("de", "1 234,50 €", "1234.50"),
        ("de", "\u2212 19 %", "-19"),
        ("de", "1,234", "1.234"),
        ("de", ",5", "0.5"),
        ("en", "1,234.50", "1234.50"),
        ("en", "1.234,50", "1234.50"),
        ("en", "1,234", "1234"),
        ("en", "1,234,567", "1234567"),
        ("en", "1.234", "1.234"),
        ("en", "12,5", "12.5"),
    ],
)
def test_numbers_as_people_type_them(language: str, typed: str, number: str) -> None:
    with translation.override(language):
        assert parse_decimal(typed) == Decimal(number)


@pytest.mark.parametrize(
    "typed",
    [
        "NaN",
        "sNaN",
        "Infinity",
        "-inf",
        "1e5",
        "1_000",
        "٣",
        "1,2,3",
        "--1",
        "-",
        ".",
        "12a",
        "9" * 41,
    ],
)
def test_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(InvalidOperation):
        parse_decimal(typed)
    with pytest.raises(ValidationError):
        LocalDecimalField().clean(typed)


@given(st.text(max_size=20))
def test_any_text_is_a_finite_number_or_a_refusal(typed: str) -> None:
    with suppress(InvalidOperation):
        assert parse_decimal(typed).is_finite()


@given(
    st.decimals(min_value=-(10**9), max_value=10**9, places=2),
    st.sampled_from(["de", "en"]),
)
def test_what_a_form_shows_it_reads_back(number: Decimal, language: str) -> None:
    field = LocalDecimalField(max_digits=14, decimal_places=2)
    with translation.override(language):
        assert field.clean(field.prepare_value(number)) == number


def test_a_day_without_a_year_is_this_years() -> None:
    with translation.override("de"):
        day = LocalDateField().clean("1.12.")
        assert (day.day, day.month) == (1, 12)
