"""Number series, checks while one types, and the first steps of a new company."""

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import transaction
from django.test import Client
from django.utils import timezone

from crm.tests.factories import make_customer
from employees.tests.factories import make_employee, make_role
from system.models import Company
from system.services import change_patterns, series_now
from system.services.steps import OVER_KEY, open_steps
from system.tests.factories import make_company
from system.tests.test_services import picture
from workmate.models import NumberSequence, draw_number

NUMBERS, STEPS = "/company/numbers/", "/first-steps/"


@pytest.fixture(autouse=True)
def fresh_cache():
    """No list of first steps was put away before."""
    cache.delete(OVER_KEY)


def patterns():
    """Every series with its pattern."""
    return {line.key: line.pattern for line in series_now()}


def test_every_series_shows_its_pattern_and_the_number_that_comes(admin, client_of):
    with transaction.atomic():
        draw_number("crm.customer", pattern="KIT-CUS-{n:06d}")
    page = client_of(admin).get("/company/")
    shown = {line.key: line.next for line in page.context["series"]}
    assert shown["crm.customer"] == "KIT-CUS-000002"
    assert shown["invoices.invoice"].startswith("RE-")
    assert {"projects.project", "employees.employee", "invoices.quote"} <= set(shown)
    assert shown["crm.customer"] in page.content.decode()


def test_patterns_are_changed_together_and_the_count_goes_on(admin, client_of):
    with transaction.atomic():
        draw_number("crm.customer", pattern="KIT-CUS-{n:06d}")
    body = {**patterns(), "crm.customer": "K{n:04d}", "invoices.invoice": "R-{year}-{n:04d}"}
    assert client_of(admin).post(NUMBERS, body).status_code == 302
    used = set(NumberSequence.objects.values_list("key", flat=True))
    assert used == {
        "crm.customer",
        "invoices.invoice",
        "employees.employee",
    }  # what stays as it is makes no row
    customer = make_customer()
    assert customer.customer_number == "K0002"


@pytest.mark.parametrize(
    "pattern", ["", "RE-{year}", "{n}{n}", "<b>{n}", "{n.__class__}", "AN-{year}-{n:03d}", "X" * 90]
)
def test_a_pattern_that_cannot_be_is_refused_at_its_series(pattern, admin, client_of):
    before = patterns()
    body = {**before, "crm.customer": "K{n}", "invoices.invoice": pattern}
    answer = client_of(admin).post(NUMBERS, body)
    assert answer.status_code == 422
    assert [error["label"] for error in answer.context["error_list"]] == [
        next(line.label for line in series_now() if line.key == "invoices.invoice")
    ]
    assert patterns() == before  # nothing of it, the right one neither
    checked = client_of(admin).post(
        f"{NUMBERS}check/", {"name": "invoices.invoice", "value": pattern}
    )
    assert checked.json()["error"]


def test_two_series_that_were_never_used_are_no_rivals_either(admin):
    with pytest.raises(ValidationError) as refused:
        change_patterns({"invoices.invoice": "Q{n}", "invoices.quote": "Q{n:03d}"}, by=admin)
    assert set(refused.value.error_dict) & {"invoices.invoice", "invoices.quote"}


def test_a_pattern_is_previewed_without_being_written(admin, client_of):
    answer = client_of(admin).post(
        f"{NUMBERS}check/", {"name": "crm.customer", "value": "K{n:04d}"}
    )
    assert "K0001" in answer.json()["text"]
    assert not NumberSequence.objects.filter(key="crm.customer").exists()
    strange = client_of(admin).post(f"{NUMBERS}check/", {"name": "x", "value": "K{n}"})
    assert strange.json()["error"]


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("iban", "de89 3704 0044 0532 0130 00", "DE89 3704 0044 0532 0130 00"),
        ("vat_id", "de 123 456 788", "DE123456788"),
        ("iban", "DE00", None),
        ("vat_id", "DE123456789", None),
        ("name", "x", None),
        ("iban", "1" * 5000, None),
    ],
)
def test_a_field_is_checked_while_one_types(name, value, text, admin, client_of):
    answer = client_of(admin).post("/company/check/", {"name": name, "value": value}).json()
    assert answer.get("text") == text
    assert bool(answer.get("error")) is (text is None)


def test_the_start_page_shows_the_first_steps_until_they_are_done(
    admin, worker, client_of, mailbox
):
    client = client_of(admin)
    assert 'id="first-steps-title"' in client.get("/").content.decode()
    assert 'id="first-steps-title"' not in client_of(worker).get("/").content.decode()
    make_company(logo=picture(), backup_confirmed_at=timezone.now())
    make_customer()
    open_now = [s.step.key for s in client.get(STEPS).context["steps"] if not s.is_done]
    assert open_now == ["mail"]
    client.post(STEPS, {"act": "mail"})
    assert len(mailbox) == 1
    assert Company.current().mail_tested_at is not None
    assert 'id="first-steps-title"' not in client.get("/").content.decode()


def test_who_may_change_the_company_is_led_to_its_first_steps(client_of):
    rights = ["system.company.view", "system.company.change"]
    person = make_employee(role=make_role("Office", rights))
    context = client_of(person).get("/company/").context
    assert context["steps_url"] == STEPS
    assert context["numbers_url"] == ""


def test_the_list_is_put_away_and_taken_out(admin, client_of):
    client = client_of(admin)
    client.post(STEPS, {"act": "close"})
    assert 'id="first-steps-title"' not in client.get("/").content.decode()
    client.post(STEPS, {"act": "open"})
    assert 'id="first-steps-title"' in client.get("/").content.decode()
    client.post(STEPS, {"act": "drop table"})
    assert client.get(STEPS).status_code == 200


def test_a_mail_that_does_not_leave_is_no_step_done(admin, client_of, settings):
    settings.EMAIL_HOST = ""
    client = client_of(admin)
    assert client.post(STEPS, {"act": "mail"}, follow=True).status_code == 200
    assert Company.current().mail_tested_at is None


def test_no_step_is_shown_that_the_person_may_not_take(client_of):
    person = make_employee(role=make_role("Office", ["system.company.change"]))
    steps = client_of(person).get(STEPS).context["steps"]
    assert {item.step.key for item in steps} == {"company", "logo", "mail", "backup"}


def test_who_has_no_step_left_puts_the_list_away_for_nobody_else(admin):
    assert open_steps(make_employee(role=make_role("Reader", []))) == []
    assert open_steps(admin)


def test_a_forged_form_changes_no_series(admin):
    client = Client(enforce_csrf_checks=True)
    client.force_login(admin)
    assert client.post(NUMBERS, {"crm.customer": "K{n}"}).status_code == 403
    assert client.post(STEPS, {"act": "close"}).status_code == 403
