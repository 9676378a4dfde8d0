"""Pages for payments: listed and taken back; recorded on the page of their invoice."""

from typing import Any

from django.utils.html import format_html
from django.utils.translation import gettext_lazy

from invoices.filters import PaymentFilter
from invoices.models import Payment
from invoices.views.asked import PaymentVerbPage
from workmate.views import Column, ModelPages, Section


def reversal_of(payment: Payment) -> str:
    """A link to the payment that took this one back."""
    if not payment.is_reversed:
        return ""
    other = payment.reversal
    return format_html('<a href="{}">{}</a>', other.get_absolute_url(), other)


class PaymentPages(ModelPages):
    """Payments."""

    model = Payment
    filter_class = PaymentFilter
    verb_page = PaymentVerbPage
    prefix, icon, group = "payments", "banknote", "money"
    quick = "payment_method"
    writes = ()
    looks = (
        (gettext_lazy("Open items"), "hand-coins", "invoices:payment-board"),
        (gettext_lazy("All payments"), "list", "invoices:payment-list"),
    )
    empty_text = gettext_lazy("Payments are recorded on the page of their invoice.")
    columns = [
        Column("payment_date", gettext_lazy("Date"), narrow="invoice__customer"),
        Column("invoice", sub="invoice__customer", css="wide-only"),
        Column("payment_method", css="wide-only", sub="reference"),
        Column("recorded_by", css="wide-only mid-only"),
        Column("amount", narrow="invoice"),
    ]
    sums = ["amount"]
    sections = [
        Section(
            gettext_lazy("Payment"),
            [
                "invoice",
                Column("invoice__customer", gettext_lazy("Customer")),
                "amount",
                "payment_date",
                "payment_method",
                "reference",
                "recorded_by",
                Column("reverses", gettext_lazy("Takes back")),
                Column("reversal", gettext_lazy("Taken back by"), render=reversal_of),
            ],
        ),
        Section(gettext_lazy("Notes"), ["notes"], wide=True),
    ]

    @classmethod
    def subtitle(cls, obj: Any) -> str:
        """The document that was paid."""
        link = format_html('<a href="{}">{}</a>', obj.invoice.get_absolute_url(), obj.invoice)
        return format_html("{} · {}", link, obj.invoice.customer)
