"""Small real servers on the loopback, for the probes to talk to."""

import datetime as dt
import ipaddress
import json
import os
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.conf import settings

from workmate.engines.processes import free_port

HOST = "127.0.0.1"
Answer = tuple[int, dict[str, str], bytes]
PROVIDER = """
import Provider from "oidc-provider";
const issuer = process.argv[1];
const provider = new Provider(issuer, { clients: [] });
provider.listen(Number(new URL(issuer).port), "127.0.0.1");
"""


@contextmanager
def web_server(
    answer: Callable[[str], Answer], tls: ssl.SSLContext | None = None
) -> Iterator[tuple[int, list[str]]]:
    """Answers each path as told; gives the port, and the lines of the requests that came."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # noqa: N802
            asked.append(f"{self.command} {self.path} {self.headers.get('Authorization', '')}")
            status, headers, body = answer(self.path)
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_HEAD = do_GET  # noqa: N815

        def log_message(self, *args: object) -> None:
            """Be quiet."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *args: object) -> None:
            """A client that does not trust the certificate hangs up."""

    server = Server((HOST, 0), Handler)
    if tls is not None:
        # Hands are shaken in the thread of the connection: who is silent holds up no other.
        server.socket = tls.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_address[1], asked
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def raw_server(talk: Callable[[socket.socket], None]) -> Iterator[int]:
    """Does with each connection as told."""
    listener = socket.create_server((HOST, 0))

    def serve() -> None:
        while True:
            try:
                client, _address = listener.accept()
            except OSError:
                return
            with client:
                try:
                    talk(client)
                except OSError:
                    continue

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.close()


def certificate(folder: Path, days: float) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that ends in so many days, and its key; it signs itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=30))
        .not_valid_after(now + dt.timedelta(days=days))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(HOST))]), False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    chain, secret = folder / "cert.pem", folder / "key.pem"
    chain.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return chain, secret


def server_tls(chain: Path, key: Path) -> ssl.SSLContext:
    """TLS for a server with that certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, key)
    return context


@contextmanager
def oidc_provider() -> Iterator[str]:
    """The issuer of a certified OIDC provider."""
    issuer = f"http://{HOST}:{free_port(0)}"
    process = subprocess.Popen(
        ["node", "--input-type=module", "-e", PROVIDER, issuer],
        cwd=settings.BASE_DIR,
        env={**os.environ, "NODE_NO_WARNINGS": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        port = int(issuer.rpartition(":")[2])
        for _attempt in range(150):
            assert process.poll() is None, "the provider did not start"
            try:
                socket.create_connection((HOST, port), 1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield issuer
    finally:
        process.terminate()
        process.wait(10)


def as_json(body: object) -> Answer:
    """An answer with that body."""
    return 200, {"Content-Type": "application/json"}, json.dumps(body).encode()
