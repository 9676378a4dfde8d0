"""The company's data, VAT rates, and how the feed is worded."""

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import override

from employees.tests.factories import make_department, make_employee, make_role
from system.models import ActivityEntry, Company, TaxRate
from system.tests.factories import make_activity_entry, make_company, make_tax_rate
from workmate import services


def test_there_is_one_company_and_the_database_keeps_it_at_one():
    assert Company.objects.count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        Company.objects.create(name="Second")


def test_the_company_is_made_where_it_is_missing():
    Company.objects.all().delete()
    assert Company.current() == Company.current()
    assert Company.objects.count() == 1


def test_an_empty_company_says_what_invoices_need():
    company = Company.current()
    assert not company.is_complete_for_invoices
    with override("en"):
        assert company.missing_for_invoices() == [
            "name",
            "street",
            "postcode",
            "city",
            "tax number or VAT id",
        ]


def test_a_complete_company_misses_nothing():
    assert make_company().is_complete_for_invoices


def test_a_tax_number_does_in_place_of_a_vat_id():
    assert make_company(vat_id="", tax_number="12/345/67890").is_complete_for_invoices


def test_numbers_are_written_the_one_way():
    company = make_company(
        vat_id="de 136 695 976", iban="de89 3704 0044 0532 0130 00", bic="cobadeff"
    )
    assert company.vat_id == "DE136695976"
    assert company.iban == "DE89370400440532013000"
    assert company.bic == "COBADEFF"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("vat_id", "DE123456789"),
        ("vat_id", "136695976"),
        ("iban", "DE89370400440532013001"),
        ("bic", "COBA"),
        ("email", "nobody"),
        ("default_payment_days", 366),
    ],
)
def test_wrong_data_is_refused_at_its_field(name, value):
    with pytest.raises(ValidationError) as refused:
        make_company(**{name: value})
    assert name in refused.value.error_dict


def test_the_legal_form_is_not_said_twice():
    assert make_company(name="Muster GmbH", legal_form="GmbH").full_name == "Muster GmbH"
    assert make_company(name="Muster", legal_form="GmbH").full_name == "Muster GmbH"


def test_small_business_holds_from_its_day_on():
    company = make_company(small_business_since=dt.date(2026, 1, 1))
    assert not company.is_small_business(dt.date(2025, 12, 31))
    assert company.is_small_business(dt.date(2026, 1, 1))
    assert not make_company(small_business_since=None).is_small_business(dt.date(2026, 1, 1))


def test_the_rates_of_the_law_are_there_from_the_start():
    today = TaxRate.objects.valid_on(dt.date(2026, 11, 24))
    assert set(today.filter(category="S").values_list("rate", flat=True)) == {
        Decimal("19.00"),
        Decimal("7.00"),
    }
    assert set(today.filter(rate=0).values_list("category", flat=True)) == set("ZEKGO") | {"AE"}
    assert TaxRate.objects.default_on(dt.date(2026, 11, 24)).rate == 19


def test_rates_hold_on_their_days_only():
    rate = make_tax_rate()
    for day, holds in [("2020-06-30", 0), ("2020-07-01", 1), ("2020-12-31", 1), ("2021-01-01", 0)]:
        found = TaxRate.objects.valid_on(dt.date.fromisoformat(day))
        assert found.filter(pk=rate.pk).count() == holds, day


def test_defaults_may_follow_but_not_overlap():
    make_tax_rate(is_default=True)
    with pytest.raises(ValidationError) as refused:
        make_tax_rate(rate=Decimal("5"), valid_from=dt.date(2020, 12, 31), is_default=True)
    assert "is_default" in refused.value.error_dict
    with pytest.raises(IntegrityError), transaction.atomic():
        TaxRate.objects.create(rate=5, valid_from=dt.date(2020, 12, 31), is_default=True)


@pytest.mark.parametrize(
    "fields",
    [
        {"rate": Decimal("0")},
        {"rate": Decimal("101")},
        {"category": "E"},
        {"valid_until": dt.date(2020, 6, 30)},
    ],
)
def test_a_rate_that_contradicts_itself_is_refused(fields):
    with pytest.raises(ValidationError):
        make_tax_rate(**fields)


def test_a_rate_is_named_by_its_figures_unless_it_has_a_name():
    assert make_tax_rate().label == "16\u00a0%"
    with override("en"):
        zero = TaxRate.objects.get(category="AE")
        assert zero.label == "0\u00a0% (reverse charge)"
    assert make_tax_rate(rate=Decimal("5.5"), name="Special").label == "Special"


def test_an_entry_is_a_sentence():
    person = make_employee(first_name="Ada", last_name="Admin")
    department = make_department(name="IT")
    entry = make_activity_entry(department, verb="sent", by=person)
    with override("en"):
        assert entry.sentence == "Ada Admin: Department IT sent"
        entry.verb = "turned_round"
        assert entry.what == "Department IT turned round"
        entry.actor = None
        assert entry.sentence.startswith("WorkmateOS: ")


def test_a_draft_that_is_named_by_its_kind_is_not_called_so_twice():
    fields = {"verb": "created", "target_type": "Customer", "target_id": make_employee().pk}
    assert ActivityEntry(target_label="Customer (new)", **fields).subject == "Customer (new)"
    assert ActivityEntry(target_label="Customers Ltd", **fields).subject == "Customer Customers Ltd"


def test_every_event_of_the_code_has_a_word():
    told = re.compile(r'(?:emit|_move)\([^)]*?"([a-z_]+)"')
    found = {
        verb
        for name in settings.MODULES
        for path in (settings.BASE_DIR / name).rglob("*.py")
        if "tests" not in path.parts
        for verb in told.findall(path.read_text())
    }
    assert {"billed", "overdue", "withdrawn", "trashed", "failed"} <= found
    assert found - set(ActivityEntry.WORDS) == set()


def test_an_entry_leads_to_what_it_is_about_unless_that_is_deleted():
    department = make_department()
    assert make_activity_entry(department).get_absolute_url() == department.get_absolute_url()
    assert make_activity_entry(department, verb="deleted").get_absolute_url() == ""


def test_only_entries_about_visible_rows_are_seen(admin):
    reader = make_employee(role=make_role("Reader", ["system.activityentry.view"]))
    role, department = make_role("Hidden", ["a.b"]), make_department()
    about_role, about_department = make_activity_entry(role), make_activity_entry(department)
    seen = ActivityEntry.objects.visible_to(reader)
    assert about_department in seen
    assert about_role not in seen
    assert {about_role, about_department} <= set(ActivityEntry.objects.visible_to(admin))


def test_without_the_permission_the_feed_is_empty(worker):
    make_activity_entry()
    assert not ActivityEntry.objects.visible_to(worker).exists()


def test_entries_about_deleted_rows_are_for_those_who_may_see_them(admin):
    patterns = ["system.activityentry.view", "employees.*"]
    reader = make_employee(role=make_role("Reader", patterns))
    keeper = make_employee(role=make_role("Keeper", ["system.activityentry.*"]))
    department, role = make_department(), make_role("Gone", ["a.b"])
    services.delete(department, by=admin)
    services.delete(role, by=admin)

    def seen(person):
        entries = ActivityEntry.objects.visible_to(person).filter(verb="deleted")
        return set(entries.values_list("target_type", flat=True))

    assert seen(reader) == set()
    assert seen(keeper) == {"Department"}  # may not view roles
    assert seen(admin) == {"Department", "Role"}


def test_a_timeline_has_what_happened_to_a_row_and_around_it(worker):
    department, person = make_department(), make_employee()
    direct = make_activity_entry(department)
    around = make_activity_entry(person, verb="approved", about=(department,))
    make_activity_entry(make_department())
    timeline = ActivityEntry.objects.timeline(department, worker)
    assert list(timeline)[:2] == [around, direct]
    assert set(timeline.values_list("verb", flat=True)) == {"created", "sent", "approved"}


def test_a_timeline_leaves_out_what_the_person_may_not_see(worker):
    department, role = make_department(), make_role("Hidden", ["a.b"])
    hidden = make_activity_entry(role, about=(department,))
    assert hidden not in ActivityEntry.objects.timeline(department, worker)
