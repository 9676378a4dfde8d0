"""Moments out of the database, read by Python's own parser: a list reads five of them a row."""

import datetime as dt
from typing import Any

from django.db.backends.postgresql.psycopg_any import BaseTzLoader
from django.db.backends.signals import connection_created
from django.dispatch import receiver
from psycopg.postgres import types
from psycopg.pq import Format


@receiver(connection_created, dispatch_uid="workmate.moments.read_quickly")
def read_quickly(sender: Any, connection: Any, **kwargs: Any) -> None:
    """Let a new connection read moments by `loader_of`, in the zone that Django gave it."""
    adapters = connection.connection.adapters
    now = adapters.get_loader(types["timestamptz"].oid, Format.TEXT)
    adapters.register_loader("timestamptz", loader_of(now.timezone))


def loader_of(zone: dt.tzinfo | None) -> type[Any]:
    """As Django's, with the usual case taken first: a moment in UTC, as the database prints it."""
    parse = dt.datetime.fromisoformat

    class QuickLoader(BaseTzLoader):
        timezone = zone

        def load(self, data: Any) -> dt.datetime:
            text = bytes(data)
            if text.endswith(b"+00"):
                try:
                    return parse(text[:-3].decode()).replace(tzinfo=zone)
                except ValueError:  # years of five digits: said as Django says it
                    pass
            found: dt.datetime = super().load(data)
            return found

    return QuickLoader
