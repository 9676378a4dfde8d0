"""What the identity provider publishes, its endpoints and keys, and what they vouch for."""

import functools
import threading
import time
from dataclasses import dataclass
from typing import Any

import jwt
import requests
from django.conf import settings

# How long what was read is taken for true, and how often it is read again at most: whoever
# sends made-up tokens shall not make us ask the provider for each of them.
LIFE_SECONDS = 600
PAUSE_SECONDS = 15
TIMEOUT_SECONDS = 5
# By how much the provider's clock may differ from ours.
LEEWAY_SECONDS = 30
# Signatures by a key pair only: with HS256, whoever knows the public key could sign.
ALGORITHMS = {
    "RSA": ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    "EC": ("ES256", "ES384", "ES512"),
    "OKP": ("EdDSA",),
}


class ProviderUnavailableError(Exception):
    """The identity provider does not answer, or not with what the standard says."""


class Published:
    """A JSON object of the provider, kept for a while."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._lock = threading.Lock()
        self._value: dict[str, Any] | None = None
        self._read_at = self._asked_at = float("-inf")

    def get(self, *, anew: bool = False) -> dict[str, Any]:
        """The object; `anew`: read again, unless that was done a moment ago.

        What was read once stays while the provider is away. Raises ProviderUnavailableError
        where nothing was read yet.
        """
        is_old = time.monotonic() - self._read_at > LIFE_SECONDS
        if (anew or is_old) and self._may_ask():
            # One asks; the others wait only where there is nothing to go on with.
            with self._lock:
                if self._may_ask():
                    self._read()
        if self._value is None:
            raise ProviderUnavailableError(self.url)
        return self._value

    def _may_ask(self) -> bool:
        return time.monotonic() - self._asked_at > PAUSE_SECONDS

    def _read(self) -> None:
        try:
            answer = requests.get(self.url, timeout=TIMEOUT_SECONDS)
            answer.raise_for_status()
            value = answer.json()
        except (requests.RequestException, ValueError):
            value = None
        if isinstance(value, dict):
            self._value, self._read_at = value, time.monotonic()
        self._asked_at = time.monotonic()


@dataclass(frozen=True)
class Key:
    """A public key of the provider."""

    kid: str | None
    algorithms: tuple[str, ...]
    key: Any


class Provider:
    """The identity provider: discovery, keys, and checked tokens."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self._discovery = Published(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        self._keys: Published | None = None
        self._parsed: tuple[dict[str, Any] | None, list[Key]] = (None, [])

    def document(self) -> dict[str, Any]:
        """Its discovery document. Raises ProviderUnavailableError also for that of another."""
        found = self._discovery.get()
        if str(found.get("issuer", "")).rstrip("/") != self.issuer.rstrip("/"):
            raise ProviderUnavailableError(f"{self.issuer} says that it is {found.get('issuer')}")
        return found

    def endpoint(self, name: str) -> str:
        """The address of an endpoint, such as `token_endpoint`. Raises where there is none."""
        address = self.document().get(name)
        if not isinstance(address, str) or not address:
            raise ProviderUnavailableError(f"{self.issuer} has no {name}")
        return address

    def verify(self, token: str, *, audience: list[str] | None) -> tuple[dict[str, Any], str]:
        """The claims of a token, and the type that its header names.

        Checked are signature, issuer, times, and that it is meant for one of `audience` (None: for
        anybody). Raises jwt.PyJWTError, or ProviderUnavailableError without keys to check it by.
        """
        header = jwt.get_unverified_header(token)
        algorithm, kid = header.get("alg"), header.get("kid")
        if not any(algorithm in family for family in ALGORITHMS.values()):
            raise jwt.InvalidAlgorithmError("This algorithm is not accepted.")
        key = self._key(kid, algorithm)
        if key is None:
            raise jwt.InvalidKeyError("The provider has no such key.")
        required = ["exp", "iat", "iss", "sub"]
        claims = jwt.decode(
            token,
            key,
            algorithms=[algorithm],
            audience=audience,
            issuer=self.document()["issuer"],
            leeway=LEEWAY_SECONDS,
            options={
                "require": required if audience is None else [*required, "aud"],
                "verify_aud": audience is not None,
            },
        )
        return claims, str(header.get("typ", "")).lower()

    def _key(self, kid: Any, algorithm: Any) -> Any:
        for anew in (False, True):
            keys = [
                key
                for key in self._public_keys(anew=anew)
                if algorithm in key.algorithms and kid in (None, key.kid)
            ]
            if len(keys) == 1:  # a token that names no key is checked where there is but one
                return keys[0].key
        return None

    def _public_keys(self, *, anew: bool) -> list[Key]:
        address = self.endpoint("jwks_uri")
        published = self._keys
        if published is None or published.url != address:
            published = self._keys = Published(address)
        found = published.get(anew=anew)
        of, keys = self._parsed
        if of is not found:
            keys = [*filter(None, map(_public_key, found.get("keys") or []))]
            self._parsed = (found, keys)
        return keys


def _public_key(data: Any) -> Key | None:
    if not isinstance(data, dict) or data.get("use", "sig") != "sig":
        return None
    family = ALGORITHMS.get(str(data.get("kty")))
    if family is None:
        return None
    named = data.get("alg")
    if named is not None and named not in family:
        return None
    try:
        key = jwt.PyJWK(data).key
    except (jwt.PyJWTError, ValueError):  # a curve or size that nobody here knows
        return None
    return Key(data.get("kid"), family if named is None else (named,), key)


@functools.lru_cache(maxsize=4)
def _provider_at(issuer: str) -> Provider:
    return Provider(issuer)


def is_configured() -> bool:
    """Whether there is single sign-on at all."""
    return bool(settings.OIDC_ISSUER)


def provider() -> Provider:
    """The identity provider of the settings."""
    return _provider_at(settings.OIDC_ISSUER)
