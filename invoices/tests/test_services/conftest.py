"""Fixtures of these tests."""

import pytest

from workmate.events import happened


@pytest.fixture
def events():
    """The names of what happens."""
    told: list[tuple[str, str]] = []

    def listener(sender, event, **kwargs):
        told.append((sender.__name__, event.verb))

    happened.connect(listener)
    yield told
    happened.disconnect(listener)
