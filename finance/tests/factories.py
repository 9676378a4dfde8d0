"""Expenses for tests."""

import datetime as dt
from decimal import Decimal
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from employees.models import Employee
from employees.tests.factories import make_employee
from finance.models import Expense, ExpenseTax
from finance.services import approve_expense, create_expense, submit_expense


def a_receipt(number: int = 1) -> SimpleUploadedFile:
    """A photo of a receipt, another one for each number."""
    stream = BytesIO()
    Image.new("RGB", (8, 8), (number % 256, number // 256 % 256, 99)).save(stream, "PNG")
    return SimpleUploadedFile("Quittung März.png", stream.getvalue(), "image/png")


def make_expense(**fields: Any) -> Expense:
    """119.00 EUR at 19 %, without a receipt that could be had."""
    values: dict[str, Any] = {
        "category": Expense.Category.MATERIAL,
        "description": "Cables",
        "expense_date": dt.date(2025, 3, 10),
        "no_receipt_reason": "Lost on the way",
        **fields,
    }
    if "employee" not in values:
        values["employee"] = make_employee()
    if "amount" not in values and "taxes" not in values:
        values["taxes"] = [{"tax_rate": Decimal(19), "gross": Decimal("119.00")}]
    return create_expense(by=None, **values)


def make_expense_tax(**fields: Any) -> ExpenseTax:
    """The VAT of a new expense."""
    tax: ExpenseTax = make_expense(**fields).taxes.get()
    return tax


def make_submitted_expense(**fields: Any) -> Expense:
    """An expense that waits for approval."""
    return submit_expense(make_expense(**fields), by=None)


def make_approved_expense(by: Employee | None = None, **fields: Any) -> Expense:
    """An expense that was submitted and approved."""
    return approve_expense(make_submitted_expense(**fields), by=by)
