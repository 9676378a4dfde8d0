"""One probe for each type of service."""

import datetime as dt
import os
import shutil
import smtplib
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, parse_qs, quote, unquote

import psycopg
from django.utils.translation import gettext as _

from system.probes.guard import ProbeError, connect, deadline, folder_of, resolve, tls_context
from system.probes.web import certificate_end, fetch
from system.vault import split

DISCOVERY = "/.well-known/openid-configuration"
MIN_FREE_PERCENT = 5.0


@dataclass(frozen=True)
class Target:
    """What is to be checked."""

    url: SplitResult
    timeout: float = 5
    expected_status: int = 200

    @classmethod
    def of(cls, service: Any) -> "Target":
        """The target of a service, with its secrets."""
        return cls(
            split(service.connection_url.reveal()),
            service.timeout_seconds,
            service.expected_status,
        )

    def option(self, name: str, default: str = "") -> str:
        """A parameter of the address."""
        return parse_qs(self.url.query).get(name, [default])[-1]


@dataclass(frozen=True)
class Reading:
    """What a probe that got through has learned."""

    certificate_expires: dt.datetime | None = None


def check_database(target: Target) -> Reading:
    """Connect to PostgreSQL and ask for `select 1`.

    Only the named parts of the address are used: further parameters could lead elsewhere.
    """
    url = target.url
    endpoint = resolve(url.hostname or "", url.port or 5432, target.timeout)
    mode = target.option("sslmode", "prefer")
    if mode not in {"disable", "allow", "prefer", "require", "verify-ca", "verify-full"}:
        raise ProbeError(_("This sslmode is not known."))
    settings: dict[str, Any] = {
        "host": endpoint.host,
        "hostaddr": endpoint.address,
        "port": endpoint.port,
        "user": unquote(url.username or ""),
        "password": unquote(url.password or ""),
        "dbname": unquote(url.path.lstrip("/")) or unquote(url.username or ""),
        "sslmode": mode,
        "connect_timeout": max(2, int(target.timeout)),
        "application_name": "WorkmateOS probe",
        "options": f"-c statement_timeout={int(target.timeout * 1000)}",
        "passfile": os.devnull,
    }
    try:
        with psycopg.connect(**settings, autocommit=True) as connection:
            copy = socket.socket(fileno=os.dup(connection.fileno()))
            with copy, deadline(target.timeout, lambda: copy):
                connection.execute("select 1")
    except psycopg.Error as error:
        raise ProbeError(str(error).strip() or type(error).__name__) from error
    return Reading()


def check_auth(target: Target) -> Reading:
    """Read the discovery document of an OIDC provider: it must name the issuer asked for."""
    base = target.url.path.rstrip("/").removesuffix(DISCOVERY)
    answer = fetch(target.url, target.timeout, path=f"{base}{DISCOVERY}")
    _expect(answer.status, 200)
    document = answer.json()
    _userinfo, _at, host = target.url.netloc.rpartition("@")
    issuer = f"{target.url.scheme}://{host}{base}"
    if str(document.get("issuer", "")).rstrip("/") != issuer:
        raise ProbeError(_("The provider names another issuer."))
    if not document.get("jwks_uri") or not document.get("authorization_endpoint"):
        raise ProbeError(_("The discovery document is not complete."))
    return Reading(answer.certificate_expires)


def check_chat(target: Target) -> Reading:
    """Ask a Matrix server for its versions."""
    base = target.url.path.rstrip("/")
    answer = fetch(target.url, target.timeout, path=f"{base}/_matrix/client/versions")
    _expect(answer.status, 200)
    versions = answer.json().get("versions")
    if not isinstance(versions, list) or not versions:
        raise ProbeError(_("The server names no versions of Matrix."))
    return Reading(answer.certificate_expires)


def check_api(target: Target) -> Reading:
    """Ask an HTTP address; the status must be the expected one."""
    answer = fetch(target.url, target.timeout)
    _expect(answer.status, target.expected_status)
    return Reading(answer.certificate_expires)


class _PinnedSMTP(smtplib.SMTP):
    """Connects to the resolved address and names the host in TLS."""

    def __init__(self, endpoint: Any, *, secure: bool, timeout: float) -> None:
        self.endpoint, self.secure = endpoint, secure
        super().__init__(timeout=timeout)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        sock = connect(self.endpoint, timeout)
        self.sock = sock  # the deadline cuts it while the server has not greeted
        if self.secure:
            return tls_context().wrap_socket(sock, server_hostname=host)
        return sock


def check_mail(target: Target) -> Reading:
    """Greet an SMTP server; STARTTLS where it offers it, sign in where a user is named.

    A password is never sent unencrypted.
    """
    url = target.url
    secure = url.scheme == "smtps"
    endpoint = resolve(url.hostname or "", url.port or (465 if secure else 25), target.timeout)
    server = _PinnedSMTP(endpoint, secure=secure, timeout=target.timeout)
    with deadline(target.timeout, lambda: server.sock):
        try:
            # smtplib names the host in STARTTLS by this, and sets it only in its constructor.
            server._host = endpoint.host  # type: ignore[attr-defined]
            server.connect(endpoint.host, endpoint.port)
            server.ehlo_or_helo_if_needed()
            if not secure and server.has_extn("starttls"):
                server.starttls(context=tls_context())
                server.ehlo()
            expires = certificate_end(server.sock)
            if url.username:
                if expires is None:
                    raise ProbeError(_("Without TLS the password would go unencrypted."))
                server.login(unquote(url.username), unquote(url.password or ""))
            server.quit()
        except smtplib.SMTPResponseException as error:
            raise ProbeError(
                _("The mail server answers %(code)s.") % {"code": error.smtp_code}
            ) from error
        except smtplib.SMTPException as error:
            raise ProbeError(str(error)) from error
        finally:
            server.close()
    return Reading(expires)


def check_storage(target: Target) -> Reading:
    """The head of an S3 bucket, or the space that is left on a disk."""
    return _check_disk(target) if target.url.scheme == "file" else _check_bucket(target)


def _check_disk(target: Target) -> Reading:
    try:
        least = float(target.option("min_free") or MIN_FREE_PERCENT)
    except ValueError as error:
        raise ProbeError(_("min_free is no number.")) from error
    folder = folder_of(unquote(target.url.path))
    try:
        usage = shutil.disk_usage(folder)
    except OSError as error:
        raise ProbeError(_("The disk of this folder cannot be read.")) from error
    free = 100 * usage.free / usage.total
    if free < least:
        raise ProbeError(_("Only %(free)s %% of the disk are free.") % {"free": f"{free:.1f}"})
    return Reading()


def _check_bucket(target: Target) -> Reading:
    # The library takes a good part of a second to import, and few processes check S3.
    from botocore.auth import S3SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    url = target.url
    scheme = "http" if target.option("tls") in {"0", "false"} else "https"
    bucket = quote(unquote(url.path.strip("/")), safe="")
    _userinfo, _at, host = url.netloc.rpartition("@")
    request = AWSRequest("HEAD", f"{scheme}://{host}/{bucket}")
    keys = Credentials(unquote(url.username or ""), unquote(url.password or ""))
    S3SigV4Auth(keys, "s3", target.option("region", "us-east-1")).add_auth(request)
    answer = fetch(
        url._replace(scheme=scheme),
        target.timeout,
        method="HEAD",
        path=f"/{bucket}",
        headers=dict(request.headers.items()),
    )
    _expect(answer.status, 200)
    return Reading(answer.certificate_expires)


def _expect(status: int, wanted: int) -> None:
    if status != wanted:
        raise ProbeError(
            _("The answer is %(status)s, not %(wanted)s.") % {"status": status, "wanted": wanted}
        )


PROBES: dict[str, Callable[[Target], Reading]] = {
    "database": check_database,
    "auth": check_auth,
    "mail": check_mail,
    "chat": check_chat,
    "storage": check_storage,
    "external_api": check_api,
}
