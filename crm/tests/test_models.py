"""What customers, contacts and activities are, and what they refuse to be."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from crm.models import Activity, Contact, Customer, clean_leitweg_id, clean_vat_id, clean_website
from crm.tests.factories import make_activity, make_contact, make_customer
from invoices.services import record_payment
from invoices.tests.factories import a_line, make_finalized
from projects.tests.factories import make_project
from workmate import services
from workmate.errors import Conflict


def test_a_number_is_drawn_and_a_given_one_is_kept() -> None:
    first, second = make_customer(), make_customer()
    assert first.customer_number == "KIT-CUS-000001"
    assert second.customer_number == "KIT-CUS-000002"
    assert make_customer(customer_number="OLD-7").customer_number == "OLD-7"
    make_customer(customer_number="KIT-CUS-000003")
    assert make_customer().customer_number == "KIT-CUS-000004"


def test_a_number_is_unique_and_never_lost() -> None:
    customer = make_customer()
    with pytest.raises(ValidationError) as refused:
        make_customer(customer_number=customer.customer_number)
    assert "customer_number" in refused.value.error_dict
    with pytest.raises(ValidationError) as refused:
        services.change(customer, by=None, customer_number="")
    assert "customer_number" in refused.value.error_dict


def test_a_refused_customer_costs_no_number() -> None:
    with pytest.raises(ValidationError):
        make_customer(vat_id="DE123")
    assert make_customer().customer_number == "KIT-CUS-000001"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("DE136695976", "DE136695976"),
        ("de 136 695 976", "DE136695976"),
        ("DE-136.695/976", "DE136695976"),
        ("ATU13585627", "ATU13585627"),
        ("FR40303265045", "FR40303265045"),
        ("CHE-100.155.212 MWST", "CHE100155212MWST"),
    ],
)
def test_a_vat_id_is_kept_without_separators(typed: str, kept: str) -> None:
    assert clean_vat_id(typed) == kept
    assert make_customer(vat_id=f" {typed} ").vat_id == kept


@pytest.mark.parametrize(
    "typed", ["DE136695977", "DE12", "136695976", "XX136695976", "DE13669597A", "ATU1", "--"]
)
def test_a_vat_id_that_cannot_be_right_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError) as refused:
        make_customer(vat_id=typed)
    assert "vat_id" in refused.value.error_dict


@pytest.mark.parametrize("typed", ["24106", " 24106 ", "D-24106", "D 24106", "DE - 24 106"])
def test_a_german_postcode_is_kept_as_its_five_digits(typed: str) -> None:
    assert make_customer(zip_code=typed).zip_code == "24106"


def test_a_postcode_that_stands_already_is_in_nobodys_way() -> None:
    customer = make_customer()
    Customer.objects.filter(pk=customer.pk).update(zip_code="2416")
    customer.refresh_from_db()
    assert services.change(customer, by=None, notes="Called").notes == "Called"
    with pytest.raises(ValidationError):
        services.change(customer, by=None, zip_code="2417")


@pytest.mark.parametrize("typed", ["2416", "241066", "K1A 0B1", "٢٤١٠٦"])
def test_another_countrys_postcode_is_no_german_one(typed: str) -> None:
    with pytest.raises(ValidationError) as refused:
        make_customer(zip_code=typed)
    assert set(refused.value.error_dict) == {"zip_code"}
    assert make_customer(zip_code=typed, country="Kanada").zip_code == typed


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("04011000-1234512345-06", "04011000-1234512345-06"),
        (" 04011000-1234512345-06 ", "04011000-1234512345-06"),
        ("991-01484-64", "991-01484-64"),
    ],
)
def test_a_leitweg_id_is_kept(typed: str, kept: str) -> None:
    assert clean_leitweg_id(typed) == kept
    assert make_customer(leitweg_id=typed).leitweg_id == kept


@pytest.mark.parametrize(
    "typed", ["04011000-1234512345-07", "0401100012345123450 6", "1-2-3", "A4011000-06", "06"]
)
def test_a_leitweg_id_that_cannot_be_right_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError) as refused:
        make_customer(leitweg_id=typed)
    assert "leitweg_id" in refused.value.error_dict


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("foerde.example", "https://foerde.example"),
        ("http://foerde.example/weg?a=1", "http://foerde.example/weg?a=1"),
        ("https://förde.example", "https://förde.example"),
    ],
)
def test_a_website_gets_its_scheme(typed: str, kept: str) -> None:
    assert clean_website(typed) == kept
    assert make_customer(website=typed).website == kept


@pytest.mark.parametrize(
    "typed", ["javascript:alert(1)", "javascript://x.example/%0aalert(1)", "ftp://x.example", "a b"]
)
def test_a_website_that_is_none_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError) as refused:
        make_customer(website=typed)
    assert "website" in refused.value.error_dict


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "  "),
        ("type", "company"),
        ("status", "gone"),
        ("email", "nobody"),
        ("invoice_email", "a@"),
        ("payment_days", 366),
        ("payment_days", -1),
        ("language", "fr"),
    ],
)
def test_a_wrong_value_is_said_at_its_field(field: str, value: Any) -> None:
    with pytest.raises(ValidationError) as refused:
        make_customer(**{field: value})
    assert field in refused.value.error_dict


def test_an_address_is_written_in_one_line() -> None:
    customer = Customer(street="Am Nordhafen 7", zip_code="24106", city="Kiel")
    assert customer.full_address == "Am Nordhafen 7, 24106 Kiel, Deutschland"
    assert Customer(country="").full_address == ""
    assert Customer(city="Kiel", country="").full_address == "Kiel"


def test_the_figures_of_a_customer() -> None:
    customer = make_customer(street="Weg 1", zip_code="24106", city="Kiel")
    make_project(customer=customer, status="active")
    make_project(customer=customer, status="completed")
    paid = make_finalized(customer=customer)
    record_payment(invoice=paid, by=None)
    part = make_finalized(customer=customer)
    record_payment(invoice=part, by=None, amount=Decimal("90.00"))
    make_finalized([a_line(quantity=Decimal(1))], customer=customer, document_type="quote")
    make_finalized()
    assert customer.total_revenue == Decimal("1190.00")
    assert customer.outstanding_amount == Decimal("1100.00")
    assert customer.active_projects_count == 1


def test_a_customer_without_anything_comes_to_nothing() -> None:
    customer = make_customer()
    assert customer.total_revenue == customer.outstanding_amount == Decimal("0.00")
    assert customer.active_projects_count == 0
    assert customer.primary_contact is None


def test_a_contact_is_named() -> None:
    contact = Contact(firstname="Max", lastname="Mustermann", position="Geschäftsführer")
    assert contact.full_name == "Max Mustermann"
    assert contact.display_name == "Max Mustermann (Geschäftsführer)"
    assert Contact(lastname="Mustermann").display_name == "Mustermann"


def test_the_database_itself_keeps_one_primary_contact() -> None:
    first = make_contact(is_primary=True)
    other = make_contact(customer=first.customer)
    with pytest.raises(IntegrityError), transaction.atomic():
        Contact.objects.filter(pk=other.pk).update(is_primary=True)
    make_contact(is_primary=True)
    assert first.customer.primary_contact == first


def test_an_activity_is_with_a_contact_of_its_customer() -> None:
    contact = make_contact()
    assert make_activity(customer=contact.customer, contact=contact).contact == contact
    with pytest.raises(ValidationError) as refused:
        make_activity(contact=contact)
    assert "contact" in refused.value.error_dict


def test_a_contact_with_activities_stays_at_its_customer() -> None:
    contact = make_contact()
    make_activity(customer=contact.customer, contact=contact)
    with pytest.raises(ValidationError) as refused:
        services.change(contact, by=None, customer=make_customer())
    assert "customer" in refused.value.error_dict
    free = make_contact()
    other = make_customer()
    assert services.change(free, by=None, customer=other).customer == other


@pytest.mark.parametrize("year", [1, 1899, 3000, 9999])
def test_an_activity_lies_in_a_sensible_year(year: int) -> None:
    with pytest.raises(ValidationError) as refused:
        make_activity(occurred_at=dt.datetime(year, 6, 1, tzinfo=dt.UTC))
    assert "occurred_at" in refused.value.error_dict


@pytest.mark.parametrize("field", ["description", "type"])
def test_an_activity_says_what_happened(field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        make_activity(**{field: ""})
    assert field in refused.value.error_dict


def test_what_was_agreed_survives_its_contact() -> None:
    contact = make_contact()
    activity = make_activity(customer=contact.customer, contact=contact)
    services.delete(contact, by=None)
    activity.refresh_from_db()
    assert activity.contact is None


def test_every_row_has_a_page_and_a_line_for_the_search() -> None:
    contact = make_contact(position="Einkauf", customer=make_customer(name="Förde", city="Kiel"))
    customer = contact.customer
    activity = make_activity(customer=customer, description="Long " * 60)
    assert customer.get_absolute_url() == f"/customers/{customer.pk}/"
    assert contact.get_absolute_url() == f"/contacts/{contact.pk}/"
    assert activity.get_absolute_url() == f"/activities/{activity.pk}/"
    assert customer.hint == f"{customer.customer_number} · Kiel"
    assert contact.hint == "Förde · Einkauf"
    assert len(activity.summary) == 120
    assert activity.hint.startswith("Förde · Long")


def test_rows_are_for_those_who_hold_the_permission(worker: Any, clerk: Any) -> None:
    make_activity(customer=make_contact().customer)
    for model in (Customer, Contact, Activity):
        assert model.objects.visible_to(clerk).count() == 1
        assert not model.objects.visible_to(worker).exists()


def test_what_another_refers_to_is_not_deleted_by_the_model_either() -> None:
    project = make_project()
    with pytest.raises(Conflict):
        services.delete(project.customer, by=None)
