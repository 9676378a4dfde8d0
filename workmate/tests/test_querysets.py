"""What every queryset can do, and queries that are put into SQL once."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections

from crm.models import Contact, Customer
from crm.tests.factories import make_contact, make_customer
from timetracking.models import TimeEntry
from timetracking.tests.factories import make_time_entry
from workmate.querysets import Prepared


def by_city() -> Prepared:
    return Prepared(
        lambda city: Customer.objects.filter(city=city, status="active").prefetch_related(None),
        city="an example",
    )


def test_a_prepared_query_is_asked_with_other_values_each_time(
    django_assert_num_queries: Any,
) -> None:
    kiel, luebeck = make_customer(city="Kiel"), make_customer(city="Lübeck")
    make_customer(city="Kiel", status="lead")
    found = by_city()
    with django_assert_num_queries(3):
        assert found(city="Kiel") == [kiel]
        assert found(city="Lübeck") == [luebeck]
        assert found(city="active") == []
    kiel.city = "Plön"
    kiel.save()
    assert found(city="Kiel") == []
    with pytest.raises(KeyError):
        found(town="Kiel")


def test_a_prepared_query_brings_related_rows_along(django_assert_num_queries: Any) -> None:
    contact = make_contact()
    found = Prepared(
        lambda name: Contact.objects.filter(lastname=name).select_related("customer"), name="any"
    )
    with django_assert_num_queries(1):
        [again] = found(name=contact.lastname)
        assert (again, again.customer) == (contact, contact.customer)
    assert again is not found(name=contact.lastname)[0]


@pytest.mark.django_db(transaction=True)
def test_a_prepared_query_takes_the_connection_of_its_thread() -> None:
    customer = make_customer(city="Kiel")
    found = by_city()

    def ask(_number: int) -> list[Any]:
        try:
            return found(city="Kiel")
        finally:
            connections.close_all()

    assert found(city="Kiel") == [customer]
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(ask, range(8))) == [[customer]] * 8


def test_a_count_is_exact_for_few_rows_and_for_none() -> None:
    make_customer(), make_customer()
    assert Customer.objects.all().capped_count() == (2, False)
    assert Customer.objects.none().capped_count() == (0, False)
    assert Customer.objects.filter(pk__in=[]).capped_count() == (0, False)
    assert Customer.objects.filter(name__contains="%").capped_count() == (0, False)


def test_days_go_to_the_end_of_the_calendar() -> None:
    entry = make_time_entry()
    rows = TimeEntry.objects.on_days(dt.date(2000, 1, 1), dt.date.max)
    assert list(rows) == [entry]
