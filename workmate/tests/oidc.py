"""A real identity provider for tests (npm oidc-provider), and somebody who signs in there."""

import base64
import hashlib
import json
import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import jwt
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings

from workmate.engines.processes import HOST, free_port

SCRIPT = Path(__file__).with_name("oidc_provider.mjs")
KID = "first"
START_SECONDS = 20


def new_key() -> rsa.RSAPrivateKey:
    """A key pair."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class IdentityProvider:
    """The running provider: who may sign in there, its key, and its tokens."""

    def __init__(self, issuer: str, people: Path, key: rsa.RSAPrivateKey) -> None:
        self.issuer, self.people_file, self.key = issuer, people, key

    def knows(self, **people: dict[str, Any]) -> None:
        """From now on these may sign in, by login name: `knows(ada={"sub": "1", ...})`."""
        self.people_file.write_text(json.dumps(people))

    def token(
        self, key: Any = None, *, headers: dict[str, Any] | None = None, **claims: Any
    ) -> str:
        """An access token as the provider would sign it, with other claims; None leaves one out."""
        now = int(time.time())
        values = {
            "iss": self.issuer,
            "aud": "workmate",
            "sub": "nobody",
            "iat": now,
            "exp": now + 300,
            **claims,
        }
        given = {name: value for name, value in values.items() if value is not None}
        header = {"kid": KID, "typ": "at+jwt", **(headers or {})}
        header = {name: value for name, value in header.items() if value is not None}
        return jwt.encode(given, key or self.key, algorithm="RS256", headers=header)

    def sign_in(self, address: str, login: str) -> str:
        """Do as a browser does that is sent to this address: the address to which it comes back."""
        browser = requests.Session()
        answer = browser.get(address, allow_redirects=False, timeout=10)
        for _step in range(8):
            if answer.is_redirect:
                target = urljoin(answer.url, answer.headers["Location"])
                if not target.startswith(self.issuer):
                    return target
                answer = browser.get(target, allow_redirects=False, timeout=10)
            else:
                assert answer.ok, answer.text
                answer = browser.post(
                    answer.url, {"login": login}, allow_redirects=False, timeout=10
                )
        raise AssertionError("The provider leads nowhere.")

    def access_token(self, login: str) -> str:
        """An access token (JWT) for the API, given to a command line client for that person."""
        verifier = "a-verifier-of-at-least-forty-three-characters-for-tests"
        digest = hashlib.sha256(verifier.encode()).digest()
        asked = {
            "client_id": "cli",
            "response_type": "code",
            "scope": "openid email profile api",
            "resource": "urn:workmate:api",
            "redirect_uri": "http://127.0.0.1/back",
            "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
            "code_challenge_method": "S256",
        }
        address = requests.Request("GET", f"{self.issuer}/auth", params=asked).prepare().url
        assert address
        code = parse_qs(urlsplit(self.sign_in(address, login)).query)["code"][0]
        body = {
            "grant_type": "authorization_code",
            "client_id": "cli",
            "code": code,
            "redirect_uri": asked["redirect_uri"],
            "code_verifier": verifier,
        }
        answer = requests.post(f"{self.issuer}/token", body, timeout=10)
        assert answer.ok, answer.text
        return str(answer.json()["access_token"])


@contextmanager
def running_provider(folder: Path) -> Iterator[IdentityProvider]:
    """The provider on a port of its own, until the end of the block."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    key = new_key()
    private = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key))
    del private["key_ops"]  # it signs, and checks what it signed
    people, keys = folder / "people.json", folder / "keys.json"
    people.write_text("{}")
    keys.write_text(json.dumps({"keys": [{**private, "kid": KID, "use": "sig", "alg": "RS256"}]}))
    port = free_port(0)
    issuer = f"http://{HOST}:{port}"
    with (folder / "provider.log").open("w") as log:
        process = subprocess.Popen(
            [node, str(SCRIPT), issuer, str(people), str(keys)],
            cwd=settings.BASE_DIR,
            env={**os.environ, "NODE_NO_WARNINGS": "1"},
            stdout=log,
            stderr=log,
        )
    try:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                socket.create_connection((HOST, port), 1).close()
                break
            except OSError:
                said = re.sub(r"\s+", " ", (folder / "provider.log").read_text())
                assert process.poll() is None, said
                assert time.monotonic() < deadline, said
                time.sleep(0.05)
        yield IdentityProvider(issuer, people, key)
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture(scope="module")
def oidc_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[IdentityProvider]:
    """The provider, for one module of tests."""
    with running_provider(tmp_path_factory.mktemp("oidc")) as running:
        yield running


@pytest.fixture
def oidc(oidc_server: IdentityProvider, settings: Any) -> IdentityProvider:
    """The provider, with single sign-on by it switched on and nobody known there."""
    settings.OIDC_ISSUER = oidc_server.issuer
    settings.OIDC_RP_CLIENT_ID = "workmate"
    settings.OIDC_RP_CLIENT_SECRET = "the secret of workmate"  # noqa: S105
    settings.OIDC_AUDIENCE = ["workmate"]
    policy = settings.CONTENT_SECURITY_POLICY
    settings.CONTENT_SECURITY_POLICY = {
        **policy,
        "DIRECTIVES": {
            **policy["DIRECTIVES"],
            "form-action": [*policy["DIRECTIVES"]["form-action"], oidc_server.issuer],
        },
    }
    oidc_server.knows()
    return oidc_server
