"""Sockets under a real server: who gets one, and what arrives."""

import json
import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from channels.layers import get_channel_layer
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.db import transaction
from django.test import Client
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from workmate import places
from workmate.consumers import push
from workmate.tests.server import Server


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    running = Server()
    yield running
    running.stop()


def closing_code(server: Server, target: str, **headers: str) -> int:
    """The code with which the server closes a socket; the HTTP status when it lets none in."""
    origin: Any = headers.pop("origin", f"http://127.0.0.1:{server.port}")
    try:
        with connect(
            f"ws://127.0.0.1:{server.port}{target}", origin=origin, additional_headers=headers
        ) as ws:
            ws.recv(timeout=5)
    except InvalidStatus as refused:
        return refused.response.status_code
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd else 0
    raise AssertionError("the socket stayed open")


@pytest.mark.parametrize("target", ["/ws/nothing", "/", "/ws/me/too"])
def test_unknown_sockets_are_closed_with_4404(server: Server, target: str) -> None:
    assert closing_code(server, target) == 4404


def test_guests_are_closed_with_4401(server: Server) -> None:
    assert closing_code(server, "/ws/me") == 4401


@pytest.mark.django_db(transaction=True)
def test_a_session_of_no_possible_person_is_closed_as_a_guests(
    server: Server, worker: Any, client_of: Callable[[Any], Client]
) -> None:
    session = client_of(worker).session
    session[SESSION_KEY] = "garbage"
    session.save()
    assert closing_code(server, "/ws/me", Cookie=f"sessionid={session.session_key}") == 4401


@pytest.mark.parametrize("origin", ["http://evil.example", "http://127.0.0.1:1", "null", None])
def test_strangers_pages_get_no_socket(server: Server, settings: Any, origin: str | None) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    assert closing_code(server, "/ws/me", origin=origin) == 403


def test_a_trusted_origin_gets_a_socket(server: Server, settings: Any) -> None:
    settings.CSRF_TRUSTED_ORIGINS = ["https://office.example"]
    assert closing_code(server, "/ws/me", origin="https://office.example") == 4401


@pytest.mark.django_db(transaction=True)
def test_push_reaches_the_open_pages_of_that_person_only(
    server: Server, worker: Any, clerk: Any, client_of: Callable[[Any], Client]
) -> None:
    def page_of(person: Any) -> ClientConnection:
        cookie = f"sessionid={client_of(person).cookies['sessionid'].value}"
        url = f"127.0.0.1:{server.port}"
        headers = {"Cookie": cookie}
        return connect(f"ws://{url}/ws/me", origin=f"http://{url}", additional_headers=headers)

    with page_of(worker) as first, page_of(worker) as second, page_of(clerk) as other:
        for page in (first, second, other):
            ready = json.loads(page.recv(timeout=5))
            assert (ready["kind"], ready["told"]) == ("ready", 0)
            assert 0 < ready["known_since"] < time.time() * 1000
        with transaction.atomic():
            push(worker.pk, "bell", unread=3, who=worker.pk)
            with pytest.raises(TimeoutError):
                first.recv(timeout=0.2)
        expected = {"kind": "bell", "unread": 3, "who": str(worker.pk)}
        assert [json.loads(page.recv(timeout=5)) for page in (first, second)] == [expected] * 2
        with pytest.raises(TimeoutError):
            other.recv(timeout=0.2)
        # A page that opens its socket only now can tell that it may have missed something.
        with page_of(worker) as late, page_of(clerk) as quiet:
            assert abs(json.loads(late.recv(timeout=5))["told"] - time.time() * 1000) < 10_000
            assert json.loads(quiet.recv(timeout=5))["told"] == 0


@pytest.mark.django_db(transaction=True)
def test_a_person_holds_so_many_sockets_and_the_newest_finds_no_place(
    server: Server, worker: Any, clerk: Any, client_of: Callable[[Any], Client], settings: Any
) -> None:
    settings.SOCKETS_PER_PERSON = 2
    cookies = {
        person: f"sessionid={client_of(person).cookies['sessionid'].value}"
        for person in (worker, clerk)
    }
    host = f"127.0.0.1:{server.port}"

    def page_of(person: Any) -> ClientConnection:
        headers = {"Cookie": cookies[person]}
        return connect(f"ws://{host}/ws/me", origin=f"http://{host}", additional_headers=headers)

    def count() -> int:
        found: int = places.connection().zcard(places.key_of(worker.pk))
        return found

    def wait_for(number: int) -> None:
        deadline = time.monotonic() + 5
        while count() != number and time.monotonic() < deadline:
            time.sleep(0.02)
        assert count() == number

    # Another process was killed, and cannot give its sockets' places back.
    key = places.key_of(worker.pk)
    places.connection().zadd(key, {"of.a.killed.process": 1, "of.another": 2})
    with page_of(worker) as first, page_of(clerk):
        wait_for(1)
        with page_of(worker) as second:
            wait_for(2)
            assert closing_code(server, "/ws/me", Cookie=cookies[worker]) == 4430
            for page in (first, second):
                assert json.loads(page.recv(timeout=5))["kind"] == "ready"
            with transaction.atomic():
                push(worker.pk, "bell", unread=1)
            # Those that were there hear as before.
            assert [json.loads(page.recv(timeout=5))["unread"] for page in (first, second)] == [
                1,
                1,
            ]
        wait_for(1)
        with page_of(worker):
            wait_for(2)
        wait_for(1)
        # Silent sockets are forgotten; one that is open says so again and again.
        assert 0 < places.connection().ttl(key) <= places.LEASE_SECONDS
        places.connection().delete(key)
        wait_for(1)
    wait_for(0)


def test_a_quiet_socket_is_not_cut_by_the_redis_client() -> None:
    layer = get_channel_layer()
    wait = layer.create_pool(0).connection_kwargs.get("socket_timeout", 5)
    assert wait is None or wait > layer.brpop_timeout


def test_servers_are_started_with_a_bound_on_frames() -> None:
    for name in ("Procfile", "Dockerfile"):
        start = (settings.BASE_DIR / name).read_text()
        assert re.search(r'--ws-max-size[", ]+131072\b', start), name
