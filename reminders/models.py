"""Reminders, what a person was told, and how they wish to be told."""

import calendar
import datetime as dt
from typing import TYPE_CHECKING, Any, ClassVar

from dateutil.relativedelta import relativedelta
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from employees.models import Employee
from reminders.querysets import (
    NotificationPreferenceQuerySet,
    NotificationQuerySet,
    ReminderQuerySet,
    linked_rows,
)
from workmate.filters import SENSIBLE_DAYS
from workmate.models import BaseModel
from workmate.registry import registry

if TYPE_CHECKING:
    from workmate.services import Actor

LINK_FIELDS = frozenset(
    {"linked_entity_type", "linked_entity_id", "linked_title", "linked_url", "linked"}
)


class Reminder(BaseModel):
    """Something that a person has to think of by a day, perhaps about a row of another module."""

    class Priority(models.TextChoices):
        LOW = "low", _("low")
        MEDIUM = "medium", _("medium")
        HIGH = "high", _("high")
        CRITICAL = "critical", _("critical")

    class Status(models.TextChoices):
        OPEN = "open", _("open")
        DONE = "done", _("done")
        OVERDUE = "overdue", _("overdue")

    class Repeat(models.TextChoices):
        NONE = "none", _("never")
        DAILY = "daily", _("daily")
        WEEKLY = "weekly", _("weekly")
        MONTHLY = "monthly", _("monthly")
        YEARLY = "yearly", _("yearly")

    status_looks = {
        "open": ("info", "ring"),
        "done": ("ok", "full"),
        "overdue": ("danger", "alert"),
    }

    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    due_date = models.DateField(_("due on"), validators=SENSIBLE_DAYS)
    priority = models.CharField(
        _("priority"), max_length=10, choices=Priority, default=Priority.MEDIUM
    )
    repeat = models.CharField(
        _("repeat"),
        max_length=10,
        choices=Repeat,
        default=Repeat.NONE,
        help_text=_("Completing it makes the next one."),
    )
    # The day of the month on which a series began: after 28 February comes 31 March again.
    repeat_day = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    linked_entity_type = models.CharField(_("kind of the linked object"), max_length=60, blank=True)
    linked_entity_id = models.UUIDField(_("linked object"), null=True, blank=True)
    owner = models.ForeignKey(
        Employee,
        verbose_name=_("owner"),
        on_delete=models.CASCADE,
        related_name="reminders",
        editable=False,
    )
    delegated_by = models.ForeignKey(
        Employee,
        verbose_name=_("delegated by"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="delegated_reminders",
        editable=False,
    )
    status = models.CharField(
        _("status"), max_length=10, choices=Status, default=Status.OPEN, editable=False
    )
    snoozed_until = models.DateField(
        _("snoozed until"), null=True, blank=True, editable=False, validators=SENSIBLE_DAYS
    )
    notified = models.BooleanField(_("owner was notified"), default=False, editable=False)
    completed_at = models.DateTimeField(_("completed at"), null=True, blank=True, editable=False)
    completed_by = models.ForeignKey(
        Employee,
        verbose_name=_("completed by"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
    )
    rule = models.CharField(_("follows from"), max_length=60, blank=True, editable=False)

    objects = ReminderQuerySet.as_manager()

    class Meta:
        db_table = "reminders"
        # What is open comes first, the most urgent before the others.
        ordering = [F("completed_at").desc(nulls_first=True), "due_date", "id"]
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        indexes = [
            models.Index(
                "owner",
                F("completed_at").desc(nulls_first=True),
                "due_date",
                "id",
                name="reminders_of_owner",
            ),
            models.Index(
                fields=["due_date"], condition=Q(notified=False), name="reminders_to_notify"
            ),
            models.Index(fields=["linked_entity_id"], name="reminders_about"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "linked_entity_id"],
                condition=~Q(rule=""),
                name="one_reminder_a_rule_and_row",
            ),
            models.CheckConstraint(
                condition=Q(linked_entity_type="", linked_entity_id=None)
                | (~Q(linked_entity_type="") & Q(linked_entity_id__isnull=False)),
                name="reminders_link_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(status="done", completed_at__isnull=False)
                | (~Q(status="done") & Q(completed_at=None)),
                name="reminders_done_has_time",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        """Refuse half a link: kind and id belong together."""
        if bool(self.linked_entity_type) != bool(self.linked_entity_id):
            missing = "linked_entity_id" if self.linked_entity_type else "linked_entity_type"
            raise ValidationError({missing: _("Kind and id of the linked object go together.")})

    @property
    def due_on(self) -> dt.date:
        """The day on which it comes up: the due date, or the day until which it was snoozed."""
        return self.snoozed_until or self.due_date

    @property
    def hint(self) -> str:
        """The line below the title in search results."""
        due = gettext("due %(when)s") % {"when": date_format(self.due_on, "SHORT_DATE_FORMAT")}
        return f"{self.get_status_display()} · {due}"

    @property
    def is_done(self) -> bool:
        """Whether it was completed."""
        return bool(self.status == self.Status.DONE)

    @property
    def is_derived(self) -> bool:
        """Whether it follows from data, and goes with them."""
        return bool(self.rule)

    def next_due(self, today: dt.date | None = None) -> dt.date | None:
        """The first day of the rhythm after the due date and after today; None without one.

        A monthly one of the 31st comes on the last day of shorter months.
        """
        day, start = today or timezone.localdate(), self.due_date
        last = max(day, start)
        if self.repeat in (self.Repeat.DAILY, self.Repeat.WEEKLY):
            step = 1 if self.repeat == self.Repeat.DAILY else 7
            found = start + dt.timedelta(days=step * ((last - start).days // step + 1))
        elif self.repeat in (self.Repeat.MONTHLY, self.Repeat.YEARLY):
            step = 1 if self.repeat == self.Repeat.MONTHLY else 12
            months = (last.year - start.year) * 12 + last.month - start.month
            count = max(1, months // step)
            found = self._in_months(count * step)
            if found <= last:
                found = self._in_months((count + 1) * step)
        else:
            return None
        return found if found.year < 3000 else None

    def _in_months(self, months: int) -> dt.date:
        first = self.due_date.replace(day=1) + relativedelta(months=months)
        length = calendar.monthrange(first.year, first.month)[1]
        return first.replace(day=min(self.repeat_day or self.due_date.day, length))

    # Who reads it, and what was read along with it: set by the queryset (`visible_to`).
    viewer: "Actor | None" = None
    peers: "list[Reminder] | None" = None

    def linked_for(self, user: "Actor") -> Any:
        """The linked row, as far as that person sees it; None else.

        Asks once per kind for all reminders that were read together.
        """
        cache = self.__dict__.setdefault("_linked", {})
        if user.pk not in cache:
            together = [self, *(self.peers or [])]
            found = linked_rows(together, user)
            for one in together:
                known = one.__dict__.setdefault("_linked", {})
                known[user.pk] = found.get((one.linked_entity_type, one.linked_entity_id))
        return cache[user.pk]

    @property
    def linked(self) -> Any:
        """The linked row, as far as whoever reads the reminder sees it."""
        return self.linked_for(self.viewer) if self.viewer is not None else None

    @property
    def linked_title(self) -> str:
        """The linked row's name; empty without one."""
        return str(self.linked or "")

    @property
    def linked_url(self) -> str:
        """The address of the linked row's page; empty without one."""
        return self.linked.get_absolute_url() if self.linked is not None else ""

    def concealed_from(self, user: "Actor") -> frozenset[str]:
        """The link, once the person may not see the linked row (any more)."""
        if self.linked_entity_id is None or self.linked_for(user) is not None:
            return frozenset()
        return LINK_FIELDS


class Notification(BaseModel):
    """A message of the system to one person, shown in the app and perhaps sent by mail."""

    class MailState(models.TextChoices):
        NONE = "none", _("no mail")
        WAITING = "waiting", _("waiting")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")

    # Sent even to those who want no mails: it is about their own access.
    SECURITY: ClassVar[str] = "security"
    status_looks = {"unread": ("info", "full"), "read": ("", "ring")}

    recipient = models.ForeignKey(
        Employee,
        verbose_name=_("recipient"),
        on_delete=models.CASCADE,
        related_name="notifications",
    )
    kind = models.CharField(_("kind"), max_length=60)
    title = models.CharField(_("title"), max_length=200)
    body = models.TextField(_("text"), blank=True)
    url = models.CharField(
        _("address"), max_length=500, blank=True, help_text=_("A page of this app.")
    )
    in_app = models.BooleanField(_("shown in the app"), default=True, editable=False)
    read_at = models.DateTimeField(_("read at"), null=True, blank=True, editable=False)
    mail_state = models.CharField(
        _("mail"), max_length=10, choices=MailState, default=MailState.NONE, editable=False
    )
    mail_attempts = models.PositiveSmallIntegerField(_("attempts"), default=0, editable=False)
    mail_retry_at = models.DateTimeField(_("next attempt"), null=True, editable=False)
    mail_sent_at = models.DateTimeField(_("mail sent at"), null=True, editable=False)
    mail_error = models.CharField(_("mail error"), max_length=500, blank=True, editable=False)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        db_table = "notifications"
        ordering = ["-created_at", "-id"]
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        # Services tell people; nobody types or deletes what was told.
        default_permissions = ("view", "change")
        indexes = [
            models.Index(fields=["recipient", "-created_at", "-id"], name="notifications_newest"),
            models.Index(
                fields=["recipient"],
                condition=Q(read_at=None, in_app=True),
                name="notifications_unread",
            ),
            models.Index(
                fields=["mail_retry_at"],
                condition=Q(mail_state="waiting"),
                name="notifications_mail_waiting",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(mail_state="waiting") | Q(mail_retry_at__isnull=False),
                name="notifications_waiting_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(mail_state="sent") | Q(mail_sent_at__isnull=False),
                name="notifications_sent_has_time",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        """Refuse an address outside of this app: the mail and the list link to it."""
        if self.url and (not self.url.startswith("/") or self.url.startswith(("//", "/\\"))):
            raise ValidationError({"url": _("Only pages of this app can be linked.")})

    @property
    def is_unread(self) -> bool:
        """Whether it was not opened yet."""
        return self.read_at is None

    @property
    def status(self) -> str:
        """`unread` or `read`."""
        return "unread" if self.is_unread else "read"

    def get_status_display(self) -> str:
        """The status in words."""
        return str(_("unread") if self.is_unread else _("read"))


class NotificationPreference(BaseModel):
    """Whether a person wishes to be told of one kind of thing on one channel."""

    class Channel(models.TextChoices):
        APP = "app", _("in the app")
        MAIL = "mail", _("by mail")

    person = models.ForeignKey(
        Employee,
        verbose_name=_("person"),
        on_delete=models.CASCADE,
        related_name="notification_preferences",
        editable=False,
    )
    kind = models.CharField(_("kind"), max_length=60)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel)
    enabled = models.BooleanField(_("wanted"), default=True)

    objects = NotificationPreferenceQuerySet.as_manager()

    class Meta:
        db_table = "notification_preferences"
        ordering = ["kind", "channel", "id"]
        verbose_name = _("notification preference")
        verbose_name_plural = _("notification preferences")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "kind", "channel"],
                name="one_preference_a_kind_and_channel",
                violation_error_message=_("There is a preference for this kind and channel."),
            )
        ]

    def __str__(self) -> str:
        label = registry.kind_label(self.kind)
        return f"{label}: {self.get_channel_display()}"

    def clean(self) -> None:
        """Refuse a kind that nobody tells, and one that cannot be switched off."""
        if registry.kind(self.kind) is None:
            raise ValidationError({"kind": _("There is no such kind of notification.")})
