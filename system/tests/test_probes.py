"""Each probe against a real server, and where probes refuse to go."""

import ipaddress
import ssl
import time
from urllib.parse import quote, urlsplit

import pytest
from aiosmtpd.controller import Controller
from django.db import connection
from moto.server import ThreadedMotoServer

from system.probes import PROBES, ProbeError, Target, is_allowed, resolve
from system.probes.guard import socket as guarded_socket
from system.tests.servers import (
    HOST,
    as_json,
    certificate,
    oidc_provider,
    raw_server,
    server_tls,
    web_server,
)
from workmate.engines.processes import free_port

VERSIONS = as_json({"versions": ["v1.11"]})


@pytest.fixture(autouse=True)
def _loopback(settings):
    """Servers of tests stand on this machine."""
    settings.PROBE_ALLOW = ["127.0.0.0/8", "::1"]


def probe(kind, url, **options):
    return PROBES[kind](Target(urlsplit(url), **{"timeout": 5, **options}))


def wrong(kind, url, **options):
    with pytest.raises(ProbeError) as refused:
        probe(kind, url, **options)
    return str(refused.value)


# --- PostgreSQL -----------------------------------------------------------------------------------
def database_url(**changes):
    made = {**connection.settings_dict, **changes}
    return (
        f"postgresql://{quote(made['USER'])}:{quote(made['PASSWORD'], safe='')}"
        f"@{made['HOST']}:{made['PORT']}/{made['NAME']}"
    )


def test_a_database_that_answers_is_fine():
    assert probe("database", database_url()).certificate_expires is None


def test_a_wrong_password_is_told_without_the_password():
    text = wrong("database", database_url(PASSWORD="not-the-one"))
    assert "password" in text
    assert "not-the-one" not in text


def test_further_parameters_lead_nowhere_else():
    elsewhere = f"{database_url()}?hostaddr=192.0.2.1&service=x&sslkey=/etc/passwd"
    probe("database", elsewhere)
    assert "sslmode" in wrong("database", f"{database_url()}?sslmode=odd")


# --- OIDC -----------------------------------------------------------------------------------------
def test_an_oidc_provider_is_found_by_its_discovery():
    with oidc_provider() as issuer:
        probe("auth", issuer)
        probe("auth", f"{issuer}/.well-known/openid-configuration")
        assert "404" in wrong("auth", f"{issuer}/realms/none")


def test_a_provider_that_names_another_issuer_is_refused():
    document = as_json({"issuer": "https://elsewhere.example", "jwks_uri": "x"})
    with web_server(lambda path: document) as (port, _asked):
        assert "issuer" in wrong("auth", f"http://{HOST}:{port}")


# --- mail -----------------------------------------------------------------------------------------
def test_a_mail_server_without_tls_is_fine_until_a_password_is_to_be_sent():
    server = Controller(object(), hostname=HOST, port=free_port(0))
    server.start()
    try:
        probe("mail", f"smtp://{HOST}:{server.port}")
        text = wrong("mail", f"smtp://me:secret@{HOST}:{server.port}")
        assert "unencrypted" in text
    finally:
        server.stop()


def test_a_mail_server_with_starttls_shows_its_certificate(tmp_path, settings):
    chain, key = certificate(tmp_path, 30)
    server = Controller(
        object(), hostname=HOST, port=free_port(0), tls_context=server_tls(chain, key)
    )
    server.start()
    try:
        assert "certificate" in wrong_tls("mail", f"smtp://{HOST}:{server.port}")
        settings.PROBE_CA_FILE = str(chain)
        assert probe("mail", f"smtp://{HOST}:{server.port}").certificate_expires is not None
    finally:
        server.stop()


def wrong_tls(kind, url):
    with pytest.raises(ssl.SSLError) as refused:
        probe(kind, url)
    return str(refused.value)


# --- Matrix ---------------------------------------------------------------------------------------
def test_a_matrix_server_names_its_versions():
    with web_server(lambda path: VERSIONS) as (port, asked):
        probe("chat", f"http://{HOST}:{port}/")
    assert asked == ["GET /_matrix/client/versions "]


@pytest.mark.parametrize("body", [{"versions": []}, {"versions": "1"}, [], {}])
def test_what_is_no_matrix_server_is_refused(body):
    with web_server(lambda path: as_json(body)) as (port, _asked):
        assert wrong("chat", f"http://{HOST}:{port}")


# --- storage --------------------------------------------------------------------------------------
def test_a_bucket_is_there_or_not():
    server = ThreadedMotoServer(ip_address=HOST, port=0)
    server.start()
    try:
        host, port = server.get_host_and_port()
        place = f"s3://key:secret@{host}:{port}"
        assert "404" in wrong("storage", f"{place}/papers?tls=0&region=eu-central-1")
        with web_put(host, port, "papers"):
            probe("storage", f"{place}/papers?tls=0&region=eu-central-1")
    finally:
        server.stop()


def web_put(host, port, bucket):
    import http.client
    from contextlib import closing

    made = http.client.HTTPConnection(host, port, timeout=10)
    made.request("PUT", f"/{bucket}")
    assert made.getresponse().status == 200
    return closing(made)


def test_a_disk_has_room_or_not(tmp_path, settings):
    settings.PROBE_FOLDERS = [str(tmp_path)]
    probe("storage", "file:///?min_free=0")
    probe("storage", f"file://{tmp_path}?min_free=0")
    assert "%" in wrong("storage", f"file://{tmp_path}?min_free=100.5")
    assert "min_free" in wrong("storage", f"file://{tmp_path}?min_free=x")
    assert str(tmp_path) not in wrong("storage", f"file://{tmp_path}/none")


def test_a_disk_probe_does_not_tell_which_folders_there_are(tmp_path, settings):
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    inside.mkdir()
    outside.mkdir()
    (inside / "link").symlink_to(outside)
    settings.PROBE_FOLDERS = [str(inside)]
    paths = [outside, tmp_path / "none", inside / ".." / "outside", inside / "link", f"{inside}2"]
    told = {wrong("storage", f"file://{path}?min_free=0") for path in paths}
    assert len(told) == 1
    assert "PROBE_FOLDERS" in told.pop()


# --- HTTP -----------------------------------------------------------------------------------------
def test_an_api_answers_with_the_expected_status():
    with web_server(lambda path: (204, {}, b"")) as (port, asked):
        probe("external_api", f"http://me:pw@{HOST}:{port}/ping?a=1", expected_status=204)
        assert "204" in wrong("external_api", f"http://{HOST}:{port}/ping")
    assert asked[0] == "GET /ping?a=1 Basic bWU6cHc="


def test_a_certificate_that_ends_soon_is_read_and_an_expired_one_refused(tmp_path, settings):
    for days, fine in [(5, True), (-1, False)]:
        chain, key = certificate(tmp_path, days)
        settings.PROBE_CA_FILE = str(chain)
        with web_server(lambda path: (200, {}, b""), server_tls(chain, key)) as (port, _asked):
            url = f"https://{HOST}:{port}/"
            if fine:
                ends = probe("external_api", url).certificate_expires
                assert 4 < (ends.timestamp() - time.time()) / 86400 < 5
            else:
                assert "expired" in wrong_tls("external_api", url)


def test_a_redirect_is_not_followed():
    with web_server(lambda path: (200, {}, b"")) as (inner, asked):
        away = (302, {"Location": f"http://{HOST}:{inner}/"}, b"")
        with web_server(lambda path: away) as (port, _asked):
            assert "302" in wrong("external_api", f"http://{HOST}:{port}/")
        assert asked == []


def test_an_answer_that_is_too_large_is_not_read_to_its_end():
    with web_server(lambda path: (200, {}, b"x" * 600_000)) as (port, _asked):
        assert "large" in wrong("external_api", f"http://{HOST}:{port}/")


def drip(client):
    """Sends a byte every now and then, always in time for the single read."""
    client.recv(100)
    client.sendall(b"HTTP/1.1 200 OK\r\nX: ")
    for _number in range(80):
        client.sendall(b"a")
        time.sleep(0.1)


def silent(client):
    time.sleep(6)


@pytest.mark.parametrize("talk", [drip, silent])
@pytest.mark.parametrize("kind", ["external_api", "mail"])
def test_a_server_that_drags_is_left_in_time(kind, talk):
    scheme = "smtp" if kind == "mail" else "http"
    with raw_server(talk) as port:
        start = time.monotonic()
        with pytest.raises((ProbeError, OSError)):
            probe(kind, f"{scheme}://{HOST}:{port}/", timeout=1)
        assert time.monotonic() - start < 3


def test_what_speaks_no_http_is_refused():
    def talk(client):
        client.recv(1000)
        client.sendall(b"SSH-2.0-x\r\n")

    with raw_server(talk) as port:
        assert "HTTP" in wrong("external_api", f"http://{HOST}:{port}/")


# --- where no probe goes --------------------------------------------------------------------------
FORBIDDEN = [
    "127.0.0.1",
    "10.1.2.3",
    "192.168.0.1",
    "172.16.5.5",
    "100.64.0.1",
    "169.254.169.254",
    "0.0.0.0",  # noqa: S104
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "fd00:ec2::254",
    "fc00::1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
]


@pytest.mark.parametrize("address", FORBIDDEN)
def test_addresses_that_are_not_public_are_refused(address, settings):
    settings.PROBE_ALLOW = []
    assert not is_allowed(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1"])
def test_public_addresses_are_allowed(address, settings):
    settings.PROBE_ALLOW = []
    assert is_allowed(ipaddress.ip_address(address))


def test_the_setting_names_what_is_allowed_but_never_the_metadata_of_a_cloud(settings):
    settings.PROBE_ALLOW = ["10.0.0.0/8", "db.internal", "0.0.0.0/0", "::/0"]
    assert is_allowed(ipaddress.ip_address("10.1.2.3"))
    for address in (
        "169.254.169.254", "168.63.129.16", "169.254.1.1", "fd00:ec2::254", "fe80::1"
    ):  # fmt: skip
        assert not is_allowed(ipaddress.ip_address(address), "db.internal")


def test_a_name_opens_only_its_own_addresses(settings):
    settings.PROBE_ALLOW = ["db.internal"]
    assert is_allowed(ipaddress.ip_address("10.1.2.3"), "DB.internal")
    assert not is_allowed(ipaddress.ip_address("10.1.2.3"), "other.internal")


@pytest.mark.parametrize(
    ("kind", "url"),
    [
        ("external_api", "http://{}/"),
        ("chat", "http://{}/"),
        ("auth", "http://{}/"),
        ("mail", "smtp://{}"),
        ("database", "postgresql://u:p@{}/x"),
        ("storage", "s3://k:s@{}/b?tls=0"),
    ],
)
def test_no_probe_opens_a_forbidden_address(kind, url, settings):
    settings.PROBE_ALLOW = []
    with web_server(lambda path: VERSIONS) as (port, asked):
        for host in (HOST, "localhost", "0x7f.1", "2130706433"):
            assert "PROBE_ALLOW" in wrong(kind, url.format(f"{host}:{port}"))
    assert asked == []


def test_a_name_is_resolved_once_and_the_answer_is_kept(monkeypatch):
    real, looked_up = guarded_socket.getaddrinfo, []

    def rebinding(host, *args, **kwargs):
        looked_up.append(host)
        address = HOST if host == "rebind.example" and looked_up.count(host) == 1 else "192.0.2.9"
        return real(address if host == "rebind.example" else host, *args, **kwargs)

    monkeypatch.setattr(guarded_socket, "getaddrinfo", rebinding)
    with web_server(lambda path: VERSIONS) as (port, asked):
        probe("chat", f"http://rebind.example:{port}")
    assert asked
    assert looked_up.count("rebind.example") == 1


def test_a_name_that_nobody_knows_is_told():
    with pytest.raises(ProbeError, match="not known"):
        resolve("nobody.invalid", 80, 5)


def test_a_look_up_that_hangs_is_left_in_time(monkeypatch):
    monkeypatch.setattr(guarded_socket, "getaddrinfo", lambda *args, **kwargs: time.sleep(1) or [])
    start = time.monotonic()
    with pytest.raises(ProbeError, match="in time"):
        resolve("slow.example", 80, 0.2)
    assert time.monotonic() - start < 0.9
