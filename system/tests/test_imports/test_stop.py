"""Stopping what runs, and telling the person that a step is over."""

from typing import Any

import pytest

from crm.models import Customer
from employees.models import Employee
from employees.tests.factories import make_employee, make_role
from reminders.models import Notification
from system.models import Import
from system.services import (
    check_import,
    run_import,
    stop_import,
    undo_import,
    work_on_import,
)
from system.services.imports import chunks
from system.tests.factories import CUSTOMER_HEAD, make_checked, make_done, make_import
from workmate import services
from workmate.errors import Conflict, Forbidden

MANY = [f"Firma {n};post{n}@firma{n}.example;Kiel;" for n in range(12)]


@pytest.fixture(autouse=True)
def _in_english(admin: Employee) -> None:
    admin.language = "en"
    admin.save()


def after_first_chunk(monkeypatch: pytest.MonkeyPatch, act: Any) -> None:
    """Let something happen between the first and the second chunk of three lines."""
    monkeypatch.setattr(chunks, "SHARES", 4)
    chunk, acts = chunks._chunk, iter([act])

    def then(*args: Any) -> bool:
        more = chunk(*args)
        next(acts, lambda: None)()
        return more

    monkeypatch.setattr(chunks, "_chunk", then)


def titles(person: Employee) -> list[str]:
    rows = Notification.objects.filter(recipient=person).order_by("created_at", "id")
    return [row.title for row in rows]


def test_a_stopped_import_keeps_what_was_written_and_can_be_taken_back(
    admin: Employee, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = run_import(make_checked(admin, CUSTOMER_HEAD, *MANY), by=admin)

    def stop_and_begin_the_next() -> None:
        stopped = stop_import(job, by=admin)
        assert (stopped.status, stopped.position, stopped.created_count) == ("stopped", 3, 3)
        assert Customer.objects.count() == 3
        undo_import(stopped, by=admin)

    after_first_chunk(monkeypatch, stop_and_begin_the_next)
    work_on_import(job.pk)
    # The worker that was slow to hear of the stop has no part in what was begun since.
    job.refresh_from_db()
    assert (job.status, Customer.objects.count()) == (Import.Status.UNDOING, 3)
    work_on_import(job.pk)
    job.refresh_from_db()
    assert (job.status, Customer.objects.count()) == (Import.Status.UNDONE, 0)


def test_a_stopped_check_is_as_if_just_uploaded(
    admin: Employee, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = check_import(make_import(admin, CUSTOMER_HEAD, "Falsch;keine;;", *MANY), by=admin)
    after_first_chunk(monkeypatch, lambda: stop_import(job, by=admin))
    work_on_import(job.pk)
    job.refresh_from_db()
    assert (job.status, job.position, job.faulty_count) == (Import.Status.UPLOADED, 0, 0)
    assert not job.rows.exists()
    with pytest.raises(Conflict, match="Nothing is running"):
        stop_import(job, by=admin)
    assert titles(admin) == []  # nobody is told what they did themselves


def test_only_who_sees_everybodys_stops_that_of_another(admin: Employee) -> None:
    owner = make_employee(
        role=make_role("Office", ["backoffice.*", "system.import.*"]), language="en"
    )
    other = make_employee(role=make_role("Other", ["system.import.change"]))
    job = check_import(make_import(owner), by=owner)
    with pytest.raises(Forbidden):
        stop_import(job, by=other)
    stop_import(job, by=admin)
    assert titles(owner) == ["“kunden.csv” was stopped"]


def test_a_taking_back_runs_to_its_end(admin: Employee) -> None:
    job = undo_import(make_done(admin), by=admin)
    with pytest.raises(Conflict, match="Nothing is running"):
        stop_import(job, by=admin)


def test_the_bell_tells_what_came_of_each_step_and_is_quiet_for_who_watched(
    admin: Employee, client_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("system.services.imports.telling.LONG_LINES", 4)
    job = make_done(admin, CUSTOMER_HEAD, *MANY[:3], "Falsch;keine;;")
    told = list(Notification.objects.filter(recipient=admin).order_by("created_at", "id"))
    assert [row.title for row in told] == ["“kunden.csv” was checked", "“kunden.csv” was imported"]
    assert {row.body for row in told} == {"3 new · 1 faulty"}
    assert {(row.url, row.mail_state) for row in told} == {(f"/imports/{job.pk}/", "waiting")}
    client_of(admin).get(f"/imports/{job.pk}/", headers={"HX-Request": "true"})
    assert not Notification.objects.filter(read_at=None).exists()
    services.change(Customer.objects.get(name="Firma 1"), by=admin, city="Ulm")
    work_on_import(undo_import(job, by=admin).pk)
    assert titles(admin)[-1] == "“kunden.csv” was taken back"
    assert Notification.objects.get(read_at=None).body == "2 taken back · 1 stayed"
