"""Lines of a document, and which hours and expenses stand on which line."""

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from finance.models import Expense
from invoices.models.amounts import line_net
from invoices.models.invoice import TOO_MUCH, Invoice
from invoices.querysets import (
    ZERO,
    BilledExpenseQuerySet,
    BilledTimeQuerySet,
    InvoiceLineItemQuerySet,
    frozen,
)
from system.models import TaxRate
from timetracking.models import TimeEntry
from workmate.fields import (
    MoneyField,
    PriceField,
    QuantityField,
    RateField,
    round_money,
)
from workmate.models import BaseModel

PERCENT = [MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))]


class Unit(models.TextChoices):
    """Units of measure (BT-130, UN/ECE Recommendation 20)."""

    HOUR = "HUR", _("h")
    DAY = "DAY", _("days")
    MONTH = "MON", _("months")
    PIECE = "C62", _("pcs")
    FLAT = "LS", _("flat")
    KILOMETRE = "KMT", _("km")
    KILOGRAM = "KGM", _("kg")
    METRE = "MTR", _("m")
    SQUARE_METRE = "MTK", _("m²")


class InvoiceLineItem(BaseModel):
    """One line: what, how much of it, at what price, taxed how."""

    invoice = models.ForeignKey(
        Invoice, verbose_name=_("invoice"), on_delete=models.CASCADE, related_name="line_items"
    )
    position = models.PositiveIntegerField(_("position"), default=1)
    description = models.TextField(_("description"), max_length=2000)
    quantity = QuantityField(_("quantity"), default=Decimal(1))
    unit = models.CharField(_("unit"), max_length=3, choices=Unit, default=Unit.PIECE)
    unit_price = PriceField(_("unit price"))
    discount_percent = RateField(_("discount"), default=Decimal(0), validators=PERCENT)
    tax_category = models.CharField(
        _("VAT category"), max_length=2, choices=TaxRate.Category, default=TaxRate.Category.STANDARD
    )
    tax_rate = RateField(_("VAT rate"), default=Decimal("19.00"), validators=PERCENT)
    # BT-131, net: a gross per line would not add up to the document's total (D02).
    total = MoneyField(_("net"), default=ZERO, editable=False)

    objects = InvoiceLineItemQuerySet.as_manager()

    class Meta:
        db_table = "invoice_line_items"
        ordering = ["position", "created_at", "id"]
        verbose_name = _("invoice line")
        verbose_name_plural = _("invoice lines")
        indexes = [models.Index(fields=["invoice", "position"], name="lines_by_invoice")]
        constraints = [
            models.CheckConstraint(
                condition=(Q(tax_category="S") & Q(tax_rate__gt=0))
                | (~Q(tax_category="S") & Q(tax_rate=0)),
                name="lines_rate_fits_category",
                violation_error_message=_("Only taxable lines have a VAT rate above 0."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.description[:60]}"

    def clean(self) -> None:
        """Refuse a line without words; compute the net."""
        if not self.description.strip():
            raise ValidationError({"description": _("What is supplied must be described.")})
        self.compute()
        if abs(self.total) >= TOO_MUCH:
            raise ValidationError({"unit_price": _("The line comes to too much.")})

    def compute(self) -> None:
        """Bring the net amount up to date."""
        if None not in (self.quantity, self.unit_price, self.discount_percent):
            self.total = line_net(self.quantity, self.unit_price, self.discount_percent)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save; refuses lines of a finalized document."""
        self._refuse_frozen()
        self.compute()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        """Delete; refuses lines of a finalized document."""
        self._refuse_frozen()
        return super().delete(*args, **kwargs)

    def _refuse_frozen(self) -> None:
        owner = Invoice._base_manager.filter(pk=self.invoice_id)
        if owner.exclude(status=Invoice.Status.DRAFT).exists():
            raise frozen()

    @property
    def unit_label(self) -> str:
        """The unit in words."""
        return str(self.get_unit_display())

    @property
    def subtotal(self) -> Decimal:
        """Quantity x unit price in EUR, before the discount."""
        return round_money(self.quantity * self.unit_price)

    @property
    def discount_amount(self) -> Decimal:
        """What the discount takes off, in EUR."""
        return self.subtotal - self.total

    @property
    def tax_amount(self) -> Decimal:
        """VAT on this line in EUR, for information: the document rounds once per rate."""
        return round_money(self.total * self.tax_rate / 100)


class BilledTime(BaseModel):
    """An hour on a line: each time entry is billed at most once, until a cancellation frees it."""

    line_item = models.ForeignKey(
        InvoiceLineItem, on_delete=models.CASCADE, related_name="billed_times"
    )
    time_entry = models.ForeignKey(TimeEntry, on_delete=models.PROTECT, related_name="billed_times")
    released_at = models.DateTimeField(_("released at"), null=True, editable=False)

    objects = BilledTimeQuerySet.as_manager()

    class Meta:
        db_table = "invoice_billed_times"
        ordering = ["created_at", "id"]
        verbose_name = _("billed time")
        verbose_name_plural = _("billed times")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["time_entry"],
                condition=Q(released_at=None),
                name="billed_once",
                violation_error_message=_("This time is billed already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.time_entry_id} → {self.line_item_id}"


class BilledExpense(BaseModel):
    """An expense on a line: each is billed at most once, until a cancellation frees it."""

    line_item = models.ForeignKey(
        InvoiceLineItem, on_delete=models.CASCADE, related_name="billed_expenses"
    )
    expense = models.ForeignKey(Expense, on_delete=models.PROTECT, related_name="billed_expenses")
    released_at = models.DateTimeField(_("released at"), null=True, editable=False)

    objects = BilledExpenseQuerySet.as_manager()

    class Meta:
        db_table = "invoice_billed_expenses"
        ordering = ["created_at", "id"]
        verbose_name = _("billed expense")
        verbose_name_plural = _("billed expenses")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["expense"],
                condition=Q(released_at=None),
                name="expense_billed_once",
                violation_error_message=_("This expense is billed already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.expense_id} → {self.line_item_id}"
