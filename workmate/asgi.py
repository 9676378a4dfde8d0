"""The server's entry: a front that keeps slow clients away from Django's threads, and sockets."""

import asyncio
import contextvars
import gc
import json
import os
import re
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import urlsplit

from a2wsgi.wsgi import build_environ
from anyio import CapacityLimiter, to_thread
from channels.routing import ProtocolTypeRouter, URLRouter
from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.http.request import split_domain_port, validate_host
from django.utils import translation
from django.utils.translation import gettext as _
from starlette.datastructures import Headers
from starlette.responses import FileResponse, Response
from starlette.staticfiles import NotModifiedResponse
from starlette.types import ASGIApp, Receive, Scope, Send

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "workmate.settings")
django_application = get_wsgi_application()

# These touch models: they load once the applications stand.
from channels.auth import AuthMiddlewareStack  # noqa: E402

from workmate.consumers import websocket_urlpatterns  # noqa: E402
from workmate.errors import refusal_page  # noqa: E402
from workmate.files import MadeFileResponse, StoredFileResponse  # noqa: E402
from workmate.middleware import guest_language  # noqa: E402
from workmate.spool import Growing, Spool  # noqa: E402

# The oldest generation of the garbage collector, and how many of its first collections settle.
FULL = 2
SETTLING = iter(range(20))
IDLE_SECONDS = 60
LINGER_SECONDS = 10
REMOTE_READS = 8
# What is asked of a bucket at once: no slow client keeps one of its connections, or more in memory.
REMOTE_BYTES = 512 * 1024
# So many files are made at once; others wait their turn, without a thread.
MADE_AT_ONCE = 2

WSGIApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class RefusedError(Exception):
    """The request is answered here; Django never sees it."""

    def __init__(self, status: int) -> None:
        self.status = status


class GoneError(Exception):
    """The client left before its request was whole."""


@dataclass
class Answer:
    """What Django answered, complete before the client gets its first byte."""

    status: int = 500
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: Spool = field(default_factory=Spool)
    stored: StoredFileResponse | None = None
    made: MadeFileResponse | None = None

    def start(self, status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
        """WSGI's start_response. X-Sendfile never gets past this line."""
        self.status = int(status.split(" ", 1)[0])
        encoded = ((k.lower().encode("latin1"), v.encode("latin1")) for k, v in headers)
        self.headers = [(name, value) for name, value in encoded if name != b"x-sendfile"]
        return self.body.write


async def departure(receive: Receive) -> None:
    """Until the client has left."""
    while (await receive())["type"] != "http.disconnect":
        pass


class Front:
    """Runs a WSGI application so that no thread ever waits for a client.

    A request's body is spooled before a thread starts on it, an answer before its first byte
    leaves, and stored files are streamed outside the threads: a hundred slow clients cost no more
    than their sockets. Beyond `max_body_bytes` the answer is 413; a body cut off is dropped.
    """

    def __init__(self, wsgi: WSGIApp, *, threads: int, max_body_bytes: int) -> None:
        self.wsgi = wsgi
        self.max_body_bytes = max_body_bytes
        # The threads stay, and with each its database connection.
        self.threads = ThreadPoolExecutor(threads, thread_name_prefix="django")
        self.makers = ThreadPoolExecutor(MADE_AT_ONCE, thread_name_prefix="maker")
        self.remote_reads: CapacityLimiter | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with closing(Spool()) as body:
            try:
                await self.spool(scope, receive, body)
            except GoneError:
                return
            except RefusedError as refused:
                await self.refuse(scope, receive, send, refused.status)
                return
            run = contextvars.copy_context().run
            environ = self.environ(scope, body)
            loop = asyncio.get_running_loop()
            answer = await loop.run_in_executor(self.threads, run, self.run, environ)
        with closing(answer.body):
            if answer.made:
                await self.send_made(answer, answer.made, receive, send)
            elif answer.stored:
                await self.send_stored(answer, answer.stored, scope, receive, send)
            else:
                await self.send_spooled(answer, send)

    async def spool(self, scope: Scope, receive: Receive, body: Spool) -> None:
        """Take the whole body in; raises RefusedError (size, stall) or GoneError (cut off)."""
        if int(Headers(scope=scope).get("content-length", 0)) > self.max_body_bytes:
            raise RefusedError(413)
        more = True
        while more:
            try:
                async with asyncio.timeout(IDLE_SECONDS):
                    message = await receive()
            except TimeoutError:
                raise RefusedError(408) from None
            if message["type"] == "http.disconnect":
                raise GoneError
            data = message.get("body", b"")
            if body.size + len(data) > self.max_body_bytes:
                raise RefusedError(413)
            if data:
                await body.receive(data)
            more = message.get("more_body", False)
        body.file.seek(0)

    def environ(self, scope: Scope, body: Spool) -> dict[str, Any]:
        """WSGI's environment of a request whose body lies in the spool."""
        scope = {
            **scope,
            # WSGI cannot tell X_Forwarded_For from X-Forwarded-For: only the latter is a header
            # that a proxy guards.
            "headers": [(name, value) for name, value in scope["headers"] if b"_" not in name],
        }
        environ = cast(dict[str, Any], build_environ(cast(Any, scope), cast(Any, body.file)))
        if body.size or "CONTENT_LENGTH" in environ:
            environ["CONTENT_LENGTH"] = str(body.size)
        return environ

    def run(self, environ: dict[str, Any]) -> Answer:
        """Run Django in a worker thread up to the last byte of its answer."""
        answer = Answer()
        result = self.wsgi(environ, answer.start)
        if isinstance(result, MadeFileResponse) and environ["REQUEST_METHOD"] != "HEAD":
            # Its end is told in the thread that makes it, not in this one.
            close_old_connections()
            answer.made = result
            return answer
        try:
            if isinstance(result, StoredFileResponse):
                answer.stored = result
            elif not isinstance(result, MadeFileResponse):  # of which HEAD wants no line
                for chunk in result:
                    answer.body.write(chunk)
                answer.body.file.seek(0)
        finally:
            if close := getattr(result, "close", None):
                close()
        return answer

    async def send_spooled(self, answer: Answer, send: Send) -> None:
        await send(
            {"type": "http.response.start", "status": answer.status, "headers": answer.headers}
        )
        sent = 0
        while sent < answer.body.size:
            chunk = await answer.body.read()
            sent += len(chunk)
            more = sent < answer.body.size
            await send({"type": "http.response.body", "body": chunk, "more_body": more})
        if not answer.body.size:
            await send({"type": "http.response.body", "body": b""})

    async def send_made(
        self, answer: Answer, made: MadeFileResponse, receive: Receive, send: Send
    ) -> None:
        """Send a file while it is made; whoever leaves stops its making."""
        loop = asyncio.get_running_loop()
        with Growing(made, loop) as file:
            work = loop.run_in_executor(self.makers, contextvars.copy_context().run, file.make)
            left = asyncio.create_task(departure(receive))
            left.add_done_callback(lambda task: file.abandon())
            try:
                start = {"status": answer.status, "headers": answer.headers}
                await send({"type": "http.response.start", **start})
                while chunk := await file.next():
                    await send({"type": "http.response.body", "body": chunk, "more_body": True})
                await work
            finally:
                left.cancel()
                file.abandon()
                await asyncio.wait([work])
        await send({"type": "http.response.body", "body": b""})

    async def send_stored(
        self, answer: Answer, stored: StoredFileResponse, scope: Scope, receive: Receive, send: Send
    ) -> None:
        if stored.path is None or stored.stat is None:
            tags = [(b"etag", stored.tag.encode())] if stored.tag else []
            headers = Headers(raw=[*answer.headers, *tags])
            if is_known(stored.tag, scope):
                await NotModifiedResponse(headers)(scope, receive, send)
            else:
                await self.send_remote(headers, stored, scope, send)
            return
        response = FileResponse(
            stored.path, media_type=stored.headers["Content-Type"], stat_result=stored.stat
        )
        replaced = (b"content-type", b"content-length")
        response.raw_headers.extend(pair for pair in answer.headers if pair[0] not in replaced)
        if is_known(response.headers["etag"], scope):
            await NotModifiedResponse(response.headers)(scope, receive, send)
        else:
            await response(scope, receive, send)

    async def send_remote(
        self, given: Headers, stored: StoredFileResponse, scope: Scope, send: Send
    ) -> None:
        """Send a file of a storage without a folder (S3), or one range of it; few at a time."""
        limiter = self.remote_reads = self.remote_reads or CapacityLimiter(REMOTE_READS)
        size, asked = int(stored["Content-Length"]), Headers(scope=scope)
        wanted = asked.get("range", "") if asked.get("if-range", stored.tag) == stored.tag else ""
        first, last = wanted_range(wanted, size)
        status, headers = 200, [*given.raw, (b"accept-ranges", b"bytes")]
        if (first, last) != (0, size - 1):
            status = 206
            headers = [pair for pair in headers if pair[0] != b"content-length"]
            headers.append((b"content-length", str(last - first + 1).encode()))
            headers.append((b"content-range", f"bytes {first}-{last}/{size}".encode()))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        if scope["method"] != "HEAD":
            for start in range(first, last + 1, REMOTE_BYTES):
                end = min(start + REMOTE_BYTES - 1, last)
                chunk = await to_thread.run_sync(stored.read_range, start, end, limiter=limiter)
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    async def refuse(self, scope: Scope, receive: Receive, send: Send, status: int) -> None:
        """Answer 413 or 408 at once, and hear the client out for a while.

        A connection closed in the middle of an upload would take the answer with it.
        """
        response = self.refusal(scope, status)
        headers = [*response.raw_headers, (b"connection", b"close")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": response.body, "more_body": True})
        try:
            async with asyncio.timeout(LINGER_SECONDS):
                while (await receive()).get("more_body", False):
                    pass
        except TimeoutError:
            pass
        await send({"type": "http.response.body", "body": b""})

    def refusal(self, scope: Scope, status: int) -> Response:
        request = WSGIRequest(self.environ(scope, Spool()))
        with translation.override(guest_language(request)):
            if status == 413:
                limit = self.max_body_bytes // (1024 * 1024)
                code = "too_large"
                detail = _("This is too large: at most %(limit)s MB are accepted.") % {
                    "limit": limit
                }
            else:
                code, detail = "timeout", _("The request did not arrive in time.")
            language = translation.get_language()
            page = refusal_page(request, status, detail)
        headers = {"content-language": language, "x-content-type-options": "nosniff"}
        if scope["path"].startswith("/api/"):
            error = {"code": code, "detail": detail, "attr": None}
            content = json.dumps({"type": "client_error", "errors": [error]})
            return Response(content, status, headers, "application/json")
        return Response(page, status, headers, "text/html")


def is_known(tag: str, scope: Scope) -> bool:
    """Whether the client has the file of this tag already."""
    known = Headers(scope=scope).get("if-none-match", "")
    return bool(tag) and tag in (each.strip().removeprefix("W/") for each in known.split(","))


def wanted_range(text: str, size: int) -> tuple[int, int]:
    """The first and the last byte of the one range that was asked for; else those of the file.

    Several ranges, or one beyond the end, are answered with the whole file (RFC 9110 14.2).
    """
    match = re.fullmatch(r"bytes=(\d{0,15})-(\d{0,15})", text.strip())
    if match is None or match.groups() == ("", ""):
        return 0, size - 1
    start, end = match.groups()
    first = int(start) if start else max(0, size - int(end))
    last = min(int(end), size - 1) if start and end else size - 1
    return (first, last) if first <= last else (0, size - 1)


class SameOrigin:
    """Lets sockets in from our own pages only, whatever ALLOWED_HOSTS says; others get a 403.

    A browser sends its cookies along with a stranger's socket too. It sends an origin, and never
    an Authorization header: who has none but the latter is a program with a token of its own.
    """

    def __init__(self, inner: ASGIApp) -> None:
        self.inner = inner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        program = "authorization" in headers and "origin" not in headers
        if program or self.trusts(headers.get("origin", ""), headers.get("host", "")):
            await self.inner(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 4403})

    def trusts(self, origin: str, host: str) -> bool:
        """Whether a page of this origin may open a socket on this host."""
        if origin in settings.CSRF_TRUSTED_ORIGINS:
            return True
        try:
            parts = urlsplit(origin.lower())
            default = {"http": 80, "https": 443}[parts.scheme]
            domain, port = split_domain_port(host)
            same = (parts.hostname, parts.port or default) == (
                domain.strip("[]"),
                int(port or default),
            )
        except (KeyError, ValueError):
            return False
        return same and validate_host(domain, settings.ALLOWED_HOSTS)


async def lifespan(scope: Scope, receive: Receive, send: Send) -> None:
    """Nothing to open or close: threads end with their last request, connections with them."""
    for phase in ("startup", "shutdown"):
        await receive()
        await send({"type": f"lifespan.{phase}.complete"})


def settle(phase: str, info: dict[str, int]) -> None:
    """Have what the first full collections find in use looked through no more.

    The first pages load as much as the start did: templates, addresses, prepared queries. Later
    on what is in use may yet go.
    """
    if phase == "stop" and info["generation"] == FULL:
        gc.freeze()
        if next(SETTLING, None) is None:
            gc.callbacks.remove(settle)


# What is loaded by now stays: the garbage collector need not look through it again and again.
# A page makes some ten thousand objects, nearly all of them gone by its end without it: looking
# after every 700, as is usual, takes a tenth of the time. Some two thousand stay, as Django leaves
# the context of a template in a circle: looked for too seldom, they keep one page in 25 waiting.
gc.collect()
gc.freeze()
gc.set_threshold(12_000, 20, 20)
gc.callbacks.append(settle)

application = ProtocolTypeRouter(
    {
        "http": Front(
            django_application, threads=settings.WEB_THREADS, max_body_bytes=settings.MAX_BODY_BYTES
        ),
        "websocket": SameOrigin(AuthMiddlewareStack(URLRouter(websocket_urlpatterns()))),
        "lifespan": lifespan,
    }
)
