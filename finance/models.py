"""Expenses: what a person spent for the company, with its VAT and its receipt."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from textwrap import shorten
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from documents.models import Document
from employees.models import Employee
from finance.querysets import SETTLED, ZERO, ExpenseQuerySet, ExpenseTaxQuerySet
from projects.models import Project
from workmate.fields import CENT, MoneyField, RateField, round_money
from workmate.models import BaseModel, address_of

EARLIEST = dt.date(2000, 1, 1)
# As many as the specification's column holds.
MOST = Decimal("99999999.99")
HIGHEST_RATE = Decimal("99.99")
MONEY = [MinValueValidator(CENT), MaxValueValidator(MOST)]
HUNDRED = Decimal(100)


class Expense(BaseModel):
    """Money that a person spent for the company: on what, on which day, with which VAT."""

    class Category(models.TextChoices):
        TRAVEL = "travel", _("travel")
        ACCOMMODATION = "accommodation", _("accommodation")
        MEALS = "meals", _("meals")
        ENTERTAINMENT = "entertainment", _("entertainment of business partners")
        MATERIAL = "material", _("material")
        SOFTWARE = "software", _("software")
        OFFICE = "office", _("office supplies")
        TRAINING = "training", _("training")
        TELECOMMUNICATION = "telecommunication", _("telephone and internet")
        POSTAGE = "postage", _("postage")
        SERVICES = "services", _("bought services")
        OTHER = "other", _("other expenses")

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        SUBMITTED = "submitted", _("submitted")
        APPROVED = "approved", _("approved")
        REJECTED = "rejected", _("rejected")
        REIMBURSED = "reimbursed", _("reimbursed")

    # Whoever makes themselves a supervisor needs the right to see everybody's.
    seen_by_supervisors = True
    status_looks = {
        "draft": ("", "draft"),
        "submitted": ("info", "half"),
        "approved": ("warn", "full"),
        "rejected": ("danger", "alert"),
        "reimbursed": ("ok", "full"),
    }

    employee = models.ForeignKey(
        Employee,
        verbose_name=_("employee"),
        on_delete=models.PROTECT,
        related_name="expenses",
    )
    project = models.ForeignKey(
        Project,
        verbose_name=_("project"),
        on_delete=models.PROTECT,
        related_name="expenses",
        null=True,
        blank=True,
        help_text=_("Empty for what belongs to no project."),
    )
    category = models.CharField(_("category"), max_length=30, choices=Category)
    description = models.TextField(
        _("description"), max_length=2000, validators=[MaxLengthValidator(2000)]
    )
    supplier = models.CharField(
        _("supplier"), max_length=200, blank=True, help_text=_("Whose receipt it is.")
    )
    guests = models.CharField(
        _("guests and occasion"),
        max_length=500,
        blank=True,
        help_text=_("For entertainment: who took part, on which occasion, and where."),
    )
    expense_date = models.DateField(_("day of the expense"))
    amount = MoneyField(
        _("amount"), validators=MONEY, help_text=_("Gross, in EUR: all that was paid.")
    )
    net_amount = MoneyField(_("net"), default=ZERO, editable=False)
    tax_amount = MoneyField(_("VAT"), default=ZERO, editable=False)
    currency = models.CharField(_("currency"), max_length=3, default="EUR", editable=False)
    receipt = models.ForeignKey(
        Document,
        verbose_name=_("receipt"),
        on_delete=models.PROTECT,
        related_name="expenses",
        null=True,
        blank=True,
    )
    no_receipt_reason = models.CharField(
        _("why there is no receipt"),
        max_length=500,
        blank=True,
        help_text=_("Only where none can be had: the expense is then its own receipt."),
    )
    billable = models.BooleanField(
        _("billable"), default=False, help_text=_("The project's customer pays it.")
    )
    is_invoiced = models.BooleanField(_("invoiced"), default=False, editable=False)
    status = models.CharField(
        _("status"), max_length=20, choices=Status, default=Status.DRAFT, editable=False
    )
    # In step with the status by the database itself.
    is_reimbursed = models.GeneratedField(
        verbose_name=_("reimbursed"),
        expression=Q(status="reimbursed"),
        output_field=models.BooleanField(),
        db_persist=True,
    )
    submitted_by = models.ForeignKey(
        Employee,
        verbose_name=_("submitted by"),
        on_delete=models.PROTECT,
        related_name="submitted_expenses",
        null=True,
        blank=True,
        editable=False,
    )
    submitted_at = models.DateTimeField(_("submitted at"), null=True, blank=True, editable=False)
    approved_by = models.ForeignKey(
        Employee,
        verbose_name=_("approved by"),
        on_delete=models.PROTECT,
        related_name="approved_expenses",
        null=True,
        blank=True,
        editable=False,
    )
    approved_at = models.DateTimeField(_("approved at"), null=True, blank=True, editable=False)
    rejected_by = models.ForeignKey(
        Employee,
        verbose_name=_("rejected by"),
        on_delete=models.PROTECT,
        related_name="rejected_expenses",
        null=True,
        blank=True,
        editable=False,
    )
    rejected_at = models.DateTimeField(_("rejected at"), null=True, blank=True, editable=False)
    rejection_reason = models.CharField(
        _("reason for the rejection"), max_length=500, blank=True, editable=False
    )
    reimbursed_by = models.ForeignKey(
        Employee,
        verbose_name=_("reimbursed by"),
        on_delete=models.PROTECT,
        related_name="reimbursed_expenses",
        null=True,
        blank=True,
        editable=False,
    )
    reimbursed_at = models.DateTimeField(_("reimbursed at"), null=True, blank=True, editable=False)
    notes = models.TextField(_("notes"), blank=True)

    objects = ExpenseQuerySet.as_manager()

    class Meta:
        db_table = "expenses"
        ordering = ["-expense_date", "-id"]
        verbose_name = _("expense")
        verbose_name_plural = _("expenses")
        permissions = [
            ("view_all_expense", _("See everybody's expenses")),
            ("submit_expense", _("Submit expenses for approval")),
            ("approve_expense", _("Approve and reject expenses")),
            ("reimburse_expense", _("Reimburse expenses")),
        ]
        indexes = [
            models.Index(fields=["-expense_date", "-id"], name="expenses_by_date"),
            models.Index(fields=["employee", "-expense_date"], name="expenses_of_person"),
            models.Index(fields=["project", "-expense_date"], name="expenses_of_project"),
            models.Index(fields=["amount", "id"], name="expenses_by_amount"),
            models.Index(fields=["created_at", "id"], name="expenses_by_age"),
            models.Index(
                fields=["status", "-expense_date"],
                condition=Q(status__in=("submitted", "approved")),
                name="expenses_to_decide",
            ),
            models.Index(
                fields=["project", "expense_date"],
                condition=Q(status__in=SETTLED, billable=True, is_invoiced=False),
                name="expenses_to_bill",
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="expenses_amount_above_zero"),
            models.CheckConstraint(
                condition=Q(amount=F("net_amount") + F("tax_amount")), name="expenses_sums_agree"
            ),
            models.CheckConstraint(
                condition=Q(billable=False) | Q(project__isnull=False),
                name="expenses_billable_of_project",
            ),
            models.CheckConstraint(
                condition=Q(is_invoiced=False) | Q(status__in=SETTLED, billable=True),
                name="expenses_invoiced_was_approved",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=SETTLED)
                | Q(receipt__isnull=False)
                | ~Q(no_receipt_reason=""),
                name="expenses_approved_has_receipt",
            ),
        ]

    def __str__(self) -> str:
        return f"{date_format(self.expense_date, 'SHORT_DATE_FORMAT')}, {self.subject}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save; what the database generates is read again when it is asked for."""
        adding = self._state.adding
        super().save(*args, **kwargs)
        if not adding:  # Django 5.2 fetches generated columns after an insert only.
            self.__dict__.pop("is_reimbursed", None)

    def clean(self) -> None:
        """Refuse unlikely days, entertainment of nobody, and what no customer could be billed."""
        for name in ("description", "supplier", "guests", "no_receipt_reason", "notes"):
            setattr(self, name, getattr(self, name).strip())
        wrong: dict[str, Any] = {}
        if not self.description:
            wrong["description"] = _("Say what the money was spent on.")
        if self.expense_date and not is_likely(self.expense_date):
            wrong["expense_date"] = _("A day from the year 2000 until today.")
        if self.billable and self.project_id is None:
            wrong["billable"] = _("Without a project there is no customer to bill it to.")
        if self.category == self.Category.ENTERTAINMENT and not self.guests:
            wrong["guests"] = _("The tax office asks for guests, occasion and place.")
        if wrong:
            raise ValidationError(wrong)

    def validate_constraints(self, exclude: Any = None) -> None:
        """Nothing: `clean` and the services say the same at the field, without a query each."""

    def add_up(self, taxes: Iterable["ExpenseTax"]) -> None:
        """Bring the sums up to date with what the expense consists of."""
        rows = list(taxes)
        self.net_amount = sum((row.net for row in rows), ZERO)
        self.tax_amount = sum((row.tax for row in rows), ZERO)
        self.amount = self.net_amount + self.tax_amount

    @property
    def is_approved(self) -> bool:
        """Whether it was approved, and perhaps paid back since."""
        return self.status in SETTLED

    @property
    def is_frozen(self) -> bool:
        """Whether it can no longer be changed."""
        return self.is_approved

    @property
    def has_receipt(self) -> bool:
        """Whether there is a receipt, or a reason why there is none."""
        return self.receipt_id is not None or bool(self.no_receipt_reason)

    @property
    def receipt_url(self) -> str:
        """The app's address of the receipt; empty without one."""
        return f"/api/documents/{self.receipt_id}/download" if self.receipt_id else ""

    @property
    def receipt_page(self) -> str:
        """The page that shows the receipt; empty without one."""
        return address_of("documents:document-detail", self.receipt_id)

    @property
    def subject(self) -> str:
        """What it was spent on, in one line."""
        return shorten(self.description, 60, placeholder=" …")

    @property
    def hint(self) -> str:
        """The line below the title in search results."""
        return str(self.employee)

    def event_subjects(self) -> list[models.Model | None]:
        """Its project."""
        return [self.project]


class ExpenseTax(BaseModel):
    """The part of an expense that is taxed at one VAT rate."""

    expense = models.ForeignKey(
        Expense, verbose_name=_("expense"), on_delete=models.CASCADE, related_name="taxes"
    )
    tax_rate = RateField(
        _("VAT rate"), validators=[MinValueValidator(0), MaxValueValidator(HIGHEST_RATE)]
    )
    gross = MoneyField(_("gross"), validators=MONEY)
    net = MoneyField(_("net"), editable=False, default=ZERO)
    tax = MoneyField(_("VAT"), editable=False, default=ZERO)

    objects = ExpenseTaxQuerySet.as_manager()

    class Meta:
        db_table = "expense_taxes"
        ordering = ["-tax_rate", "id"]
        verbose_name = _("VAT of an expense")
        verbose_name_plural = _("VAT of expenses")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["expense", "tax_rate"], name="expense_taxes_once"),
            models.CheckConstraint(
                condition=Q(tax_rate__gte=0) & Q(tax_rate__lt=100), name="expense_taxes_percent"
            ),
            models.CheckConstraint(
                condition=Q(gross=F("net") + F("tax"), gross__gt=0), name="expense_taxes_agree"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tax_rate} %: {self.gross}"

    def clean(self) -> None:
        """Work out net and VAT."""
        if self.gross is not None and self.tax_rate is not None:
            self.tax = tax_in(self.gross, self.tax_rate)
            self.net = self.gross - self.tax


def is_likely(day: dt.date) -> bool:
    """Whether money can have been spent on that day: not before 2000, and not to come."""
    # Whose day it is decides their own time zone: nobody is ahead by more than a day.
    return EARLIEST <= day <= timezone.now().date() + dt.timedelta(days=1)


def tax_in(gross: Decimal, rate: Decimal) -> Decimal:
    """The VAT that a gross amount contains, rounded once, half up."""
    return round_money(gross * rate / (HUNDRED + rate))
