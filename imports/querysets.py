"""Which imports there are, and for whom."""

import datetime as dt
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from workmate.permissions import perm_of
from workmate.querysets import BaseQuerySet
from workmate.registry import registry

if TYPE_CHECKING:
    from workmate.services import Actor


class ImportQuerySet(BaseQuerySet):
    """Imports."""

    def visible_to(self, user: "Actor") -> Self:
        """One's own; with the right to all, those of models of which one sees all rows."""
        rows = super().visible_to(user)
        if not user.has_perm("imports.view_all_import"):
            return rows.filter(owner=user.pk)
        kinds = [item.key for item in registry.importers() if sees_all(user, item.model)]
        return rows.filter(Q(owner=user.pk) | Q(kind__in=kinds))

    def for_list(self) -> Self:
        """With whose they are."""
        return self.select_related("owner")

    def working(self) -> Self:
        """Those that somebody waits for."""
        return self.filter(status__in=("checking", "running", "undoing"))

    def older_than(self, moment: dt.datetime) -> Self:
        """Those from before a moment."""
        return self.filter(created_at__lt=moment)

    def with_file(self) -> Self:
        """Those whose file is still here."""
        return self.exclude(file="")


class ImportRowQuerySet(BaseQuerySet):
    """What came of the lines."""

    def faulty(self) -> Self:
        """Lines that were not taken."""
        return self.filter(outcome="faulty").order_by("number")

    def written(self) -> Self:
        """Lines that made or changed a row, and still can be taken back."""
        return self.filter(outcome__in=("created", "updated"), kept="")

    def kept_back(self) -> Self:
        """Lines whose rows stayed when the import was undone."""
        return self.exclude(kept="").order_by("number")


def sees_all(user: "Actor", model: type[models.Model]) -> bool:
    """Whether a person sees every row of a model."""
    rights = {name for name, _label in model._meta.permissions}
    perms = [perm_of(model, "view")]
    if f"view_all_{model._meta.model_name}" in rights:
        perms.append(perm_of(model, "view_all"))
    return all(user.has_perm(perm) for perm in perms)
