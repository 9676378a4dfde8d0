"""What a person was told, and what became of the mail about it."""

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from employees.models import Employee
from reminders.querysets import NotificationQuerySet
from workmate.models import BaseModel


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
                fields=["recipient"], condition=Q(read_at=None), name="notifications_unread"
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
