"""Addresses of the pages."""

from django.urls import path

from system.views import (
    ActivityEntryPages,
    CompanyCheck,
    CompanyPages,
    FirstStepsPage,
    ImportPages,
    InfraCheckPages,
    InfraServicePages,
    NumbersCheck,
    NumbersPage,
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
    *ImportPages.urls(),
    path("company/check/", CompanyCheck.as_view(), name="company-check"),
    path("company/numbers/", NumbersPage.as_view(), name="numbers"),
    path("company/numbers/check/", NumbersCheck.as_view(), name="numbers-check"),
    path("first-steps/", FirstStepsPage.as_view(), name="first-steps"),
    path("system/", OverviewPage.as_view(), name="overview"),
    path("metrics", metrics, name="metrics"),
]
