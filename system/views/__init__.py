"""Pages for the company, VAT rates, activity, watched services, imports and the site itself."""

from system.views.company import (
    CompanyCheck,
    CompanyPages,
    FirstStepsPage,
    NumbersCheck,
    NumbersPage,
    TaxRatePages,
)
from system.views.feed import ActivityEntryPages
from system.views.imports import ImportPages
from system.views.infra import InfraCheckPages, InfraServicePages, OverviewPage, metrics

__all__ = [
    "ActivityEntryPages",
    "CompanyCheck",
    "CompanyPages",
    "FirstStepsPage",
    "ImportPages",
    "InfraCheckPages",
    "InfraServicePages",
    "NumbersCheck",
    "NumbersPage",
    "OverviewPage",
    "TaxRatePages",
    "metrics",
]
