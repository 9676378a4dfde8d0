"""A worker that dies, two at once, and one that never comes to an end."""

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from conftest import ClientOf
from crm.models import Customer
from employees.models import Employee
from system.models import Import
from system.services import carry_on_imports, check_import, run_import, work_on_import
from system.services.imports.chunks import MAX_TRIES
from system.tests.factories import CUSTOMER_HEAD, make_checked, make_import
from workmate.errors import Conflict
from workmate.importers import LineWriter
from workmate.tests.threads import at_once, failures

MANY = [f"Firma {n};post{n}@firma{n}.example;Kiel;" for n in range(12)]


def names() -> list[str]:
    return sorted(Customer.objects.values_list("name", flat=True))


@pytest.mark.django_db(transaction=True)
def test_after_a_crash_it_goes_on_where_it_stood_and_doubles_nothing(
    admin: Employee, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.CELERY_TASK_ALWAYS_EAGER = False
    monkeypatch.setattr("system.receivers.work_on_import.delay", lambda pk: None)
    monkeypatch.setattr("system.services.imports.chunks.SHARES", 4)  # chunks of three lines
    job = run_import(make_checked(admin, CUSTOMER_HEAD, *MANY), by=admin)
    write, died = LineWriter.write, iter(range(100))

    def dying(self: LineWriter, cells: Any, *, dry: bool = False) -> Any:
        if next(died) == 7:
            raise SystemExit  # killed in the third chunk, behind two lines of it
        return write(self, cells, dry=dry)

    monkeypatch.setattr(LineWriter, "write", dying)
    with pytest.raises(SystemExit):
        work_on_import(job.pk)
    job.refresh_from_db()
    assert (job.status, job.position, Customer.objects.count()) == (Import.Status.RUNNING, 6, 6)
    assert carry_on_imports() == []  # somebody may still be at it
    Import.objects.update(worked_at=timezone.now() - dt.timedelta(minutes=5))
    assert carry_on_imports() == [str(job.pk)]
    work_on_import(job.pk)
    job.refresh_from_db()
    assert (job.status, job.created_count) == (Import.Status.DONE, 12)
    assert len(names()) == len(set(names())) == 12


@pytest.mark.django_db(transaction=True)
def test_two_workers_write_each_line_once(admin: Employee, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("system.receivers.work_on_import.delay", lambda pk: None)
    job = make_checked(admin, CUSTOMER_HEAD, *MANY)
    started = at_once(*[lambda: run_import(job, by=admin)] * 2)
    assert len(failures(started)) == 1
    assert not failures(at_once(*[lambda: work_on_import(job.pk)] * 3))
    job.refresh_from_db()
    assert (job.status, job.created_count, job.rows.count()) == (Import.Status.DONE, 12, 12)
    assert len(names()) == len(set(names())) == 12


def test_a_step_that_never_comes_further_is_given_up(
    admin: Employee, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = check_import(make_import(admin), by=admin)

    def broken(*args: Any, **kwargs: Any) -> Any:
        raise RuntimeError

    monkeypatch.setattr("system.services.imports.chunks._lines", broken)
    for _try in range(MAX_TRIES):
        with pytest.raises(RuntimeError):
            work_on_import(job.pk)
    work_on_import(job.pk)
    job.refresh_from_db()
    assert job.status == Import.Status.FAILED
    assert job.error


def test_who_loses_the_right_meanwhile_imports_no_more(admin: Employee) -> None:
    job = run_import(make_checked(admin), by=admin)
    admin.role.permissions_json = ["system.import.*"]
    type(admin.role).objects.filter(pk=admin.role.pk).update(permissions_json=["x.*"])
    work_on_import(job.pk)
    job.refresh_from_db()
    assert job.status == Import.Status.FAILED
    assert not Customer.objects.exists()


def test_progress_is_pushed_and_the_page_shows_it(
    admin: Employee,
    client_of: ClientOf,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    told: list[Any] = []
    monkeypatch.setattr(
        "system.services.imports.chunks.push", lambda *args, **data: told.append(args)
    )
    job = check_import(make_import(admin), by=admin)
    client = client_of(admin)
    part = client.get(f"/imports/{job.pk}/", headers={"HX-Request": "true"}).content.decode()
    assert "<progress" in part
    assert "<html" not in part
    work_on_import(job.pk)
    assert told == [(admin.pk, "import")] * 3
    page = client.get(f"/imports/{job.pk}/").content.decode()
    assert 'data-live="import"' in page
    assert "<progress" not in page


@pytest.mark.django_db(transaction=True)
def test_a_person_has_one_import_at_work_at_a_time(
    admin: Employee, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("system.receivers.work_on_import.delay", lambda pk: None)
    jobs = [make_import(admin) for _number in range(3)]
    started = failures(at_once(*[lambda job=job: check_import(job, by=admin) for job in jobs]))
    assert [isinstance(error, ValidationError) for error in started] == [True, True]
    first, second = Import.objects.filter(status=Import.Status.UPLOADED)
    work_on_import(Import.objects.working().get().pk)
    check_import(first, by=admin)
    with pytest.raises(Conflict, match="wait until"):
        check_import(second, by=admin)
