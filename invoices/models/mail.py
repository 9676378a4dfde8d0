"""The e-mails by which documents left the house."""

from django.core.validators import validate_email
from django.db import models
from django.utils.translation import gettext_lazy as _

from employees.models import Employee
from invoices.models.invoice import Invoice
from workmate.models import BaseModel


class InvoiceMail(BaseModel):
    """One dispatch of a document: to whom, when, and whether it went."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")

    MAX_ATTEMPTS = 288  # a day: the sweep comes every five minutes

    invoice = models.ForeignKey(
        Invoice, verbose_name=_("invoice"), on_delete=models.PROTECT, related_name="mails"
    )
    to = models.CharField(_("recipient"), max_length=254, validators=[validate_email])
    message = models.TextField(_("message"), blank=True, max_length=5000)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    error = models.TextField(_("error"), blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    sent_by = models.ForeignKey(
        Employee,
        verbose_name=_("sent by"),
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )

    class Meta:
        db_table = "invoice_mails"
        ordering = ["-created_at", "-id"]
        verbose_name = _("dispatch")
        verbose_name_plural = _("dispatches")
        indexes = [
            models.Index(fields=["state", "created_at"], name="mails_waiting"),
            models.Index(fields=["-created_at", "-id"], name="mails_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.invoice} → {self.to}"

    @property
    def is_waiting(self) -> bool:
        """Whether it has neither left nor failed for good."""
        return self.state == self.State.WAITING
