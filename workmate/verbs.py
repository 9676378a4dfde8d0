"""Verbs: an act on a model, declared once beside its service and offered at every door."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ParamSpec, TypeVar

from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.utils.functional import Promise

P = ParamSpec("P")
R = TypeVar("R")
Text = str | Promise

PLAIN = {"create": "add", "change": "change", "delete": "delete"}


@dataclass(frozen=True)
class Verb:
    """One verb of one model.

    `takes` holds unbound model fields: they give the page's form and the API's serializer.
    `when` only decides whether a button is offered; the service refuses on its own. `done` tells
    people what came about, with `%(name)s` and the `words` of what the service returned,
    `done_many` the same of several rows, with `%(name)s` such as "3 invoices"; `undo` names the
    verb that takes it back. `primary` may depend on the row: what comes next for it.
    """

    model: type[models.Model]
    name: str
    service: Callable[..., Any]
    permission: str
    label: Text
    icon: str = "play"
    method: str = "post"
    on: str = "object"
    takes: Mapping[str, "models.Field[Any, Any]"] = field(default_factory=dict)
    when: Callable[[Any], bool] | None = None
    tone: str = ""
    primary: bool | Callable[[Any], bool] = False
    confirm: Text = ""
    bulk: bool = True
    creates: bool = False
    summary: Text = ""
    done: Text = ""
    done_many: Text = ""
    words: Callable[[Any], Mapping[str, Any]] | None = None
    undo: str = ""

    @property
    def is_plain(self) -> bool:
        """Whether it stands for create, change or delete, and so has no button of its own."""
        return self.name in PLAIN

    @property
    def slug(self) -> str:
        """The verb's name in addresses."""
        return self.name.replace("_", "-")

    def offered_for(self, obj: models.Model) -> bool:
        """Whether it makes sense for that object now."""
        return self.when is None or self.when(obj)

    def is_primary_for(self, obj: models.Model) -> bool:
        """Whether it is what most probably comes next for that object."""
        return self.primary(obj) if callable(self.primary) else self.primary


_verbs: dict[type[models.Model], dict[str, Verb]] = defaultdict(dict)


def verb(
    model: type[models.Model], name: str, *, permission: str, label: Text, **options: Any
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Declare the decorated service as a verb of `model`.

    `permission` is a codename of the model's app (`finalize_invoice`). Declaring `create`,
    `change` or `delete` replaces the plain one at every door.
    """

    def decorator(service: Callable[P, R]) -> Callable[P, R]:
        if name in _verbs[model]:
            raise ImproperlyConfigured(f"{model.__name__} has a verb {name!r} already")
        full = f"{model._meta.app_label}.{permission}"
        _verbs[model][name] = Verb(model, name, service, full, label, **options)
        return service

    return decorator


def verbs_of(model: type[models.Model], on: str | None = None) -> list[Verb]:
    """The verbs of a model that have a button of their own, in order of declaration."""
    return [
        item
        for item in _verbs[model].values()
        if not item.is_plain and (on is None or item.on == on)
    ]


def verb_of(model: type[models.Model], name: str) -> Verb | None:
    """The verb of that name, plain ones included; None where none is declared."""
    return _verbs[model].get(name)
