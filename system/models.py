"""The company itself, the VAT rates of the law, and what happened."""

import datetime as dt
import re
from decimal import Decimal
from typing import Any, ClassVar
from uuid import uuid4

from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.core.validators import MaxValueValidator
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.fields.files import FieldFile
from django.urls import NoReverseMatch, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from PIL import Image, UnidentifiedImageError
from stdnum import bic, iban
from stdnum.eu import vat

from employees.models import Employee
from system.querysets import ActivityEntryQuerySet, TaxRateQuerySet
from workmate.context_processors import COMPANY_KEY
from workmate.fields import RateField
from workmate.models import BaseModel
from workmate.querysets import BaseQuerySet
from workmate.registry import Entity, registry

MAX_LOGO_BYTES = 1024 * 1024
MAX_LOGO_PIXELS = 4000
LOGO_FORMATS = {"PNG": "png", "JPEG": "jpg"}


def logo_name(company: "Company", filename: str) -> str:
    """Where a logo is kept: a new name each time, no user input in the path."""
    return f"company/{uuid4()}.{'png' if filename.lower().endswith('.png') else 'jpg'}"


def check_logo(file: Any) -> None:
    """Refuse anything but a small PNG or JPEG, by content and not by name."""
    if getattr(file, "_committed", False):
        return
    if file.size > MAX_LOGO_BYTES:
        raise ValidationError(_("The picture is larger than 1 MB."))
    try:
        file.seek(0)
        with Image.open(file, formats=tuple(LOGO_FORMATS)) as image:
            width, height = image.size
            image.verify()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise ValidationError(_("Only PNG and JPEG pictures can be used.")) from error
    finally:
        file.seek(0)
    if max(width, height) > MAX_LOGO_PIXELS:
        raise ValidationError(
            _("The picture is larger than %(n)s pixels.") % {"n": MAX_LOGO_PIXELS}
        )


class LogoFile(FieldFile):
    """The stored logo, which is served by a page of the app."""

    @property
    def url(self) -> str:
        """The page that sends it."""
        return reverse("system:company-logo")


class LogoField(models.FileField):
    """A file whose address is the app's."""

    attr_class = LogoFile


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
    logo = LogoField(
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
        return self.logo.url if self.logo else ""

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


class _PlainEncoder(DjangoJSONEncoder):
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
        "approved": pgettext_lazy("activity", "approved"),
        "archived": pgettext_lazy("activity", "archived"),
        "cancelled": pgettext_lazy("activity", "cancelled"),
        "changed": pgettext_lazy("activity", "changed"),
        "completed": pgettext_lazy("activity", "completed"),
        "converted": pgettext_lazy("activity", "converted"),
        "created": pgettext_lazy("activity", "created"),
        "deactivated": pgettext_lazy("activity", "deactivated"),
        "declined": pgettext_lazy("activity", "declined"),
        "deleted": pgettext_lazy("activity", "deleted"),
        "expired": pgettext_lazy("activity", "expired"),
        "finalized": pgettext_lazy("activity", "finalized"),
        "overdue": pgettext_lazy("activity", "overdue"),
        "paid": pgettext_lazy("activity", "paid"),
        "partially_paid": pgettext_lazy("activity", "partly paid"),
        "recorded": pgettext_lazy("activity", "recorded"),
        "rejected": pgettext_lazy("activity", "rejected"),
        "reopened": pgettext_lazy("activity", "reopened"),
        "reversed": pgettext_lazy("activity", "reversed"),
        "revoked": pgettext_lazy("activity", "revoked"),
        "sent": pgettext_lazy("activity", "sent"),
        "started": pgettext_lazy("activity", "started"),
        "stopped": pgettext_lazy("activity", "stopped"),
        "submitted": pgettext_lazy("activity", "submitted"),
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
    data = models.JSONField(_("details"), default=dict, blank=True, encoder=_PlainEncoder)

    is_frozen = True
    objects = ActivityEntryQuerySet.as_manager()

    class Meta:
        db_table = "activity_entries"
        ordering = ["-created_at", "-id"]
        verbose_name = _("activity")
        verbose_name_plural = _("activity")
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
            return reverse(f"{meta.app_label}:{meta.model_name}-detail", args=[self.target_id])
        except NoReverseMatch:
            return ""

    @property
    def entity(self) -> Entity | None:
        """The kind of object that it is about."""
        return registry.entity(self.target_type)

    @property
    def subject(self) -> str:
        """The object's kind and name: `Invoice RE-2026-001`."""
        entity = self.entity
        kind = entity.model._meta.verbose_name if entity else self.target_type
        return f"{capfirst(str(kind))} {self.target_label}".strip()

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
        """What happened, without who: `Invoice RE-2026-001 finalized`."""
        return gettext("%(subject)s %(done)s") % {"subject": self.subject, "done": self.done}

    @property
    def sentence(self) -> str:
        """The whole: `Ada Admin: Invoice RE-2026-001 finalized`."""
        return gettext("%(who)s: %(what)s") % {"who": self.who, "what": self.what}

    @property
    def when(self) -> dt.datetime:
        """When it happened."""
        return self.created_at

    @property
    def icon(self) -> str:
        """The icon in a timeline: the act's, else the object's."""
        entity = self.entity
        return self.ICONS.get(self.verb) or (entity.icon if entity else "activity")

    @property
    def tone(self) -> str:
        """The colour in a timeline."""
        return self.TONES.get(self.verb, "")
