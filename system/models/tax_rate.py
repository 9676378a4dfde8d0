"""The VAT rates of the law."""

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from system.querysets import TaxRateQuerySet
from workmate.fields import RateField
from workmate.models import BaseModel


class TaxRate(BaseModel):
    """A VAT rate, with the days on which it holds."""

    class Category(models.TextChoices):
        """Kinds of taxation (EN 16931, UNTDID 5305)."""

        STANDARD = "S", _("taxed")
        ZERO = "Z", _("zero rate")
        EXEMPT = "E", _("exempt")
        REVERSE_CHARGE = "AE", _("reverse charge")
        INTRA_COMMUNITY = "K", _("supply within the EU")
        EXPORT = "G", _("export")
        OUTSIDE = "O", _("not subject to VAT")

    rate = RateField(_("rate in percent"), default=Decimal("0.00"))
    category = models.CharField(
        _("category"), max_length=2, choices=Category, default=Category.STANDARD
    )
    name = models.CharField(
        _("name"),
        max_length=100,
        blank=True,
        help_text=_("Left empty: rate and category in words."),
    )
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    is_default = models.BooleanField(
        _("default"), default=False, help_text=_("New lines start with it.")
    )

    objects = TaxRateQuerySet.as_manager()

    class Meta:
        db_table = "tax_rates"
        ordering = ["-is_default", "-rate", "category", "-valid_from"]
        verbose_name = _("VAT rate")
        verbose_name_plural = _("VAT rates")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                name="tax_rates_end_after_start",
                violation_error_message=_("The rate ends before it begins."),
            ),
            models.CheckConstraint(
                condition=Q(rate__gte=0) & Q(rate__lte=100),
                name="tax_rates_percent",
                violation_error_message=_("A rate lies between 0 and 100 percent."),
            ),
            models.CheckConstraint(
                condition=(Q(category="S") & Q(rate__gt=0)) | (~Q(category="S") & Q(rate=0)),
                name="tax_rates_only_taxed_has_rate",
                violation_error_message=_(
                    "A taxed category has a rate above 0, every other one the rate 0."
                ),
            ),
            models.UniqueConstraint(
                fields=["category", "rate", "valid_from"],
                name="tax_rates_once",
                violation_error_message=_("This rate is there already."),
            ),
        ]

    def __str__(self) -> str:
        return self.label

    def clean(self) -> None:
        """Refuse a second default on the same days."""
        if not self.is_default or self.valid_from is None:
            return
        others = type(self).objects.filter(is_default=True).exclude(pk=self.pk)
        others = others.filter(Q(valid_until=None) | Q(valid_until__gte=self.valid_from))
        if self.valid_until:
            others = others.filter(valid_from__lte=self.valid_until)
        if other := others.first():
            message = _("%(other)s is the default on these days.") % {"other": other}
            raise ValidationError({"is_default": message})

    @property
    def label(self) -> str:
        """The own name, or rate and category in words."""
        if self.name:
            return self.name
        percent = f"{Decimal(self.rate).normalize():f}\u00a0%".replace(".", ",")
        if self.category == self.Category.STANDARD:
            return percent
        return f"{percent} ({self.get_category_display()})"
