"""What roles grant, for people to read and to tick: modules, their models, and verbs."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Any

from django.apps import apps
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workmate.permissions import Right, catalogue, granted, subsumes

Text = str | Promise
AREAS: dict[str, Text] = {"backoffice": gettext_lazy("Everything in the back office")}


@dataclass(frozen=True)
class Box:
    """One pattern to tick."""

    pattern: str
    label: Text
    whole: bool = False
    ticked: bool = False
    disabled: bool = False


@dataclass(frozen=True)
class Group:
    """The rights of one model, or those over a whole module."""

    name: str
    boxes: list[Box]


@dataclass(frozen=True)
class Module:
    """The groups of one module."""

    key: str
    name: str
    groups: list[Group]

    @property
    def open(self) -> bool:
        """Whether anything in it is ticked."""
        return any(box.ticked for group in self.groups for box in group.boxes)


def above(code: str) -> str:
    """The code without its last part."""
    return code.rpartition(".")[0]


@lru_cache(maxsize=1)
def by_module() -> tuple[tuple[str, tuple[tuple[type[Any], tuple[Right, ...]], ...]], ...]:
    """The catalogue as modules of models; what belongs to no module comes last."""
    found = []
    for label, rights in groupby(catalogue(), key=lambda right: right.model._meta.app_label):
        models = groupby(rights, key=lambda right: right.model)
        found.append((label, tuple((model, tuple(of)) for model, of in models)))
    return tuple(sorted(found, key=lambda item: item[0] == "workmate"))


def general_boxes() -> list[Box]:
    """All of everything, and all of each area."""
    areas = dict.fromkeys(right.code.split(".")[0] for right in catalogue())
    wide = [Box(f"{area}.*", AREAS[area], whole=True) for area in areas if area in AREAS]
    return [Box("*", gettext_lazy("Everything in WorkmateOS"), whole=True), *wide]


def module_boxes(prefix: str, rights: Iterable[Right]) -> list[Box]:
    """All of a module, and each verb over all its models; alike words say of which model."""
    verbs: dict[str, Right] = {}
    for right in rights:
        verbs.setdefault(right.code.rpartition(".")[2], right)
    words = Counter(str(right.label) for right in verbs.values())
    boxes = [Box(f"{prefix}.*", gettext_lazy("Everything"), whole=True)]
    for verb, right in verbs.items():
        label = str(right.label)
        if words[label] > 1:
            label = f"{label} ({_many(right.model)})"
        boxes.append(Box(f"{prefix}.*.{verb}", label))
    return boxes


def _many(model: type[Any]) -> str:
    return capfirst(str(model._meta.verbose_name_plural))


def model_boxes(rights: Iterable[Right]) -> list[Box]:
    """All of a model, and each of its verbs."""
    boxes = [Box(right.code, right.label) for right in rights]
    whole = f"{above(boxes[0].pattern)}.*"
    return [Box(whole, gettext_lazy("Everything"), whole=True), *boxes]


def modules() -> list[Module]:
    """All that there is to tick, in the reader's language."""
    found = []
    for label, models in by_module():
        rights = [right for _model, of in models for right in of]
        prefix = above(above(rights[0].code))
        groups = [Group(_("Whole module"), module_boxes(prefix, rights))]
        groups += [Group(_many(model), model_boxes(of)) for model, of in models]
        found.append(Module(label, str(apps.get_app_config(label).verbose_name), groups))
    return found


@lru_cache(maxsize=1)
def tickable() -> frozenset[str]:
    """Every pattern that has a box."""
    groups = [group for module in modules() for group in module.groups]
    return frozenset(
        box.pattern for boxes in [general_boxes(), *(g.boxes for g in groups)] for box in boxes
    )


def tree(
    ticked: Iterable[str], may_grant: Callable[[list[str]], bool]
) -> tuple[list[Box], list[Module]]:
    """The boxes as they stand; those that the person may not grant are disabled."""
    ticks = frozenset(ticked)

    def as_it_stands(boxes: list[Box]) -> list[Box]:
        return [
            Box(
                box.pattern,
                box.label,
                box.whole,
                box.pattern in ticks,
                not may_grant([box.pattern]),
            )
            for box in boxes
        ]

    return as_it_stands(general_boxes()), [
        Module(
            module.key,
            module.name,
            [Group(group.name, as_it_stands(group.boxes)) for group in module.groups],
        )
        for module in modules()
    ]


@dataclass(frozen=True)
class Said:
    """What patterns grant in one module: all of it, or words for each model."""

    name: str
    everything: bool
    rows: list[tuple[str, list[Text]]]


def said(patterns: list[str]) -> list[Said]:
    """What patterns grant, module by module; what they grant nothing of is left out.

    “Everything” is said only of what also holds for models and verbs that come later.
    """
    found = []
    for module in modules():
        whole, *groups = module.groups
        if _covered(whole.boxes[0].pattern, patterns):
            found.append(Said(module.name, True, []))
            continue
        rows: list[tuple[str, list[Text]]] = []
        for group in groups:
            everything, *verbs = group.boxes
            if _covered(everything.pattern, patterns):
                rows.append((group.name, [everything.label]))
            elif words := [box.label for box in verbs if granted(patterns, box.pattern)]:
                rows.append((group.name, words))
        if rows:
            found.append(Said(module.name, False, rows))
    return found


def _covered(pattern: str, patterns: list[str]) -> bool:
    return any(subsumes(mine, pattern) for mine in patterns)
