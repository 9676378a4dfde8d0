"""The activity feed: what happened."""

import datetime as dt
from typing import Any, ClassVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.urls import NoReverseMatch
from django.utils.text import capfirst
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from employees.models import Employee
from system.querysets import ActivityEntryQuerySet
from workmate.models import BaseModel, address_of
from workmate.registry import Entity, registry


class PlainEncoder(DjangoJSONEncoder):
    """What an event carries: rows by their id, anything unknown as text."""

    def default(self, o: Any) -> Any:
        """A value that JSON does not know."""
        if isinstance(o, models.Model):
            return str(o.pk)
        try:
            return super().default(o)
        except TypeError:
            return str(o)


class ActivityEntry(BaseModel):
    """One thing that happened: who did what to which row, and what else it was about."""

    # Events are past participles; what they are called where people read them.
    WORDS: ClassVar[dict[str, Any]] = {
        "accepted": pgettext_lazy("activity", "accepted"),
        "activated": pgettext_lazy("activity", "activated"),
        "approved": pgettext_lazy("activity", "approved"),
        "archived": pgettext_lazy("activity", "archived"),
        "billed": pgettext_lazy("activity", "filled with hours and expenses"),
        "cancelled": pgettext_lazy("activity", "cancelled"),
        "changed": pgettext_lazy("activity", "changed"),
        "completed": pgettext_lazy("activity", "completed"),
        "converted": pgettext_lazy("activity", "converted"),
        "created": pgettext_lazy("activity", "created"),
        "deactivated": pgettext_lazy("activity", "deactivated"),
        "declined": pgettext_lazy("activity", "declined"),
        "deleted": pgettext_lazy("activity", "deleted"),
        "downloaded": pgettext_lazy("activity", "downloaded"),
        "expired": pgettext_lazy("activity", "expired"),
        "failed": pgettext_lazy("activity", "failed"),
        "finalized": pgettext_lazy("activity", "finalized"),
        "imported": pgettext_lazy("activity", "imported"),
        "invited": pgettext_lazy("activity", "invited"),
        "overdue": pgettext_lazy("activity", "overdue"),
        "paid": pgettext_lazy("activity", "paid"),
        "partially_paid": pgettext_lazy("activity", "partly paid"),
        "queued": pgettext_lazy("activity", "handed over"),
        "recorded": pgettext_lazy("activity", "recorded"),
        "recovered": pgettext_lazy("activity", "recovered"),
        "reimbursed": pgettext_lazy("activity", "reimbursed"),
        "rejected": pgettext_lazy("activity", "rejected"),
        "reopened": pgettext_lazy("activity", "reopened"),
        "replaced": pgettext_lazy("activity", "replaced by a new version"),
        "restored": pgettext_lazy("activity", "restored"),
        "reversed": pgettext_lazy("activity", "reversed"),
        "revoked": pgettext_lazy("activity", "revoked"),
        "sent": pgettext_lazy("activity", "sent"),
        "started": pgettext_lazy("activity", "started"),
        "status_changed": pgettext_lazy("activity", "status changed"),
        "stopped": pgettext_lazy("activity", "stopped"),
        "submitted": pgettext_lazy("activity", "submitted"),
        "trashed": pgettext_lazy("activity", "moved to the trash"),
        "undone": pgettext_lazy("activity", "taken back"),
        "viewed": pgettext_lazy("activity", "viewed"),
        "withdrawn": pgettext_lazy("activity", "withdrawn"),
    }
    ICONS: ClassVar[dict[str, str]] = {
        "created": "plus",
        "changed": "pencil",
        "deleted": "trash-2",
        "finalized": "lock",
        "sent": "send",
        "paid": "check",
        "approved": "check",
        "accepted": "check",
        "rejected": "x",
        "declined": "x",
        "cancelled": "ban",
    }
    TONES: ClassVar[dict[str, str]] = {
        "paid": "ok",
        "approved": "ok",
        "accepted": "ok",
        "completed": "ok",
        "finalized": "info",
        "sent": "info",
        "overdue": "danger",
        "rejected": "danger",
        "deleted": "danger",
        "cancelled": "warn",
        "expired": "warn",
    }

    # The system acts without a person: nightly jobs, the set-up.
    actor = models.ForeignKey(
        Employee,
        verbose_name=_("by"),
        on_delete=models.SET_NULL,
        related_name="activity_entries",
        null=True,
        blank=True,
    )
    verb = models.CharField(_("what"), max_length=60)
    target_type = models.CharField(_("kind of object"), max_length=60)
    target_id = models.UUIDField(_("object"))
    target_label = models.CharField(_("name at the time"), max_length=200, blank=True)
    # Ids of the target and of whatever else it is about (its customer, its project).
    targets = models.JSONField(_("about"), default=list, blank=True)
    data = models.JSONField(_("details"), default=dict, blank=True, encoder=PlainEncoder)

    is_frozen = True
    objects = ActivityEntryQuerySet.as_manager()

    class Meta:
        db_table = "activity_entries"
        ordering = ["-created_at", "-id"]
        verbose_name = _("activity entry")
        verbose_name_plural = _("activity feed")
        # Written by events only.
        default_permissions = ("view",)
        permissions = [("view_all_activityentry", _("See entries about deleted objects"))]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="activity_newest"),
            models.Index(fields=["target_type", "target_id"], name="activity_by_target"),
            models.Index(fields=["actor", "-created_at"], name="activity_by_actor"),
        ]

    def __str__(self) -> str:
        return self.what

    def get_absolute_url(self) -> str:
        """The page of what it is about; empty where it is gone or has none."""
        entity = self.entity
        if entity is None or self.verb == "deleted":
            return ""
        meta = entity.model._meta
        try:
            return address_of(f"{meta.app_label}:{meta.model_name}-detail", self.target_id)
        except NoReverseMatch:
            return ""

    @property
    def entity(self) -> Entity | None:
        """The kind of object that it is about."""
        return registry.entity(self.target_type)

    @property
    def subject(self) -> str:
        """The object's kind and name: `Project PRJ-2026-001`; its name alone where that will do."""
        if self.target_label and (entity := self.entity) and entity.known_by_name:
            return self.target_label
        named = self.target_label.startswith(f"{self.kind} ")
        return self.target_label if named else f"{self.kind} {self.target_label}".strip()

    @property
    def kind(self) -> str:
        """What kind of object it is about."""
        entity = self.entity
        return capfirst(str(entity.model._meta.verbose_name if entity else self.target_type))

    @property
    def done(self) -> str:
        """What was done, in the reader's language; an unknown event in its own word."""
        return str(self.WORDS.get(self.verb) or self.verb.replace("_", " "))

    @property
    def who(self) -> str:
        """Who did it."""
        return str(self.actor) if self.actor_id else gettext("WorkmateOS")

    @property
    def what(self) -> str:
        """What happened, without who: `RE-2026-001 finalized`."""
        return gettext("%(subject)s %(done)s") % {"subject": self.subject, "done": self.done}

    @property
    def sentence(self) -> str:
        """The whole: `Ada Admin: RE-2026-001 finalized`."""
        return gettext("%(who)s: %(what)s") % {"who": self.who, "what": self.what}

    @property
    def when(self) -> dt.datetime:
        """When it happened."""
        return self.created_at

    @property
    def url(self) -> str:
        """Where a timeline leads."""
        return self.get_absolute_url()

    @property
    def icon(self) -> str:
        """The icon in a timeline: the act's, else the object's."""
        entity = self.entity
        return self.ICONS.get(self.verb) or (entity.icon if entity else "activity")

    @property
    def tone(self) -> str:
        """The colour in a timeline."""
        return self.TONES.get(self.verb, "")
