"""Pages for documents and payments."""

from invoices.views.board import OpenItemsPage
from invoices.views.documents import InvoicePages, InvoicePdfPage
from invoices.views.editor import InvoiceFormPage
from invoices.views.payments import PaymentPages
from invoices.views.pdfs import PdfsPage, TickedPdfsPage, ZipPage
from invoices.views.typed import InvoicePreviewPage, InvoiceTotalsPage, NewPreviewPage

__all__ = [
    "InvoiceFormPage",
    "InvoicePages",
    "InvoicePdfPage",
    "InvoicePreviewPage",
    "InvoiceTotalsPage",
    "NewPreviewPage",
    "OpenItemsPage",
    "PaymentPages",
    "PdfsPage",
    "TickedPdfsPage",
    "ZipPage",
]
