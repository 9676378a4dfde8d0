"""What a role would show: asked of a person who has it, by the functions that all doors ask."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.apps import apps
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from employees.models import Employee, Role
from employees.rights import by_module
from workmate.context_processors import apps_of
from workmate.permissions import perm_of
from workmate.querysets import BaseQuerySet
from workmate.registry import GROUPS, MenuItem, Text


@dataclass(frozen=True)
class SeenModel:
    """One kind of object: which rows are seen, and what may be done with them."""

    name: str
    rows: Text
    verbs: list[Text]


@dataclass(frozen=True)
class SeenModule:
    """The kinds of objects of one module."""

    name: str
    models: list[SeenModel]


@dataclass(frozen=True)
class Preview:
    """The menu in its groups, and the modules with what is seen in them."""

    menu: list[tuple[Text, list[MenuItem]]]
    modules: list[SeenModule]


def preview(patterns: Iterable[str]) -> Preview:
    """What somebody with a role of these patterns sees and may. Writes nothing, asks no row."""
    person = Employee(pk=uuid4(), role=Role(permissions_json=list(patterns)))
    return Preview(_menu(person), _modules(person))


def _menu(person: Employee) -> list[tuple[Text, list[MenuItem]]]:
    items = [item for item, _url in apps_of(person)]
    groups = [(label, [i for i in items if i.group == key]) for key, label in GROUPS.items()]
    return [(label, found) for label, found in groups if found]


def _modules(person: Employee) -> list[SeenModule]:
    found = []
    for label, models in by_module():
        seen = []
        for model, rights in models:
            rows = rows_seen(model, person) if person.has_perm(perm_of(model, "view")) else ""
            verbs = [
                right.label
                for right in rights
                if not right.code.rpartition(".")[2].startswith("view") and person.may(right.code)
            ]
            if rows or verbs:
                name = capfirst(str(model._meta.verbose_name_plural))
                seen.append(SeenModel(name, rows or _("none"), verbs))
        if seen:
            found.append(SeenModule(str(apps.get_app_config(label).verbose_name), seen))
    return found


def rows_seen(model: type[Any], person: Any) -> Text:
    """Which rows of a model a person sees, in words; empty where none. No query."""
    rows = model._default_manager.all()
    if not isinstance(rows, BaseQuerySet):
        return ""
    return rows.seen_by(person)
