"""Addresses of the pages."""

from django.urls import path

from invoices.views import (
    InvoicePages,
    InvoicePdfPage,
    InvoicePreviewPage,
    InvoiceTotalsPage,
    NewPreviewPage,
    OpenItemsPage,
    PaymentPages,
    PdfsPage,
    TickedPdfsPage,
    ZipPage,
)

totals = InvoiceTotalsPage.as_view(pages=InvoicePages)
preview = InvoicePreviewPage.as_view(pages=InvoicePages)
new_preview = NewPreviewPage.as_view(pages=InvoicePages)
pdf = InvoicePdfPage.as_view(pages=InvoicePages)

app_name = "invoices"
urlpatterns = [
    path("invoices/bulk/pdfs/", TickedPdfsPage.as_view(), name="invoice-ticked"),
    path("invoices/pdfs/", PdfsPage.as_view(), name="invoice-pdfs"),
    path("invoices/pdfs/zip/", ZipPage.as_view(), name="invoice-zip"),
    *InvoicePages.urls(),
    path("invoices/totals/", totals, name="invoice-totals"),
    path("invoices/<uuid:pk>/totals/", totals, name="invoice-totals"),
    path("invoices/preview/", new_preview, name="invoice-preview"),
    path("invoices/<uuid:pk>/preview/", preview, name="invoice-preview"),
    path("invoices/<uuid:pk>/pdf/", pdf, name="invoice-pdf"),
    path("payments/board/", OpenItemsPage.as_view(), name="payment-board"),
    *PaymentPages.urls(),
]
