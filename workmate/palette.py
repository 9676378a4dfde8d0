"""What the palette and the search page offer: verbs, pages and objects."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from django.apps import apps
from django.db import models
from django.db.models import Value
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from workmate.context_processors import app_url, apps_of
from workmate.querysets import BaseQuerySet, Prepared
from workmate.registry import GROUPS, Command, Entity, registry
from workmate.search import Among, Known, excerpt_of, listed, stems_of
from workmate.text import fold, marked

if TYPE_CHECKING:
    from workmate.services import Actor

ONLY_VERBS = ">"
OBJECTS_OF_A_KIND, VERBS_ON_OBJECTS, PAGES = 4, 4, 6


@dataclass(frozen=True)
class Option:
    """One line: where it leads, and what it says (safe HTML)."""

    title: SafeString
    url: str
    icon: str
    sub: SafeString = field(default_factory=lambda: SafeString(""))
    excerpt: SafeString = field(default_factory=lambda: SafeString(""))


@dataclass(frozen=True)
class Group:
    """Lines of one kind."""

    label: str
    icon: str
    options: Sequence[Option]


def offers(user: "Actor", text: str) -> list[Group]:
    """Everything that fits: verbs, pages, objects, and what can be done with the best of these.

    A verb may be named with its object (`new invoice häusler`); after `>` verbs stand alone.
    """
    only_verbs = text.startswith(ONLY_VERBS)
    text = text.removeprefix(ONLY_VERBS).strip()
    found = found_rows(user, text, OBJECTS_OF_A_KIND)
    verbs = [*_general_verbs(user, text), *_verbs_with_object(user, text)]
    known = {option.url for option in verbs}
    on_rows = [option for option in _verbs_on(user, found, text) if option.url not in known]
    pages = [] if only_verbs else list(_pages(user, text))
    objects = [] if only_verbs else [_group(rows, text) for rows in found]
    groups = [
        Group(_("Run"), "play", verbs),
        Group(_("Go to"), "arrow-right", pages[: PAGES if text else None]),
        *objects,
        Group(_("For the best match"), "play", on_rows),
    ]
    return [group for group in groups if group.options]


def objects(user: "Actor", text: str, each: int) -> list[Group]:
    """The objects of every kind that the person may see, the best kind first."""
    return [_group(rows, text) for rows in found_rows(user, text, each)]


def found_rows(
    user: "Actor", text: str, each: int, entities: Iterable[Entity] | None = None
) -> list[list[Any]]:
    """The best rows of each entity, or of those named; with the best first row in front."""
    if not text:
        return []
    asked = registry.entities() if entities is None else list(entities)
    best, stems = _best_keys(user, text, each, asked), stems_of(text)
    found = []
    for model, ranks in sorted(best.items(), key=lambda kind: -max(kind[1].values())):
        shown = {row.pk: row for row in _told(model)(keys=listed(ranks), stems=stems)}
        found.append([shown[pk] for pk in ranks if pk in shown])
    return [rows for rows in found if rows]


@cache
def _told(model: type[models.Model]) -> Prepared:
    """The rows of a model by their keys, with what their lines tell."""

    def told(keys: str, stems: str) -> BaseQuerySet:
        rows = cast(BaseQuerySet, model._default_manager.filter(Among("pk", keys)).order_by())
        return rows.for_search().with_excerpt(stems)

    return Prepared(told, keys=listed([UUID(int=1)]), stems=stems_of("example"))


def _best_keys(
    user: "Actor", text: str, each: int, entities: Sequence[Entity]
) -> dict[type[models.Model], dict[Any, float]]:
    """By model the keys of its best rows, best first, with their ranks.

    One statement: only keys are weighed, what is told of a row is asked for the best alone.
    """
    known = Known.about(text, entities)
    kinds = []
    for place, entity in enumerate(entities):
        if known.may_find(entity, text):
            every = cast(BaseQuerySet, entity.model._default_manager.all())
            rows = every.visible_to(user).search(text, known).best_first(text, known)
            rows = rows.annotate(search_kind=Value(place))
            kinds.append(rows.values_list("search_kind", "pk", "search_rank")[:each])
    best: dict[type[models.Model], dict[Any, float]] = {}
    # The database hands out one part after the other, each in its order.
    for place, pk, rank in kinds[0].union(*kinds[1:], all=True) if kinds else ():
        best.setdefault(entities[place].model, {})[pk] = rank
    return best


def _group(rows: Sequence[models.Model], text: str) -> Group:
    model = type(rows[0])
    entity = registry.entity_of(model)
    icon = entity.icon if entity else "file"
    words = [fold(word) for word in text.split()]
    options = [
        Option(
            marked(str(row), words),
            cast(Any, row).get_absolute_url(),
            icon,
            SafeString(escape(getattr(row, "hint", ""))),
            excerpt_of(row),
        )
        for row in rows
    ]
    label = capfirst(str(model._meta.verbose_name_plural))
    return Group(label, icon, [option for option in options if option.url])


def _fits(label: str, text: str) -> bool:
    folded = fold(label)
    return all(fold(word) in folded for word in text.split())


def _general_verbs(user: "Actor", text: str) -> Iterator[Option]:
    for command in registry.held(registry.commands(), user):
        label = str(command.label)
        if not command.on and _fits(label, text):
            title = marked(label, map(fold, text.split()))
            yield Option(title, command.address(), command.icon)
    for link in registry.list_links():
        for entity in registry.entities() if link.command else []:
            label = str(link.command) % {"names": entity.model._meta.verbose_name_plural}
            if _fits(label, text) and (url := link.url(entity.model, user)):
                yield Option(marked(label, map(fold, text.split())), url, link.icon)


def _verbs_on(user: "Actor", found: Sequence[Sequence[Any]], text: str) -> list[Option]:
    """What can be done with the best rows."""
    words = [fold(word) for word in text.split()]
    options = []
    for command in registry.held(registry.commands(), user):
        if not command.on:
            continue
        model = apps.get_model(command.on)
        row = next((rows[0] for rows in found if type(rows[0]) is model), None)
        if row is not None and command.fits(row):
            options.append(_verb_on(command, row, words))
    return options[:VERBS_ON_OBJECTS]


def _verbs_with_object(user: "Actor", text: str) -> list[Option]:
    """Verbs named by some of the words, each on the best row that the others find."""
    words = [fold(word) for word in text.split()]
    best: dict[tuple[str, str], Any] = {}
    options = []
    for command in registry.held(registry.commands(), user):
        label = fold(str(command.label) % {"title": ""}).split() if command.on else []
        rest = [word for word in words if not any(part.startswith(word) for part in label)]
        if not rest or len(rest) == len(words):
            continue
        # A word or two that also stand in a name search each model once.
        name, key = " ".join(rest), (command.on, " ".join(rest))
        if key not in best:
            entity = registry.entity_of(apps.get_model(command.on))
            found = found_rows(user, name, 1, [entity]) if entity else []
            best[key] = found[0][0] if found else None
        if best[key] is not None and command.fits(best[key]):
            options.append(_verb_on(command, best[key], words))
    return options[:VERBS_ON_OBJECTS]


def _verb_on(command: Command, row: Any, words: Sequence[str]) -> Option:
    title = marked(str(command.label) % {"title": row}, words)
    sub = SafeString(escape(getattr(row, "hint", "")))
    return Option(title, command.address(row), command.icon, sub)


def _pages(user: "Actor", text: str) -> Iterator[Option]:
    for item, url in apps_of(user):
        label, group = str(item.label), str(GROUPS[item.group])
        if _fits(f"{label} {group}", text):
            sub = SafeString(escape(group))
            yield Option(marked(label, map(fold, text.split())), app_url(item, url), item.icon, sub)
