"""What comes of a file: the check that writes nothing, the import, and what is refused."""

import datetime as dt
import zoneinfo
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.models import Contact, Customer
from crm.tests.factories import make_customer
from employees.models import Employee
from employees.tests.factories import make_employee, make_role
from finance.models import Expense
from imports.models import Import
from imports.services import (
    change_import,
    check_import,
    create_import,
    forget,
    run_import,
    work,
)
from imports.tests.factories import (
    HEAD,
    THREE,
    a_csv,
    an_xlsx,
    make_checked,
    make_done,
    make_import,
)
from projects.tests.factories import make_project
from system.models import ActivityEntry
from timetracking.models import TimeEntry
from workmate.errors import Conflict, Forbidden

TIME = "Tag;Von;Bis;Projekt;Notiz;Art der Arbeit"


def counts_of(job: Import) -> tuple[int, int, int, int]:
    """New, updated, skipped, faulty."""
    return (job.created_count, job.updated_count, job.skipped_count, job.faulty_count)


def test_the_check_counts_and_writes_nothing(admin: Employee) -> None:
    make_customer(name="Meier", email="kontakt@meier.example")
    before = set(Customer.objects.values_list("pk", flat=True))
    entries = ActivityEntry.objects.exclude(target_type="Import").count()
    job = make_checked(admin, HEAD, *THREE, THREE[0], "Falsch;keine-adresse;Bonn;")
    assert job.status == Import.Status.CHECKED
    # The fourth line is the first once more, and would find it.
    assert counts_of(job) == (2, 0, 2, 1)
    assert set(Customer.objects.values_list("pk", flat=True)) == before
    assert ActivityEntry.objects.exclude(target_type="Import").count() == entries
    row = job.rows.get()
    assert row.number == 6
    assert (row.errors[0]["column"], row.errors[0]["value"]) == ("E-Mail", "keine-adresse")


def test_the_import_writes_what_the_form_would(admin: Employee) -> None:
    job = make_done(admin)
    assert (job.status, job.created_count) == (Import.Status.DONE, 3)
    customer = Customer.objects.get(name="Müller GmbH")
    assert (customer.city, customer.country, customer.status) == ("Köln", "Deutschland", "active")
    assert customer.customer_number
    assert Customer.objects.get(name="Meier KG").notes == "gut"
    entry = ActivityEntry.objects.get(target_type="Import", verb="imported")
    assert (entry.actor, entry.data["created"]) == (admin, 3)


def test_german_words_numbers_and_headings_are_understood(admin: Employee) -> None:
    make_done(
        admin,
        "Firmenname;Kundennummer;Art;Status;USt-IdNr.;PLZ;Zahlungsziel in Tagen;Sprache",
        "Amt;K-7;Behörde;inaktiv;DE 136 695 976;01067;30;Englisch",
    )
    customer = Customer.objects.get()
    assert (customer.customer_number, customer.vat_id) == ("K-7", "DE136695976")
    assert (customer.zip_code, customer.payment_days, customer.status) == ("01067", 30, "inactive")


def test_rows_that_are_here_are_left_or_brought_up_to_date(admin: Employee) -> None:
    mine = make_customer(name="Alt", email="INFO@mueller.example", city="Bonn", phone="1")
    skipped = make_done(admin, HEAD, *THREE)
    mine.refresh_from_db()
    assert (skipped.skipped_count, mine.name) == (1, "Alt")
    updated = make_done(admin, HEAD, *THREE, on_existing="update")
    mine.refresh_from_db()
    # An empty cell erases nothing; the others were here as they stand in the file, or have no key.
    assert (mine.name, mine.city, mine.phone) == ("Müller GmbH", "Köln", "1")
    assert counts_of(updated) == (1, 1, 1, 0)


def test_who_may_not_change_does_not_bring_up_to_date(admin: Employee) -> None:
    rights = ["backoffice.crm.customer.view", "backoffice.crm.customer.add"]
    person = make_employee(role=make_role("Adds", [*rights, "backoffice.imports.*"]))
    make_customer(email="info@mueller.example")
    job = make_done(person, HEAD, *THREE, on_existing="update")
    assert counts_of(job) == (2, 0, 0, 1)


def test_contacts_find_their_customers_by_natural_names(admin: Employee) -> None:
    one, two = make_customer(name="Eins"), make_customer(name="Zwei", email="z@zwei.example")
    make_customer(name="Doppelt"), make_customer(name="Doppelt")
    job = make_done(
        admin,
        "Kunde;Name;E-Mail;Hauptkontakt",
        "eins;Anna Maria Kern;kern@eins.example;ja",
        f"{one.customer_number};Ohm;;nein",
        "z@zwei.example;Tess;;x",
        "Doppelt;Wer;;",
        "Niemand;Wer;;vielleicht",
        kind="contact",
    )
    assert counts_of(job) == (3, 0, 0, 2)
    anna = Contact.objects.get(lastname="Kern")
    assert (anna.firstname, anna.is_primary, anna.customer) == ("Anna Maria", True, one)
    assert Contact.objects.get(lastname="Tess").customer == two
    assert {error["column"] for row in job.rows.faulty() for error in row.errors} == {
        "Kunde",
        "Hauptkontakt",
    }


def test_hours_come_from_day_and_clock_in_any_columns(admin: Employee) -> None:
    project = make_project(title="Umbau")
    make_done(
        admin,
        TIME,
        f"31.03.2025;9:00;10.30;{project.project_number};Planung;Besprechung",
        "01.04.2025;22:00;1:00;Umbau;Nacht;",
        kind="timeentry",
    )
    first, second = TimeEntry.objects.order_by("start_time")
    assert (first.duration_minutes, first.project, first.employee) == (90, project, admin)
    assert second.duration_minutes == 180
    begin = timezone.localtime(first.start_time, zoneinfo.ZoneInfo(admin.timezone))
    assert (begin.date(), begin.hour) == (dt.date(2025, 3, 31), 9)


def test_a_worker_imports_their_own_time_and_nobody_elses(worker: Employee) -> None:
    other = make_employee()
    job = make_done(
        worker,
        "Tag;Von;Dauer;Mitarbeiter",
        f"31.03.2025;9:00;1:30;{worker.email}",
        "31.03.2025;11:00;1:30;",
        f"31.03.2025;13:00;1:30;{other.email}",
        kind="timeentry",
    )
    assert counts_of(job) == (2, 0, 0, 1)
    assert set(TimeEntry.objects.values_list("employee", flat=True)) == {worker.pk}
    assert job.rows.faulty().get().errors[0]["column"] == "Mitarbeiter"


def test_a_worker_may_not_import_customers(worker: Employee) -> None:
    with pytest.raises(ValidationError) as refused:
        create_import(a_csv(HEAD, *THREE), by=worker, kind="customer")
    assert refused.value.error_dict["kind"][0].code == "not_allowed"


def test_a_token_imports_no_more_than_its_scopes_allow(admin: Employee) -> None:
    job = check_import(make_import(admin), by=admin)
    Import.objects.filter(pk=job.pk).update(scopes=["backoffice.imports.*"])
    work(job.pk)
    job.refresh_from_db()
    assert job.status == Import.Status.FAILED


def test_expenses_have_their_vat_by_rate_or_by_amount(admin: Employee) -> None:
    job = make_done(
        admin,
        "Datum;Kategorie;Beschreibung;Betrag;MwSt-Satz;USt",
        "31.03.2025;Reisekosten;Bahn;1.070,00;7;",
        "31.03.2025;travel;Hotel;119,00 €;;19,00",
        "31.03.2025;travel;Parken;4,50;;",
        "31.03.2025;travel;Falsch;4,50;16 %;",
        "31.03.2025;travel;Schief;100,00;;3,33",
        ";travel;Ohne Tag;4,50;;",
        "31.03.2025;travel;Ohne Betrag;;;",
        kind="expense",
    )
    found = {row.description: row for row in Expense.objects.all()}
    assert found["Hotel"].tax_amount == Decimal("19.00")
    assert found["Parken"].tax_amount == 0
    wrong = {row.number: [e["column"] for e in row.errors] for row in job.rows.faulty()}
    assert wrong[5] == ["MwSt-Satz"]
    assert wrong[6] == ["USt"]
    assert wrong[7] == ["Datum"]
    assert wrong[8] == ["Betrag"]


def test_a_workbook_is_imported_as_a_text_file_is(admin: Employee) -> None:
    file = an_xlsx(["Tag", "Von", "Dauer"], [dt.datetime(2025, 3, 31), dt.time(9), 1.5])
    make_done(admin, kind="timeentry", file=file)
    assert TimeEntry.objects.get().duration_minutes == 90


def test_the_mapping_is_checked(admin: Employee) -> None:
    job = make_import(admin)
    for wrong in ({"Nix": "name"}, {"Name": "nix"}, {"Name": "name", "Ort": "name"}, {"Name": 1}):
        with pytest.raises(ValidationError) as refused:
            change_import(job, by=admin, mapping=wrong)
        assert "mapping" in refused.value.error_dict
    change_import(job, by=admin, mapping={"Ort": "city"})
    with pytest.raises(ValidationError) as refused:
        check_import(job, by=admin)
    assert refused.value.error_dict["mapping"][0].code == "missing"


def test_steps_are_refused_out_of_order(admin: Employee, clerk: Employee) -> None:
    job = make_import(admin)
    with pytest.raises(Conflict):
        run_import(job, by=admin)
    with pytest.raises(Forbidden):
        check_import(job, by=clerk)
    job = make_checked(admin, HEAD, *THREE, "Falsch;keine;Bonn;")
    with pytest.raises(Conflict) as refused:
        run_import(job, by=admin)
    assert refused.value.code == "faulty"
    done = make_done(admin)
    for again in (check_import, run_import):
        with pytest.raises(Conflict):
            again(done, by=admin)


def test_all_or_nothing_takes_back_what_was_written(admin: Employee) -> None:
    job = make_checked(admin)
    for _number in range(2):  # since the check two customers have come who share an address
        make_customer(name="Neu", email="kontakt@meier.example")
    work(run_import(job, by=admin).pk)
    job.refresh_from_db()
    assert job.status == Import.Status.UNDONE
    assert " 3: " in job.error
    assert set(Customer.objects.values_list("name", flat=True)) == {"Neu"}


def test_a_line_asks_the_database_a_bounded_number_of_times(admin: Employee) -> None:
    def asked(lines: int) -> int:
        rows = [f"Firma {lines} {n};post{n}@f{lines}.example;Kiel;" for n in range(lines)]
        job = make_checked(admin, HEAD, *rows)
        run_import(job, by=admin)
        with CaptureQueriesContext(connection) as queries:
            work(job.pk)
        return len(queries)

    few, many = asked(5), asked(25)
    assert (many - few) / 20 < 35


def test_old_files_and_lines_are_forgotten(admin: Employee) -> None:
    job = make_done(admin, HEAD, *THREE, "Falsch;keine;Bonn;")
    assert forget() == 0
    later = timezone.now() + dt.timedelta(days=31)
    storage, name = job.file.storage, job.file.name
    assert storage.exists(name)
    assert forget(later) == 1
    job.refresh_from_db()
    assert not storage.exists(name)
    assert not job.rows.exists()
    assert not any(column["examples"] for column in job.columns)
    assert Customer.objects.count() == 3


def test_a_field_that_the_person_may_write_no_more_makes_lines_faulty(admin: Employee) -> None:
    job = make_import(admin, "Name;Rabatt", "Müller;5")
    job.mapping["Rabatt"] = "discount"
    job.save()
    job = check_import(job, by=admin)
    work(job.pk)
    job.refresh_from_db()
    assert (job.status, counts_of(job)) == (Import.Status.CHECKED, (0, 0, 0, 1))
    assert "discount" in job.rows.get().errors[0]["message"]
