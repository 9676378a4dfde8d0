"""Events: how a lower module tells upper ones that something came about."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import models, transaction
from django.dispatch import Signal

if TYPE_CHECKING:
    from workmate.services import Actor

Receiver = Callable[["Event"], None]
ManyReceiver = Callable[[Sequence["Event"]], None]
happened = Signal()
_facts_only: ContextVar[bool] = ContextVar("facts_only", default=False)
# Who hears of several at once, and of which so far; None outside of `together`.
_heard: ContextVar["dict[ManyReceiver, list[Event]] | None"] = ContextVar("heard", default=None)


@dataclass(frozen=True)
class Event:
    """What happened (past participle), to what, by whom, and what else it is about."""

    verb: str
    target: models.Model
    by: "Actor | None"
    about: Sequence[models.Model] = ()
    data: dict[str, Any] = field(default_factory=dict)


def emit(
    verb: str,
    target: models.Model,
    *,
    by: "Actor | None",
    about: Sequence[models.Model | None] = (),
    **data: Any,
) -> None:
    """Tell every receiver that `verb` came about for `target`; inside the caller's transaction."""
    event = Event(verb, target, by, tuple(other for other in about if other is not None), data)
    happened.send(sender=type(target), event=event)


@contextmanager
def facts_only() -> Iterator[None]:
    """Within it nothing follows a commit: no PDF, no mail. What belongs to the fact still comes."""
    token = _facts_only.set(True)
    try:
        yield
    finally:
        _facts_only.reset(token)


@contextmanager
def together() -> Iterator[None]:
    """What is committed within it is one decision: receivers of `on_many` hear it once, at its end.

    Also where it ends by an error: what was committed before came about.
    """
    heard: dict[ManyReceiver, list[Event]] = {}
    token = _heard.set(heard)
    try:
        yield
    finally:
        _heard.reset(token)
        for receiver, events in heard.items():
            _after_commit(receiver, events)


def on_many(model: type[models.Model], verb: str) -> Callable[[ManyReceiver], ManyReceiver]:
    """Call the decorated function once with all the events `verb` of one decision (`together`).

    After the commit; with one event where nobody decides on several.
    """

    def decorator(receiver: ManyReceiver) -> ManyReceiver:
        def hear(event: Event) -> None:
            heard = _heard.get()
            if heard is None:
                receiver([event])
            else:
                heard.setdefault(receiver, []).append(event)

        hear.__module__, hear.__name__ = receiver.__module__, receiver.__name__
        on(model, verb)(hear)
        return receiver

    return decorator


def on(
    model: type[models.Model], verb: str, *, after_commit: bool = True
) -> Callable[[Receiver], Receiver]:
    """Call the decorated function with each event `verb` of `model`."""

    def matches(event: Event) -> bool:
        return event.verb == verb and isinstance(event.target, model)

    return _subscribe(matches, after_commit)


def on_any(*, after_commit: bool = True) -> Callable[[Receiver], Receiver]:
    """Call the decorated function with each event of every model."""
    return _subscribe(lambda event: True, after_commit)


def _after_commit(receiver: Callable[[Any], None], told: Any) -> None:
    """Call a receiver once the fact stands; its error is logged, and stops nobody after it.

    The fact is committed by then: an error that came through would tell the caller otherwise.
    """

    def hear() -> None:
        receiver(told)

    # Django's log line names it.
    hear.__qualname__ = f"{receiver.__module__}.{receiver.__qualname__}"
    transaction.on_commit(hear, robust=True)


def _subscribe(
    matches: Callable[[Event], bool], after_commit: bool
) -> Callable[[Receiver], Receiver]:
    def decorator(receiver: Receiver) -> Receiver:
        def listener(sender: type[models.Model], event: Event, **kwargs: Any) -> None:
            if not matches(event) or (after_commit and _facts_only.get()):
                return
            if after_commit:
                _after_commit(receiver, event)
            else:
                receiver(event)

        happened.connect(
            listener, weak=False, dispatch_uid=(receiver.__module__, receiver.__name__)
        )
        return receiver

    return decorator
