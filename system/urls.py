"""Addresses of the pages."""

from system.views import ActivityEntryPages, CompanyPages, TaxRatePages

app_name = "system"
urlpatterns = [
    *CompanyPages.urls(),
    *TaxRatePages.urls(),
    *ActivityEntryPages.urls(),
]
