"""Connections that worked a moment ago are not asked again."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse

from workmate.middleware import TRUST_SECONDS, trust


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """The seconds that the middleware reads."""
    now = [1000.0]
    monkeypatch.setattr("workmate.middleware.time.monotonic", lambda: now[0])
    connection.trusted_until = 0.0
    yield now
    connection.trusted_until = 0.0
    connection.errors_occurred = False


def is_asked(*, fails: bool = False) -> bool:
    """Whether the connection would be asked in a request, as Django marks it at the start."""
    connection.health_check_done = False

    def answer(request: HttpRequest) -> HttpResponse:
        connection.errors_occurred = fails
        return HttpResponse(str(connection.health_check_done))

    return trust(answer)(HttpRequest()).content == b"False"


def test_a_connection_is_asked_once_and_then_trusted_for_a_moment(clock: list[float]) -> None:
    assert is_asked()
    assert not is_asked()
    clock[0] += TRUST_SECONDS
    assert is_asked()


def test_a_connection_that_failed_is_asked_again(clock: list[float]) -> None:
    assert is_asked(fails=True)
    assert is_asked()
    assert not is_asked(fails=True)
    clock[0] += TRUST_SECONDS
    assert is_asked()
