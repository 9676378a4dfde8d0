"""The demo company's legal data, complete for invoices, and services that it watches."""

from django.utils import timezone

from system.models import Company, InfraService
from system.services import change_company, check_service, deactivate_service
from workmate import services
from workmate.demo import Demo

SERVICES = [
    # The disk needs no server, so that the demo has one that is checked.
    ("Dateiablage", InfraService.Type.STORAGE, "file:///?min_free=2"),
    ("Mailserver", InfraService.Type.MAIL, "smtp://watch:demo@mail.nordlicht.example:587"),
    ("Anmeldung", InfraService.Type.AUTH, "https://id.nordlicht.example/realms/nordlicht"),
    ("Kundenportal", InfraService.Type.EXTERNAL_API, "https://portal.nordlicht.example/health"),
]


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
        steps_closed_at=timezone.now(),
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
    for number, (name, type_, url) in enumerate(SERVICES):
        service = services.create(
            InfraService,
            by=None,
            name=name,
            type=type_,
            connection_url=url,
            manager=demo.rows["people"][0],
        )
        if number == 0:
            check_service(service, by=None)
        else:  # these servers do not exist
            deactivate_service(service, by=None)
