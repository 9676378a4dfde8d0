"""Pages for documents and payments."""

from invoices.views.documents import InvoicePages, InvoicePdfPage
from invoices.views.editor import InvoiceFormPage, InvoiceTotalsPage
from invoices.views.payments import PaymentPages

__all__ = [
    "InvoiceFormPage",
    "InvoicePages",
    "InvoicePdfPage",
    "InvoiceTotalsPage",
    "PaymentPages",
]
