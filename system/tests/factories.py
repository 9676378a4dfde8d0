"""The company, rates, feed, watched services and imports for tests."""

import datetime as dt
from decimal import Decimal
from io import BytesIO
from typing import Any

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models
from django.utils import timezone

from employees.models import Employee
from employees.tests.factories import make_department, make_employee, make_role
from system.models import ActivityEntry, Company, Import, InfraCheck, InfraService, TaxRate
from system.services import (
    change_company,
    check_import,
    create_import,
    run_import,
    work_on_import,
)
from workmate import services
from workmate.events import emit

CUSTOMER_HEAD = "Name;E-Mail;Ort;Bemerkung"
CUSTOMER_LINES = [
    "Müller GmbH;info@mueller.example;Köln;",
    "Meier KG;kontakt@meier.example;Kiel;gut",
    "Schulze;;Ulm;",
]


def make_company(**fields: Any) -> Company:
    """The company, complete for invoices."""
    values = {
        "name": "Muster Dienste GmbH",
        "street": "Hauptstraße 1",
        "zip_code": "10115",
        "city": "Berlin",
        "vat_id": "DE136695976",
        "iban": "DE89370400440532013000",
        "bic": "COBADEFFXXX",
        "contact_name": "Erika Muster",
        "email": "rechnung@firma.example",
        "phone": "+49 30 1234567",
        **fields,
    }
    return change_company(Company.current(), by=None, **values)


def make_tax_rate(**fields: Any) -> TaxRate:
    """A rate of 16 % in the second half of 2020."""
    values = {
        "rate": Decimal("16.00"),
        "category": TaxRate.Category.STANDARD,
        "valid_from": dt.date(2020, 7, 1),
        "valid_until": dt.date(2020, 12, 31),
        **fields,
    }
    return services.create(TaxRate, by=None, **values)


def make_activity_entry(
    target: models.Model | None = None,
    *,
    verb: str = "sent",
    by: Employee | None = None,
    about: tuple[models.Model, ...] = (),
    **data: Any,
) -> ActivityEntry:
    """An entry, written by the event that it tells of."""
    target = target or make_department()
    emit(verb, target, by=by, about=about, **data)
    return ActivityEntry.objects.filter(target_id=target.pk, verb=verb).latest("created_at", "id")


def make_infra_service(**fields: Any) -> InfraService:
    """The disk of this machine, which needs no server to be checked."""
    number = InfraService.objects.count()
    values: dict[str, Any] = {
        "name": f"Disk {number}",
        "type": InfraService.Type.STORAGE,
        "connection_url": "file:///?min_free=0",
        **fields,
    }
    return services.create(InfraService, by=None, **values)


def make_infra_check(service: InfraService | None = None, **fields: Any) -> InfraCheck:
    """A check that went well."""
    values: dict[str, Any] = {"checked_at": timezone.now(), "ok": True, "response_ms": 12, **fields}
    return InfraCheck.objects.create(service=service or make_infra_service(), **values)


def a_csv(*lines: str, encoding: str = "utf-8", name: str = "kunden.csv") -> SimpleUploadedFile:
    """An uploaded CSV file of these lines."""
    return SimpleUploadedFile(name, "\r\n".join([*lines, ""]).encode(encoding))


def an_xlsx(*rows: list[Any], name: str = "kunden.xlsx") -> SimpleUploadedFile:
    """An uploaded workbook of these rows."""
    book, made = openpyxl.Workbook(), BytesIO()
    sheet: Any = book.active
    for row in rows:
        sheet.append(row)
    book.save(made)
    return SimpleUploadedFile(name, made.getvalue())


def make_import(owner: Employee, *lines: str, **fields: Any) -> Import:
    """An import that was just uploaded: three customers, unless lines are given."""
    lines = lines or (CUSTOMER_HEAD, *CUSTOMER_LINES)
    values = {"kind": "customer", **fields}
    file = values.pop("file", None) or a_csv(*lines)
    if owner.has_perm("crm.add_customer") or values["kind"] != "customer":
        return create_import(file, by=owner, **values)
    # Somebody who could import once, and cannot any more.
    job = create_import(file, by=make_employee(role=make_role("Admin")), **values)
    Import.objects.filter(pk=job.pk).update(owner=owner)
    job.refresh_from_db()
    return job


def make_checked(owner: Employee, *lines: str, **fields: Any) -> Import:
    """An import after its dry run."""
    job = check_import(make_import(owner, *lines, **fields), by=owner)
    work_on_import(job.pk)
    job.refresh_from_db()
    return job


def make_done(owner: Employee, *lines: str, **fields: Any) -> Import:
    """An import that has run, without its faulty lines."""
    job = make_checked(owner, *lines, **fields)
    work_on_import(run_import(job, by=owner, only_good=True).pk)
    job.refresh_from_db()
    return job


def counts_of(job: Import) -> tuple[int, int, int, int]:
    """New, updated, skipped, faulty."""
    return (job.created_count, job.updated_count, job.skipped_count, job.faulty_count)
