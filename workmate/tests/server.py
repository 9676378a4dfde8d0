"""The whole application under uvicorn, for tests that need a real server."""

import socket
import threading
import time
from contextlib import closing
from http.client import HTTPConnection, HTTPResponse
from typing import Any

import uvicorn
from django.db import connections

from workmate.asgi import application


class Server:
    """uvicorn in a thread, on a free port of the loopback.

    Its threads have database connections of their own: a test whose requests read rows wants
    `django_db(transaction=True)`.
    """

    def __init__(self) -> None:
        # A connection that outlives its request would keep the test database from being dropped.
        connections.settings["default"]["CONN_MAX_AGE"] = 0
        self.socket = socket.socket()
        # Small buffers, so that the kernel hides no slow client.
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 16 * 1024)
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        config = uvicorn.Config(
            application, log_level="error", lifespan="on", timeout_graceful_shutdown=2
        )
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run, args=([self.socket],))
        self.thread.start()
        deadline = time.monotonic() + 10
        while not self.server.started and time.monotonic() < deadline:
            time.sleep(0.01)
        assert self.server.started

    def stop(self) -> None:
        self.server.should_exit = True
        self.thread.join(10)
        self.socket.close()
        assert not self.thread.is_alive()

    def ask(
        self, target: str, method: str = "GET", body: Any = None, **headers: str
    ) -> tuple[HTTPResponse, bytes]:
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=10)) as connection:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, target, body=body, headers=named)
            response = connection.getresponse()
            return response, response.read()

    def raw(self, request: bytes) -> bytes:
        """Send bytes as they are, and read until the server closes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as sock:
            sock.sendall(request)
            answer = b""
            while chunk := sock.recv(65536):
                answer += chunk
        return answer
