"""How customers and contacts come from files."""

from crm.models import Contact, Customer
from crm.tests.factories import make_customer
from employees.models import Employee
from system.models import Import
from system.services import undo_import, work_on_import
from system.tests.factories import CUSTOMER_HEAD, CUSTOMER_LINES, counts_of, make_done


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
    skipped = make_done(admin, CUSTOMER_HEAD, *CUSTOMER_LINES)
    mine.refresh_from_db()
    assert (skipped.skipped_count, mine.name) == (1, "Alt")
    updated = make_done(admin, CUSTOMER_HEAD, *CUSTOMER_LINES, on_existing="update")
    mine.refresh_from_db()
    # An empty cell erases nothing; the others were here as they stand in the file, or have no key.
    assert (mine.name, mine.city, mine.phone) == ("Müller GmbH", "Köln", "1")
    assert counts_of(updated) == (1, 1, 1, 0)


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


def test_what_the_import_itself_changed_later_does_not_stand_in_the_way(admin: Employee) -> None:
    """The second primary contact takes the mark from the first: both are the import's."""
    make_customer(name="Eins")
    lines = ["Kunde;Name;Hauptkontakt", "Eins;Anna Kern;ja", "Eins;Bert Ohm;ja"]
    job = make_done(admin, *lines, kind="contact")
    assert Contact.objects.filter(is_primary=True).count() == 1
    work_on_import(undo_import(job, by=admin).pk)
    job.refresh_from_db()
    assert (job.status, job.kept_count) == (Import.Status.UNDONE, 0)
    assert not Contact.objects.exists()
