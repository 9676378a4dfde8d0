"""What every queryset can do, and queries that are put into SQL once."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import DataError, connection, connections
from django.db.backends.postgresql.psycopg_any import register_tzloader
from django.test.utils import CaptureQueriesContext

from crm.models import Contact, Customer
from crm.tests.factories import make_contact, make_customer
from employees.models import Employee
from employees.tests.factories import make_employee
from projects.models import Project
from projects.tests.factories import make_project, make_project_member
from timetracking.models import TimeEntry
from timetracking.tests.factories import make_time_entry
from workmate.moments import loader_of
from workmate.querysets import CountSeen, Prepared, in_chunks


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


def test_a_prepared_query_counts(django_assert_num_queries: Any) -> None:
    for status in ("active", "active", "lead"):
        make_customer(city="Kiel", status=status)
    found = by_city()
    with django_assert_num_queries(2):
        assert found.count(city="Kiel") == 2
        assert found.count(city="active") == 0


def test_each_person_is_told_how_many_of_the_rows_that_they_see_there_are(
    admin: Employee, worker: Employee
) -> None:
    late, later, stranger = dt.date(2025, 3, 1), dt.date(2025, 4, 1), make_employee()
    make_project_member(project=make_project(deadline=late), employee=worker)
    make_project(deadline=late), make_project(deadline=later)
    count = CountSeen(Project, lambda rows, today: rows.overdue(today), today=dt.date.min)
    for today, of_all, own in ((later, 2, 1), (late, 0, 0), (dt.date(2025, 4, 2), 3, 1)):
        assert count(admin, today=today) == of_all
        assert count(worker, today=today) == own
        assert count(stranger, today=today) == 0


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


def test_what_many_rows_point_to_is_read_once() -> None:
    people, project = [make_employee(), make_employee()], make_project()
    for number in range(6):
        make_time_entry(employee=people[number % 2], project=project if number % 3 else None)
    rows = TimeEntry.objects.select_related("employee", "project__customer").order_by("pk")
    with CaptureQueriesContext(connection) as asked:
        found = list(in_chunks(rows, 4))
        seen = [(row.employee.email, row.project and row.project.customer.name) for row in found]
    assert seen == [(row.employee.email, row.project and row.project.customer.name) for row in rows]
    # The rows, and what they point to; not again with the second chunk.
    assert len([query for query in asked if query["sql"].startswith(("SELECT", "DECLARE"))]) <= 3
    left_out = rows.defer("employee__bio")
    assert "bio" in next(in_chunks(left_out, 4)).employee.get_deferred_fields()
    plain = list(in_chunks(TimeEntry.objects.order_by("pk"), 4))
    assert plain == list(rows)


@pytest.mark.parametrize(
    "text",
    [
        "2025-03-30 01:59:59.1+00",
        "2025-10-26 02:30:00.123456+02",
        "0001-01-01 00:00:00+00",
        "9999-12-31 23:59:59.999999+00",
        "1890-01-01 00:00:00+00",
    ],
)
def test_moments_are_read_as_django_reads_them(text: str) -> None:
    zone = connection.timezone
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::timestamptz", [text])
        (quick,) = cursor.fetchone()
        register_tzloader(zone, cursor.connection)
        try:
            with connection.connection.cursor() as plain:
                (slow,) = plain.execute("SELECT %s::timestamptz", [text]).fetchone()
        finally:
            cursor.connection.adapters.register_loader("timestamptz", loader_of(zone))
    assert (quick, quick.tzinfo) == (slow, slow.tzinfo)


def test_moments_that_python_has_not_are_refused_as_ever() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT '20000-01-01 00:00:00+00'::timestamptz")
        with pytest.raises(DataError):
            cursor.fetchone()
