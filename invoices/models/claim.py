"""What a document asks for in money, and what of it is still open."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils import timezone

from invoices.querysets import CLAIMS, OPEN_STATES, ZERO


class Claim:
    """The side of an invoice that payments see; a part of the model, without columns."""

    # The model's own: choices and columns.
    Status: Any
    DocumentType: Any
    document_type: str
    status: str
    total: Decimal
    paid_amount: Decimal
    due_date: dt.date | None
    sent_at: dt.datetime | None
    is_frozen: bool

    @property
    def is_claim(self) -> bool:
        """Whether money is to flow because of it."""
        return self.document_type in CLAIMS

    @property
    def is_credit(self) -> bool:
        """Whether it lowers what the customer owes: its amounts flow the other way."""
        return self.document_type == self.DocumentType.CREDIT_NOTE

    @property
    def is_open(self) -> bool:
        """Whether a payment may be recorded."""
        return self.is_claim and self.status in OPEN_STATES

    @property
    def is_creditable(self) -> bool:
        """Whether a credit note can correct it."""
        return (
            self.document_type in {self.DocumentType.INVOICE, self.DocumentType.DEPOSIT}
            and self.is_frozen
            and self.status != self.Status.CANCELLED
        )

    @property
    def outstanding_amount(self) -> Decimal:
        """What is still open in EUR: total less payments; 0 for what asks for no money."""
        if not self.is_claim or self.status in {self.Status.DRAFT, self.Status.CANCELLED}:
            return ZERO
        return self.total - self.paid_amount

    def signed(self, amount: Decimal) -> Decimal:
        """An amount of this document as sums count it: a credit note lowers them."""
        return -amount if self.is_credit else amount

    @property
    def open_amount(self) -> Decimal:
        """What is still open, below 0 where it is the customer's to get."""
        return self.signed(self.outstanding_amount)

    @property
    def overpaid_amount(self) -> Decimal:
        """What was paid for a document that was cancelled: to be paid back or taken back."""
        return self.paid_amount if self.status == self.Status.CANCELLED else ZERO

    @property
    def is_fully_paid(self) -> bool:
        """Whether a finalized claim is settled."""
        return self.is_claim and self.is_frozen and self.paid_amount >= self.total

    @property
    def days_overdue(self) -> int:
        """Days since the due date while something is open; 0 when not overdue.

        A credit note is never late: it gives money back.
        """
        is_owed = self.is_open and not self.is_credit and self.outstanding_amount > 0
        if not is_owed or self.due_date is None:
            return 0
        return max(0, (timezone.localdate() - self.due_date).days)

    def status_by_money(self, today: dt.date | None = None) -> str:
        """The status that follows from payments, due date and dispatch."""
        if self.paid_amount >= self.total:
            return self.Status.PAID
        day = today or timezone.localdate()
        if self.due_date and self.due_date < day and not self.is_credit:
            return self.Status.OVERDUE
        if self.paid_amount > 0:
            return self.Status.PARTIAL
        return self.Status.SENT if self.sent_at else self.Status.FINALIZED
