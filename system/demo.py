"""The demo company's legal data, services that it watches, customers of an old programme."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from system.models import Company, InfraService
from system.services import (
    change_company,
    check_import,
    check_service,
    create_import,
    deactivate_service,
    run_import,
    work_on_import,
)
from workmate import services
from workmate.demo import Demo

SERVICES = [
    # The disk needs no server, so that the demo has one that is checked.
    ("Dateiablage", InfraService.Type.STORAGE, "file:///?min_free=2"),
    ("Mailserver", InfraService.Type.MAIL, "smtp://watch:demo@mail.nordlicht.example:587"),
    ("Anmeldung", InfraService.Type.AUTH, "https://id.nordlicht.example/realms/nordlicht"),
    ("Kundenportal", InfraService.Type.EXTERNAL_API, "https://portal.nordlicht.example/health"),
]
OLD_CUSTOMERS = """
Kundennr.;Firma;Straße;PLZ;Ort;E-Mail;Bemerkung
K-1001;Bootsbau Hinrichsen;Werftweg 4;24376;Kappeln;post@hinrichsen.example;Übernommen aus der alten Kundenliste
K-1002;Hofladen Petersen;Dorfstraße 22;24351;Damp;laden@hof-petersen.example;
K-1003;Segelschule Schlei;Am Noor 9;24340;Eckernförde;segeln-schlei;
K-1004;Raumausstatter Lorentz;Lange Reihe 31;24103;Kiel;info@lorentz.example;Bitte nur nachmittags anrufen
""".strip()  # noqa: E501  lines of a file are as long as they are


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
    _take_customers_over(demo)


def _take_customers_over(demo: Demo) -> None:
    """One import that is done: three customers, and a line that was left out as faulty."""
    owner = next(one for one in demo.rows["people"] if one.role.name == "Admin")
    file = SimpleUploadedFile("kunden-altbestand.csv", f"{OLD_CUSTOMERS}\n".encode())
    job = create_import(file, by=owner, kind="customer")
    work_on_import(check_import(job, by=owner).pk)
    job.refresh_from_db()
    work_on_import(run_import(job, by=owner, only_good=True).pk)
