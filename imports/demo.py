"""The list of an old programme from which the demo company took customers over."""

from django.core.files.uploadedfile import SimpleUploadedFile

from imports.services import check_import, create_import, run_import, work
from workmate.demo import Demo

LINES = """
Kundennr.;Firma;Straße;PLZ;Ort;E-Mail;Bemerkung
K-1001;Bootsbau Hinrichsen;Werftweg 4;24376;Kappeln;post@hinrichsen.example;Übernommen aus der alten Kundenliste
K-1002;Hofladen Petersen;Dorfstraße 22;24351;Damp;laden@hof-petersen.example;
K-1003;Segelschule Schlei;Am Noor 9;24340;Eckernförde;segeln-schlei;
K-1004;Raumausstatter Lorentz;Lange Reihe 31;24103;Kiel;info@lorentz.example;Bitte nur nachmittags anrufen
""".strip()  # noqa: E501  lines of a file are as long as they are


def build(demo: Demo) -> None:
    """One import that is done: three customers, and a line that was left out as faulty."""
    owner = next(one for one in demo.rows["people"] if one.role.name == "Admin")
    file = SimpleUploadedFile("kunden-altbestand.csv", f"{LINES}\n".encode())
    job = create_import(file, by=owner, kind="customer")
    work(check_import(job, by=owner).pk)
    job.refresh_from_db()
    work(run_import(job, by=owner, only_good=True).pk)
