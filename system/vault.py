"""Addresses with secrets: encrypted in the database, masked wherever they are shown."""

import base64
import re
from typing import Any
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlsplit, urlunsplit

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.query_utils import DeferredAttribute
from django.utils.translation import gettext_lazy as _

MASK = "***"
# Query parameters that tell how to connect and are no secrets.
PLAIN_PARAMETERS = {"sslmode", "region", "tls", "min_free"}
BARE_MASK = re.compile(r"(?<![^:/@=&?])\*\*\*(?![^:/@=&?])")


class Unreadable(Exception):
    """What was encrypted with a key that is no longer among the settings."""


def cipher() -> MultiFernet:
    """Encrypts with the first key of the settings, and reads what any of them encrypted."""
    return MultiFernet([Fernet(_derived(key)) for key in settings.ENCRYPTION_KEYS])


def _derived(key: str) -> bytes:
    kdf = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"workmate.vault")
    return base64.urlsafe_b64encode(kdf.derive(key.encode()))


class SealedUrl:
    """An address whose secrets are seen by nobody who merely prints, logs or compares it."""

    __slots__ = ("_plain", "token")

    def __init__(self, plain: str | None = None, *, token: str = "") -> None:
        self._plain, self.token = plain, token

    def reveal(self) -> str:
        """The address with its secrets. Raises Unreadable where the key is gone."""
        if self._plain is None:
            try:
                self._plain = cipher().decrypt(self.token.encode()).decode()
            except InvalidToken as error:
                raise Unreadable from error
        return self._plain

    def __str__(self) -> str:
        try:
            return masked(self.reveal())
        except Unreadable:
            return MASK

    def __repr__(self) -> str:
        return f"<SealedUrl {self}>"

    def __bool__(self) -> bool:
        return bool(self._plain or self.token)

    def __len__(self) -> int:
        return len(str(self))

    def __eq__(self, other: object) -> bool:
        if isinstance(other, SealedUrl):
            return (self._plain or self.token) == (other._plain or other.token)
        return str(self) == other

    def __hash__(self) -> int:
        return hash(str(self))


def split(url: str) -> SplitResult:
    """The parts of an address. Raises ValueError where it is none."""
    parts = urlsplit(url)
    _port = parts.port  # read here, as a wrong one is only noticed when it is asked for
    return parts


def masked(url: str) -> str:
    """The address with password, lone user name of HTTP, and values of the query masked."""
    try:
        parts = split(url)
    except ValueError:
        return MASK
    userinfo, at, host = parts.netloc.rpartition("@")
    user, colon, _password = userinfo.partition(":")
    if colon:
        userinfo = f"{user}:{MASK}"
    elif at and parts.scheme in {"http", "https"}:
        userinfo = MASK
    query = "&".join(
        piece
        if piece.partition("=")[0] in PLAIN_PARAMETERS
        else (f"{piece.partition('=')[0]}={MASK}" if "=" in piece else MASK)
        for piece in parts.query.split("&")
        if piece
    )
    return urlunsplit((parts.scheme, f"{userinfo}{at}{host}", parts.path, query, ""))


def secrets_of(url: str) -> set[str]:
    """Every secret in an address, as it is written there and as it reads."""
    parts = split(url)
    raw = {parts.password or ""}
    if parts.password is None and parts.scheme in {"http", "https"}:
        raw.add(parts.username or "")
    raw |= {
        piece.rpartition("=")[2]
        for piece in parts.query.split("&")
        if piece.partition("=")[0] not in PLAIN_PARAMETERS
    }
    raw |= {value for name, value in parse_qsl(parts.query) if name not in PLAIN_PARAMETERS}
    return {form for text in raw if text for form in (text, unquote(text), quote(text, safe=""))}


def without_secrets(text: str, url: str) -> str:
    """A message in which no secret of the address is left."""
    for secret in sorted(secrets_of(url), key=len, reverse=True):
        text = text.replace(secret, MASK)
    return text


class _Sealing(DeferredAttribute):
    """Takes an address; the masked one, given back as it was shown, changes nothing."""

    def __set__(self, instance: Any, value: Any) -> None:
        name = self.field.attname
        kept = instance.__dict__.get(name)
        if isinstance(value, str):
            value = value.strip()
            if isinstance(kept, SealedUrl) and value and value == str(kept):
                return
            value = SealedUrl(value)
        instance.__dict__[name] = value


class SealedUrlField(models.TextField):  # type: ignore[type-arg]
    """An address, encrypted in its column."""

    descriptor_class = _Sealing

    def from_db_value(self, value: str | None, *args: Any) -> SealedUrl | None:
        """Sealed; it is decrypted when somebody asks."""
        return None if value is None else SealedUrl(token=value)

    def to_python(self, value: Any) -> Any:
        """Sealed."""
        if value is None or isinstance(value, SealedUrl):
            return value
        return SealedUrl(str(value))

    def get_prep_value(self, value: Any) -> Any:
        """Encrypted; what was not changed keeps its token."""
        sealed = self.to_python(value)
        if sealed is None:
            return None
        if not sealed.token:
            sealed.token = cipher().encrypt(sealed.reveal().encode()).decode()
        return sealed.token

    def value_to_string(self, obj: Any) -> str:
        """What a dump of the database shows: the encrypted form."""
        return str(self.get_prep_value(self.value_from_object(obj)))

    def validate(self, value: Any, model_instance: Any) -> None:
        """Refuse nothing at all, and a masked secret that belongs to another address."""
        if not value:
            raise ValidationError(self.error_messages["blank"], code="blank")
        if value._plain is not None and not value.token and BARE_MASK.search(value._plain):
            raise ValidationError(
                _("Type the password anew: it is not shown, and belongs to the old address."),
                code="masked",
            )

    def formfield(self, **kwargs: Any) -> Any:
        """One line."""
        kwargs.pop("widget", None)
        return models.CharField.formfield(
            models.CharField(
                self.verbose_name, max_length=2000, blank=self.blank, help_text=self.help_text
            ),
            **kwargs,
        )
