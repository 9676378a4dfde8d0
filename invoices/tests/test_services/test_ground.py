"""Every door takes the same way."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from invoices.models import Invoice, InvoiceLineItem, Payment
from invoices.services import (
    create_invoice,
)
from invoices.tests.factories import (
    a_line,
    make_buyer,
    make_finalized,
    make_invoice,
)
from system.models import Company
from system.tests.factories import make_company
from workmate import services
from workmate.errors import Conflict


def test_every_door_writes_through_the_same_verbs(clerk):
    customer = make_buyer()
    invoice = services.create(Invoice, by=clerk, customer=customer, line_items=[a_line()])
    services.change(invoice, by=clerk, title="New")
    invoice.refresh_from_db()
    assert (invoice.title, invoice.total) == ("New", Decimal("1190.00"))
    services.delete(invoice, by=clerk)
    assert not InvoiceLineItem.objects.exists()
    payment = services.create(Payment, by=clerk, invoice=make_finalized(), amount=Decimal(5))
    assert payment.recorded_by == clerk


def test_a_customer_with_documents_is_not_deleted():
    invoice = make_invoice()
    with pytest.raises(Conflict):
        services.delete(invoice.customer, by=None)


def test_a_draft_without_customer_is_refused():
    with pytest.raises(ValidationError) as caught:
        create_invoice(by=None, line_items=[a_line()])
    assert "customer" in caught.value.error_dict


def test_the_companys_name_bears_its_legal_form():
    make_company(name="Muster", legal_form="UG")
    assert Company.current().full_name == "Muster UG"
    assert make_finalized().seller["name"] == "Muster UG"
