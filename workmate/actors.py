"""Who acts at this moment, and from where: what each line of the history is signed with.

auditlog's own `set_actor` cannot be nested: the inner one takes the outer's actor away and leaves
a signal receiver behind for good, so that every later write of the process becomes slower.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Signature:
    """Who, and from which address; None where nobody or nowhere."""

    actor: Any = None
    address: str | None = None


_current: ContextVar[Signature | None] = ContextVar("signature", default=None)


def signature() -> Signature:
    """Who acts now."""
    return _current.get() or Signature()


@contextmanager
def signed(actor: Any, address: str | None = None) -> Iterator[None]:
    """Within it `actor` acts; the address of an outer context stays."""
    token = _current.set(Signature(actor, address or signature().address))
    try:
        yield
    finally:
        _current.reset(token)
