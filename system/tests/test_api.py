"""Company, VAT rates and feed over the API."""

import pytest

from employees.tests.factories import make_department, make_employee, make_role
from system.models import ActivityEntry, Company, TaxRate
from system.tests.factories import make_activity_entry, make_company, make_tax_rate

COMPANY, RATES, FEED = "/api/company", "/api/tax-rates", "/api/activity"


@pytest.fixture
def manager():
    """Holds the seeded role Management: views, but does not change."""
    return make_employee(role=make_role("Management"))


def test_the_company_is_one_object(manager, api_of):
    make_company()
    body = api_of(manager).get(COMPANY).json()
    assert body["name"] == "Muster Dienste GmbH"
    assert body["missing_for_invoices"] == []
    assert body["logo_url"] == ""


def test_it_is_changed_and_replaced(admin, api_of):
    company, api = make_company(), api_of(admin)
    assert api.patch(COMPANY, {"city": "Köln"}, "application/json").json()["city"] == "Köln"
    body = api.get(COMPANY).json() | {"phone": "1"}
    replaced = api.put(COMPANY, body, "application/json")
    assert replaced.status_code == 200, replaced.content
    company.refresh_from_db()
    assert (company.city, company.phone, company.iban) == ("Köln", "1", "DE89370400440532013000")
    api.put(COMPANY, {"name": "Kurz"}, "application/json")
    company.refresh_from_db()
    assert (company.name, company.city, company.country) == ("Kurz", "", "Deutschland")


def test_wrong_data_names_the_field(admin, api_of):
    answer = api_of(admin).patch(COMPANY, {"iban": "DE00"}, "application/json")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"] == "iban"


def test_nobody_adds_or_deletes_a_company(admin, api_of):
    api = api_of(admin)
    assert api.post(COMPANY, {"name": "x"}).status_code == 405
    assert api.delete(COMPANY).status_code == 405
    assert api.get(f"{COMPANY}/{Company.current().pk}").status_code == 404


def test_who_may_only_view_the_company_does_not_change_it(manager, worker, api_of):
    api = api_of(manager)
    assert api.patch(COMPANY, {"city": "x"}, "application/json").status_code == 403
    assert api_of(worker).get(COMPANY).status_code == 403


def test_rates_are_listed_by_day_and_category(manager, api_of):
    rate, api = make_tax_rate(), api_of(manager)
    body = api.get(RATES, {"valid_on": "2020-08-01"}).json()
    assert [item["id"] for item in body["items"]] == [str(rate.pk)]
    assert body["items"][0]["rate"] == "16.00"
    assert body["items"][0]["label"] == "16\u00a0%"
    assert api.get(RATES, {"category": "AE"}).json()["total"] == 1


@pytest.mark.parametrize("query", ["valid_on=soon", "category=X", "colour=red"])
def test_bad_rate_filters_are_refused(manager, api_of, query):
    assert api_of(manager).get(f"{RATES}?{query}").status_code == 400


def test_rates_are_data_that_an_administrator_edits(admin, manager, api_of):
    api = api_of(admin)
    new = {"rate": "20.00", "category": "S", "valid_from": "2030-01-01"}
    assert api_of(manager).post(RATES, new).status_code == 403
    made = api.post(RATES, new)
    assert made.status_code == 201, made.content
    clash = api.patch(f"{RATES}/{made.json()['id']}", {"is_default": True}, "application/json")
    assert clash.status_code == 400
    assert clash.json()["errors"][0]["attr"] == "is_default"
    assert api.delete(f"{RATES}/{made.json()['id']}").status_code == 204


def test_the_feed_has_visible_entries_only(manager, api_of):
    entry = make_activity_entry(make_department(name="IT"), by=manager)
    item = api_of(manager).get(FEED).json()["items"][0]
    assert item["id"] == str(entry.pk)
    assert (item["verb"], item["target_type"], item["target_label"]) == ("sent", "Department", "IT")
    assert item["actor_id"] == str(manager.pk)


def test_the_feed_is_filtered(manager, api_of):
    department, other = make_department(), make_department()
    make_activity_entry(department, by=manager)
    make_activity_entry(other, about=(department,))
    api = api_of(manager)

    def total(**query):
        return api.get(FEED, query).json()["total"]

    assert total(actor_id=manager.pk) == 1
    assert total(verb="sent") == 2
    assert total(verb="sent", target_type="Department", target_id=department.pk) == 1
    assert total(verb="sent", about_id=department.pk) == 2


@pytest.mark.parametrize("query", ["actor_id=x", "target_id=x", "about_id=x", "colour=red"])
def test_bad_feed_filters_are_refused(manager, api_of, query):
    assert api_of(manager).get(f"{FEED}?{query}").status_code == 400


def test_the_feed_is_not_written_by_hand(admin, worker, api_of):
    entry, api = make_activity_entry(), api_of(admin)
    assert api.post(FEED, {"verb": "x"}).status_code == 405
    assert api.delete(f"{FEED}/{entry.pk}").status_code == 405
    assert api_of(worker).get(FEED).status_code == 403


def test_a_row_that_turns_invisible_takes_its_entries_along(manager, api_of):
    entry = make_activity_entry(TaxRate.objects.first())
    assert api_of(manager).get(f"{FEED}/{entry.pk}").status_code == 200
    TaxRate.objects.all().delete()
    assert api_of(manager).get(f"{FEED}/{entry.pk}").status_code == 404


@pytest.mark.parametrize("path", [FEED, RATES])
def test_the_number_of_queries_does_not_grow(manager, api_of, path, django_assert_num_queries):
    api = api_of(manager)
    for _number in range(12):
        make_activity_entry(by=make_employee())
    assert ActivityEntry.objects.count() > 12
    api.get(path)
    for limit in (3, 12):
        with django_assert_num_queries(3):
            api.get(path, {"limit": limit})
