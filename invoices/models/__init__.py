"""Documents to customers, their lines, the hours on them, and payments."""

from invoices.models.invoice import Invoice
from invoices.models.line_item import BilledExpense, BilledTime, InvoiceLineItem, Unit
from invoices.models.mail import InvoiceMail
from invoices.models.payment import Payment

__all__ = [
    "BilledExpense",
    "BilledTime",
    "Invoice",
    "InvoiceLineItem",
    "InvoiceMail",
    "Payment",
    "Unit",
]
