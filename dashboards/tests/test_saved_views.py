"""Lists as somebody likes to look at them: chosen columns, views under a name."""

import pytest
from django.core.exceptions import ValidationError

from conftest import ClientOf
from crm.tests.factories import make_customer
from dashboards.models import OSPreferences
from dashboards.services import preferences_of, save_view
from employees.models import Employee

URL, LIST = "/profile/views/", "crm:customer-list"


def save(client: object, **data: str) -> list[str]:
    page = client.post(URL, {"page": LIST, "next": "/customers/", **data}, follow=True)  # type: ignore[attr-defined]
    assert page.status_code == 200
    return [str(message) for message in page.context["messages"]]


def views_of(person: Employee) -> list[dict[str, str]]:
    views: list[dict[str, str]] = OSPreferences.objects.get(employee=person).saved_views.get(
        LIST, []
    )
    return views


def test_a_view_keeps_filters_order_and_columns_and_no_page(
    admin: Employee, client_of: ClientOf
) -> None:
    client = client_of(admin)
    query = "status=active&page=3&ordering=name&columns=city&search=&export=csv"
    save(client, name="  Aktive   Kunden ", query=query)
    kept = "columns=city&ordering=name&status=active"
    assert views_of(admin) == [{"name": "Aktive Kunden", "query": kept}]
    page = client.get(f"/customers/?{kept}")
    assert [(view["name"], view["current"]) for view in page.context["saved_views"]] == [
        ("Aktive Kunden", True)
    ]
    assert not client.get("/customers/").context["saved_views"][0]["current"]
    assert client.get("/projects/").context["saved_views"] == []


def test_a_view_is_renewed_by_its_name_and_deleted(admin: Employee, client_of: ClientOf) -> None:
    client = client_of(admin)
    for query in ("status=active", "status=lead"):
        save(client, name="Meine", query=query)
    assert views_of(admin) == [{"name": "Meine", "query": "status=lead"}]
    save(client, delete="Meine")
    save(client, delete="Meine")
    assert views_of(admin) == []


def test_views_are_ones_own(admin: Employee, clerk: Employee, client_of: ClientOf) -> None:
    save(client_of(admin), name="Geheim", query="search=wichtig")
    page = client_of(clerk).get("/customers/")
    assert page.context["saved_views"] == []
    assert "Geheim" not in page.content.decode()


@pytest.mark.parametrize(
    ("page", "name", "query", "field"),
    [
        ("crm:nothing-list", "A", "", "page"),
        ("crm:customer-new", "A", "", "page"),
        ("", "A", "", "page"),
        (LIST, " ", "", "name"),
        (LIST, "x" * 61, "", "name"),
        (LIST, "A\0", "", "query"),
        (LIST, "A", "x" * 2001, "query"),
    ],
)
def test_what_is_no_view_is_refused(
    admin: Employee, page: str, name: str, query: str, field: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        save_view(preferences_of(admin), by=admin, page=page, name=name, query=query)
    assert set(refused.value.message_dict) == {field}
    assert preferences_of(admin).saved_views == {}


def test_a_list_has_twelve_views_at_most(admin: Employee, client_of: ClientOf) -> None:
    for number in range(12):
        save_view(preferences_of(admin), by=admin, page=LIST, name=str(number), query="")
    assert "12" in save(client_of(admin), name="13", query="")[0]
    assert len(views_of(admin)) == 12
    save_view(preferences_of(admin), by=admin, page=LIST, name="3", query="status=lead")


def test_columns_are_chosen_in_the_address_and_the_first_one_stays(
    admin: Employee, client_of: ClientOf
) -> None:
    make_customer(name="Anker", city="Kiel")
    client = client_of(admin)
    every = [column["key"] for column in client.get("/customers/").context["table"]["columns"]]
    page = client.get("/customers/?columns=status&columns=nonsense")
    assert [column["key"] for column in page.context["table"]["columns"]] == [every[0], "status"]
    assert [item["is_shown"] for item in page.context["column_choice"]].count(True) == 1
    page = client.get("/customers/?columns=nonsense")
    assert [column["key"] for column in page.context["table"]["columns"]] == every
    assert "type" not in every
    page = client.get("/customers/?columns=type&columns=city")
    assert [column["key"] for column in page.context["table"]["columns"]] == [
        every[0],
        "city",
        "type",
    ]
    assert "columns=status" in client.get("/customers/?columns=status").content.decode()


def test_what_is_concealed_is_no_column_to_choose(worker: Employee, client_of: ClientOf) -> None:
    page = client_of(worker).get("/employees/?columns=cost_rate&columns=birth_date")
    names = {item["name"] for item in page.context["column_choice"]}
    assert not names & {"cost_rate", "birth_date", "nationality"}
