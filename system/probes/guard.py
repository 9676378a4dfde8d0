"""Where a probe may go: names are resolved once, and only permitted addresses are opened."""

import ipaddress
import os
import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
NAT64 = ipaddress.ip_network("64:ff9b::/96")
# Answer every host of a cloud about itself, keys included: no setting opens them.
METADATA = {
    ipaddress.ip_address("169.254.169.254"),
    ipaddress.ip_address("fd00:ec2::254"),
    ipaddress.ip_address("100.100.100.200"),
    ipaddress.ip_address("168.63.129.16"),
}


class ProbeError(Exception):
    """What is wrong with a service, in words that contain no secret of ours."""


@dataclass(frozen=True)
class Endpoint:
    """A host, and the one address to which its name was resolved."""

    host: str
    port: int
    address: str


def is_allowed(address: Address, host: str = "") -> bool:
    """Whether a probe may open this address: public ones, and those that PROBE_ALLOW names."""
    address = _real(address)
    if address in METADATA or address.is_link_local or address.is_multicast:
        return False
    if address.is_unspecified:
        return False
    if address.is_global and not address.is_reserved:
        return True
    for entry in settings.PROBE_ALLOW:
        try:
            if address in ipaddress.ip_network(entry, strict=False):
                return True
        except ValueError:  # a name and no network
            if host and entry.lower() == host.lower():
                return True
    return False


def _real(address: Address) -> Address:
    """The IPv4 address that is wrapped in an IPv6 one."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and address in NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        return inner or address
    return address


def folder_of(path: str) -> str:
    """The folder whose disk is checked: the root, or one below PROBE_FOLDERS.

    Raises ProbeError for others, whether or not they are there; no link leads out.
    """
    plain, real = os.path.normpath(path), os.path.realpath(path)
    for root in settings.PROBE_FOLDERS:
        if _is_below(plain, os.path.normpath(root)) and _is_below(real, os.path.realpath(root)):
            return real
    if plain.lstrip("/"):
        raise ProbeError(_("This folder may not be checked: see PROBE_FOLDERS."))
    return "/"


def _is_below(path: str, root: str) -> bool:
    return os.path.isabs(root) and os.path.commonpath([path, root]) == root


def resolve(host: str, port: int, timeout: float) -> Endpoint:
    """Look a name up once. Raises ProbeError where it has no address that may be opened."""
    found: list[Address] = []
    for entry in _looked_up(host, port, timeout):
        try:
            found.append(ipaddress.ip_address(str(entry).partition("%")[0]))
        except ValueError:
            continue
    allowed = [address for address in found if is_allowed(address, host)]
    if not allowed:
        raise ProbeError(_("This address may not be checked: see PROBE_ALLOW."))
    return Endpoint(host, port, str(allowed[0]))


def _looked_up(host: str, port: int, timeout: float) -> list[str]:
    """The addresses of a name; the system's own look-up knows no timeout, so a thread waits."""
    answer: queue.Queue[list[str] | Exception] = queue.Queue()

    def ask() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            answer.put([str(item[4][0]) for item in found])
        except (OSError, UnicodeError) as error:
            answer.put(error)

    threading.Thread(target=ask, daemon=True).start()
    try:
        result = answer.get(timeout=timeout)
    except queue.Empty as error:
        raise ProbeError(_("The name of the server was not resolved in time.")) from error
    if isinstance(result, Exception):
        raise ProbeError(_("The name of the server is not known.")) from result
    return result


def connect(endpoint: Endpoint, timeout: float) -> socket.socket:
    """A connection to the pinned address, whatever the name says by now."""
    return socket.create_connection((endpoint.address, endpoint.port), timeout)


def tls_context() -> ssl.SSLContext:
    """The system's authorities, and the own ones of PROBE_CA_FILE."""
    context = ssl.create_default_context()
    if settings.PROBE_CA_FILE:
        context.load_verify_locations(settings.PROBE_CA_FILE)
    return context


@contextmanager
def deadline(seconds: float, current: Callable[[], socket.socket | None]) -> Iterator[None]:
    """Cut the connection when the time is over: a server that drips outlives single timeouts."""
    late = threading.Event()

    def cut() -> None:
        late.set()
        sock = current()
        if sock is not None:
            try:
                # Past TLS, which would wait for the other side.
                socket.socket.shutdown(sock, socket.SHUT_RDWR)
            except OSError:
                return

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    start = time.monotonic()
    timer.start()
    try:
        yield
        if late.is_set():  # what was cut off may look like a short answer
            raise ProbeError(_("No answer in time."))
    except Exception as error:
        if late.is_set() or time.monotonic() - start >= seconds:
            raise ProbeError(_("No answer in time.")) from error
        raise
    finally:
        timer.cancel()
