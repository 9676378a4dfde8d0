"""Who may what: permission codes, and the patterns that roles and tokens hold."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy


@lru_cache(maxsize=4096)
def code_for(perm: str) -> str:
    """The dotted code of a Django permission name.

    `crm.view_customer` becomes `backoffice.crm.customer.view`. A name without a dot or an
    underscore is returned as it is.
    """
    app_label, _, codename = perm.partition(".")
    action, _, model = codename.rpartition("_")
    if not action:
        return perm
    try:
        area = getattr(apps.get_app_config(app_label), "area", "")
    except LookupError:
        area = ""
    return ".".join(part for part in (area, app_label, model, action) if part)


def perm_of(model: type[models.Model], action: str) -> str:
    """The Django permission name of an action on a model: `crm.view_customer`."""
    return f"{model._meta.app_label}.{action}_{model._meta.model_name}"


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    parts = pattern.split(".")
    last = len(parts) - 1
    regex = [
        (".+" if index == last else "[^.]+") if part == "*" else re.escape(part)
        for index, part in enumerate(parts)
    ]
    return re.compile(r"\.".join(regex))


def granted(patterns: Iterable[str], code: str) -> bool:
    """Whether one of the patterns covers the code.

    A pattern is exact, or has `*`: at the end it stands for the whole rest, in the middle for
    exactly one segment.
    """
    return any(_compiled(pattern).fullmatch(code) for pattern in patterns)


def subsumes(pattern: str, other: str) -> bool:
    """Whether a pattern grants all that another does, today and whatever modules come later."""
    mine, theirs = pattern.split("."), other.split(".")
    for index, part in enumerate(mine):
        if index >= len(theirs):
            return False
        if part == "*" and index == len(mine) - 1:
            return True
        wanted = theirs[index]
        is_rest = wanted == "*" and index == len(theirs) - 1
        if is_rest or part not in ("*", wanted):
            return False
    return len(mine) == len(theirs)


def is_pattern(text: str) -> bool:
    """Whether the text is a well-formed permission pattern."""
    return bool(re.fullmatch(r"(\*|[a-z_]+)(\.(\*|[a-z_]+))*", text))


PLAIN_RIGHTS = {
    "view": pgettext_lazy("right", "See"),
    "add": pgettext_lazy("right", "Create"),
    "change": pgettext_lazy("right", "Change"),
    "delete": pgettext_lazy("right", "Delete"),
}


@dataclass(frozen=True)
class Right:
    """One line of the catalogue; its label is said in the reader's language."""

    code: str
    label: str | Promise
    model: type[models.Model]


@lru_cache(maxsize=1)
def catalogue() -> tuple[Right, ...]:
    """Every permission of every module, for the role form and for checks."""
    rights = []
    for model in apps.get_models():
        meta = model._meta
        if meta.app_label not in settings.MODULES and meta.app_label != "workmate":
            continue
        named: dict[str, Any] = {
            f"{action}_{meta.model_name}": PLAIN_RIGHTS[action]
            for action in sorted(meta.default_permissions, key=list(PLAIN_RIGHTS).index)
        }
        for codename, label in [*named.items(), *meta.permissions]:
            rights.append(Right(code_for(f"{meta.app_label}.{codename}"), label, model))
    return tuple(rights)


class Nobody:
    """Somebody without any right: what a row shows to them, it shows to all."""

    pk = None

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Never."""
        return False


NOBODY = Nobody()


def hidden_names(obj: Any, user: Any) -> frozenset[str]:
    """The fields of a row that a person may not see, as its model says (`concealed_from`)."""
    concealed_from = getattr(obj, "concealed_from", None)
    return concealed_from(user) if concealed_from else frozenset()
