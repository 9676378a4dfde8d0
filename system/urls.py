"""Addresses of the pages."""

from django.urls import path

from system.views import (
    ActivityEntryPages,
    CompanyPages,
    InfraCheckPages,
    InfraServicePages,
    OverviewPage,
    TaxRatePages,
    metrics,
)

app_name = "system"
urlpatterns = [
    *CompanyPages.urls(),
    *TaxRatePages.urls(),
    *ActivityEntryPages.urls(),
    *InfraServicePages.urls(),
    *InfraCheckPages.urls(),
    path("system/", OverviewPage.as_view(), name="overview"),
    path("metrics", metrics, name="metrics"),
]
