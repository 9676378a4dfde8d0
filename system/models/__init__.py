"""The company itself, the VAT rates of the law, and what happened."""

from system.models.activity import ActivityEntry
from system.models.company import MAX_LOGO_BYTES, Company
from system.models.tax_rate import TaxRate

__all__ = ["MAX_LOGO_BYTES", "ActivityEntry", "Company", "TaxRate"]
