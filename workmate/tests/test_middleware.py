"""Connections that worked a moment ago are not asked again; texts go out compressed."""

import gzip
from collections.abc import Iterator

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client

from conftest import ClientOf
from crm.tests.factories import make_customer
from documents.tests.factories import make_document
from employees.models import Employee
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


def test_pages_and_json_are_compressed_for_who_takes_it(
    worker: Employee, client_of: ClientOf, api_of: ClientOf
) -> None:
    for client, url in ((client_of(worker), "/customers/"), (api_of(worker), "/api/employees/me")):
        plain = client.get(url)
        assert "Content-Encoding" not in plain.headers
        sent = client.get(url, headers={"Accept-Encoding": "gzip, br"})
        assert sent["Content-Encoding"] == "gzip"
        assert int(sent["Content-Length"]) == len(sent.content) < len(plain.content)
        assert "Accept-Encoding" in plain["Vary"]
        assert "Accept-Encoding" in sent["Vary"]
        assert worker.last_name in gzip.decompress(sent.content).decode()


@pytest.mark.parametrize(
    ("accepted", "is_sent"),
    [("gzip", True), ("br, gzip;q=0.5", True), ("gzip;q=0", False), ("br, gzip; q=0.0", False),
     ("gzip;q=0,br", False), ("identity", False), ("*;q=0, gzip;q=0.01", True)],
)  # fmt: skip
def test_nobody_gets_what_they_say_they_cannot_read(
    accepted: str, is_sent: bool, worker: Employee, client_of: ClientOf
) -> None:
    answer = client_of(worker).get("/", headers={"Accept-Encoding": accepted})
    assert ("Content-Encoding" in answer.headers) is is_sent
    assert "Accept-Encoding" in answer["Vary"]


def test_no_cache_on_the_way_keeps_an_answer(
    worker: Employee, client_of: ClientOf, api_of: ClientOf
) -> None:
    for client, url in (
        (client_of(worker), "/"), (api_of(worker), "/api/employees/me"), (Client(), "/login/"),
        (client_of(worker), "/no-such-page/"),
    ):  # fmt: skip
        assert "private" in client.get(url)["Cache-Control"], url


def test_files_and_streams_go_out_as_they_are(admin: Employee, client_of: ClientOf) -> None:
    client = client_of(admin)
    make_customer()
    document = make_document(admin)
    for url in (f"/documents/{document.pk}/download/", "/customers/?export=csv"):
        answer = client.get(url, headers={"Accept-Encoding": "gzip"})
        assert answer.status_code == 200
        assert "Content-Encoding" not in answer.headers
