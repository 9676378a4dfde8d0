"""Addresses of the pages."""

from django.urls import path

from invoices.views import InvoicePages, InvoicePdfPage, InvoiceTotalsPage, PaymentPages

totals = InvoiceTotalsPage.as_view(pages=InvoicePages)
pdf = InvoicePdfPage.as_view(pages=InvoicePages)

app_name = "invoices"
urlpatterns = [
    *InvoicePages.urls(),
    path("invoices/totals/", totals, name="invoice-totals"),
    path("invoices/<uuid:pk>/totals/", totals, name="invoice-totals"),
    path("invoices/<uuid:pk>/pdf/", pdf, name="invoice-pdf"),
    *PaymentPages.urls(),
]
