"""Filters: strict in the API, forgiving on pages, never silent."""

from decimal import Decimal
from importlib import import_module
from typing import Any

import django_filters
import pytest
from django.conf import settings
from django.utils import translation

from employees.models import Employee
from workmate.filters import BaseFilter, BooleanFilter, DateFilter, NumberFilter

LENIENT = {
    django_filters.BooleanFilter: BooleanFilter,
    django_filters.DateFilter: DateFilter,
    django_filters.NumberFilter: NumberFilter,
}


class PersonFilter(BaseFilter):
    """One filter of each kind that reads texts."""

    day = DateFilter(field_name="hire_date")
    cost = NumberFilter(field_name="cost_rate")

    class Meta:
        model = Employee
        fields = ["notifications_enabled", "hire_date", "cost_rate"]


def read(data: dict[str, str], *, strict: bool) -> tuple[dict[str, Any], set[str]]:
    """What a filter makes of the parameters: the values, and the names of those it refuses."""
    found = PersonFilter(data, queryset=Employee.objects.all(), strict=strict)
    refused = set(found.errors)
    return {name: found.form.cleaned_data.get(name) for name in data}, refused


@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize(
    ("typed", "value"),
    [("true", True), ("True", True), ("1", True), ("false", False), ("FALSE", False), ("0", False)],
)
def test_yes_and_no_are_understood(typed: str, value: bool, strict: bool) -> None:
    assert read({"notifications_enabled": typed}, strict=strict) == (
        {"notifications_enabled": value},
        set(),
    )


@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize("typed", ["2", "banana", "yes", "None", "unknown"])
def test_what_is_neither_yes_nor_no_is_refused(typed: str, strict: bool) -> None:
    assert read({"notifications_enabled": typed}, strict=strict)[1] == {"notifications_enabled"}


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("day", "31.03.2025"),
        ("day", "3/31/2025"),
        ("day", "2025-3-1"),
        ("day", "1.3."),
        ("hire_date", "31.03.2025"),
        ("day", "２０２５-03-01"),
        ("cost", "1,5"),
        ("cost", "1.234,50"),
        ("cost", "NaN"),
        ("cost", "1e5"),
        ("cost", "1_000"),
        ("cost", "٣"),
        ("cost_rate", "1,5"),
        ("cost", "0." + "1" * 20_000),
    ],
)
def test_the_api_reads_no_local_notation(name: str, typed: str) -> None:
    assert read({name: typed}, strict=True)[1] == {name}


def test_pages_read_what_people_type() -> None:
    with translation.override("de"):
        values, refused = read({"day": "31.3.2025", "cost": "1.234,50"}, strict=False)
    assert not refused
    assert (str(values["day"]), values["cost"]) == ("2025-03-31", Decimal("1234.50"))
    assert read({"day": "2025-03-31"}, strict=False)[1] == set()
    assert read({"cost": "0." + "1" * 20_000}, strict=False)[1] == {"cost"}


def test_a_chosen_answer_is_shown_as_chosen() -> None:
    for typed, shown in {
        "false": '<option value="false" selected',
        "banana": 'value="" selected',
    }.items():
        form = PersonFilter({"notifications_enabled": typed}, queryset=Employee.objects.all()).form
        assert (shown in str(form["notifications_enabled"])) == (typed != "banana"), str(
            form["notifications_enabled"]
        )


@pytest.mark.parametrize("module", settings.MODULES)
def test_every_filter_is_the_houses_own(module: str) -> None:
    for found in vars(import_module(f"{module}.filters")).values():
        if not (isinstance(found, type) and issubclass(found, BaseFilter)):
            continue
        for name, item in found.base_filters.items():
            better = LENIENT.get(type(item))
            hint = f"{found.__name__}.{name}: use workmate.filters.{better and better.__name__}"
            assert better is None, hint
