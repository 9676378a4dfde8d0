"""Which VAT rates hold on a day; which entries and imports a person sees; what is checked."""

import datetime as dt
from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any, Self, cast

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from workmate.permissions import perm_of
from workmate.querysets import BaseQuerySet
from workmate.registry import Entity, registry

if TYPE_CHECKING:
    from workmate.services import Actor


class TaxRateQuerySet(BaseQuerySet):
    """VAT rates. They are law and no secret: whoever writes a line may choose among all."""

    search_fields = ("name",)

    def visible_to(self, user: "Actor") -> Self:
        """All; the pages and endpoints still ask for the permission to view."""
        return self

    def valid_on(self, day: dt.date | None = None) -> Self:
        """Those that hold on that day (today)."""
        day = day or timezone.localdate()
        still = Q(valid_until=None) | Q(valid_until__gte=day)
        return self.filter(still, valid_from__lte=day)

    def default_on(self, day: dt.date | None = None) -> Any:
        """The rate that a new line starts with on that day; None where no default holds."""
        return self.valid_on(day).filter(is_default=True).first()


class InfraServiceQuerySet(BaseQuerySet):
    """Services that are watched."""

    # Never their addresses, which hold secrets.
    search_fields = ("name",)

    def for_list(self) -> Self:
        """With the name of who is responsible."""
        return self.select_related("manager")

    def watched(self) -> Self:
        """Those that are not switched off."""
        return self.exclude(status="inactive")

    def failing(self) -> Self:
        """Those in error."""
        return self.filter(status="error")

    def due(self, now: dt.datetime | None = None) -> Self:
        """Those whose last check is most of a minute old."""
        since = (now or timezone.now()) - dt.timedelta(seconds=50)
        return self.watched().filter(Q(checked_at=None) | Q(checked_at__lte=since))


class InfraCheckQuerySet(BaseQuerySet):
    """Checks of services, seen by whoever sees the service."""

    search_fields = ("service__name", "error")

    moment = "checked_at"

    def visible_to(self, user: "Actor") -> Self:
        """All with both permissions to view."""
        return (
            super().visible_to(user) if user.has_perm("system.view_infraservice") else self.none()
        )

    def for_list(self) -> Self:
        """With the service's name."""
        return self.select_related("service")

    def older_than(self, moment: dt.datetime) -> Self:
        """Those from before that moment."""
        return self.filter(checked_at__lt=moment)


class ActivityEntryQuerySet(BaseQuerySet):
    """Entries of the activity feed."""

    sees = _("about what one sees")

    search_fields = ("target_label",)

    def visible_to(self, user: "Actor") -> Self:
        """With the permission to view the feed: entries about rows that the person may see.

        Entries about rows that are gone are for holders of `system.view_all_activityentry` who
        may view that kind of row.
        """
        found = super().visible_to(user)
        return found if found.query.is_empty() else found._about_visible_rows(user)

    def timeline(self, obj: models.Model, user: "Actor") -> Self:
        """What happened to a row and around it, newest first.

        For whoever sees the row's page: without the permission for the whole feed.
        """
        return self.about(obj)._about_visible_rows(user).for_list()

    def about(self, obj: models.Model) -> Self:
        """Entries whose target or subject is that row."""
        return self.about_id(obj.pk)

    def about_id(self, pk: Any) -> Self:
        """Entries whose target or subject has that id."""
        return self.filter(targets__contains=[str(pk)])

    def of_kinds(self, names: Iterable[str]) -> Self:
        """Entries about rows of these entities."""
        return self.filter(target_type__in=names)

    def for_list(self) -> Self:
        """With the actor's name."""
        return self.select_related("actor")

    def _about_visible_rows(self, user: "Actor") -> Self:
        sees_deleted = user.has_perm("system.view_all_activityentry")
        told = [entity for entity in registry.entities() if entity.in_feed]
        shown = {entity.key: _shown(entity, user, sees_deleted) for entity in told}
        every = [key for key, condition in shown.items() if condition is True]
        allowed = [
            Q(target_type=key) & condition
            for key, condition in shown.items()
            if not isinstance(condition, bool)
        ]
        return self.filter(reduce(or_, allowed, Q(target_type__in=every)))


def _shown(entity: Entity, user: "Actor", sees_deleted: bool) -> "Q | Exists | bool":
    """The condition under which entries about this kind of row are shown; or always, or never.

    A correlated EXISTS is asked only of the few rows that a page shows, by primary key.
    """
    rows = cast(BaseQuerySet, entity.model._default_manager.all())
    visible = rows.visible_to(user)
    if visible.query.is_empty():
        return False
    forgotten = getattr(entity.model, "is_forgotten_when_deleted", False)
    also_gone = sees_deleted and not forgotten and user.has_perm(perm_of(entity.model, "view"))
    if also_gone and not visible.query.where:
        return True
    this = {"pk": OuterRef("target_id")}
    shown: Any = Exists(visible.order_by().filter(**this))
    if also_gone:
        shown |= ~Exists(entity.model._base_manager.filter(**this))
    return cast("Q | Exists", shown)


class ImportQuerySet(BaseQuerySet):
    """Imports."""

    def visible_to(self, user: "Actor") -> Self:
        """One's own; with the right to all, those of models of which one sees all rows."""
        rows = super().visible_to(user)
        if not user.has_perm("system.view_all_import"):
            return rows.filter(owner=user.pk)
        kinds = [item.key for item in registry.importers() if sees_all(user, item.model)]
        return rows.filter(Q(owner=user.pk) | Q(kind__in=kinds))

    def for_list(self) -> Self:
        """With whose they are."""
        return self.select_related("owner")

    def working(self) -> Self:
        """Those that somebody waits for."""
        return self.filter(status__in=("checking", "running", "undoing"))

    def unfinished(self) -> Self:
        """Those that were neither brought to their end nor taken back."""
        return self.exclude(status__in=("done", "undone"))

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

    def matched(self) -> Self:
        """Lines about what was here already: brought up to date, or left as it is."""
        return self.filter(outcome__in=("updated", "skipped")).order_by("number")

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
