"""The board of open items: what is owed, by how long it is overdue, and what came in last."""

from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from invoices.around import due_in_words, less_credits
from invoices.filters import AGE_LABELS
from invoices.models import Invoice, Payment
from invoices.views.payments import PaymentPages
from workmate.models import address_of
from workmate.permissions import perm_of
from workmate.templatetags.workmate import format_money
from workmate.text import typed
from workmate.verbs import Verb, verb_of
from workmate.views import Page

# So many documents a lane at a time, and payments below.
SHOWN, LAST = 15, 10
TONES = {"not_due": "", "late_14": "warn", "late_30": "danger", "later": "danger"}


class OpenItemsPage(Page):
    """Open documents in a lane an age; `?search=` narrows it, `?later=2` turns a lane's page."""

    pages = PaymentPages
    kind = "board"

    def perm(self) -> str:
        """To view payments; the documents shown are those that one may see."""
        return perm_of(Payment, "view")

    def get(self, request: HttpRequest) -> HttpResponse:
        """The board; for scripts what a search changes alone."""
        user, title = request.user, _("Open items")
        search = typed(request.GET.get("search", ""))
        rows = Invoice.objects.visible_to(cast(Any, user))
        rows = rows.search(search) if search else rows
        ages = rows.by_age()
        late = sum(ages[age]["count"] for age in ages if age != "not_due")
        owed = sum(found["sum"] for found in ages.values())
        overdue = sum(found["sum"] for age, found in ages.items() if age != "not_due")
        context = {
            "title": title,
            "crumbs": self.crumbs(title),
            "search": search,
            "summary": {
                "open": owed,
                "credits": less_credits(ages["not_due"]["credits"]),
                "overdue": overdue,
                "late": late,
                "overpaid": rows.overpaid().debts().sum_paid(),
            },
            "lanes": [self.lane(rows, age, label, ages[age]) for age, label in AGE_LABELS],
            "may_pay": user.has_perm("invoices.add_payment"),
            "payments": self.last_payments(),
        }
        return self.page(context, partial="invoices/_open_items.html")

    def lane(self, rows: Any, age: str, label: Any, found: dict[str, Any]) -> dict[str, Any]:
        """One age: count, sum, and a page of its documents, the longest overdue in front."""
        pages = max(1, -(-found["count"] // SHOWN))
        text = self.request.GET.get(age, "")
        number = min(int(text) if text.isdecimal() and len(text) < 6 else 1, pages) or 1
        first = (number - 1) * SHOWN
        aged = rows.aged(age).for_board()
        page = aged[first : first + SHOWN] if found["count"] else []
        return {
            "age": age,
            "label": label,
            "tone": TONES[age] if found["count"] else "",
            **found,
            "less": less_credits(found["credits"]),
            "cards": [self.card(invoice) for invoice in page],
            "number": number,
            "pages": pages,
            "last": self.turned(age, number - 1) if number > 1 else "",
            "next": self.turned(age, number + 1) if number < pages else "",
        }

    def turned(self, age: str, number: int) -> str:
        """This board with another page of one lane."""
        query = self.request.GET.copy()
        query[age] = str(number)
        return f"?{query.urlencode()}#lane-{age}"

    def card(self, invoice: Any) -> dict[str, Any]:
        """A document on the board."""
        return {
            "pk": str(invoice.pk),
            "url": invoice.get_absolute_url(),
            "buyer": invoice.buyer_name,
            "number": invoice.invoice_number,
            "value": format_money(invoice.open_amount),
            "when": due_in_words(invoice) or _("without a due date"),
            "is_late": invoice.days_overdue > 0,
            "is_refund": invoice.is_credit,
            "part": _("of %(total)s") % {"total": format_money(invoice.total)}
            if invoice.paid_amount
            else "",
            "pay_url": address_of("invoices:invoice-pay", invoice.pk),
            "pay_label": _("Record a payment for %(number)s") % {"number": invoice.invoice_number},
        }

    def last_payments(self) -> list[dict[str, Any]]:
        """What came in last, each with the way to take it back."""
        user: Any = self.request.user
        rows = (
            Payment.objects.visible_to(user)
            .for_board()
            .order_by("-payment_date", "-created_at", "-id")
        )
        reverse_verb = cast(Verb, verb_of(Payment, "reverse"))
        may = user.has_perm("invoices.reverse_payment")
        return [
            {
                "payment": payment,
                "is_new": timezone.localdate(payment.created_at) == timezone.localdate(),
                "reverse_url": address_of("invoices:payment-reverse", payment.pk)
                if may and reverse_verb.offered_for(payment)
                else "",
            }
            for payment in rows[:LAST]
        ]
