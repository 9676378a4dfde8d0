"""The demo company's legal data, complete for invoices."""

from system.models import Company
from system.services import change_company
from workmate.demo import Demo


def build(demo: Demo) -> None:
    """Who writes the invoices. Numbers have right check digits and belong to nobody."""
    change_company(
        Company.current(),
        by=None,
        name="Nordlicht Systemhaus",
        legal_form="GmbH",
        street="Am Germaniahafen 4",
        zip_code="24143",
        city="Kiel",
        contact_name="Sabine Krüger",
        email="rechnung@nordlicht.example",
        phone="0431 555100",
        website="www.nordlicht.example",
        tax_number="20/293/12345",
        vat_id="DE136695976",
        register_court="Amtsgericht Kiel",
        register_number="HRB 12345 KI",
        managing_directors="Anna Lorenzen, Henrik Petersen",
        bank_name="Förde Bank",
        iban="DE89370400440532013000",
        bic="COBADEFFXXX",
        default_payment_days=14,
        default_terms="Zahlbar innerhalb von 14 Tagen ohne Abzug.",
        invoice_footer="Vielen Dank für die gute Zusammenarbeit.",
    )
