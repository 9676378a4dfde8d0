"""What may be done with expenses: record, approve, reimburse, and what invoices take of them."""

from finance.services.approval import (
    approve_expense,
    reimburse_expense,
    reject_expense,
    reopen_expense,
    submit_expense,
    withdraw_expense,
)
from finance.services.billing import mark_invoiced, release_invoiced
from finance.services.expenses import change_expense, create_expense, delete_expense
from finance.services.receipts import drop_kept_files, keep_file, waiting_receipts
from finance.services.rules import NO_TAX, may_write

__all__ = [
    "NO_TAX",
    "approve_expense",
    "change_expense",
    "create_expense",
    "delete_expense",
    "drop_kept_files",
    "keep_file",
    "mark_invoiced",
    "may_write",
    "reimburse_expense",
    "reject_expense",
    "release_invoiced",
    "reopen_expense",
    "submit_expense",
    "waiting_receipts",
    "withdraw_expense",
]
