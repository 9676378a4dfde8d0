"""The front under a real server: slow clients, limits, ranges, names."""

import asyncio
import gc
import json
import os
import resource
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage, Storage
from django.db import models
from django.db.models.fields.files import FieldFile
from django.http import FileResponse as DjangoFileResponse
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.test import override_settings
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from workmate import asgi
from workmate.asgi import Front, application
from workmate.files import MadeFileResponse, send_file
from workmate.tests.server import Server

MB = 1024 * 1024
LIMIT = 8 * MB
SLOW_CLIENTS = 40
CONTENT = bytes(range(256)) * 4096  # 1 MB
FOLDER = Path()
SEEN: list[str] = []
RANGES: list[tuple[int, int]] = []
MADE: list[int] = []
ARRIVED, LEFT = threading.Event(), threading.Event()


def stored(name: str, storage: Any = None) -> FieldFile:
    field = models.FileField(storage=storage or FileSystemStorage(location=FOLDER))
    return FieldFile(None, field, name)


@csrf_exempt
def upload(request: HttpRequest) -> HttpResponse:
    SEEN.append(request.path)
    size = 0
    while chunk := request.read(64 * 1024):
        size += len(chunk)
    return JsonResponse({"size": size, "length": request.META.get("CONTENT_LENGTH")})


def download(request: HttpRequest) -> HttpResponse:
    name = "Übersicht März.pdf"
    response = send_file(stored("one.bin"), filename=name, content_type="application/pdf")
    response.set_cookie("a", "1")
    response.set_cookie("b", "2")
    return response


def remote(request: HttpRequest) -> HttpResponse:
    return send_file(stored("far.bin", REMOTE), filename="far.bin", content_type="text/csv")


def forged(request: HttpRequest) -> HttpResponse:
    return HttpResponse("mine", headers={"X-Sendfile": "/etc/passwd"})


def long(request: HttpRequest) -> HttpResponse:
    return StreamingHttpResponse(b"x" * 1000 for _ in range(3000))


def made(request: HttpRequest) -> HttpResponse:
    """A file whose second half waits until the first has arrived; or fails instead."""

    def endless() -> Iterator[bytes]:
        try:
            while True:
                yield b"first," * 1000
        finally:
            LEFT.set()

    if "endless" in request.GET:
        return MadeFileResponse(endless(), content_type="text/csv")

    def parts() -> Iterator[bytes]:
        MADE.append(1)
        yield b"first,"
        if not ARRIVED.wait(5) or "broken" in request.GET:
            raise ValueError
        yield b"x" * MB

    return MadeFileResponse(parts(), content_type="text/csv")


def plain_file(request: HttpRequest) -> HttpResponse:
    return DjangoFileResponse((FOLDER / "one.bin").open("rb"))


def echo(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"q": request.GET.get("q"), "for": request.META.get("HTTP_X_NAME")})


urlpatterns = [
    path("upload", upload),
    path("api/upload", upload),
    path("download", download),
    path("remote", remote),
    path("forged", forged),
    path("long", long),
    path("made", made),
    path("plain-file", plain_file),
    path("echo", echo),
]


class FarStorage(Storage):
    """A storage without a folder, as S3 is one."""

    def size_and_tag(self, name: str) -> tuple[int, str]:
        return len(CONTENT), '"far"'

    def read_range(self, name: str, first: int, last: int) -> bytes:
        RANGES.append((first, last))
        return CONTENT[first : last + 1]


REMOTE = FarStorage()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    global FOLDER
    FOLDER = tmp_path_factory.mktemp("files")
    (FOLDER / "one.bin").write_bytes(CONTENT)
    front: Front = application.application_mapping["http"]
    limit, front.max_body_bytes = front.max_body_bytes, LIMIT
    with override_settings(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["127.0.0.1"]):
        running = Server()
        yield running
        running.stop()
    front.max_body_bytes = limit


def test_a_body_reaches_django_whole(server: Server) -> None:
    body = os.urandom(3 * MB)
    answer, content = server.ask("/upload", "POST", body)
    assert (answer.status, json.loads(content)["size"]) == (200, 3 * MB)


def test_a_chunked_body_gets_its_length(server: Server) -> None:
    answer, content = server.ask("/upload", "POST", iter([b"abc", b"def"]))
    assert json.loads(content) == {"size": 6, "length": "6"}


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_over_the_limit_is_refused(server: Server, chunked: bool) -> None:
    SEEN.clear()
    body: Any = (b"x" * MB for _ in range(9)) if chunked else b"x" * (LIMIT + 1)
    answer, content = server.ask("/api/upload", "POST", body, Accept_Language="en")
    assert (answer.status, answer.getheader("content-type")) == (413, "application/json")
    error = json.loads(content)
    assert error["type"] == "client_error"
    assert (error["errors"][0]["code"], error["errors"][0]["attr"]) == ("too_large", None)
    assert "8 MB" in error["errors"][0]["detail"]
    assert SEEN == []


def test_a_page_refuses_in_html_and_a_body_at_the_limit_passes(server: Server) -> None:
    here = f"http://127.0.0.1:{server.port}/documents/new/"
    for referer, back in ((here, here), ("https://elsewhere.example/", "/"), ("javascript:0", "/")):
        answer, content = server.ask("/upload", "POST", b"x" * (LIMIT + 1), Referer=referer)
        assert answer.status == 413
        assert content.startswith(b"<!doctype html>")
        assert f'<a class="btn btn-primary" href="{back}">'.encode() in content
    assert server.ask("/upload", "POST", b"x" * LIMIT)[0].status == 200


def test_a_body_is_refused_before_it_is_sent(server: Server) -> None:
    head = b"POST /upload HTTP/1.1\r\nHost: 127.0.0.1\r\nExpect: 100-continue\r\n"
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as sock:
        sock.sendall(head + f"Content-Length: {LIMIT + 1}\r\n\r\n".encode())
        assert sock.recv(65536).startswith(b"HTTP/1.1 413")


@pytest.mark.parametrize("framing", [b"Content-Length: 1000000", b"Transfer-Encoding: chunked"])
def test_a_body_cut_off_never_reaches_django(server: Server, framing: bytes) -> None:
    SEEN.clear()
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as sock:
        sock.sendall(b"POST /upload HTTP/1.1\r\nHost: 127.0.0.1\r\n" + framing + b"\r\n\r\n")
        sock.sendall(b"400\r\n" + b"x" * 1024)
        time.sleep(0.1)
    time.sleep(0.2)
    assert server.ask("/healthz")[0].status == 200
    assert SEEN == []


def test_a_file_leaves_with_its_own_headers_and_without_its_path(server: Server) -> None:
    answer, content = server.ask("/download")
    assert content == CONTENT
    headers = dict(answer.getheaders())
    assert headers["content-type"] == "application/pdf"
    assert headers["content-length"] == str(MB)
    disposition = "attachment; filename*=utf-8''%C3%9Cbersicht%20M%C3%A4rz.pdf"
    assert headers["content-disposition"] == disposition
    assert headers["content-security-policy"].endswith("; sandbox")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "private, no-cache"
    assert headers["accept-ranges"] == "bytes"
    assert len(answer.headers.get_all("set-cookie", [])) == 2
    assert "x-sendfile" not in headers
    assert str(FOLDER) not in str(answer.headers)
    names = [name.lower() for name, _ in answer.getheaders() if name.lower() != "set-cookie"]
    assert len(names) == len(set(names))


def test_head_tells_the_size_and_sends_nothing(server: Server) -> None:
    answer, content = server.ask("/download", "HEAD")
    assert (answer.status, answer.getheader("content-length"), content) == (200, str(MB), b"")


@pytest.mark.parametrize(
    ("asked", "status", "part"),
    [
        ("bytes=0-9", 206, CONTENT[:10]),
        ("bytes=1000-", 206, CONTENT[1000:]),
        ("bytes=-5", 206, CONTENT[-5:]),
        (f"bytes={MB}-", 416, b""),
    ],
)
def test_ranges_are_served(server: Server, asked: str, status: int, part: bytes) -> None:
    answer, content = server.ask("/download", Range=asked)
    assert (answer.status, content) == (status, part) if part else answer.status == status
    assert answer.getheader("content-range", "").endswith(f"/{MB}")


def test_several_ranges_come_in_parts(server: Server) -> None:
    answer, content = server.ask("/download", Range="bytes=0-1,10-11")
    assert answer.status == 206
    assert answer.getheader("content-type", "").startswith("multipart/byteranges")
    assert CONTENT[10:12] in content


@pytest.mark.parametrize("target", ["/download", "/remote"])
def test_a_file_is_not_sent_twice_wherever_it_lies(server: Server, target: str) -> None:
    tag = server.ask(target, "HEAD")[0].getheader("etag", "")
    assert server.ask(target, Range="bytes=0-9", If_Range=tag)[0].status == 206
    assert server.ask(target, Range="bytes=0-9", If_Range='"old"')[0].status == 200
    for known, status in ((f'"old", {tag}', 304), (f"W/{tag}", 304), ('"old"', 200)):
        answer, content = server.ask(target, If_None_Match=known)
        assert (answer.status, content == b"") == (status, status == 304)
        assert answer.getheader("etag") == tag


def test_who_asks_for_the_head_of_a_made_file_lets_nothing_be_made(server: Server) -> None:
    MADE.clear()
    answer, content = server.ask("/made", "HEAD")
    assert (answer.status, answer.getheader("content-type"), content) == (200, "text/csv", b"")
    assert not MADE


def test_a_file_of_a_storage_without_folder_is_streamed(server: Server) -> None:
    answer, content = server.ask("/remote")
    assert (answer.status, answer.getheader("content-length")) == (200, str(MB))
    assert content == CONTENT
    RANGES.clear()
    assert server.ask("/remote", "HEAD")[1] == b""
    assert RANGES == []


def test_of_a_storage_without_folder_only_what_was_asked_for_is_read(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workmate.asgi.REMOTE_BYTES", 1000)
    RANGES.clear()
    answer, content = server.ask("/remote", Range="bytes=500-2999")
    assert (answer.status, content) == (206, CONTENT[500:3000])
    assert RANGES == [(500, 1499), (1500, 2499), (2500, 2999)]


def test_only_send_file_makes_the_front_send_a_file(server: Server) -> None:
    answer, content = server.ask("/forged", X_Sendfile="/etc/passwd")
    assert (content, answer.getheader("x-sendfile")) == (b"mine", None)


def test_long_answers_of_views_arrive_whole(server: Server) -> None:
    assert len(server.ask("/long")[1]) == 3_000_000
    assert server.ask("/plain-file")[1] == CONTENT


def begun(sock: socket.socket) -> bytes:
    """What has arrived once the first part has."""
    answer = b""
    while b"first," not in answer:
        more = sock.recv(65536)
        assert more, answer
        answer += more
    return answer


def ask_made(server: Server, target: str) -> bytes:
    """The answer, of which the first part is read before the server makes the second."""
    ARRIVED.clear()
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as sock:
        sock.sendall(f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1\r\n".encode())
        sock.sendall(b"Connection: close\r\n\r\n")
        answer = begun(sock)
        assert server.ask("/healthz")[0].status == 200
        ARRIVED.set()
        while chunk := sock.recv(65536):
            answer += chunk
    return answer


def test_a_file_leaves_while_it_is_made(server: Server) -> None:
    answer = ask_made(server, "/made")
    assert answer.count(b"x") >= MB
    assert answer.endswith(b"0\r\n\r\n")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_file_that_fails_in_the_middle_is_seen_to_be_cut_off(server: Server) -> None:
    assert not ask_made(server, "/made?broken=1").endswith(b"0\r\n\r\n")


def test_a_file_is_made_no_further_when_its_client_leaves(server: Server) -> None:
    LEFT.clear()
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as sock:
        sock.sendall(b"GET /made?endless=1 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        begun(sock)
        assert not LEFT.is_set()
    assert LEFT.wait(5)
    # Its place is free for others.
    assert ask_made(server, "/made").endswith(b"0\r\n\r\n")


def test_odd_request_lines_and_headers_are_taken_calmly(server: Server) -> None:
    end = b" HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
    answer = server.raw(b"GET /echo?q=f%C3%BCr+%25" + end + b"X_Name: spoofed\r\n\r\n")
    assert json.loads(answer.split(b"\r\n\r\n")[1]) == {"q": "für %", "for": None}
    assert b" 500 " not in server.raw(b"GET /echo?q=\xfc" + end + b"\r\n").split(b"\r\n")[0]


async def upload_slowly(port: int, until: asyncio.Event) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    body = b"x" * 100_000
    writer.write(b"POST /upload HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n")
    writer.write(f"Content-Length: {len(body)}\r\n\r\n".encode())
    for start in range(0, 50_000, 5_000):
        writer.write(body[start : start + 5_000])
        await asyncio.sleep(0.05)
    await until.wait()
    writer.write(body[50_000:])
    answer = await reader.read()
    writer.close()
    return json.loads(answer.split(b"\r\n\r\n")[1])["size"]


async def download_slowly(port: int, target: str, until: asyncio.Event) -> int:
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 * 1024)
    sock.setblocking(False)
    await asyncio.get_running_loop().sock_connect(sock, ("127.0.0.1", port))
    reader, writer = await asyncio.open_connection(sock=sock, limit=4096)
    head = f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
    writer.write(head.encode())
    received = b""
    for _ in range(10):
        received += await reader.read(4096)
        await asyncio.sleep(0.05)
    await until.wait()
    received += await reader.read()
    writer.close()
    return len(received.partition(b"\r\n\r\n")[2])


async def crowd(server: Server, target: str) -> tuple[list[float], list[int]]:
    """Slow clients hold their transfers; the waits of /healthz meanwhile, and what arrived."""
    until = asyncio.Event()
    uploads = [upload_slowly(server.port, until) for _ in range(SLOW_CLIENTS)]
    downloads = [download_slowly(server.port, target, until) for _ in range(SLOW_CLIENTS)]
    clients = asyncio.gather(*uploads, *downloads)
    await asyncio.sleep(0.3)
    waits = []
    for _ in range(20):
        start = time.perf_counter()
        answer, _content = await asyncio.to_thread(server.ask, "/healthz")
        waits.append(time.perf_counter() - start)
        assert answer.status == 200
        await asyncio.sleep(0.03)
    until.set()
    return waits, await asyncio.wait_for(clients, 10)


@pytest.mark.parametrize("target", ["/download", "/plain-file"])
def test_forty_slow_uploads_and_downloads_stop_nobody(server: Server, target: str) -> None:
    waits, sizes = asyncio.run(crowd(server, target))
    assert sizes == [100_000] * SLOW_CLIENTS + [MB] * SLOW_CLIENTS
    # Hiccups of a loaded machine are no blocked server: that would hold up all of them.
    assert sorted(waits)[len(waits) // 2] < 0.1, waits


def test_memory_does_not_grow_with_the_body(server: Server) -> None:
    front: Front = application.application_mapping["http"]
    front.max_body_bytes = 200 * MB
    chunk = bytes(64 * 1024)
    server.ask("/upload", "POST", iter([chunk]))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        answer, content = server.ask("/upload", "POST", (chunk for _ in range(1600)))
    finally:
        front.max_body_bytes = LIMIT
    assert json.loads(content)["size"] == 100 * MB
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20 * 1024


def test_a_slow_client_is_answered_before_the_server_stops(settings: Any) -> None:
    settings.ROOT_URLCONF, settings.ALLOWED_HOSTS = __name__, ["127.0.0.1"]
    server = Server()
    answers: list[int] = []

    def slow_upload() -> None:
        body = (time.sleep(0.3) or b"x" for _ in range(2))
        answers.append(server.ask("/upload", "POST", body)[0].status)

    client = threading.Thread(target=slow_upload)
    client.start()
    time.sleep(0.1)
    server.stop()
    client.join(5)
    assert answers == [200]


def test_what_the_first_pages_loaded_is_looked_through_no_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(asgi, "SETTLING", iter(range(1)))
    monkeypatch.setattr(gc, "callbacks", [asgi.settle])
    frozen = gc.get_freeze_count()
    loaded = [[number] for number in range(10_000)]
    gc.collect(1)
    assert gc.get_freeze_count() < frozen + len(loaded)
    for _round in range(2):
        asgi.settle("stop", {"generation": 2})
        assert gc.get_freeze_count() >= frozen + len(loaded)
    assert gc.callbacks == []
    gc.unfreeze()
