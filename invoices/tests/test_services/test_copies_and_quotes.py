"""Copies and quotes."""

import datetime as dt

import pytest
from django.utils.timezone import localdate

from invoices.models import BilledTime
from invoices.services import (
    accept_quote,
    cancel_invoice,
    convert_quote,
    decline_quote,
    delete_invoice,
    duplicate_invoice,
    expire_quotes,
    finalize_invoice,
    invoice_project,
)
from invoices.tests.factories import (
    make_finalized,
    make_hours,
    make_invoice,
)
from workmate.errors import Conflict


def test_a_copy_is_a_draft_without_number_dates_and_hours():
    first = finalize_invoice(invoice_project(project=make_hours(), by=None), by=None)
    copy = duplicate_invoice(first, by=None)
    assert (copy.status, copy.invoice_number, copy.issued_date) == ("draft", None, None)
    assert (copy.service_date, copy.service_start, copy.service_end) == (None, None, None)
    assert copy.total == first.total
    assert copy.customer == first.customer
    assert BilledTime.objects.filter(line_item__invoice=copy).count() == 0


def test_a_copy_of_a_cancellation_is_an_invoice_again():
    invoice = make_finalized()
    copy = duplicate_invoice(cancel_invoice(invoice, by=None, reason="x"), by=None)
    assert (copy.document_type, copy.total) == ("invoice", invoice.total)


def test_a_quote_becomes_an_invoice_that_refers_to_it(events):
    quote = make_finalized(document_type="quote")
    draft = convert_quote(quote, by=None)
    quote.refresh_from_db()
    assert (draft.document_type, draft.status) == ("invoice", "draft")
    assert draft.refers_to == quote
    assert draft.total == quote.total
    assert quote.status == "accepted"
    assert ("Invoice", "accepted") in events
    with pytest.raises(Conflict, match="already"):
        convert_quote(quote, by=None)


def test_a_quote_is_converted_again_after_the_invoice_was_cancelled_or_deleted():
    quote = make_finalized(document_type="quote")
    delete_invoice(convert_quote(quote, by=None), by=None)
    invoice = finalize_invoice(convert_quote(quote, by=None), by=None)
    cancel_invoice(invoice, by=None, reason="x")
    assert convert_quote(quote, by=None).status == "draft"


def test_a_quote_is_decided_on_once():
    quote = make_finalized(document_type="quote")
    assert accept_quote(quote, by=None).status == "accepted"
    with pytest.raises(Conflict):
        decline_quote(quote, by=None)
    declined = decline_quote(make_finalized(document_type="quote"), by=None)
    with pytest.raises(Conflict):
        convert_quote(declined, by=None)
    for wrong in [make_invoice(document_type="quote"), make_finalized()]:
        with pytest.raises(Conflict):
            accept_quote(wrong, by=None)


def test_quotes_expire_the_day_after_their_last(events):
    quote = make_finalized(document_type="quote", valid_until=localdate())
    assert expire_quotes() == 0
    assert expire_quotes(today=localdate() + dt.timedelta(1)) == 1
    quote.refresh_from_db()
    assert quote.status == "expired"
    assert ("Invoice", "expired") in events
    assert expire_quotes(today=localdate() + dt.timedelta(1)) == 0
    assert accept_quote(quote, by=None).status == "accepted"
