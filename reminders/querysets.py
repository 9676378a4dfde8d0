"""Which reminders and notifications there are, and for whom."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Self, cast
from uuid import UUID

from django.db.models import Count, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from workmate.querysets import BaseQuerySet
from workmate.registry import registry

if TYPE_CHECKING:
    from reminders.models import Reminder
    from workmate.services import Actor


def linked_rows(
    reminders: "Iterable[Reminder]", user: "Actor"
) -> dict[tuple[str, UUID | None], Any]:
    """The rows that reminders are about, as far as a person sees them: one query per kind."""
    wanted: dict[str, set[UUID]] = defaultdict(set)
    for reminder in reminders:
        if reminder.linked_entity_id is not None:
            wanted[reminder.linked_entity_type].add(reminder.linked_entity_id)
    found: dict[tuple[str, UUID | None], Any] = {}
    for key, ids in wanted.items():
        entity = registry.entity(key)
        if entity is None:  # of a module that is not installed any more
            continue
        rows = cast(BaseQuerySet, entity.model._default_manager.all())
        for row in rows.visible_to(user).for_list().filter(pk__in=ids):
            found[key, row.pk] = row
    return found


class ReminderQuerySet(BaseQuerySet):
    """Reminders. Those that were read for a person know what that person sees of their links."""

    sees = _("own, and those that one has delegated")

    _viewer: "Actor | None" = None

    def _clone(self) -> Self:
        copy: Self = super()._clone()  # type: ignore[misc]
        copy._viewer = self._viewer
        return copy

    def _fetch_all(self) -> None:
        is_new = self._result_cache is None
        super()._fetch_all()  # type: ignore[misc]
        if is_new and self._viewer is not None:
            rows = [row for row in self._result_cache or () if isinstance(row, self.model)]
            for row in rows:
                row.viewer, row.peers = self._viewer, rows

    def visible_to(self, user: "Actor") -> Self:
        """One's own and those that one has delegated, for everybody."""
        rows = super().visible_to(user).filter(Q(owner_id=user.pk) | Q(delegated_by_id=user.pk))
        rows._viewer = user
        return rows

    def for_list(self) -> Self:
        """With the names of the people."""
        return self.select_related("owner", "delegated_by")

    def of(self, person: "Actor") -> Self:
        """Those that a person has to see to."""
        return self.filter(owner_id=person.pk)

    def about(self, obj: Any) -> Self:
        """Those about one row."""
        return self.filter(linked_entity_type=type(obj).__name__, linked_entity_id=obj.pk)

    def unfinished(self) -> Self:
        """Open or overdue."""
        return self.exclude(status="done")

    def with_due(self) -> Self:
        """With `due`, to filter and to order by: the day on which it comes up."""
        return self.alias(due=Coalesce("snoozed_until", "due_date"))

    def count_by_day(self, first: dt.date, last: dt.date) -> dict[dt.date, int]:
        """How many have their day on each day from first to last, both included."""
        days = self.filter(due_date__range=(first, last)).order_by().values("due_date")
        return dict(days.annotate(count=Count("pk")).values_list("due_date", "count"))

    def to_notify(self, day: dt.date) -> Self:
        """Those that came up by that day, and of which the owner was not told yet."""
        return self.unfinished().with_due().filter(due__lte=day, notified=False)


class NotificationPreferenceQuerySet(BaseQuerySet):
    """How people wish to be told."""

    search_fields = ("kind",)

    def visible_to(self, user: "Actor") -> Self:
        """One's own, for everybody."""
        return super().visible_to(user).filter(person_id=user.pk)

    def for_list(self) -> Self:
        """With the person's name."""
        return self.select_related("person")


class NotificationQuerySet(BaseQuerySet):
    """Notifications."""

    search_fields = ("title", "body")

    def visible_to(self, user: "Actor") -> Self:
        """One's own, for everybody: an administrator, too, reads only their own."""
        return super().visible_to(user).filter(recipient_id=user.pk, in_app=True)

    def for_list(self) -> Self:
        """With the recipient's name."""
        return self.select_related("recipient")

    def unread(self) -> Self:
        """Those in the app that nobody has opened."""
        return self.filter(read_at=None, in_app=True)

    def read(self) -> Self:
        """Those that were opened."""
        return self.exclude(read_at=None)

    def mail_due(self, now: dt.datetime | None = None) -> Self:
        """Those whose mail is to be sent, or tried again, by now."""
        return self.filter(mail_state="waiting", mail_retry_at__lte=now or timezone.now())
