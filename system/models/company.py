"""The company itself: the legal data that invoices print."""

import datetime as dt
import re
from typing import Any, ClassVar
from uuid import uuid4

from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models, transaction
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from stdnum import bic, iban
from stdnum.eu import vat

from workmate.context_processors import COMPANY_KEY
from workmate.models import BaseModel
from workmate.pictures import PictureField, opened
from workmate.querysets import BaseQuerySet

MAX_LOGO_BYTES = 1024 * 1024
MAX_LOGO_PIXELS = 4000
LOGO_FORMATS = ("PNG", "JPEG")


def logo_name(company: "Company", filename: str) -> str:
    """Where a logo is kept: a new name each time, no user input in the path."""
    return f"company/{uuid4()}.{'png' if filename.lower().endswith('.png') else 'jpg'}"


def check_logo(file: Any) -> None:
    """Refuse anything but a small PNG or JPEG, by content and not by name."""
    if getattr(file, "_committed", False):
        return
    with opened(file, LOGO_FORMATS, most_bytes=MAX_LOGO_BYTES) as image:
        width, height = image.size
        image.verify()
    if max(width, height) > MAX_LOGO_PIXELS:
        raise ValidationError(
            _("The picture is larger than %(n)s pixels.") % {"n": MAX_LOGO_PIXELS}
        )


class Company(BaseModel):
    """The own company: what stands on invoices and in the head of every page. One row."""

    name = models.CharField(_("name"), max_length=200, blank=True)
    legal_form = models.CharField(
        _("legal form"),
        max_length=60,
        blank=True,
        help_text=_("Such as GmbH, where the name does not end with it."),
    )
    street = models.CharField(_("street"), max_length=200, blank=True)
    zip_code = models.CharField(_("postcode"), max_length=20, blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    country = models.CharField(_("country"), max_length=100, blank=True, default="Deutschland")
    contact_name = models.CharField(
        _("contact"),
        max_length=200,
        blank=True,
        help_text=_("Whom customers ask about an invoice; e-invoices need a name."),
    )
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=50, blank=True)
    website = models.CharField(_("website"), max_length=200, blank=True)
    tax_number = models.CharField(
        _("tax number"), max_length=50, blank=True, help_text=_("The one from the tax office.")
    )
    vat_id = models.CharField(_("VAT id"), max_length=20, blank=True)
    register_court = models.CharField(_("register court"), max_length=100, blank=True)
    register_number = models.CharField(_("register number"), max_length=50, blank=True)
    managing_directors = models.CharField(_("managing directors"), max_length=300, blank=True)
    bank_name = models.CharField(_("bank"), max_length=100, blank=True)
    iban = models.CharField("IBAN", max_length=34, blank=True)
    bic = models.CharField("BIC", max_length=11, blank=True)
    logo = PictureField(
        _("logo"),
        upload_to=logo_name,
        max_length=255,
        blank=True,
        validators=[check_logo],
        help_text=_("PNG or JPEG, at most 1 MB."),
    )
    small_business_since = models.DateField(
        _("small business since"),
        null=True,
        blank=True,
        help_text=_("Under § 19 UStG: from this day on no VAT is shown."),
    )
    default_payment_days = models.PositiveSmallIntegerField(
        _("days to pay"), default=30, validators=[MaxValueValidator(365)]
    )
    default_terms = models.TextField(
        _("terms of payment"), blank=True, help_text=_("What a new invoice starts with.")
    )
    quote_valid_days = models.PositiveSmallIntegerField(
        _("days a quote is valid"), default=30, validators=[MaxValueValidator(365)]
    )
    invoice_footer = models.TextField(
        _("text below invoices"), blank=True, help_text=_("Stands below the sums.")
    )

    # Of the first steps: what nobody can see from elsewhere, and that the list was put away.
    mail_tested_at = models.DateTimeField(_("mail tried at"), null=True, editable=False)
    backup_confirmed_at = models.DateTimeField(_("backup confirmed at"), null=True, editable=False)
    steps_closed_at = models.DateTimeField(_("first steps closed at"), null=True, editable=False)

    # What §14(4) Nr. 1 and 2 UStG ask of the seller, besides tax number or VAT id.
    NEEDED: ClassVar[tuple[str, ...]] = ("name", "street", "zip_code", "city")

    objects = BaseQuerySet.as_manager()

    class Meta:
        db_table = "company"
        ordering = ["created_at"]
        verbose_name = _("company")
        verbose_name_plural = _("company")
        # There is one row, made by the migration: nobody adds or deletes it.
        default_permissions = ("view", "change")
        constraints = [models.UniqueConstraint(models.Value(1), name="one_company")]

    def __str__(self) -> str:
        return self.full_name or gettext("Company")

    def get_absolute_url(self) -> str:
        """The company's page."""
        return reverse("system:company-detail")

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save; the head of every page shows the new name from the commit on."""
        super().save(*args, **kwargs)
        transaction.on_commit(self.show_name, robust=True)

    def clean(self) -> None:
        """Write VAT id, IBAN and BIC the one way; refuse those with a wrong check digit."""
        wrong = {}
        if self.vat_id:
            self.vat_id = re.sub(r"[\s.\-/]", "", self.vat_id).upper()
            if not vat.is_valid(self.vat_id):
                wrong["vat_id"] = _("This is no valid VAT id. Example: DE123456788.")
        if self.iban:
            self.iban = iban.compact(self.iban)
            if not iban.is_valid(self.iban):
                wrong["iban"] = _("This is no valid IBAN.")
        if self.bic:
            self.bic = bic.compact(self.bic)
            if not bic.is_valid(self.bic):
                wrong["bic"] = _("This is no valid BIC.")
        if wrong:
            raise ValidationError(wrong)

    @classmethod
    def current(cls) -> "Company":
        """The one company; made empty where it is missing."""
        company = cls.objects.first() or cls.objects.get_or_create()[0]
        company.show_name()
        return company

    @property
    def full_name(self) -> str:
        """The name with the legal form, unless it ends with it."""
        if not self.legal_form or self.name.endswith(self.legal_form):
            return self.name
        return f"{self.name} {self.legal_form}".strip()

    @property
    def logo_url(self) -> str:
        """The app's address of the logo; empty where there is none."""
        return reverse("system:company-logo") if self.logo else ""

    @property
    def is_complete_for_invoices(self) -> bool:
        """Whether everything is here that the law asks of the seller on an invoice."""
        return not self.missing_for_invoices()

    def missing_for_invoices(self) -> list[str]:
        """What the law asks of the seller on an invoice and is not here, in words."""
        missing = [
            str(self._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
            for name in self.NEEDED
            if not getattr(self, name).strip()
        ]
        if not self.tax_number.strip() and not self.vat_id:
            missing.append(gettext("tax number or VAT id"))
        return missing

    def is_small_business(self, day: dt.date) -> bool:
        """Whether no VAT is shown on that day (§ 19 UStG)."""
        return self.small_business_since is not None and self.small_business_since <= day

    def show_name(self) -> None:
        """Tell the head of the pages the name: the ground knows no company, only this key."""
        cache.set(COMPANY_KEY, self.full_name, None)
