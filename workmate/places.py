"""How many sockets each person holds: counted for all processes, forgotten with a killed one."""

from functools import lru_cache
from typing import Any
from uuid import UUID

from django.conf import settings
from redis import Redis

# A socket says so often that it is still there (`consumers.RECHECK_SECONDS`) that one which was
# silent for so long is gone: its process was killed.
LEASE_SECONDS = 30
# At most this long somebody waits for the count.
WAIT_SECONDS = 3
# By the clock of the one server that all processes share.
TAKE = """
local now = tonumber(redis.call('TIME')[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[3]) then return 0 end
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
redis.call('EXPIRE', KEYS[1], ARGV[2])
return 1
"""
KEEP = """
local now = tonumber(redis.call('TIME')[1])
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
redis.call('EXPIRE', KEYS[1], ARGV[2])
"""


def take(person_id: UUID, name: str) -> bool:
    """Count a socket by its name; False where the person holds as many as they may.

    Those that are open stay: the newest is the one that finds no place.
    """
    limit = settings.SOCKETS_PER_PERSON
    return bool(_run(TAKE, key_of(person_id), name, LEASE_SECONDS, limit))


def keep(person_id: UUID, name: str) -> None:
    """Say that a socket is still open."""
    _run(KEEP, key_of(person_id), name, LEASE_SECONDS)


def leave(person_id: UUID, name: str) -> None:
    """Give the place of a closed socket back."""
    connection().zrem(key_of(person_id), name)


def key_of(person_id: UUID) -> str:
    """Where the sockets of a person are counted."""
    return f"sockets.{person_id.hex}"


def connection() -> Any:
    """The connections of this process to the server that all processes share."""
    return _connection(settings.REDIS_URL)


@lru_cache(maxsize=4)
def _connection(url: str) -> Any:
    return Redis.from_url(url, socket_timeout=WAIT_SECONDS, socket_connect_timeout=WAIT_SECONDS)


def _run(script: str, key: str, *values: Any) -> Any:
    return connection().eval(script, 1, key, *values)
