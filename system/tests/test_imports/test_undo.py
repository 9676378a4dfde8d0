"""Taking an import back: what it made goes, what somebody changed or used since stays."""

import pytest

from crm.models import Customer
from crm.tests.factories import make_contact, make_customer
from employees.models import Employee
from employees.tests.factories import make_employee, make_role
from projects.tests.factories import make_project
from reminders.tests.factories import make_reminder
from system.models import ActivityEntry, Import, ImportRow
from system.services import undo_import, work_on_import
from system.tests.factories import CUSTOMER_HEAD, CUSTOMER_LINES, make_done
from workmate import services
from workmate.errors import Conflict, Forbidden


def taken_back(job: Import, by: Employee) -> Import:
    """The import after its undo."""
    work_on_import(undo_import(job, by=by).pk)
    job.refresh_from_db()
    assert job.status == Import.Status.UNDONE
    return job


def test_what_was_created_goes_and_what_was_changed_is_as_before(admin: Employee) -> None:
    before = make_customer(name="Alt", email="info@mueller.example", city="Bonn")
    job = make_done(admin, CUSTOMER_HEAD, *CUSTOMER_LINES, on_existing="update")
    job = taken_back(job, admin)
    assert job.kept_count == 0
    customer = Customer.objects.get()
    assert (customer.pk, customer.name, customer.city) == (before.pk, "Alt", "Bonn")
    assert ActivityEntry.objects.get(target_type="Import", verb="undone").actor == admin


def test_what_somebody_changed_or_used_since_stays_and_is_named(
    admin: Employee, clerk: Employee
) -> None:
    old = make_customer(name="Alt", email="old@old.example")
    lines = ["Neu;old@old.example;Ulm;", *CUSTOMER_LINES, "Vier;;Ulm;", "Fünf;;Ulm;"]
    job = make_done(admin, CUSTOMER_HEAD, *lines, on_existing="update")
    by_name = {row.name: row for row in Customer.objects.all()}
    services.change(by_name["Neu"], by=clerk, phone="1")
    services.change(by_name["Müller GmbH"], by=clerk, phone="1")
    make_project(customer=by_name["Meier KG"])
    make_contact(customer=by_name["Schulze"])
    make_reminder(admin, linked_entity_type="Customer", linked_entity_id=by_name["Vier"].pk)
    job = taken_back(job, admin)
    assert set(Customer.objects.values_list("name", flat=True)) == set(by_name) - {"Fünf"}
    assert job.kept_count == 5
    kept = {row.label: row.kept for row in job.rows.kept_back()}
    assert set(kept) == {"Neu", "Müller GmbH", "Meier KG", "Schulze", "Vier"}
    assert all(kept.values())
    old.refresh_from_db()
    assert (old.name, old.phone) == ("Neu", "1")


def test_undoing_wants_the_right_to_delete_and_happens_once(admin: Employee) -> None:
    rights = ["backoffice.crm.customer.view", "backoffice.crm.customer.add"]
    person = make_employee(role=make_role("Adds", [*rights, "system.import.*"]))
    job = make_done(person)
    with pytest.raises(Exception, match="delete"):
        undo_import(job, by=person)
    # Whoever sees everybody's, and may delete such rows, takes others' imports back.
    lead = make_employee(role=make_role("Lead", ["backoffice.*", "system.import.*"]))
    job = taken_back(job, lead)
    with pytest.raises(Conflict):
        undo_import(job, by=lead)
    other = make_employee(role=make_role("Own", ["backoffice.crm.*", *rights]))
    with pytest.raises(Forbidden):
        undo_import(make_done(admin), by=other)
    assert job.rows.filter(outcome=ImportRow.Outcome.UNDONE).count() == 3
