"""Sessions: in the cache and the database, and nobody's where the person's id is none."""

from typing import Any

from django.contrib.auth import SESSION_KEY, get_user_model
from django.contrib.sessions.backends import cached_db
from django.core.exceptions import ValidationError


class SessionStore(cached_db.SessionStore):
    """Django's own, which drops what belongs to no possible person.

    Whatever asks for the person (pages, API, sockets, the sign-in itself) reads the id in the
    session and fails on one that is no id.
    """

    def load(self) -> dict[str, Any]:
        """What is kept; nothing where the id of the person cannot be read."""
        data: dict[str, Any] = super().load()
        try:
            get_user_model()._meta.pk.to_python(data.get(SESSION_KEY))
        except ValidationError:
            return {}
        return data
