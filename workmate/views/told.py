"""What a page tells after it wrote: what came about, and how it is taken back."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from workmate.registry import registry
from workmate.verbs import Verb, verb_of
from workmate.views.base import ModelPages

# So many rows can be taken back at once: those of one page of a list.
MOST_UNDONE = 25


def named(obj: Any) -> str:
    """A row with its kind: `Customer Häusler GmbH`; its name alone where that says the kind."""
    entity = registry.entity_of(type(obj))
    kind, name = capfirst(str(obj._meta.verbose_name)), str(obj)
    says_it = name.casefold().startswith(kind.casefold())
    return name if says_it or (entity and entity.known_by_name) else f"{kind} {name}"


def tell_saved(request: HttpRequest, obj: Any, *, is_new: bool) -> None:
    """A form was written."""
    text = _("%(name)s was created.") if is_new else _("%(name)s was saved.")
    messages.success(request, text % {"name": named(obj)})


def as_it_is(obj: Any, made: Any) -> Any:
    """The row that a verb returned, where it is the same one: the verb may have changed a copy."""
    return made if isinstance(made, type(obj)) and made.pk == obj.pk else obj


def done_text(verb: Verb, rows: Sequence[Any], name: str = "") -> str:
    """What came about by a verb on these rows, in a sentence."""
    anyhow = _("%(name)s: %(verb)s – done.")
    if len(rows) > 1:
        name = f"{len(rows)} {verb.model._meta.verbose_name_plural}"
        return str(verb.done_many or anyhow) % {"name": name, "verb": verb.label, "n": len(rows)}
    words = {"name": name or named(rows[0]), "verb": verb.label}
    if verb.words is not None:
        words |= verb.words(rows[0])
    return str(verb.done or anyhow) % words


def tell_done(
    request: HttpRequest, pages: type[ModelPages], verb: Verb, obj: Any, name: str = ""
) -> None:
    """A verb was carried out on a row, of which the `name` is known where the row is gone."""
    undo = undo_url(request, pages, verb, [obj])
    messages.success(request, done_text(verb, [obj], name), extra_tags=undo)


def tell_many(
    request: HttpRequest, pages: type[ModelPages], verb: Verb, done: Sequence[Any]
) -> None:
    """A verb was carried out on rows of a list."""
    if len(done) == 1:
        tell_done(request, pages, verb, done[0])
        return
    undo = undo_url(request, pages, verb, done)
    messages.success(request, done_text(verb, done), extra_tags=undo)


def undo_url(request: HttpRequest, pages: type[ModelPages], verb: Verb, rows: Sequence[Any]) -> str:
    """Where a button posts to that takes it back; empty where there is none for this person."""
    undo = verb_of(pages.model, verb.undo) if verb.undo else None
    if undo is None or undo.takes or not request.user.has_perm(undo.permission):
        return ""
    if len(rows) > MOST_UNDONE or (len(rows) > 1 and not undo.bulk):
        return ""
    # As they stand now: the verb may have changed copies of them.
    now = pages.rows(request.user).filter(pk__in=[row.pk for row in rows])
    if [undo.offered_for(row) for row in now] != [True] * len(rows):
        return ""
    if len(rows) == 1:
        return pages.url(undo.slug, rows[0].pk)
    return f"{pages.url('bulk', undo.slug)}?{urlencode([('ids', row.pk) for row in rows])}"
