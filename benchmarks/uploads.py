"""`python -m benchmarks.uploads [--bucket]`: the web process's memory under large files."""

import argparse
import json
import logging
import os
import secrets
import signal
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from time import perf_counter

import django

from benchmarks.measure import HOST
from benchmarks.run import environment, process
from workmate.engines.throwaway import ThrowAway

MB = 1024 * 1024
MOST_MB = 250
BOUNDARY = "workmate-upload"
CHUNK = 64 * 1024
END = b"\n%%EOF\n"


def main() -> int:
    """Upload, download, print; 1 where the process took more than it may."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=20, help="how many at once")
    parser.add_argument("--size", type=int, default=50, help="of each, in MB")
    parser.add_argument("--bucket", action="store_true", help="into a bucket, not a folder")
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with ExitStack() as stack:
        engines = ThrowAway()
        stack.callback(engines.stop)
        os.environ.update(environment(engines))
        if given.bucket:
            os.environ["STORAGE_URL"] = stack.enter_context(bucket())
        token = somebody()
        web, port = stack.enter_context(process("workmate.asgi", engines.folder))
        upload(port, token, MB)
        print(f"{given.count} x {given.size} MB; at rest {peak_mb(web.pid)} MB")
        with ThreadPoolExecutor(given.count) as clients:
            began = perf_counter()
            sizes = [given.size * MB] * given.count
            made = list(clients.map(lambda size: upload(port, token, size), sizes))
            print(f"in:  {perf_counter() - began:.1f} s, at most {peak_mb(web.pid)} MB")
            began = perf_counter()
            came = list(clients.map(lambda url: download(port, token, url), made))
            print(f"out: {perf_counter() - began:.1f} s, at most {peak_mb(web.pid)} MB")
        if came != sizes:
            raise RuntimeError(f"of {sizes} came back {came}")
        peak = peak_mb(web.pid)
    print(f"{'holds' if peak < MOST_MB else 'FAILS'}  under {MOST_MB} MB: {peak}")
    return 0 if peak < MOST_MB else 1


@contextmanager
def bucket() -> Iterator[str]:
    """The address of an empty bucket of an S3 server in this process."""
    import boto3  # for S3 alone
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # else a line for each request
    server = ThreadedMotoServer(HOST, 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    boto3.client(
        "s3", endpoint_url=f"http://{host}:{port}", region_name="us-east-1",
        aws_access_key_id="key", aws_secret_access_key="secret",  # noqa: S106  of a server of ours
    ).create_bucket(Bucket="files")  # fmt: skip
    yield f"s3://key:secret@{host}:{port}/files?region=us-east-1&tls=false"
    server.stop()


def somebody() -> str:
    """The token of an administrator in a migrated database."""
    django.setup()
    from django.core.management import call_command  # the settings are complete by now

    from employees.models import Employee, Role
    from employees.services import create_token

    call_command("migrate", verbosity=0)
    admin = Employee.objects.create(
        first_name="Ada", last_name="Last", email="ada@lastprobe.example", employee_code="LP-1",
        role=Role.objects.get(name="Admin"),
    )  # fmt: skip
    return create_token(admin, by=admin, name="benchmark")[1]


def upload(port: int, token: str, size: int) -> str:
    """Upload a PDF of that size, of bytes of its own, bit by bit; where it is downloaded."""
    head = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n'
        "Content-Type: application/pdf\r\n\r\n"
    ).encode()
    start = b"%PDF-1.4\n" + secrets.token_hex(16).encode()
    tail = f"\r\n--{BOUNDARY}--\r\n".encode()

    def body() -> Iterator[bytes]:
        yield head + start
        left = size - len(start) - len(END)
        while left > 0:
            yield b"0" * min(CHUNK, left)
            left -= CHUNK
        yield END + tail

    connection = HTTPConnection(HOST, port, timeout=300)
    headers = {
        "Authorization": f"Bearer {token}",
        "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
        "Content-Length": str(len(head) + size + len(tail)),
    }
    connection.request("POST", "/api/documents", body(), headers)
    response = connection.getresponse()
    content = response.read()
    connection.close()
    if response.status != 201:
        raise RuntimeError(f"upload: {response.status} {content[:300]!r}")
    return str(json.loads(content)["file_path"])


def download(port: int, token: str, url: str) -> int:
    """How many bytes come back."""
    connection = HTTPConnection(HOST, port, timeout=300)
    connection.request("GET", url, headers={"Authorization": f"Bearer {token}"})
    response = connection.getresponse()
    size = 0
    while chunk := response.read(CHUNK):
        size += len(chunk)
    connection.close()
    return size


def peak_mb(pid: int) -> int:
    """The most memory that a process has held so far."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    found = next(line for line in lines if line.startswith("VmHWM:"))
    return int(found.split()[1]) // 1024


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
