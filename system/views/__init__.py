"""Pages for the company, VAT rates, activity, watched services and the site itself."""

from system.views.company import (
    CompanyCheck,
    CompanyPages,
    FirstStepsPage,
    NumbersCheck,
    NumbersPage,
)
from system.views.feed import ActivityEntryPages, TaxRatePages, metrics
from system.views.infra import InfraCheckPages, InfraServicePages, OverviewPage

__all__ = [
    "ActivityEntryPages",
    "CompanyCheck",
    "CompanyPages",
    "FirstStepsPage",
    "InfraCheckPages",
    "InfraServicePages",
    "NumbersCheck",
    "NumbersPage",
    "OverviewPage",
    "TaxRatePages",
    "metrics",
]
