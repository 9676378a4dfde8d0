"""Every write of every door ends here: validated, in one transaction, with an actor, announced."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, ParamSpec, Protocol, TypeVar, cast
from uuid import UUID

from django.db import IntegrityError, models, transaction
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.translation import gettext as _

from workmate.actors import signature, signed
from workmate.errors import Conflict, as_domain_error, stale
from workmate.events import emit
from workmate.history import record_many
from workmate.verbs import Verb, verb_of

# The row that must still be as somebody read it; None where it is taken as it is.
_read: ContextVar[Any] = ContextVar("read", default=None)

M = TypeVar("M", bound=models.Model)
P = ParamSpec("P")
R = TypeVar("R")


class Actor(Protocol):
    """Who acts. The ground may not import `Employee`, so it names what it needs of one."""

    pk: UUID

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Whether the actor holds a permission."""


@contextmanager
def acting(by: Actor | None) -> Iterator[None]:
    """One transaction with an actor for the history; what the database refuses becomes ours."""
    try:
        with transaction.atomic(), signed(by):
            yield
    except (ProtectedError, IntegrityError) as error:
        raise as_domain_error(error) from error


def acted(service: Callable[P, R]) -> Callable[P, R]:
    """Let a service come about as a whole or not at all, signed by its `by` (see `acting`).

    One that takes no `by` is signed by whoever acts already.
    """

    @wraps(service)
    def whole(*args: P.args, **kwargs: P.kwargs) -> R:
        by = kwargs["by"] if "by" in kwargs else signature().actor
        with acting(cast("Actor | None", by)):
            return service(*args, **kwargs)

    return whole


def save(obj: M, *, by: Actor | None) -> M:
    """Validate and save; emits `created` or `changed`. Raises ValidationError, Conflict."""
    created = obj._state.adding
    with acting(by):
        obj.full_clean()
        obj.save()
        emit("created" if created else "changed", obj, by=by, about=subjects_of(obj))
    return obj


def create(model: type[M], /, *, by: Actor | None, **data: Any) -> M:
    """Make a row from field values, through the model's own `create` verb where it has one."""
    if declared := verb_of(model, "create"):
        made: M = run(declared, None, by=by, **data)
        return made
    return save(model(**data), by=by)


def change(obj: M, /, *, by: Actor | None, **data: Any) -> M:
    """Set field values on the locked row, through the model's own `change` verb where it has one.

    The row is read again under a lock, so that two changes of different fields both stay and
    a rule in `clean` sees what is true at this moment.
    """
    if declared := verb_of(_model_of(obj), "change"):
        changed: M = run(declared, obj, by=by, **data)
        return changed
    with acting(by):
        locked = lock(obj)
        for name, value in data.items():
            setattr(locked, name, value)
        return save(locked, by=by)


def set_on_all(rows: Sequence[M], *, by: Actor | None, **data: Any) -> None:
    """Set plain columns of rows that the caller has locked and checked, in one statement.

    The history gets a line for each row; no events, no validation.
    """
    changed = [
        (row, {name: [str(getattr(row, name)), str(value)] for name, value in data.items()})
        for row in rows
        if any(getattr(row, name) != value for name, value in data.items())
    ]
    if not changed:
        return
    with acting(by):
        manager = _model_of(changed[0][0])._base_manager
        ids = [row.pk for row, _values in changed]
        manager.filter(pk__in=ids).update(**data, updated_at=timezone.now())
        record_many(changed)
    for row, _values in changed:
        for name, value in data.items():
            setattr(row, name, value)


def delete(obj: models.Model, *, by: Actor | None) -> None:
    """Delete, or what the model declares in its place; emits `deleted`. Raises Conflict.

    Under a lock: of two who delete at once the second is told that it is gone.
    """
    if declared := verb_of(_model_of(obj), "delete"):
        run(declared, obj, by=by)
        return
    with acting(by):
        gone = lock(obj, to_delete=True)
        emit("deleted", gone, by=by, about=subjects_of(gone))
        gone.delete()


def run(verb: Verb, obj: models.Model | None, /, *, by: Actor | None, **data: Any) -> Any:
    """Carry out a verb in one transaction. Raises ValidationError, Conflict."""
    with acting(by):
        if obj is None:
            return verb.service(by=by, **data)
        return verb.service(obj, by=by, **data)


def run_as_read(
    verb: Verb, obj: models.Model, read: Collection[str], /, *, by: Actor | None, **data: Any
) -> Any:
    """Carry out a verb on a row that is still as somebody saw it: at one of these `updated_at`.

    Without any it is taken as it is. Raises Conflict where the row was changed since, so that
    nobody decides on what they have not seen.
    """
    with acting(by):
        if read and cast(Any, lock(obj)).updated_at.isoformat() not in read:
            raise stale()
        return run(verb, obj, by=by, **data)


@contextmanager
def as_read(obj: models.Model | None) -> Iterator[None]:
    """Within it, a row is written as it stands in `obj`, or not at all (decision 12).

    Who changes it locks it; there it is compared, and Conflict (`stale`) raised where somebody was
    faster: before the lock, two who save at once would both find it unchanged. Of None nothing is
    asked.
    """
    token = _read.set(obj)
    try:
        yield
    finally:
        _read.reset(token)


def _refuse_stale(locked: Any) -> None:
    """Compare a row under its lock, once: what the service itself writes then is no news."""
    read = _read.get()
    if read is None or read.pk != locked.pk:
        return
    _read.set(None)
    if locked.updated_at != read.updated_at:
        raise stale()


def lock(obj: M, *, to_delete: bool = False) -> M:
    """The same row, read again under a lock of one writer. Raises Conflict where it is gone.

    So it does where the row is to be as it was read (`as_read`), and is not.

    The lock leaves alone who merely points to the row (`FOR NO KEY UPDATE`): two people who change
    each other would wait in a circle, as the history points to who acts. Whoever is going to delete
    the row takes the whole lock at once.
    """
    rows = _model_of(obj)._base_manager.filter(pk=obj.pk)
    # `of=self` only: rows that a nullable join brings in cannot be locked.
    locked = rows.select_for_update(of=("self",), no_key=not to_delete).first()
    if locked is None:
        raise Conflict(_("This has been deleted in the meantime."), code="gone")
    _refuse_stale(locked)
    return locked


def lock_all(rows: Iterable[M], *joined: str) -> list[M]:
    """The same rows, read again under lock in one order for everybody. Raises Conflict.

    `joined` names keys whose rows come along, unlocked, for who reads them of each row.

    Unlike one after the other with `lock`, two callers over the same rows cannot wait in a circle.
    """
    given = {row.pk: row for row in rows}
    if not given:
        return []
    manager = _model_of(next(iter(given.values())))._base_manager
    found = manager.filter(pk__in=given).order_by("pk").select_for_update(of=("self",))
    locked = list(found.select_related(*joined) if joined else found)
    if len(locked) != len(given):
        raise Conflict(_("This has been deleted in the meantime."), code="gone")
    for row in locked:
        _refuse_stale(row)
    return locked


def _model_of(obj: M) -> type[M]:
    # `request.user` is a lazy object: its type is not the model, its `_meta` is the model's.
    return cast(type[M], obj._meta.model)


def subjects_of(obj: models.Model) -> list[models.Model]:
    """What an event about this object is also about (its customer, its project)."""
    subjects = getattr(obj, "event_subjects", None)
    return [item for item in subjects() if item is not None] if subjects else []
