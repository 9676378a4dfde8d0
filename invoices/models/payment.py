"""Money that came in, and its reversals."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from employees.models import Employee
from invoices.models.invoice import Invoice
from invoices.querysets import PaymentQuerySet
from workmate.errors import Conflict
from workmate.fields import MoneyField
from workmate.models import BaseModel
from workmate.templatetags.workmate import format_date, format_money


class Payment(BaseModel):
    """A payment for a document; never changed, only reversed by a second one."""

    class Method(models.TextChoices):
        BANK_TRANSFER = "bank_transfer", _("bank transfer")
        CASH = "cash", _("cash")
        CREDIT_CARD = "credit_card", _("credit card")
        DIRECT_DEBIT = "direct_debit", _("direct debit")
        PAYPAL = "paypal", _("PayPal")
        OTHER = "other", _("other")
        # Written by credit notes alone: no money moves.
        OFFSET = "offset", _("set off")

    invoice = models.ForeignKey(
        Invoice, verbose_name=_("invoice"), on_delete=models.PROTECT, related_name="payments"
    )
    amount = MoneyField(_("amount"), help_text=_("In EUR; at most what is open."))
    payment_date = models.DateField(_("date of payment"))
    payment_method = models.CharField(
        _("method"), max_length=20, choices=Method, default=Method.BANK_TRANSFER
    )
    reference = models.CharField(_("reference"), max_length=200, blank=True)
    notes = models.TextField(_("notes"), blank=True)
    recorded_by = models.ForeignKey(
        Employee,
        verbose_name=_("recorded by"),
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        editable=False,
    )
    reverses = models.OneToOneField(
        "self",
        verbose_name=_("reverses"),
        on_delete=models.PROTECT,
        related_name="reversal",
        null=True,
        editable=False,
    )

    objects = PaymentQuerySet.as_manager()

    class Meta:
        db_table = "payments"
        ordering = ["-payment_date", "-id"]
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        permissions = [("reverse_payment", _("Reverse"))]
        indexes = [
            models.Index(fields=["-payment_date", "-id"], name="payments_newest"),
            models.Index(fields=["created_at", "id"], name="payments_by_creation"),
            models.Index(fields=["amount", "id"], name="payments_by_amount"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(reverses=None, amount__gt=0) | Q(reverses__isnull=False, amount__lt=0),
                name="payments_positive",
                violation_error_message=_("The amount must be above 0."),
            )
        ]

    def __str__(self) -> str:
        return f"{format_date(self.payment_date)} · {format_money(self.amount)}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write once; refuses every change."""
        if not self._state.adding:
            raise Conflict(_("A payment is not changed, but reversed."), code="frozen")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        """Refuse."""
        raise Conflict(_("A payment is not deleted, but reversed."), code="frozen")

    @property
    def is_offset(self) -> bool:
        """Whether it sets off a credit note against its invoice."""
        return self.payment_method == self.Method.OFFSET

    def event_subjects(self) -> list[models.Model | None]:
        """Events about a payment are about its document and customer, too."""
        return [self.invoice, self.invoice.customer, self.invoice.project]

    @property
    def is_frozen(self) -> bool:
        """Always: payments are reversed."""
        return not self._state.adding

    @property
    def is_reversed(self) -> bool:
        """Whether a second payment took it back."""
        return hasattr(self, "reversal")
