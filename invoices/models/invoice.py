"""The document: invoice, quote, deposit invoice, credit note, cancellation."""

import datetime as dt
from decimal import Decimal
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.models import Customer
from documents.models import Document
from employees.models import Employee
from invoices.models.amounts import Sums, TaxRow, sums_of
from invoices.models.claim import Claim
from invoices.querysets import LOOSE, ZERO, InvoiceQuerySet, frozen
from projects.models import Project
from workmate.fields import MoneyField
from workmate.models import BaseModel, address_of

# One more than the columns for amounts can hold.
TOO_MUCH = Decimal(10) ** 12


class Invoice(Claim, BaseModel):
    """A document to a customer; frozen from the moment it is finalized."""

    class DocumentType(models.TextChoices):
        INVOICE = "invoice", _("Invoice")
        QUOTE = "quote", _("Quote")
        DEPOSIT = "deposit", _("Deposit invoice")
        CREDIT_NOTE = "credit_note", _("Credit note")
        CANCELLATION = "cancellation", _("Cancellation")

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        FINALIZED = "finalized", _("finalized")
        SENT = "sent", _("sent")
        PARTIAL = "partial", _("partly paid")
        PAID = "paid", _("paid")
        OVERDUE = "overdue", _("overdue")
        CANCELLED = "cancelled", _("cancelled")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")
        EXPIRED = "expired", _("expired")

    # One series a type and year (§14(4) Nr. 4 UStG; §31 needs uniqueness, gaplessness is ours).
    NUMBER_PATTERNS: ClassVar[dict[str, str]] = {
        "invoice": "RE-{year}-{n:03d}",
        "quote": "AN-{year}-{n:03d}",
        "deposit": "AR-{year}-{n:03d}",
        "credit_note": "GS-{year}-{n:03d}",
        "cancellation": "ST-{year}-{n:03d}",
    }
    status_looks = {
        "draft": ("", "draft"),
        "finalized": ("info", "half"),
        "sent": ("info", "ring"),
        "partial": ("warn", "half"),
        "paid": ("ok", "full"),
        "overdue": ("danger", "alert"),
        "cancelled": ("", "off"),
        "accepted": ("ok", "full"),
        "declined": ("", "off"),
        "expired": ("warn", "off"),
    }

    customer = models.ForeignKey(
        Customer, verbose_name=_("customer"), on_delete=models.PROTECT, related_name="invoices"
    )
    project = models.ForeignKey(
        Project,
        verbose_name=_("project"),
        on_delete=models.PROTECT,
        related_name="invoices",
        null=True,
        blank=True,
    )
    # NULL while a draft: the number is drawn on finalizing, and drafts never hold one.
    invoice_number = models.CharField(
        _("number"), max_length=50, unique=True, null=True, blank=True, editable=False
    )
    document_type = models.CharField(
        _("kind"), max_length=20, choices=DocumentType, default=DocumentType.INVOICE
    )
    status = models.CharField(
        _("status"), max_length=20, choices=Status, default=Status.DRAFT, editable=False
    )
    total = MoneyField(_("gross"), default=ZERO, editable=False)
    subtotal = MoneyField(_("net"), default=ZERO, editable=False)
    tax_amount = MoneyField(_("VAT"), default=ZERO, editable=False)
    paid_amount = MoneyField(_("paid"), default=ZERO, editable=False)
    # The VAT breakdown as stored on finalizing: old documents are never computed anew (D04).
    tax_breakdown = models.JSONField(_("VAT breakdown"), default=list, editable=False)
    currency = models.CharField(_("currency"), max_length=3, default="EUR", editable=False)
    issued_date = models.DateField(
        _("date"), null=True, blank=True, help_text=_("Left empty: the day of finalizing.")
    )
    due_date = models.DateField(
        _("due on"), null=True, blank=True, help_text=_("Left empty: after the terms of payment.")
    )
    valid_until = models.DateField(
        _("valid until"), null=True, blank=True, help_text=_("Of a quote.")
    )
    service_date = models.DateField(
        _("date of supply"), null=True, blank=True, help_text=_("One day, or a period.")
    )
    service_start = models.DateField(_("supplied from"), null=True, blank=True)
    service_end = models.DateField(_("supplied until"), null=True, blank=True)
    title = models.CharField(_("subject"), max_length=200, blank=True)
    introduction = models.TextField(_("text above the lines"), blank=True)
    buyer_reference = models.CharField(_("your reference"), max_length=100, blank=True)
    language = models.CharField(
        _("language"),
        max_length=2,
        choices=[("de", _("German")), ("en", _("English"))],
        default="de",
    )
    exemption_reason = models.CharField(
        _("reason of exemption"),
        max_length=300,
        blank=True,
        help_text=_("Needed where a line is exempt from VAT."),
    )
    pdf = models.ForeignKey(
        Document,
        verbose_name=_("PDF"),
        on_delete=models.PROTECT,
        related_name="invoices",
        null=True,
        editable=False,
    )
    notes = models.TextField(_("internal notes"), blank=True)
    terms = models.TextField(_("terms of payment"), blank=True)
    # What the document says of the two parties, as it was on that day (pretix calls it
    # duplication by law: an invoice does not change when an address does).
    seller = models.JSONField(_("seller"), default=dict, editable=False)
    buyer = models.JSONField(_("buyer"), default=dict, editable=False)
    refers_to = models.ForeignKey(
        "self",
        verbose_name=_("refers to"),
        on_delete=models.PROTECT,
        related_name="followers",
        null=True,
        blank=True,
        editable=False,
    )
    finalized_at = models.DateTimeField(_("finalized at"), null=True, editable=False)
    finalized_by = models.ForeignKey(
        Employee,
        verbose_name=_("finalized by"),
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        editable=False,
    )
    sent_at = models.DateTimeField(_("sent at"), null=True, editable=False)
    sent_to = models.CharField(_("sent to"), max_length=255, blank=True, editable=False)

    objects = InvoiceQuerySet.as_manager()

    class Meta:
        db_table = "invoices"
        ordering = ["-created_at", "-id"]
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        permissions = [
            ("finalize_invoice", _("Finalize")),
            ("send_invoice", _("Send")),
            ("cancel_invoice", pgettext_lazy("document", "Cancel")),
            ("convert_invoice", _("Decide on and convert quotes")),
        ]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="invoices_newest"),
            models.Index(fields=["-issued_date", "id"], name="invoices_by_issue"),
            models.Index(fields=["status", "due_date"], name="invoices_by_status"),
            models.Index(fields=["document_type", "status"], name="invoices_by_type"),
            models.Index(fields=["due_date", "id"], name="invoices_by_due"),
            models.Index(fields=["total", "id"], name="invoices_by_total"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["refers_to"],
                condition=Q(document_type="cancellation"),
                name="invoices_cancelled_once",
                violation_error_message=_("This document is cancelled already."),
            ),
            models.CheckConstraint(
                condition=Q(status="draft") | Q(invoice_number__isnull=False),
                name="invoices_numbered_when_final",
                violation_error_message=_("A finalized document has a number."),
            ),
            models.CheckConstraint(
                condition=Q(service_end=None)
                | (Q(service_start__isnull=False) & Q(service_end__gte=F("service_start"))),
                name="invoices_service_period",
                violation_error_message=_("The period of supply ends before it begins."),
            ),
            models.CheckConstraint(
                condition=Q(due_date=None)
                | Q(issued_date=None)
                | Q(due_date__gte=F("issued_date")),
                name="invoices_due_after_issue",
                violation_error_message=_("The due date lies before the date of the document."),
            ),
        ]

    def __str__(self) -> str:
        if self.invoice_number:
            return self.invoice_number
        return f"{self.get_document_type_display()} ({self.Status.DRAFT.label})"

    def clean(self) -> None:
        """Refuse another customer's project, and dates that cannot go together."""
        if self.project_id and self.customer_id and self.project.customer_id != self.customer_id:
            raise ValidationError({"project": _("This project belongs to another customer.")})
        if self.service_date and (self.service_start or self.service_end):
            raise ValidationError(
                {"service_date": _("Either a day or a period of supply, not both.")}
            )
        if self.service_start and not self.service_end:
            raise ValidationError({"service_end": _("The period of supply has no end.")})
        if self.valid_until and self.issued_date and self.valid_until < self.issued_date:
            raise ValidationError(
                {"valid_until": _("The quote would be invalid before it is written.")}
            )

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save; refuses to change anything but notes, status and traces once finalized."""
        names = kwargs.get("update_fields")
        only_traces = names is not None and set(names) <= LOOSE and not self.is_draft
        if not self._state.adding and not only_traces:
            self._refuse_frozen_changes()
        super().save(*args, **kwargs)

    def trace(self, **values: Any) -> None:
        """Set what may still change once finalized, and save no more than that."""
        for name, value in values.items():
            setattr(self, name, value)
        self.save(update_fields=[*values, "updated_at"])

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        """Delete a draft; refuses anything else."""
        if not type(self)._base_manager.filter(pk=self.pk, status=self.Status.DRAFT).exists():
            raise frozen()
        return super().delete(*args, **kwargs)

    def _refuse_frozen_changes(self) -> None:
        fields = [field for field in self._meta.concrete_fields if field.column not in LOOSE]
        names = ["status", *(field.attname for field in fields)]
        stored = type(self)._base_manager.filter(pk=self.pk).values(*names).first()
        if stored is None or stored["status"] == self.Status.DRAFT:
            return
        if self.status == self.Status.DRAFT or any(
            stored[field.attname] != getattr(self, field.attname) for field in fields
        ):
            raise frozen()

    def event_subjects(self) -> list[models.Model | None]:
        """Events about a document are about its customer and project, too."""
        return [self.customer, self.project]

    @property
    def is_draft(self) -> bool:
        """Whether it may still be changed."""
        return self.status == self.Status.DRAFT

    @property
    def is_frozen(self) -> bool:
        """Whether it is finalized."""
        return not self.is_draft

    @property
    def is_quote(self) -> bool:
        """Whether it is a quote."""
        return self.document_type == self.DocumentType.QUOTE

    @property
    def supply_day(self) -> dt.date:
        """The day whose VAT rates apply: the last of the supply, else that of the document."""
        return self.service_date or self.service_end or self.issued_date or timezone.localdate()

    @property
    def pdf_path(self) -> str:
        """The app's address of the PDF; empty while a draft."""
        return address_of("api:invoice-pdf", self.pk) if self.is_frozen else ""

    @property
    def pdf_name(self) -> str:
        """What the PDF is called where it is saved."""
        return f"{self.invoice_number}.pdf".replace("/", "-")

    @property
    def kept_since(self) -> dt.date:
        """The day in whose year it came about: that of its date, or of finalizing when later."""
        day = timezone.localdate(self.finalized_at)
        return max(day, self.issued_date or day)

    @property
    def hint(self) -> str:
        """The line below the number in search results."""
        return f"{self.customer} · {self.get_status_display()}"

    @property
    def tax_rows(self) -> list[TaxRow]:
        """The VAT breakdown: stored when finalized, computed while a draft."""
        return [
            TaxRow(row["category"], Decimal(row["rate"]), Decimal(row["base"]), Decimal(row["tax"]))
            for row in self.tax_breakdown
        ]

    def take_sums(self, sums: Sums) -> None:
        """Set the amounts, unsaved."""
        self.subtotal, self.tax_amount, self.total = sums.subtotal, sums.tax_amount, sums.total
        self.tax_breakdown = [row.as_json() for row in sums.rows]

    def recalculate_totals(self) -> None:
        """Compute subtotal, tax_amount and total anew from the lines, and save them.

        Raises Conflict once finalized, ValidationError beyond what an amount can be.
        """
        if self.is_frozen:
            raise frozen()
        sums = sums_of(self.line_items.all())
        self.take_sums(sums)
        if max(abs(sums.subtotal), abs(sums.tax_amount), abs(sums.total)) >= TOO_MUCH:
            raise ValidationError({"line_items": _("The document comes to too much.")})
        self.save(update_fields=["subtotal", "tax_amount", "total", "tax_breakdown", "updated_at"])

    def add_line_item(
        self,
        description: str,
        quantity: Decimal,
        unit_price: Decimal,
        tax_rate: Decimal,
        **fields: Any,
    ) -> Any:
        """Add a line behind the others and bring the sums up to date.

        Raises ValidationError for a line that is none, Conflict once finalized.
        """
        if self.is_frozen:
            raise frozen()
        last = self.line_items.aggregate(last=models.Max("position"))["last"] or 0
        line = self.line_items.model(
            invoice=self,
            position=last + 1,
            description=description,
            quantity=quantity,
            unit_price=unit_price,
            tax_rate=tax_rate,
            **fields,
        )
        line.full_clean()
        line.save()
        self.recalculate_totals()
        return line
