"""What a dashboard's configuration may hold."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from dashboards.layout import COLUMNS, MAX_WIDGETS, arranged, check_config
from dashboards.models import Dashboard
from dashboards.tests.factories import make_dashboard, widget
from employees.models import Employee

DEEP: Any = []
for _level in range(500):
    DEEP = [DEEP]

HOSTILE: list[tuple[Any, str]] = [
    (None, "$"),
    ([], "$"),
    ({}, "$"),
    ({"widgets": None}, "$.widgets"),
    ({"widgets": [], "more": 1}, "$"),
    ({"widgets": ["time_tracker"]}, "$.widgets[0]"),
    ({"widgets": [{"type": "time_tracker"}]}, "$.widgets[0]"),
    ({"widgets": [widget("nothing")]}, "$.widgets[0].type"),
    ({"widgets": [widget("bell")]}, "$.widgets[0].type"),
    ({"widgets": [widget(7)]}, "$.widgets[0].type"),
    ({"widgets": [widget("a" * 1000)]}, "$.widgets[0].type"),
    ({"widgets": [widget("hours", x=True)]}, "$.widgets[0].position.x"),
    ({"widgets": [widget("hours", x=1.0)]}, "$.widgets[0].position.x"),
    ({"widgets": [widget("hours", x=float("nan"))]}, "$.widgets[0].position.x"),
    ({"widgets": [widget("hours", w=float("inf"))]}, "$.widgets[0].position.w"),
    ({"widgets": [widget("hours", x="1")]}, "$.widgets[0].position.x"),
    ({"widgets": [widget("hours", x=-1)]}, "$.widgets[0].position.x"),
    ({"widgets": [widget("hours", x=8, w=5)]}, "$.widgets[0].position.w"),
    ({"widgets": [widget("hours", y=199, h=2)]}, "$.widgets[0].position.h"),
    ({"widgets": [widget("hours", h=10**30)]}, "$.widgets[0].position.h"),
    ({"widgets": [widget("hours"), widget("revenue", x=5)]}, "$.widgets[1].position"),
    ({"widgets": [widget("hours", y=4 * row) for row in range(MAX_WIDGETS + 1)]}, "$.widgets"),
    ({"widgets": [None] * 100_000}, "$.widgets"),
    ({"widgets": DEEP}, "$.widgets[0]"),
]


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_a_hostile_configuration_is_refused_at_its_path(number: int) -> None:
    config, path = HOSTILE[number]
    with pytest.raises(ValidationError) as refused:
        check_config(config)
    assert refused.value.message_dict["config_json"][0].startswith(f"{path}: ")


def test_the_example_of_the_specification_side_by_side_is_taken() -> None:
    check_config({"widgets": [widget("time_tracker"), widget("hours", x=6)]})


def test_arranging_keeps_places_and_fills_rows_without_overlap() -> None:
    before = {"widgets": [widget("hours", x=3, y=2, w=4, h=2)]}
    config = arranged(["hours", "time_tracker", "revenue", "open_invoices"], before)
    check_config(config)
    assert config["widgets"][0] == before["widgets"][0]
    assert all(row["position"]["x"] + row["position"]["w"] <= COLUMNS for row in config["widgets"])
    assert arranged([], before) == {"widgets": []}


def test_the_database_itself_refuses_a_second_default(worker: Employee) -> None:
    make_dashboard(worker)
    with pytest.raises(IntegrityError), transaction.atomic():
        Dashboard.objects.create(owner=worker, name="Second", is_default=True)
