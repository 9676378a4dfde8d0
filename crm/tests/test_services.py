"""What may be done with customers, contacts and activities."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from crm.models import Activity, Contact, Customer
from crm.services import (
    change_activity,
    change_contact,
    create_activity,
    create_contact,
    delete_customer,
)
from crm.tests.factories import make_activity, make_contact, make_customer
from employees.models import Employee
from invoices.tests.factories import make_invoice
from projects.models import Project
from projects.tests.factories import make_project
from system.models import ActivityEntry
from workmate import services
from workmate.errors import Conflict
from workmate.tests.threads import at_once


# Customers
def test_a_customer_is_deleted_with_its_contacts_and_activities(clerk: Employee) -> None:
    contact = make_contact()
    make_activity(customer=contact.customer, contact=contact)
    make_activity()
    services.delete(contact.customer, by=clerk)
    assert Customer.objects.count() == Activity.objects.count() == 1
    assert not Contact.objects.exists()
    entry = ActivityEntry.objects.filter(verb="deleted").get()
    assert (entry.target_id, entry.actor) == (contact.customer_id, clerk)


@pytest.mark.parametrize("make", [make_project, make_invoice])
def test_a_customer_with_projects_or_invoices_is_set_inactive_instead(
    make: Callable[..., Any], clerk: Employee
) -> None:
    customer = make().customer
    make_contact(customer=customer)
    with pytest.raises(Conflict) as refused:
        delete_customer(customer, by=clerk)
    assert refused.value.code == "in_use"
    assert customer.contacts.count() == 1
    assert not ActivityEntry.objects.filter(verb="deleted").exists()
    assert services.change(customer, by=clerk, status="inactive").status == "inactive"


def test_a_customer_that_is_gone_is_said_to_be() -> None:
    customer = make_customer()
    services.delete(Customer.objects.get(), by=None)
    with pytest.raises(Conflict) as refused:
        delete_customer(customer, by=None)
    assert refused.value.code == "gone"


# The primary contact
def test_no_contact_is_primary_unless_asked() -> None:
    customer = make_contact().customer
    assert customer.primary_contact is None


def test_a_new_primary_contact_takes_the_mark(clerk: Employee) -> None:
    first = make_contact(is_primary=True)
    elsewhere = make_contact(is_primary=True)
    second = create_contact(by=clerk, customer=first.customer, lastname="Neu", is_primary=True)
    assert primary(first.customer) == [second]
    assert primary(elsewhere.customer) == [elsewhere]
    told = ActivityEntry.objects.filter(target_id=first.pk, verb="changed").get()
    assert told.actor == clerk


def test_a_changed_contact_takes_the_mark_and_gives_it_up() -> None:
    first = make_contact(is_primary=True)
    second = make_contact(customer=first.customer)
    change_contact(second, by=None, is_primary=True)
    assert primary(first.customer) == [second]
    change_contact(second, by=None, position="Einkauf")
    assert primary(first.customer) == [second]
    change_contact(second, by=None, is_primary=False)
    assert primary(first.customer) == []


def test_the_mark_stays_where_the_new_contact_is_refused() -> None:
    first = make_contact(is_primary=True)
    with pytest.raises(ValidationError):
        create_contact(by=None, customer=first.customer, lastname="", is_primary=True)
    second = make_contact(customer=first.customer)
    with pytest.raises(ValidationError):
        change_contact(second, by=None, email="nobody", is_primary=True)
    assert primary(first.customer) == [first]


def test_a_primary_contact_that_moves_takes_the_mark_over_there() -> None:
    moving, sitting = make_contact(is_primary=True), make_contact(is_primary=True)
    left = moving.customer
    change_contact(moving, by=None, customer=sitting.customer)
    assert primary(left) == []
    assert primary(sitting.customer) == [moving]


def test_the_mark_can_be_taken_from_a_row_that_is_otherwise_wrong() -> None:
    first = make_contact(is_primary=True)
    Contact.objects.filter(pk=first.pk).update(email="imported as it was")
    second = make_contact(customer=first.customer, is_primary=True)
    assert primary(first.customer) == [second]


def test_a_contact_needs_a_customer() -> None:
    for data in ({"is_primary": True}, {"is_primary": True, "customer": None}, {}):
        with pytest.raises(ValidationError) as refused:
            create_contact(by=None, lastname="Neu", **data)
        assert "customer" in refused.value.error_dict


# Activities
def test_who_records_an_activity_is_its_author(clerk: Employee, admin: Employee) -> None:
    customer = make_customer()
    activity = create_activity(by=clerk, customer=customer, description="Called.")
    assert activity.author == clerk
    changed = change_activity(activity, by=admin, description="Called twice.")
    assert (changed.author, changed.description) == (clerk, "Called twice.")
    assert create_activity(by=None, customer=customer, description="Imported.").author is None


def test_an_activity_is_told_in_the_feed_of_its_customer(clerk: Employee) -> None:
    activity = create_activity(by=clerk, customer=make_customer(), description="Called.")
    feed = ActivityEntry.objects.timeline(activity.customer, clerk)
    assert activity.pk in {entry.target_id for entry in feed}


def test_the_contact_is_looked_at_anew() -> None:
    contact, elsewhere = make_contact(), make_customer()
    stale = Contact.objects.select_related("customer").get(pk=contact.pk)
    here = contact.customer
    change_contact(contact, by=None, customer=elsewhere)
    with pytest.raises(ValidationError) as refused:
        create_activity(by=None, customer=here, contact=stale, description="Called.")
    assert "contact" in refused.value.error_dict
    activity = make_activity(customer=here)
    with pytest.raises(ValidationError):
        change_activity(activity, by=None, contact=stale)
    made = create_activity(by=None, customer=elsewhere, contact=stale, description="Called.")
    assert made.contact == contact


def test_a_row_that_moved_meanwhile_is_tried_again() -> None:
    contact, activity = make_contact(), make_activity()
    stale_contact = Contact.objects.select_related("customer").get(pk=contact.pk)
    stale_activity = Activity.objects.select_related("customer").get(pk=activity.pk)
    services.change(contact, by=None, customer=make_customer())
    services.change(activity, by=None, customer=make_customer())
    with pytest.raises(Conflict) as refused:
        change_contact(stale_contact, by=None, is_primary=True)
    assert refused.value.code == "moved"
    with pytest.raises(Conflict):
        change_activity(stale_activity, by=None, description="Other")


# At the same moment
def primary(customer: Customer) -> list[Contact]:
    """The customer's primary contacts, as they stand in the database."""
    return list(Contact.objects.filter(customer=customer).primary())


def services_create(name: str) -> Callable[[], Customer]:
    """An act that adds a customer; one without a name is refused after the number is drawn."""
    return lambda: services.create(Customer, by=None, name=name, vat_id="" if name else "DE1")


@pytest.mark.django_db(transaction=True)
def test_many_customers_at_once_get_numbers_without_a_gap() -> None:
    names = [f"Customer {number}" if number % 4 else "" for number in range(20)]
    results = at_once(*[services_create(name) for name in names])
    made = [result for result in results if isinstance(result, Customer)]
    assert len(made) == 15, results
    numbers = sorted(customer.customer_number for customer in made)
    assert numbers == [f"KIT-CUS-{number:06d}" for number in range(1, 16)]


@pytest.mark.django_db(transaction=True)
def test_of_many_that_become_primary_at_once_one_is() -> None:
    customer = make_customer()
    contacts = [make_contact(customer=customer) for _number in range(6)]

    def become(contact: Contact) -> Callable[[], Contact]:
        return lambda: change_contact(contact, by=None, is_primary=True)

    def appear(number: int) -> Callable[[], Contact]:
        return lambda: create_contact(
            by=None, customer=customer, lastname=f"New {number}", is_primary=True
        )

    acts = [become(contact) for contact in contacts] + [appear(number) for number in range(4)]
    results = at_once(*acts)
    # Nobody is refused: they stand in line for the customer's row, and the last one has the mark.
    assert all(isinstance(result, Contact) for result in results), results
    assert len(primary(customer)) == 1
    assert Contact.objects.count() == 10


@pytest.mark.django_db(transaction=True)
def test_contacts_that_swap_customers_at_once_do_not_wait_for_each_other() -> None:
    for _round in range(3):
        one, other = make_contact(is_primary=True), make_contact(is_primary=True)
        here, there = one.customer, other.customer
        results = at_once(
            lambda one=one, there=there: change_contact(one, by=None, customer=there),
            lambda other=other, here=here: change_contact(other, by=None, customer=here),
        )
        assert all(isinstance(result, Contact) for result in results), results
        assert len(primary(here)) <= 1
        assert len(primary(there)) <= 1


@pytest.mark.django_db(transaction=True)
def test_a_contact_never_leaves_an_activity_behind() -> None:
    for _round in range(4):
        contact, there = make_contact(), make_customer()
        here = contact.customer
        at_once(
            lambda contact=contact, there=there: change_contact(contact, by=None, customer=there),
            lambda contact=contact, here=here: create_activity(
                by=None, customer=here, contact=contact, description="Called."
            ),
        )
        contact.refresh_from_db()
        for activity in contact.activities.all():
            assert activity.customer_id == contact.customer_id


@pytest.mark.django_db(transaction=True)
def test_a_customer_is_not_deleted_below_a_new_project() -> None:
    for _round in range(4):
        customer = make_customer()
        deleted, project = at_once(
            lambda customer=customer: services.delete(customer, by=None),
            lambda customer=customer: make_project(customer=customer),
        )
        if isinstance(project, Project):
            assert isinstance(deleted, Conflict), deleted
            assert Customer.objects.filter(pk=customer.pk).exists()
        else:
            assert isinstance(project, ValidationError), project
            assert not Customer.objects.filter(pk=customer.pk).exists()
