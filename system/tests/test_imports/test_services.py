"""What comes of a file: the check that writes nothing, the import, and what is refused."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.models import Customer
from crm.tests.factories import make_customer
from employees.models import Employee
from employees.tests.factories import make_employee, make_role
from system.models import ActivityEntry, Import
from system.services import (
    change_import,
    check_import,
    create_import,
    forget_imports,
    run_import,
    work_on_import,
)
from system.tests.factories import (
    CUSTOMER_HEAD,
    CUSTOMER_LINES,
    a_csv,
    counts_of,
    make_checked,
    make_done,
    make_import,
)
from workmate.errors import Conflict, Forbidden


def test_the_check_counts_and_writes_nothing(admin: Employee) -> None:
    make_customer(name="Meier", email="kontakt@meier.example")
    before = set(Customer.objects.values_list("pk", flat=True))
    entries = ActivityEntry.objects.exclude(target_type="Import").count()
    job = make_checked(
        admin, CUSTOMER_HEAD, *CUSTOMER_LINES, CUSTOMER_LINES[0], "Falsch;keine-adresse;Bonn;"
    )
    assert job.status == Import.Status.CHECKED
    # The fourth line is the first once more, and would find it.
    assert counts_of(job) == (2, 0, 2, 1)
    assert set(Customer.objects.values_list("pk", flat=True)) == before
    assert ActivityEntry.objects.exclude(target_type="Import").count() == entries
    row = job.rows.faulty().get()
    assert row.number == 6
    # Which lines are left out can be looked up before anything is written.
    assert list(job.rows.matched().values_list("number", "label")) == [(3, "Meier"), (5, "")]
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


def test_who_may_not_change_does_not_bring_up_to_date(admin: Employee) -> None:
    rights = ["backoffice.crm.customer.view", "backoffice.crm.customer.add"]
    person = make_employee(role=make_role("Adds", [*rights, "system.import.*"]))
    make_customer(email="info@mueller.example")
    job = make_done(person, CUSTOMER_HEAD, *CUSTOMER_LINES, on_existing="update")
    assert counts_of(job) == (2, 0, 0, 1)


def test_a_worker_may_not_import_customers(worker: Employee) -> None:
    with pytest.raises(ValidationError) as refused:
        create_import(a_csv(CUSTOMER_HEAD, *CUSTOMER_LINES), by=worker, kind="customer")
    assert refused.value.error_dict["kind"][0].code == "not_allowed"


def test_a_token_imports_no_more_than_its_scopes_allow(admin: Employee) -> None:
    job = check_import(make_import(admin), by=admin)
    Import.objects.filter(pk=job.pk).update(scopes=["system.import.*"])
    work_on_import(job.pk)
    job.refresh_from_db()
    assert job.status == Import.Status.FAILED


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
    job = make_checked(admin, CUSTOMER_HEAD, *CUSTOMER_LINES, "Falsch;keine;Bonn;")
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
    work_on_import(run_import(job, by=admin).pk)
    job.refresh_from_db()
    assert job.status == Import.Status.UNDONE
    assert " 3: " in job.error
    assert set(Customer.objects.values_list("name", flat=True)) == {"Neu"}


def test_a_line_asks_the_database_a_bounded_number_of_times(admin: Employee) -> None:
    def asked(lines: int) -> int:
        rows = [f"Firma {lines} {n};post{n}@f{lines}.example;Kiel;" for n in range(lines)]
        job = make_checked(admin, CUSTOMER_HEAD, *rows)
        run_import(job, by=admin)
        with CaptureQueriesContext(connection) as queries:
            work_on_import(job.pk)
        return len(queries)

    few, many = asked(5), asked(25)
    assert (many - few) / 20 < 35


def test_old_files_and_lines_are_forgotten(admin: Employee) -> None:
    job = make_done(admin, CUSTOMER_HEAD, *CUSTOMER_LINES, "Falsch;keine;Bonn;")
    assert forget_imports() == 0
    later = timezone.now() + dt.timedelta(days=31)
    storage, name = job.file.storage, job.file.name
    assert storage.exists(name)
    assert forget_imports(later) == 1
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
    work_on_import(job.pk)
    job.refresh_from_db()
    assert (job.status, counts_of(job)) == (Import.Status.CHECKED, (0, 0, 0, 1))
    assert "discount" in job.rows.get().errors[0]["message"]
