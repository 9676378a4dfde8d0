"""Every write of every door: validated, in one transaction, with an actor, announced."""

from contextlib import nullcontext
from typing import Any

import pytest
from auditlog.models import LogEntry
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.db import connection, transaction
from django.db.models.signals import pre_save

from crm.models import Contact, Customer
from crm.tests.factories import make_contact, make_customer
from employees.models import Employee
from employees.tests.factories import make_department
from projects.tests.factories import make_project
from workmate import services
from workmate.errors import Conflict
from workmate.events import Event, emit, happened, on, on_many, together
from workmate.registry import MenuItem, registry
from workmate.tests.threads import at_once, failures
from workmate.verbs import Verb, _verbs, verb, verb_of, verbs_of


@pytest.fixture
def heard() -> Any:
    """The events that happen during a test."""
    events: list[Event] = []

    def listen(sender: Any, event: Event, **kwargs: Any) -> None:
        events.append(event)

    happened.connect(listen)
    yield events
    happened.disconnect(listen)


def test_saving_validates_and_announces(admin: Employee, heard: list[Event]) -> None:
    customer = services.save(Customer(name="Förde"), by=admin)
    services.save(customer, by=admin)
    told = [(event.verb, event.by) for event in heard if event.target == customer]
    assert told == [("created", admin), ("changed", admin)]
    with pytest.raises(ValidationError) as error:
        services.save(Customer(name=""), by=admin)
    assert "name" in error.value.error_dict
    assert Customer.objects.count() == 1


def test_the_history_names_who_acted_also_without_a_request(admin: Employee) -> None:
    customer = services.create(Customer, by=admin, name="Förde")
    services.change(customer, by=admin, city="Kiel")
    entries = LogEntry.objects.get_for_object(customer).order_by("timestamp")
    assert {entry.actor for entry in entries} == {admin}
    assert entries.last().changes_dict["city"] == ["", "Kiel"]


def test_an_act_within_an_act_is_signed_by_its_own_actor_and_leaves_nothing_behind(
    admin: Employee, clerk: Employee
) -> None:
    before = len(pre_save.receivers)
    with services.acting(admin):
        services.create(Customer, by=clerk, name="Inner")
        outer = Customer.objects.create(name="Outer")
    signed = {entry.object_repr: entry.actor for entry in LogEntry.objects.filter(action=0)}
    assert signed["Inner"] == clerk
    assert signed[str(outer)] == admin
    assert len(pre_save.receivers) == before


def test_the_history_knows_from_where_a_change_came(admin: Employee, client_of: Any) -> None:
    client_of(admin).post("/profile/look/", {"theme": "latte"}, REMOTE_ADDR="192.0.2.7")
    entry = LogEntry.objects.get_for_object(admin).latest("timestamp")
    assert (entry.actor, entry.remote_addr) == (admin, "192.0.2.7")
    assert entry.cid


def test_what_fails_half_way_leaves_nothing(admin: Employee, heard: list[Event]) -> None:
    def refuse(sender: Any, event: Event, **kwargs: Any) -> None:
        raise Conflict("not today")

    happened.connect(refuse)
    try:
        with pytest.raises(Conflict):
            services.create(Customer, by=admin, name="Förde")
    finally:
        happened.disconnect(refuse)
    assert not Customer.objects.exists()
    assert not LogEntry.objects.filter(object_repr__contains="Förde").exists()


def test_a_protected_row_is_a_conflict_that_names_what_holds_it(admin: Employee) -> None:
    project = make_project()
    with pytest.raises(Conflict) as error:
        services.delete(project.customer, by=admin)
    assert Customer.objects.filter(pk=project.customer_id).exists()
    assert error.value.messages


def test_a_constraint_that_only_the_database_sees_is_a_conflict(admin: Employee) -> None:
    first = make_contact(is_primary=True)
    second = Contact(customer=first.customer, lastname="Two", is_primary=True)
    with pytest.raises(Conflict) as error, services.acting(admin):
        second.save(force_insert=True)
    assert error.value.code == "one_primary_contact_a_customer"
    assert not connection.needs_rollback


def test_a_row_deleted_meanwhile_is_a_conflict(admin: Employee) -> None:
    customer = make_customer()
    Customer.objects.filter(pk=customer.pk).delete()
    with pytest.raises(Conflict) as error:
        services.change(customer, by=admin, city="Kiel")
    assert error.value.code == "gone"


@pytest.mark.django_db(transaction=True)
def test_of_two_who_delete_at_once_one_is_told_that_it_is_gone(heard: list[Event]) -> None:
    rows = [make_contact(), make_department()]
    for row in rows:
        results = at_once(*[lambda row=row: services.delete(row, by=None)] * 4)
        assert {getattr(error, "code", error) for error in failures(results)} == {"gone"}
        told = [event.verb for event in heard if isinstance(event.target, type(row))]
        assert told.count("deleted") == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_what_they_read_at_once_one_is_refused() -> None:
    customer = make_customer()

    def saving(city: str) -> Any:
        mine = Customer.objects.get(pk=customer.pk)

        def save() -> Any:
            with services.as_read(mine):
                return services.change(mine, by=None, city=city)

        return save

    results = at_once(*map(saving, ("Kiel", "Bonn", "Ulm", "Hof")))
    refused = failures(results)
    assert [getattr(error, "code", error) for error in refused] == ["stale"] * 3
    (saved,) = [result for result in results if result not in refused]
    customer.refresh_from_db()
    assert customer.city == saved.city


@pytest.mark.django_db(transaction=True)
def test_two_changes_of_different_fields_both_stay() -> None:
    customer = make_customer()
    stale = Customer.objects.get(pk=customer.pk)
    results = at_once(
        lambda: services.change(customer, by=None, city="Kiel"),
        lambda: services.change(stale, by=None, street="Am Kai 1"),
    )
    assert not [result for result in results if isinstance(result, Exception)]
    now = Customer.objects.get(pk=customer.pk)
    assert (now.city, now.street) == ("Kiel", "Am Kai 1")


def test_receivers_run_after_the_commit_unless_they_belong_to_the_fact(
    django_capture_on_commit_callbacks: Any,
) -> None:
    seen: list[str] = []

    @on(Customer, "tested")
    def later(event: Event) -> None:
        seen.append("later")

    @on(Customer, "tested", after_commit=False)
    def at_once_(event: Event) -> None:
        seen.append("at once")

    with django_capture_on_commit_callbacks(execute=True):
        emit("tested", Customer(name="x"), by=None)
        emit("other", Customer(name="x"), by=None)
        assert seen == ["at once"]
    assert seen == ["at once", "later"]
    for name in ("later", "at_once_"):
        happened.disconnect(dispatch_uid=(__name__, name), sender=None)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("several", [False, True])
def test_a_receiver_that_fails_after_the_commit_is_logged_and_hides_nobody(
    several: bool, caplog: pytest.LogCaptureFixture
) -> None:
    seen: list[int] = []
    subscribe = on_many if several else on

    @subscribe(Customer, "tested in vain")  # type: ignore[operator]
    def broken(told: Any) -> None:
        raise RuntimeError("no paper left")

    @subscribe(Customer, "tested in vain")  # type: ignore[operator]
    def next_one(told: Any) -> None:
        seen.append(len(told) if several else 1)

    try:
        with together() if several else nullcontext():
            for _number in range(2):
                services.save(Customer(name="Möwe"), by=None)
                emit("tested in vain", Customer(name="x"), by=None)
    finally:
        for name in ("broken", "next_one"):
            happened.disconnect(dispatch_uid=(__name__, name), sender=None)
    assert seen == ([2] if several else [1, 1])
    failed = [record for record in caplog.records if "no paper left" in record.getMessage()]
    assert {record.levelname for record in failed} == {"ERROR"}
    assert len(failed) == len(seen)
    assert "broken" in failed[0].getMessage()


def test_an_event_of_a_rolled_back_transaction_reaches_nobody() -> None:
    seen: list[str] = []

    @on(Customer, "tested twice")
    def later(event: Event) -> None:
        seen.append("later")

    with transaction.atomic():
        emit("tested twice", Customer(name="x"), by=None)
        transaction.set_rollback(True)
    assert seen == []
    happened.disconnect(dispatch_uid=(__name__, "later"), sender=None)


def test_a_verb_is_declared_once() -> None:
    declare = verb(Customer, "test", permission="change_customer", label="Test")
    declare(lambda customer, *, by: customer)
    with pytest.raises(ImproperlyConfigured):
        declare(lambda customer, *, by: None)
    found = verb_of(Customer, "test")
    assert isinstance(found, Verb)
    assert found.permission == "crm.change_customer"
    assert found in verbs_of(Customer, on="object")

    del _verbs[Customer]["test"]


def test_a_key_is_registered_once() -> None:
    taken = registry.menu_items()[0]
    with pytest.raises(ImproperlyConfigured):
        registry.register(MenuItem(taken.key, "Again", "dashboards:home", "x", "tools"))
