"""Fixtures of these tests."""

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def _no_pause() -> None:
    """Mails asked for in other tests do not hold up these."""
    cache.clear()
