"""One HTTP request to a pinned address: no redirects, a bounded answer, the certificate's end."""

import base64
import datetime as dt
import http.client
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, unquote

from cryptography import x509
from django.utils.translation import gettext as _

from system.probes.guard import ProbeError, connect, deadline, resolve, tls_context

MAX_ANSWER_BYTES = 256 * 1024


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    body: bytes
    certificate_expires: dt.datetime | None

    def json(self) -> dict[str, Any]:
        """The body as an object. Raises ProbeError where it is none."""
        try:
            found = json.loads(self.body)
        except (ValueError, RecursionError) as error:
            raise ProbeError(_("The answer is no JSON.")) from error
        if not isinstance(found, dict):
            raise ProbeError(_("The answer is no JSON object."))
        return found


def certificate_end(sock: Any) -> dt.datetime | None:
    """When the certificate of a TLS connection ends; None without TLS."""
    if not isinstance(sock, ssl.SSLSocket):
        return None
    raw = sock.getpeercert(binary_form=True)
    return x509.load_der_x509_certificate(raw).not_valid_after_utc if raw else None


def fetch(
    url: SplitResult,
    timeout: float,
    *,
    method: str = "GET",
    path: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Ask once. A redirect is an answer like any other, and is not followed."""
    secure = url.scheme == "https"
    host = url.hostname or ""
    endpoint = resolve(host, url.port or (443 if secure else 80), timeout)
    target = path if path is not None else (url.path or "/")
    if path is None and url.query:
        target = f"{target}?{url.query}"
    sent = {"User-Agent": "WorkmateOS", "Accept": "*/*", "Connection": "close", **(headers or {})}
    if url.username is not None and "Authorization" not in sent:
        pair = f"{unquote(url.username)}:{unquote(url.password or '')}"
        sent["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    connection = http.client.HTTPConnection(host, endpoint.port, timeout=timeout)
    with deadline(timeout, lambda: connection.sock):
        try:
            connection.sock = connect(endpoint, timeout)
            if secure:
                connection.sock = tls_context().wrap_socket(connection.sock, server_hostname=host)
            expires = certificate_end(connection.sock)
            if secure and endpoint.port == 443:
                connection.default_port = 443  # type: ignore[misc]  # no port in the Host header
            connection.request(method, target, headers=sent)
            response = connection.getresponse()
            body = response.read(MAX_ANSWER_BYTES + 1)
            if len(body) > MAX_ANSWER_BYTES:
                raise ProbeError(_("The answer is too large."))
            return Answer(response.status, body, expires)
        except ssl.SSLError:  # an unknown certificate is a ValueError, too
            raise
        except (http.client.HTTPException, ValueError) as error:
            raise ProbeError(_("The answer is no HTTP.")) from error
        finally:
            connection.close()
