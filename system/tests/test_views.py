"""Company, VAT rates and feed on pages and in admin; who opens the history's admin."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from employees.tests.factories import make_department, make_employee, make_role
from system.models import Company, TaxRate
from system.module import recent_activity
from system.tests.factories import make_activity_entry, make_company
from system.tests.test_services import picture


@pytest.fixture
def manager():
    """Views the system's data, but does not change it."""
    return make_employee(role=make_role("Management"))


def test_the_company_page_says_what_is_missing(admin, client_of):
    client = client_of(admin)
    assert b'data-shape="alert"' in client.get("/company/").content
    make_company()
    page = client.get("/company/").content.decode()
    assert 'data-shape="alert"' not in page
    assert "Muster Dienste GmbH" in page
    assert "/company/edit/" in page


def test_the_company_is_changed_on_its_form(admin, client_of):
    company, client = make_company(), client_of(admin)
    form = client.get("/company/edit/")
    assert form.status_code == 200
    data = form.context["form"].initial | {
        "city": "Köln",
        "logo": picture(),
        "small_business_since": "",
    }
    answer = client.post("/company/edit/", data)
    assert (answer.status_code, answer["Location"]) == (302, "/company/")
    company.refresh_from_db()
    assert company.city == "Köln"
    logo = client.get(company.logo_url)
    assert logo.status_code == 200
    assert logo["Content-Type"] == "image/png"
    assert logo.open_file().read(4) == b"\x89PNG"
    assert company.logo_url in client.get("/company/").content.decode()
    assert company.logo_url in client.get("/company/edit/").content.decode()
    client.post("/company/edit/", data | {"logo": "", "logo-clear": "on"})
    company.refresh_from_db()
    assert not company.logo


def test_what_is_wrong_stands_at_its_field(admin, client_of):
    make_company()
    data = {"name": "Typed", "iban": "DE00", "default_payment_days": 30, "quote_valid_days": 30}
    answer = client_of(admin).post("/company/edit/", data)
    assert answer.status_code == 422
    assert "iban" in answer.context["form"].errors
    assert b"Typed" in answer.content


def test_there_is_no_logo_before_one_is_given(admin, client_of):
    assert client_of(admin).get("/company/logo/").status_code == 404


def test_who_may_not_change_the_company_gets_no_form(manager, worker, client_of):
    assert client_of(manager).get("/company/").status_code == 200
    assert b"/company/edit/" not in client_of(manager).get("/company/").content
    assert client_of(manager).get("/company/edit/").status_code == 403
    assert client_of(manager).post("/company/edit/", {}).status_code == 403
    assert client_of(worker).get("/company/").status_code == 403


def test_rates_have_their_pages(admin, client_of):
    client = client_of(admin)
    rate = TaxRate.objects.get(is_default=True)
    assert "19\u00a0%" in client.get("/tax-rates/").content.decode()
    assert client.get(rate.get_absolute_url()).status_code == 200
    new = {"rate": "20", "category": "S", "valid_from": "1.1.2030", "valid_until": ""}
    assert client.post("/tax-rates/new/", new).status_code == 302
    clash = client.post(f"{rate.get_absolute_url()}edit/", new | {"rate": "0"})
    assert clash.status_code == 422


def test_the_feed_links_to_what_it_is_about(manager, client_of):
    department = make_department(name="IT-Betrieb")
    entry = make_activity_entry(department, by=manager)
    client = client_of(manager)
    page = client.get("/activity/").content.decode()
    assert f'href="{department.get_absolute_url()}"' in page
    assert "IT-Betrieb" in page
    assert client.get(f"/activity/{entry.pk}/").status_code == 200


def test_the_feed_asks_for_its_permission(worker, client_of):
    entry = make_activity_entry()
    assert client_of(worker).get("/activity/").status_code == 403
    assert client_of(worker).get(f"/activity/{entry.pk}/").status_code == 403


def test_the_widget_shows_the_newest(manager, rf):
    make_activity_entry(make_department(name="Newest"), by=manager)
    request = rf.get("/")
    request.user = manager
    first = recent_activity(request)["rows"][0]
    assert "Newest" in first["title"]
    assert str(manager) in first["sub"]


@pytest.mark.parametrize("path", ["/activity/", "/tax-rates/"])
def test_lists_do_not_ask_for_each_row(manager, client_of, path, django_assert_max_num_queries):
    client = client_of(manager)
    client.get(path)
    most = 11
    for _number in range(3):
        make_activity_entry(by=make_employee())
    with django_assert_max_num_queries(most):
        client.get(path)
    for _number in range(9):
        make_activity_entry(by=make_employee())
    with django_assert_max_num_queries(most):
        client.get(path)


def test_admin_changes_the_company_but_adds_and_deletes_none(admin, client_of):
    company, client = make_company(), client_of(admin)
    change = reverse("admin:system_company_change", args=[company.pk])
    form = client.get(change).context["adminform"].form
    data = {name: "" if value is None else value for name, value in form.initial.items()}
    answer = client.post(change, data | {"city": "Köln"})
    assert answer.status_code == 302, answer.context["errors"]
    company.refresh_from_db()
    assert company.city == "Köln"
    assert client.get(reverse("admin:system_company_add")).status_code == 403
    delete = reverse("admin:system_company_delete", args=[company.pk])
    assert client.get(delete).status_code == 403
    assert Company.objects.count() == 1


def test_admin_tells_a_refusal_at_the_field(admin, client_of):
    company, client = make_company(), client_of(admin)
    change = reverse("admin:system_company_change", args=[company.pk])
    form = client.get(change).context["adminform"].form
    data = {name: "" if value is None else value for name, value in form.initial.items()}
    answer = client.post(change, data | {"vat_id": "DE1"})
    assert answer.status_code == 200
    assert "vat_id" in answer.context["adminform"].form.errors


def test_admin_lists_rates_and_feed(admin, client_of, django_assert_num_queries):
    client = client_of(admin)
    urls = [
        reverse(f"admin:system_{name}_changelist")
        for name in ("taxrate", "activityentry", "company")
    ]
    make_activity_entry(by=make_employee())
    counts = []
    for url in urls:
        assert client.get(url).status_code == 200
        with CaptureQueriesContext(connection) as queries:
            client.get(url)
        counts.append(len(queries))
    for _number in range(12):
        make_activity_entry(by=make_employee())
    for url, count in zip(urls, counts, strict=True):
        with django_assert_num_queries(count):
            client.get(url)
    assert client.get(reverse("admin:system_activityentry_add")).status_code == 403


def test_the_history_of_everything_is_for_administrators(admin, clerk, manager, client_of):
    url = reverse("admin:auditlog_logentry_changelist")
    make_company()
    assert client_of(admin).get(url).status_code == 200
    for person in (clerk, manager):
        assert client_of(person).get(url).status_code in {302, 403}  # not even staff, or no right
