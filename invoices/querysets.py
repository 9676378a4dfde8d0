"""Which invoices there are, what they come to, and what may no longer be touched."""

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import Any, Self

from django.db.models import (
    Avg,
    Case,
    Count,
    DecimalField,
    DurationField,
    ExpressionWrapper,
    F,
    Max,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.functions import ExtractYear, TruncMonth
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from workmate.errors import Conflict
from workmate.querysets import BaseQuerySet

ZERO = Decimal("0.00")
MONEY: "DecimalField[Any, Any]" = DecimalField(max_digits=16, decimal_places=2)
# Documents that ask for money, or give it back.
CLAIMS = ("invoice", "deposit", "credit_note")
OPEN_STATES = ("finalized", "sent", "partial", "overdue")
# How long the due date has passed: name, first and last day late. What is not late has none.
AGES: dict[str, tuple[int | None, int | None]] = {
    "not_due": (None, None),
    "late_14": (1, 14),
    "late_30": (15, 30),
    "later": (31, None),
}
# What may change after finalizing: the rest is the document (§146(4) AO, GoBD Rz. 58).
LOOSE = frozenset({"status", "notes", "pdf_id", "paid_amount", "sent_at", "sent_to", "updated_at"})
SECONDS_A_DAY = 24 * 60 * 60
# The payments that count: neither reversals nor what was reversed.
KEPT = Q(payments__amount__gt=0, payments__reversal=None)
# A credit note lowers what an invoice raised; a cancellation carries negative amounts itself.
CREDIT = Q(document_type="credit_note")
SIGN = Case(When(CREDIT, then=Value(-1)), default=Value(1))
AMOUNTS = ("subtotal", "tax_amount", "total", "paid_amount")
# How the customer stands to quotes, under the names of their figures.
QUOTE_STATES = {
    "waiting": ("finalized", "sent"),
    "accepted": ("accepted",),
}
COUNTS = ("count", "quote_count", "overdue_count")
FIGURES = (
    "subtotal_sum",
    "tax_amount_sum",
    "total_sum",
    "quoted_subtotal",
    "quoted_tax_amount",
    "quoted_total",
    "issued",
    "issued_net",
    "paid",
    "settled",
    "settled_net",
    "overpaid",
    "drafts",
    "outstanding",
    "overdue",
    "credits",
    *QUOTE_STATES,
)


def sign_of(kind: str) -> int:
    """The sign of such a document's amounts in the ledger; `SIGN` says the same in SQL."""
    return -1 if kind == "credit_note" else 1


def signed(name: str) -> ExpressionWrapper:
    """An amount with the sign that it has in the ledger."""
    return ExpressionWrapper(F(name) * SIGN, output_field=MONEY)


REST = ExpressionWrapper((F("total") - F("paid_amount")) * SIGN, output_field=MONEY)


def _added_up(groups: "list[dict[str, Any]]") -> dict[str, Any]:
    """The figures of documents that were summed by kind, state and whether they are late.

    Credit notes count against all but `drafts` and `overdue`.
    """
    found: dict[str, Any] = {**dict.fromkeys(FIGURES, ZERO), **dict.fromkeys(COUNTS, 0)}
    for group in groups:
        kind, state, number = group["document_type"], group["status"], group["count"]
        sign, is_claim = sign_of(kind), kind in CLAIMS
        net, tax, gross, paid = (sign * group[f"{name}_sum"] for name in AMOUNTS)
        found["count"] += number
        if kind == "quote":
            found["quote_count"] += number
            found["quoted_subtotal"] += net
            found["quoted_tax_amount"] += tax
            found["quoted_total"] += gross
            for name, states in QUOTE_STATES.items():
                found[name] += gross if state in states else ZERO
        else:
            found["subtotal_sum"] += net
            found["tax_amount_sum"] += tax
            found["total_sum"] += gross
        if state == "draft":
            found["drafts"] += group["total_sum"]
        elif is_claim and state == "cancelled":
            found["overpaid"] += paid
        elif is_claim:
            found["issued"] += gross
            found["issued_net"] += net
            found["paid"] += paid
        if is_claim and state == "paid":
            found["settled"] += gross
            found["settled_net"] += net
        if is_claim and state in OPEN_STATES:
            found["outstanding"] += gross - paid
            if sign < 0:
                # What is open is less by these: so more may be overdue than is open all in all.
                found["credits"] += paid - gross
            elif group["is_late"]:
                found["overdue"] += gross - paid
                found["overdue_count"] += number
    return found


class InvoiceQuerySet(BaseQuerySet):
    """Invoices and their kin."""

    def drafts(self) -> Self:
        """What may still be changed."""
        return self.filter(status="draft")

    def claims(self) -> Self:
        """Finalized invoices, deposit invoices and credit notes that were not cancelled."""
        return self.filter(document_type__in=CLAIMS).exclude(status__in=["draft", "cancelled"])

    def paid(self) -> Self:
        """Claims that are settled in full."""
        return self.claims().filter(status="paid")

    def with_payments(self) -> Self:
        """Claims for which something was paid."""
        return self.claims().exclude(paid_amount=0)

    def outstanding(self) -> Self:
        """Claims of which something is still open."""
        return self.filter(document_type__in=CLAIMS, status__in=OPEN_STATES)

    def overdue(self, today: dt.date | None = None) -> Self:
        """Open claims whose due date has passed."""
        day = today or timezone.localdate()
        return self.outstanding().filter(due_date__lt=day).exclude(CREDIT)

    def aged(self, age: str, today: dt.date | None = None) -> Self:
        """Open claims of one of AGES, the longest overdue in front; credit notes are never late."""
        return self.outstanding().filter(of_age(age, today)).order_by("due_date", "id")

    def by_age(self, today: dt.date | None = None) -> dict[str, dict[str, Any]]:
        """Count and sum of what is open in each of AGES, in one query.

        `credits` is what credit notes lower the sum by: that of "not_due" alone.
        """
        cases = (When(of_age(age, today), then=Value(age)) for age in AGES)
        rows = self.outstanding().order_by().annotate(age=Case(*cases), credit=CREDIT)
        groups = rows.values("age", "credit").annotate(count=Count("pk"), sum=Sum(REST))
        ages: dict[str, Any] = {age: {"count": 0, "sum": ZERO, "credits": ZERO} for age in AGES}
        for group in groups:
            ages[group["age"]]["count"] += group["count"]
            ages[group["age"]]["sum"] += group["sum"]
            if group["credit"]:
                ages[group["age"]]["credits"] -= group["sum"]
        return ages

    def credits(self) -> Self:
        """Credit notes that stand."""
        return self.claims().filter(CREDIT)

    def overpaid(self) -> Self:
        """Cancelled documents for which money is still here."""
        return self.filter(document_type__in=CLAIMS, status="cancelled").exclude(paid_amount=0)

    def debts(self) -> Self:
        """All but credit notes: of these, what was paid is the customer's to give back."""
        return self.exclude(CREDIT)

    def quotes(self) -> Self:
        """Quotes."""
        return self.filter(document_type="quote")

    def undecided(self) -> Self:
        """Quotes that wait for the customer's answer."""
        return self.quotes().filter(status__in=["finalized", "sent"])

    def average_days_to_pay(self) -> Decimal | None:
        """Days from the date of a paid invoice to its last payment; None before the first."""
        # A credit note is paid by the company, which says nothing about the customer.
        settled = self.paid().exclude(CREDIT).order_by()
        took = ExpressionWrapper(F("last") - F("issued_date"), output_field=DurationField())
        last = settled.annotate(last=Max("payments__payment_date", filter=KEPT))
        mean = last.aggregate(mean=Avg(took))["mean"]
        if mean is None:
            return None
        days = Decimal(mean.total_seconds()) / SECONDS_A_DAY
        return days.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)

    def sum_total(self) -> Decimal:
        """Gross sum; credit notes count against it."""
        return self._sum(signed("total"))

    def sum_subtotal(self) -> Decimal:
        """Net sum; credit notes count against it."""
        return self._sum(signed("subtotal"))

    def sum_outstanding(self) -> Decimal:
        """What is still open; credit notes count against it."""
        return self._sum(REST)

    def sum_paid(self) -> Decimal:
        """What was paid; what credit notes gave back counts against it."""
        return self._sum(signed("paid_amount"))

    def _sum(self, expression: Any) -> Decimal:
        found: Decimal | None = self.order_by().aggregate(value=Sum(expression))["value"]
        return found if found is not None else ZERO

    def by_year(self) -> "QuerySet[Any, dict[str, Any]]":
        """One row a year of issue: year, count, subtotal, total."""
        return (
            self.claims()
            .order_by()
            .annotate(year=ExtractYear("issued_date"))
            .values("year")
            .annotate(
                count=Count("pk"), subtotal=Sum(signed("subtotal")), total=Sum(signed("total"))
            )
            .order_by("year")
        )

    def by_month(self, first: dt.date, last: dt.date) -> dict[dt.date, dict[str, Decimal]]:
        """Net claims of each month of issue: `paid` of settled ones, `rest` of the others."""
        rows = (
            self.claims()
            .filter(issued_date__range=(first, last))
            .order_by()
            .annotate(month=TruncMonth("issued_date"))
        )
        months: dict[dt.date, dict[str, Decimal]] = {}
        groups = rows.values("month", "document_type", "status").annotate(sum=Sum("subtotal"))
        for group in groups:
            month = months.setdefault(group["month"], {"paid": ZERO, "rest": ZERO})
            name = "paid" if group["status"] == "paid" else "rest"
            month[name] += sign_of(group["document_type"]) * group["sum"]
        return months

    def figures(self) -> dict[str, Any]:
        """What these rows come to: FIGURES and COUNTS.

        Net, VAT and gross of all but quotes (`subtotal_sum` and so on) and of quotes; issued,
        settled, paid, outstanding, overdue claims; drafts; waiting and accepted quotes.
        Credit notes count against all of them but drafts and overdue claims.
        One query, which is not repeated for the same rows: a list shows some above its table and
        some below.
        """
        return _added_up(self._by_kind)

    @cached_property
    def _by_kind(self) -> list[dict[str, Any]]:
        """The sums by kind and state, of which there are few.

        Each figure as a sum of its own with a condition takes the database twice as long, and
        Django ten times.
        """
        rows = self.order_by().annotate(is_late=Q(due_date__lt=timezone.localdate()))
        sums = {f"{name}_sum": Sum(name) for name in AMOUNTS}
        groups = rows.values("document_type", "status", "is_late")
        return list(groups.annotate(count=Count("pk"), **sums))

    def for_list(self) -> Self:
        """With the customer's and the project's name."""
        return self.select_related("customer", "project")

    def for_board(self) -> Self:
        """With the buyer's name and what amounts and days of a card follow from: no texts."""
        own = ("invoice_number", "document_type", "status", "total", "paid_amount", "due_date")
        return self.annotate(buyer_name=F("customer__name")).only(*own)

    def update(self, **kwargs: Any) -> int:
        """Refuse to change what is frozen, whoever asks."""
        if set(kwargs) - LOOSE and self.order_by().exclude(status="draft").exists():
            raise frozen()
        return super().update(**kwargs)

    def delete(self) -> Any:
        """Refuse to delete anything but drafts."""
        if self.order_by().exclude(status="draft").exists():
            raise frozen()
        return super().delete()

    delete.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]


def of_age(age: str, today: dt.date | None = None) -> Q:
    """The condition of one of AGES on a claim that is open."""
    day = today or timezone.localdate()
    first, last = AGES[age]
    if first is None:
        return CREDIT | Q(due_date=None) | Q(due_date__gte=day)
    late = Q(due_date__lte=day - dt.timedelta(first)) & ~CREDIT
    return late & Q(due_date__gte=day - dt.timedelta(last)) if last is not None else late


class InvoiceLineItemQuerySet(BaseQuerySet):
    """Lines; visible with their invoice."""

    def visible_to(self, user: Any) -> Self:
        """Whoever sees invoices sees their lines."""
        return self if user.has_perm("invoices.view_invoice") else self.none()

    def of_frozen(self) -> bool:
        """Whether one of these lines belongs to a document that is finalized."""
        return self.order_by().exclude(invoice__status="draft").exists()

    def update(self, **kwargs: Any) -> int:
        """Refuse to change lines of a finalized document."""
        if self.of_frozen():
            raise frozen()
        return super().update(**kwargs)

    def delete(self) -> Any:
        """Refuse to delete lines of a finalized document."""
        if self.of_frozen():
            raise frozen()
        return super().delete()

    delete.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]


class PaymentQuerySet(BaseQuerySet):
    """Payments: written once, never changed."""

    def sum_amount(self) -> Decimal:
        """What came in, reversals taken off."""
        return self.order_by().aggregate(value=Sum("amount", default=ZERO))["value"]

    def for_list(self) -> Self:
        """With the invoice's number and the customer's name."""
        return self.select_related("invoice__customer", "recorded_by", "reversal")

    def for_board(self) -> Self:
        """As for a list, with what a line of the board shows."""
        return self.for_list().only(
            *("amount", "payment_date", "payment_method", "reference", "created_at", "reverses_id"),
            *("invoice__invoice_number", "invoice__document_type", "invoice__customer__name"),
            *("recorded_by__first_name", "recorded_by__last_name", "recorded_by__email"),
            "reversal__id",
        )

    def update(self, **kwargs: Any) -> int:
        """Refuse: a wrong payment is reversed."""
        raise Conflict(_("A payment is not changed, but reversed."), code="frozen")

    def delete(self) -> Any:
        """Refuse: a wrong payment is reversed."""
        raise Conflict(_("A payment is not deleted, but reversed."), code="frozen")

    delete.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]


class BilledTimeQuerySet(BaseQuerySet):
    """Which hours stand on which line."""

    def current(self) -> Self:
        """Not released by a cancellation."""
        return self.filter(released_at=None)


class BilledExpenseQuerySet(BilledTimeQuerySet):
    """Which expenses stand on which line."""


def frozen() -> Conflict:
    """The error for every attempt to change a finalized document."""
    return Conflict(
        _("This document is finalized and no longer changes. Correct it by a cancellation."),
        code="frozen",
    )
