"""Fixtures of these tests."""

from typing import Any

import pytest

from employees.models import Employee


@pytest.fixture
def client(clerk: Employee, api_of: Any) -> Any:
    """The back office's."""
    return api_of(clerk)
