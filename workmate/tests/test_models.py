"""The base of every model: what it asks the database, and what it leaves to it."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from employees.tests.factories import make_employee
from projects.models import Project
from projects.tests.factories import make_project
from timetracking.models import TimeEntry
from timetracking.tests.factories import at
from workmate import services
from workmate.errors import Conflict
from workmate.models import NumberSequence, draw_number


def entry(**fields: object) -> TimeEntry:
    return TimeEntry(start_time=at("2025-03-10 09:00"), end_time=at("2025-03-10 10:00"), **fields)


def test_related_rows_at_hand_and_a_new_key_are_not_asked_for() -> None:
    made = entry(employee=make_employee(), project=make_project())
    with CaptureQueriesContext(connection) as asked:
        made.full_clean()
    assert len(asked) == 0


def test_a_related_row_given_by_its_id_is_asked_for() -> None:
    made = entry(employee=make_employee(), project_id=make_employee().pk)
    with pytest.raises(ValidationError) as refused:
        made.full_clean()
    assert set(refused.value.error_dict) == {"project"}


def test_another_id_is_asked_for_though_a_row_was_at_hand() -> None:
    made = entry(employee=make_employee(), project=make_project())
    made.project_id = made.employee_id
    with pytest.raises(ValidationError) as refused:
        made.full_clean()
    assert set(refused.value.error_dict) == {"project"}


def test_a_row_that_was_never_saved_is_refused() -> None:
    made = entry(employee=make_employee(), project=Project(title="Never saved"))
    with pytest.raises(ValidationError):
        made.full_clean()


@pytest.mark.django_db(transaction=True)
def test_a_related_row_that_goes_at_the_same_moment_is_a_conflict() -> None:
    person, project = make_employee(), make_project()
    Project.objects.filter(pk=project.pk).delete()
    with pytest.raises(Conflict):
        services.save(entry(employee=person, project=project), by=None)
    assert not TimeEntry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_key_that_is_taken_is_a_conflict() -> None:
    person = make_employee()
    first = services.save(entry(employee=person), by=None)
    with pytest.raises(Conflict):
        services.save(entry(employee=person, pk=first.pk), by=None)


def series(key: str, pattern: str) -> NumberSequence:
    return services.save(NumberSequence(key=key, pattern=pattern), by=None)


def test_a_series_refuses_numbers_that_no_column_holds() -> None:
    series("crm.customer", "K" * 41 + "{n}")
    with pytest.raises(ValidationError) as refused:
        series("crm.other", "K" * 42 + "{n}")
    assert set(refused.value.error_dict) == {"pattern"}


@pytest.mark.parametrize("pattern", ["RE-{year}-{n:03d}", "RE-{n:06d}-", "RE-1{n}-{year}"])
def test_a_series_refuses_numbers_that_another_one_gives_too(pattern: str) -> None:
    series("invoices.invoice", "RE-{year}-{n:03d}")
    with pytest.raises(ValidationError) as refused:
        series("invoices.quote", pattern)
    assert set(refused.value.error_dict) == {"pattern"}
    # Another table's numbers may look the same, and a series may keep its own.
    series("projects.project", pattern)
    services.change(NumberSequence.objects.get(key="invoices.invoice"), by=None, pattern=pattern)


def test_a_new_series_draws_nothing_while_its_numbers_are_given_elsewhere() -> None:
    series("invoices.invoice", "AN-{year}-{n:03d}")
    with pytest.raises(ValidationError), transaction.atomic():
        draw_number("invoices.quote", pattern="AN-{year}-{n:03d}")
    assert draw_number("invoices.deposit", pattern="AR-{n:03d}") == "AR-001"
