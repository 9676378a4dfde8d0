"""Imports for tests."""

from io import BytesIO
from typing import Any

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile

from employees.models import Employee
from employees.tests.factories import make_employee, make_role
from imports.models import Import
from imports.services import check_import, create_import, run_import, work

HEAD = "Name;E-Mail;Ort;Bemerkung"
THREE = ["Müller GmbH;info@mueller.example;Köln;", "Meier KG;kontakt@meier.example;Kiel;gut",
         "Schulze;;Ulm;"]  # fmt: skip


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
    lines = lines or (HEAD, *THREE)
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
    work(job.pk)
    job.refresh_from_db()
    return job


def make_done(owner: Employee, *lines: str, **fields: Any) -> Import:
    """An import that has run, without its faulty lines."""
    job = make_checked(owner, *lines, **fields)
    work(run_import(job, by=owner, only_good=True).pk)
    job.refresh_from_db()
    return job
