"""The demo company's legal data, complete for invoices."""

import datetime as dt

from employees.demo import DOMAIN
from system.models import Company
from system.services import change_company, seed_system
from workmate.demo import DemoPlan

COMPANY = {
    "name": "Küstenwerk IT GmbH",
    "legal_form": "GmbH",
    "street": "Fördekai 12",
    "zip_code": "24103",
    "city": "Kiel",
    "country": "Deutschland",
    "contact_name": "Sabine Möller",
    "email": f"rechnung@{DOMAIN}",
    "phone": "+49 431 990041-0",
    "website": f"https://www.{DOMAIN}",
    "tax_number": "20/291/04711",
    "vat_id": "DE287645313",
    "register_court": "Amtsgericht Kiel",
    "register_number": "HRB 47118 KI",
    "managing_directors": "Katharina Brodersen",
    "bank_name": "Fördebank Kiel",
    "iban": "DE50210999900004711830",
    "bic": "FOKIDE21XXX",
    "default_payment_days": 14,
    "default_terms": "Zahlbar innerhalb von 14 Tagen ohne Abzug.",
    "quote_valid_days": 30,
    "invoice_footer": "Vielen Dank für die gute Zusammenarbeit.",
}


def load(plan: DemoPlan) -> None:
    """Fill in the company."""
    seed_system()
    with plan.at(plan.today - dt.timedelta(days=400)):
        change_company(Company.current(), by=None, **COMPANY)


def load_many(plan: DemoPlan) -> None:
    """Fill in the company where it was not."""
    if not Company.current().is_complete_for_invoices:
        load(plan)
