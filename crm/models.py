"""Customers, their contacts, and the calls, meetings, mails and notes about them."""

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, URLValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from stdnum.eu import vat as eu_vat
from stdnum.exceptions import InvalidComponent
from stdnum.exceptions import ValidationError as InvalidNumber
from stdnum.iso7064 import mod_97_10
from stdnum.util import get_cc_module

from crm.querysets import ActivityQuerySet, ContactQuerySet, CustomerQuerySet, NameKey
from employees.models import Employee
from workmate.fields import NumberField
from workmate.models import BaseModel

if TYPE_CHECKING:
    from workmate.services import Actor

LONGEST_PAYMENT_DAYS = 365
# What people write into a customer's country when they mean this one.
GERMANY = {"deutschland", "germany", "de", "d"}
# Coarse part, fine part where there is one, two check digits (german-rules C08).
LEITWEG_ID = re.compile(r"\d{2,12}(-[A-Z0-9]{1,30})?-\d{2}")
HAS_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
check_url = URLValidator(schemes=["http", "https"])


def clean_postcode(text: str) -> str:
    """A German postcode without a "D-". Raises ValidationError unless it has five digits."""
    found = re.sub(r"^DE?[\s-]*(?=\d)|\s", "", text, flags=re.IGNORECASE)
    if not re.fullmatch(r"[0-9]{5}", found):
        message = _("A German postcode has five digits, also with a zero in front: 01067.")
        raise ValidationError(message, code="zip_code")
    return found


def clean_vat_id(text: str) -> str:
    """A VAT id without separators. Raises ValidationError where country or check digit is wrong."""
    number = re.sub(r"[\s.\-/]", "", text).upper()
    country = number[:2]
    wrong_country = _("A VAT id begins with the country's two letters: DE136695976.")
    if not re.fullmatch(r"[A-Z]{2}", country):
        raise ValidationError(wrong_country, code="vat_id")
    try:
        return eu_vat.validate(number)
    except InvalidComponent:
        module = get_cc_module(country, "vat")  # outside of the EU: Switzerland, Norway, …
    except InvalidNumber as error:
        raise ValidationError(_("This is not a valid VAT id."), code="vat_id") from error
    if module is None:
        raise ValidationError(wrong_country, code="vat_id")
    try:
        found = module.validate(number)
    except InvalidNumber as error:
        raise ValidationError(_("This is not a valid VAT id."), code="vat_id") from error
    return found if found.startswith(country) else country + found


def clean_leitweg_id(text: str) -> str:
    """A Leitweg-ID in capitals. Raises ValidationError where form or check digits are wrong."""
    number = text.strip().upper()
    digits = number.replace("-", "")
    if not LEITWEG_ID.fullmatch(number) or not mod_97_10.is_valid(digits):
        raise ValidationError(_("This is not a valid Leitweg-ID."), code="leitweg_id")
    return number


def clean_website(text: str) -> str:
    """A web address, with https:// where it was left out. Raises ValidationError."""
    address = text if HAS_SCHEME.match(text) else f"https://{text}"
    check_url(address)
    return address


class Customer(BaseModel):
    """Somebody to whom the company sells, or would like to."""

    class Type(models.TextChoices):
        CREATOR = "creator", pgettext_lazy("kind of customer", "creator")
        INDIVIDUAL = "individual", _("individual")
        BUSINESS = "business", _("business")
        GOVERNMENT = "government", _("government")

    class Status(models.TextChoices):
        ACTIVE = "active", _("active")
        INACTIVE = "inactive", _("inactive")
        LEAD = "lead", _("lead")
        BLOCKED = "blocked", _("blocked")

    class Stage(models.TextChoices):
        LEAD = "lead", pgettext_lazy("pipeline", "lead")
        CONTACTED = "contacted", pgettext_lazy("pipeline", "contacted")
        OFFER = "offer", pgettext_lazy("pipeline", "offer made")
        WON = "won", pgettext_lazy("pipeline", "won")
        LOST = "lost", pgettext_lazy("pipeline", "lost")

    status_looks = {
        "active": ("ok", "full"),
        "inactive": ("", "off"),
        "lead": ("info", "ring"),
        "blocked": ("danger", "alert"),
    }

    customer_number = NumberField(
        "KIT-CUS-{n:06d}",
        verbose_name=_("customer number"),
        help_text=_("Drawn when left empty."),
    )
    name = models.CharField(_("name"), max_length=200)
    type = models.CharField(_("kind"), max_length=20, choices=Type, default=Type.BUSINESS)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=50, blank=True)
    website = models.CharField(_("website"), max_length=300, blank=True)
    tax_id = models.CharField(
        _("tax number"), max_length=50, blank=True, help_text=_("The number at the tax office.")
    )
    vat_id = models.CharField(
        _("VAT id"), max_length=30, blank=True, help_text=_("With the country: DE136695976.")
    )
    street = models.CharField(_("street"), max_length=200, blank=True)
    zip_code = models.CharField(_("postcode"), max_length=20, blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    country = models.CharField(_("country"), max_length=100, blank=True, default="Deutschland")
    notes = models.TextField(_("internal notes"), blank=True)
    status = models.CharField(_("status"), max_length=20, choices=Status, default=Status.ACTIVE)
    pipeline_stage = models.CharField(
        _("pipeline stage"),
        max_length=20,
        choices=Stage,
        blank=True,
        help_text=_("How far the sale is. A lead without one stands at the beginning."),
    )
    payment_days = models.PositiveSmallIntegerField(
        _("days to pay"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(LONGEST_PAYMENT_DAYS)],
        help_text=_("Empty: as set for the company."),
    )
    invoice_email = models.EmailField(
        _("e-mail for invoices"), blank=True, help_text=_("Empty: the e-mail address above.")
    )
    language = models.CharField(
        _("language of documents"),
        max_length=2,
        choices=[("de", _("German")), ("en", _("English"))],
        default="de",
    )
    buyer_reference = models.CharField(
        _("your reference"),
        max_length=100,
        blank=True,
        help_text=_("What the customer wants to read on invoices: order, cost centre."),
    )
    leitweg_id = models.CharField(
        _("Leitweg-ID"),
        max_length=46,
        blank=True,
        help_text=_("Of a public authority, for e-invoices."),
    )

    objects = CustomerQuerySet.as_manager()

    class Meta:
        db_table = "customers"
        ordering = ["name", "id"]
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        indexes = [
            models.Index(fields=["name", "id"], name="customers_by_name"),
            models.Index(fields=["status", "name", "id"], name="customers_by_status"),
            models.Index(fields=["pipeline_stage", "name", "id"], name="customers_by_stage"),
            models.Index(fields=["city", "id"], name="customers_by_city"),
            # For who looks whether somebody is here already.
            models.Index(NameKey("name"), name="customers_by_name_key"),
            models.Index(Upper("email"), name="customers_by_email"),
            models.Index(fields=["vat_id"], name="customers_by_vat_id"),
            models.Index(fields=["created_at", "id"], name="customers_by_age"),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Bring numbers and the web address into one form; refuse those that cannot be right."""
        errors: dict[str, Any] = {}
        if self.name and not self.name.strip():
            errors["name"] = self._meta.get_field("name").error_messages["blank"]
        self.name = self.name.strip()
        if self.status == self.Status.LEAD and not self.pipeline_stage:
            self.pipeline_stage = self.Stage.LEAD
        if not self._state.adding and not self.customer_number:
            errors["customer_number"] = _("A customer keeps its number.")
        cleaners = {
            "vat_id": clean_vat_id,
            "leitweg_id": clean_leitweg_id,
            "website": clean_website,
        }
        if self.country.strip().casefold() in GERMANY:
            cleaners["zip_code"] = clean_postcode
        for name, cleaner in cleaners.items():
            text = getattr(self, name).strip()
            try:
                setattr(self, name, cleaner(text) if text else "")
            except ValidationError as error:
                if name != "zip_code" or not self.stands_as_it_was("zip_code", "country"):
                    errors[name] = error
        if errors:
            raise ValidationError(errors)

    @property
    def full_address(self) -> str:
        """Street, postcode with city, and country, in one line."""
        place = f"{self.zip_code} {self.city}".strip()
        return ", ".join(part for part in (self.street, place, self.country) if part)

    @property
    def primary_contact(self) -> "Contact | None":
        """Whom to ask first. One query: take `with_contacts()` in lists."""
        # Customers have few contacts, and a prefetch serves `all()` only.
        return next((contact for contact in self.contacts.all() if contact.is_primary), None)

    def concealed_from(self, user: "Actor") -> frozenset[str]:
        """The fields and figures of this customer that `user` may not see."""
        return frozenset() if user.has_perm("crm.view_contact") else frozenset({"primary_contact"})

    @property
    def total_revenue(self) -> Decimal:
        """What the paid invoices came to, gross. One query."""
        total: Decimal = self.invoices.paid().sum_total()
        return total

    @property
    def outstanding_amount(self) -> Decimal:
        """What is still to be paid, gross. One query."""
        total: Decimal = self.invoices.outstanding().sum_outstanding()
        return total

    @property
    def active_projects_count(self) -> int:
        """How many projects are being worked on. One query."""
        count: int = self.projects.active().count()
        return count

    @property
    def hint(self) -> str:
        """The line below the name in search results."""
        return " · ".join(part for part in (self.customer_number, self.city) if part)


class Contact(BaseModel):
    """A person at a customer's; one of them may be the primary contact."""

    customer = models.ForeignKey(
        Customer, verbose_name=_("customer"), on_delete=models.CASCADE, related_name="contacts"
    )
    firstname = models.CharField(_("first name"), max_length=100, blank=True)
    lastname = models.CharField(_("last name"), max_length=100)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=50, blank=True)
    mobile = models.CharField(_("mobile"), max_length=50, blank=True)
    position = models.CharField(_("position"), max_length=100, blank=True)
    department = models.CharField(_("department"), max_length=100, blank=True)
    is_primary = models.BooleanField(
        _("primary contact"),
        default=False,
        help_text=_("Each customer has one at most: the mark moves."),
    )
    notes = models.TextField(_("notes"), blank=True)

    objects = ContactQuerySet.as_manager()

    class Meta:
        db_table = "contacts"
        ordering = ["lastname", "firstname", "id"]
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        indexes = [
            models.Index(fields=["lastname", "firstname", "id"], name="contacts_by_name"),
            models.Index(fields=["created_at", "id"], name="contacts_by_age"),
            models.Index(Upper("email"), name="contacts_by_email"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["customer"],
                condition=Q(is_primary=True),
                name="one_primary_contact_a_customer",
                violation_error_message=_("The customer has a primary contact already."),
            )
        ]

    def __str__(self) -> str:
        return self.full_name

    def clean(self) -> None:
        """Refuse to move a contact away from the customer of its activities."""
        if self._state.adding or self.customer_id is None:
            return
        if self.activities.exclude(customer=self.customer_id).exists():
            message = _("Activities with this contact belong to its present customer.")
            raise ValidationError({"customer": message})

    @property
    def full_name(self) -> str:
        """First and last name."""
        return f"{self.firstname} {self.lastname}".strip()

    @property
    def display_name(self) -> str:
        """The name, with the position where it is known."""
        return f"{self.full_name} ({self.position})" if self.position else self.full_name

    @property
    def hint(self) -> str:
        """The line below the name in search results."""
        return " · ".join(part for part in (str(self.customer), self.position) if part)

    def event_subjects(self) -> list[models.Model | None]:
        """Its customer."""
        return [self.customer]


class Activity(BaseModel):
    """A call, a meeting, a mail or a note: what happened with a customer, and when."""

    class Type(models.TextChoices):
        CALL = "call", _("call")
        MEETING = "meeting", _("meeting")
        EMAIL = "email", _("e-mail")
        NOTE = "note", _("note")

    customer = models.ForeignKey(
        Customer, verbose_name=_("customer"), on_delete=models.CASCADE, related_name="activities"
    )
    # What was agreed stays known when the contact is deleted.
    contact = models.ForeignKey(
        Contact,
        verbose_name=_("contact"),
        on_delete=models.SET_NULL,
        related_name="activities",
        null=True,
        blank=True,
    )
    type = models.CharField(_("kind"), max_length=20, choices=Type, default=Type.NOTE)
    description = models.TextField(_("description"))
    occurred_at = models.DateTimeField(_("when"), default=timezone.now)
    author = models.ForeignKey(
        Employee,
        verbose_name=_("recorded by"),
        on_delete=models.PROTECT,
        related_name="crm_activities",
        null=True,
        blank=True,
        editable=False,
    )

    objects = ActivityQuerySet.as_manager()

    class Meta:
        db_table = "crm_activities"
        ordering = ["-occurred_at", "-id"]
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        indexes = [
            models.Index(fields=["-occurred_at", "-id"], name="crm_activities_by_time"),
            models.Index(fields=["customer", "-occurred_at"], name="crm_activities_of_customer"),
        ]

    def __str__(self) -> str:
        day = date_format(timezone.localtime(self.occurred_at), "SHORT_DATE_FORMAT")
        return f"{self.get_type_display()}, {day}"

    def clean(self) -> None:
        """Refuse a contact of another customer, and a year that no calendar here shows."""
        if self.contact and self.contact.customer_id != self.customer_id:
            raise ValidationError({"contact": _("This contact belongs to another customer.")})
        if self.occurred_at and not 1900 <= self.occurred_at.year < 3000:
            raise ValidationError({"occurred_at": _("This is no sensible day.")})

    @property
    def summary(self) -> str:
        """The beginning of the description."""
        return Truncator(" ".join(self.description.split())).chars(120)

    @property
    def hint(self) -> str:
        """The line below the title in search results."""
        return f"{self.customer} · {self.summary}"

    def event_subjects(self) -> list[models.Model | None]:
        """Its customer."""
        return [self.customer]
