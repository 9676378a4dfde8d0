"""What a document knows of itself, and that it no longer changes once finalized."""

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from invoices.models import Invoice, InvoiceLineItem, Payment
from invoices.querysets import LOOSE
from invoices.services import cancel_invoice
from invoices.tests.factories import (
    a_line,
    make_buyer,
    make_finalized,
    make_invoice,
    make_payment,
)
from projects.tests.factories import make_project
from workmate.errors import Conflict


def run_sql(statement, *values):
    """Past every model: what a person with psql could do."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


# --- Lines and sums -----------------------------------------------------------------------------
def test_adding_a_line_brings_the_sums_up_to_date():
    invoice = make_invoice([])
    invoice.add_line_item("Consulting", Decimal(2), Decimal("50.00"), Decimal(19))
    invoice.add_line_item("Book", Decimal(1), Decimal("10.00"), Decimal(7))
    invoice.refresh_from_db()
    assert invoice.subtotal == Decimal("110.00")
    assert invoice.tax_amount == Decimal("19.70")
    assert invoice.total == Decimal("129.70")
    assert [line.position for line in invoice.line_items.all()] == [1, 2]
    assert [(row.rate, row.tax) for row in invoice.tax_rows] == [
        (Decimal(19), Decimal("19.00")),
        (Decimal(7), Decimal("0.70")),
    ]


def test_it_refuses_a_line_that_is_none():
    invoice = make_invoice([])
    with pytest.raises(ValidationError) as caught:
        invoice.add_line_item(" ", Decimal(2), Decimal(50), Decimal(19))
    assert "description" in caught.value.error_dict
    with pytest.raises(ValidationError):
        invoice.add_line_item("Consulting", Decimal(2), Decimal(50), Decimal(101))
    with pytest.raises(ValidationError, match="VAT rate above 0"):
        invoice.add_line_item("Export", Decimal(1), Decimal(9), Decimal(19), tax_category="G")
    assert not invoice.line_items.exists()


def test_a_discount_is_taken_off_the_line():
    invoice = make_invoice([a_line(quantity=3, unit_price="33.33", discount_percent=10)])
    line = invoice.line_items.get()
    assert (line.subtotal, line.discount_amount, line.total) == (
        Decimal("99.99"), Decimal("10.00"), Decimal("89.99"),
    )  # fmt: skip
    assert line.tax_amount == Decimal("17.10")


def test_recalculating_a_draft_mends_wrong_sums():
    invoice = make_invoice()
    Invoice.objects.filter(pk=invoice.pk).update(total=1, subtotal=1, tax_amount=0)
    invoice.refresh_from_db()
    invoice.recalculate_totals()
    invoice.refresh_from_db()
    assert invoice.total == Decimal("1190.00")


# --- Facts --------------------------------------------------------------------------------------
def test_the_open_amount_is_the_total_less_the_payments():
    invoice = make_finalized()
    assert invoice.outstanding_amount == Decimal("1190.00")
    invoice = make_payment(invoice=invoice, amount=Decimal(190)).invoice
    assert invoice.outstanding_amount == Decimal("1000.00")
    assert not invoice.is_fully_paid
    invoice = make_payment(invoice=invoice).invoice
    assert invoice.outstanding_amount == 0
    assert invoice.is_fully_paid


@pytest.mark.parametrize("kind", ["quote", "invoice"])
def test_nothing_is_open_on_drafts_and_quotes(kind):
    assert make_invoice(document_type=kind).outstanding_amount == 0
    assert make_finalized(document_type="quote").outstanding_amount == 0


def test_days_overdue_count_from_the_due_date_while_something_is_open():
    today = timezone.localdate()
    invoice = make_finalized(issued_date=today - dt.timedelta(40), due_date=today)
    assert invoice.days_overdue == 0
    invoice.due_date = today - dt.timedelta(3)
    assert invoice.days_overdue == 3
    invoice.document_type = Invoice.DocumentType.CREDIT_NOTE
    assert invoice.days_overdue == 0  # it gives money back
    invoice.document_type = Invoice.DocumentType.INVOICE
    invoice.paid_amount = invoice.total
    assert invoice.days_overdue == 0


def test_a_draft_says_so_and_a_finalized_document_bears_its_number():
    draft = make_invoice()
    assert draft.invoice_number is None
    assert "(" in str(draft)
    invoice = make_finalized()
    assert str(invoice) == invoice.invoice_number
    assert invoice.pdf_path == f"/api/invoices/{invoice.pk}/pdf"
    assert draft.pdf_path == ""


def test_many_drafts_have_no_number_at_once():
    assert {make_invoice().invoice_number for _number in range(3)} == {None}


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"service_date": "2025-03-01", "service_start": "2025-03-01"}, "service_date"),
        ({"service_date": None, "service_start": "2025-03-02"}, "service_end"),
        ({"issued_date": "2025-03-02", "due_date": "2025-03-01"}, "__all__"),
        (
            {"service_date": None, "service_start": "2025-03-02", "service_end": "2025-03-01"},
            "__all__",
        ),
        ({"language": "fr"}, "language"),
        ({"document_type": "receipt"}, "document_type"),
    ],
)
def test_it_refuses_dates_and_choices_that_cannot_be(fields, field):
    invoice = make_invoice()
    for name, value in fields.items():
        model_field = Invoice._meta.get_field(name)
        setattr(invoice, name, model_field.to_python(value))
    with pytest.raises(ValidationError) as caught:
        invoice.full_clean()
    assert field in caught.value.error_dict


def test_it_refuses_another_customers_project():
    with pytest.raises(ValidationError) as caught:
        make_invoice(customer=make_buyer(), project=make_project())
    assert "project" in caught.value.error_dict


# --- Frozen -------------------------------------------------------------------------------------
FROZEN = {
    "customer": make_buyer,
    "invoice_number": lambda: "RE-1999-001",
    "document_type": lambda: "deposit",
    "status": lambda: "draft",
    "total": lambda: Decimal(1),
    "subtotal": lambda: Decimal(1),
    "tax_amount": lambda: Decimal(1),
    "tax_breakdown": list,
    "issued_date": lambda: dt.date(2001, 1, 1),
    "due_date": lambda: dt.date(2001, 1, 1),
    "service_date": lambda: dt.date(2001, 1, 1),
    "title": lambda: "Another",
    "introduction": lambda: "Another",
    "terms": lambda: "Another",
    "language": lambda: "en",
    "seller": dict,
    "buyer": dict,
    "finalized_at": timezone.now,
}


@pytest.mark.parametrize("name", FROZEN)
def test_a_finalized_document_is_not_changed_by_save(name):
    invoice = make_finalized(language="de")
    setattr(invoice, name, FROZEN[name]())
    with pytest.raises(Conflict, match="finalized"):
        invoice.save()


@pytest.mark.parametrize("name", [name for name in FROZEN if name != "status"])
def test_a_finalized_document_is_not_changed_by_update(name):
    invoice = make_finalized(language="de")
    value = FROZEN[name]()
    with pytest.raises(Conflict, match="finalized"):
        Invoice.objects.filter(pk=invoice.pk).update(**{name: value})
    with pytest.raises(DatabaseError, match="no longer changes"), transaction.atomic():
        Invoice._base_manager.filter(pk=invoice.pk).update(**{name: value})


def test_a_finalized_document_is_not_changed_by_bulk_update():
    invoice = make_finalized()
    invoice.title = "Another"
    with pytest.raises(Conflict, match="finalized"):
        Invoice.objects.bulk_update([invoice], ["title"])


def test_a_finalized_document_is_not_deleted():
    invoice = make_finalized()
    with pytest.raises(Conflict):
        invoice.delete()
    with pytest.raises(Conflict):
        Invoice.objects.all().delete()
    assert Invoice.objects.filter(pk=invoice.pk).exists()


def test_the_database_itself_refuses_what_the_law_freezes():
    invoice = make_finalized()
    line = invoice.line_items.get()
    for statement, key in [
        ("update invoices set total = 1 where id = %s", invoice.pk),
        ("update invoices set created_at = now() where id = %s", invoice.pk),
        ("update invoices set status = 'draft' where id = %s", invoice.pk),
        ("delete from invoices where id = %s", invoice.pk),
        ("update invoice_line_items set description = 'x' where id = %s", line.pk),
        ("delete from invoice_line_items where id = %s", line.pk),
        (
            "insert into invoice_line_items select gen_random_uuid(), created_at, updated_at,"
            " 2, description, quantity, unit, unit_price, discount_percent, tax_category,"
            " tax_rate, total, invoice_id from invoice_line_items where id = %s",
            line.pk,
        ),
    ]:
        with pytest.raises(DatabaseError, match="finalized"):
            run_sql(statement, key)


def test_the_database_lets_change_exactly_what_the_models_do():
    """The trigger and `querysets.LOOSE` name the same columns."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_get_functiondef('invoices_keep_frozen'::regproc)")
        source = cursor.fetchone()[0]
    named = [set(re.findall(r"'(\w+)'", part)) for part in re.findall(r"ARRAY\[(.*?)\]", source)]
    # What the database computes itself is not yet there when the trigger looks.
    assert named == [{*LOOSE, "search_text"}] * 2
    assert {field.column for field in Invoice._meta.concrete_fields} >= LOOSE


def test_a_draft_is_free_in_the_database_too():
    invoice = make_invoice()
    run_sql("update invoices set title = 'x' where id = %s", invoice.pk)
    run_sql("update invoice_line_items set description = 'x' where invoice_id = %s", invoice.pk)
    run_sql("delete from invoice_line_items where invoice_id = %s", invoice.pk)
    run_sql("delete from invoices where id = %s", invoice.pk)


def test_a_line_does_not_move_onto_a_finalized_document():
    target, line = make_finalized(), make_invoice().line_items.get()
    with pytest.raises(DatabaseError, match="finalized"):
        run_sql("update invoice_line_items set invoice_id = %s where id = %s", target.pk, line.pk)


def test_notes_and_traces_of_a_finalized_document_stay_free():
    invoice = make_finalized()
    invoice.notes = "called twice"
    invoice.save()
    run_sql(
        "update invoices set notes = 'x', sent_to = 'a@b.example', paid_amount = 5,"
        " status = 'paid', sent_at = now(), updated_at = now()"
        " where id = %s",
        invoice.pk,
    )


def test_lines_of_a_finalized_document_are_neither_changed_nor_added_nor_deleted():
    invoice = make_finalized()
    line = invoice.line_items.get()
    attempts = [
        lambda: invoice.add_line_item("More", Decimal(1), Decimal(1), Decimal(19)),
        lambda: InvoiceLineItem(invoice=invoice, description="x", unit_price=1).save(),
        line.save,
        line.delete,
        lambda: InvoiceLineItem.objects.filter(pk=line.pk).update(quantity=1),
        lambda: InvoiceLineItem.objects.filter(pk=line.pk).delete(),
        lambda: InvoiceLineItem.objects.bulk_update([line], ["quantity"]),
        invoice.recalculate_totals,
    ]
    for attempt in attempts:
        # Of its own accord `bulk_update` leaves the transaction broken: hence a savepoint.
        with pytest.raises(Conflict, match="finalized"), transaction.atomic():
            attempt()
    with pytest.raises(DatabaseError, match="finalized"), transaction.atomic():
        InvoiceLineItem.objects.bulk_create(
            [InvoiceLineItem(invoice=invoice, description="x", unit_price=1)]
        )


def test_a_draft_is_deleted_with_its_lines():
    invoice = make_invoice([a_line(), a_line()])
    invoice.delete()
    assert not InvoiceLineItem.objects.exists()
    make_invoice()
    Invoice.objects.drafts().delete()
    assert not Invoice.objects.exists()


def test_payments_are_never_changed_nor_deleted():
    payment = make_payment()
    payment.amount = Decimal(1)
    for attempt in [
        payment.save,
        payment.delete,
        lambda: Payment.objects.update(amount=1),
        lambda: Payment.objects.all().delete(),
    ]:
        with pytest.raises(Conflict, match="reversed"):
            attempt()
    for statement in ["update payments set notes = 'x'", "delete from payments"]:
        with pytest.raises(DatabaseError, match="reversed"):
            run_sql(statement)


def test_a_document_is_cancelled_once_by_constraint():
    invoice = make_finalized()
    cancel_invoice(invoice, by=None, reason="wrong")
    with pytest.raises(IntegrityError, match="invoices_cancelled_once"), transaction.atomic():
        Invoice.objects.bulk_create(
            [Invoice(customer=invoice.customer, document_type="cancellation", refers_to=invoice)]
        )


def test_a_finalized_row_has_a_number_by_constraint():
    with pytest.raises(IntegrityError, match="invoices_numbered_when_final"), transaction.atomic():
        Invoice.objects.bulk_create([Invoice(customer=make_buyer(), status="finalized")])


# --- Words of the queryset ----------------------------------------------------------------------
def test_sums_count_credit_notes_against_and_leave_out_drafts_and_cancelled():
    make_invoice()
    cancel_invoice(make_finalized(), by=None, reason="wrong")
    make_finalized(document_type="credit_note", lines=[a_line(quantity=1)])
    make_payment(amount=Decimal("190.00"))
    paid = make_payment().invoice
    rows = Invoice.objects.all()
    assert rows.paid().get() == paid
    assert rows.claims().sum_total() == Decimal("2261.00")  # 2 x 1,190 less 119
    assert rows.claims().sum_subtotal() == Decimal("1900.00")
    assert rows.outstanding().sum_outstanding() == Decimal("881.00")
    figures = rows.figures()
    assert figures["issued"] == Decimal("2261.00")
    assert figures["paid"] == Decimal("1380.00")
    assert figures["outstanding"] == Decimal("881.00")
    assert figures["credits"] == Decimal("119.00")
    assert figures["drafts"] == Decimal("1190.00")
    assert Invoice.objects.none().figures()["issued"] == 0
    assert [row["count"] for row in rows.by_year()] == [3]


def test_payments_sum_up_with_their_reversals():
    make_payment(amount=Decimal("10.00"))
    assert Payment.objects.sum_amount() == Decimal("10.00")
    assert Payment.objects.none().sum_amount() == 0
