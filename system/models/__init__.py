"""The company itself, the VAT rates of the law, what happened, what is watched and imported."""

from system.models.activity import ActivityEntry
from system.models.company import MAX_LOGO_BYTES, Company
from system.models.imports import Import, ImportRow
from system.models.infra import InfraCheck, InfraService
from system.models.tax_rate import TaxRate

__all__ = [
    "MAX_LOGO_BYTES",
    "ActivityEntry",
    "Company",
    "Import",
    "ImportRow",
    "InfraCheck",
    "InfraService",
    "TaxRate",
]
