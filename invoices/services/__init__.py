"""What may be done with documents and payments."""

from invoices.services.archive import zip_of
from invoices.services.billing import (
    GROUPS,
    bill_on,
    cost_of,
    invoice_project,
    sum_of,
    unbilled_of,
    unclaimed_hours,
)
from invoices.services.dispatch import (
    default_address,
    deliver_mail,
    mark_sent,
    send_invoice,
    store_pdf,
)
from invoices.services.documents import (
    change_invoice,
    create_invoice,
    delete_invoice,
    duplicate_invoice,
)
from invoices.services.drafts import save_and_bill
from invoices.services.finalizing import (
    cancel_invoice,
    complete_draft,
    credit_invoice,
    finalize_invoice,
    series_of,
)
from invoices.services.lines import LINE_FIELDS, MAX_LINES
from invoices.services.money import mark_overdue, record_payment, reverse_payment
from invoices.services.quotes import (
    accept_quote,
    convert_quote,
    decline_quote,
    expire_quotes,
    is_undecided,
)

__all__ = [
    "is_undecided",
    "LINE_FIELDS",
    "MAX_LINES",
    "default_address",
    "GROUPS",
    "cost_of",
    "sum_of",
    "unbilled_of",
    "unclaimed_hours",
    "accept_quote",
    "bill_on",
    "cancel_invoice",
    "complete_draft",
    "change_invoice",
    "convert_quote",
    "create_invoice",
    "credit_invoice",
    "decline_quote",
    "delete_invoice",
    "deliver_mail",
    "duplicate_invoice",
    "expire_quotes",
    "finalize_invoice",
    "invoice_project",
    "mark_overdue",
    "mark_sent",
    "record_payment",
    "reverse_payment",
    "save_and_bill",
    "send_invoice",
    "series_of",
    "store_pdf",
    "zip_of",
]
