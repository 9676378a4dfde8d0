"""Recording time, the timer, approval, and what invoices take."""

from typing import Any

from timetracking.tests.factories import at

NINE, TEN, ELEVEN, NOON = (at(f"2025-03-10 {hour}:00") for hour in ("09", "10", "11", "12"))


def code_of(refused: Any) -> str:
    """The code of a refusal."""
    return str(refused.value.code)
