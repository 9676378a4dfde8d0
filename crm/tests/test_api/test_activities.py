"""Activities over the API."""

import datetime as dt
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from crm.models import Activity
from crm.tests.factories import make_activity, make_contact, make_customer
from crm.tests.test_api import JSON, attrs, ids
from employees.models import Employee
from timetracking.tests.factories import at


def test_an_activity_is_recorded_by_who_asks(clerk: Employee, admin: Employee, api_of: Any) -> None:
    client, contact = api_of(clerk), make_contact()
    body = {
        "customer_id": str(contact.customer_id),
        "contact_id": str(contact.pk),
        "type": "call",
        "description": "Wants a training in January.",
        "occurred_at": "2025-03-10T14:10:00Z",
    }
    response = client.post("/api/activities", body)
    assert response.status_code == 201, response.content
    made = response.json()
    assert made == {**made, **body, "author_id": str(clerk.pk)}
    url = f"/api/activities/{made['id']}"
    assert client.get(url).json() == made
    below = client.get(f"/api/customers/{contact.customer_id}/activities").json()
    assert below["items"] == [made]
    body = {"description": "Wants two."}
    changed = api_of(admin).patch(url, body, content_type=JSON).json()
    assert (changed["description"], changed["author_id"]) == ("Wants two.", str(clerk.pk))
    replaced = client.put(url, {**changed, "type": "note"}, content_type=JSON)
    assert replaced.json()["type"] == "note", replaced.content
    assert client.delete(url).status_code == 204
    assert not Activity.objects.exists()


def test_an_activity_happens_now_unless_told(clerk: Employee, api_of: Any) -> None:
    body = {"customer_id": str(make_customer().pk), "description": "Called."}
    made = api_of(clerk).post("/api/activities", body).json()
    assert made["type"] == "note"
    age = timezone.now() - dt.datetime.fromisoformat(made["occurred_at"])
    assert dt.timedelta(0) <= age < dt.timedelta(minutes=1)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"description": ""}, "description"),
        ({"description": None}, "description"),
        ({"type": "fax"}, "type"),
        ({"customer_id": str(uuid4())}, "customer_id"),
        ({"contact_id": str(uuid4())}, "contact_id"),
        ({"contact_id": "foreign"}, "contact_id"),
        ({"occurred_at": "yesterday"}, "occurred_at"),
        ({"occurred_at": "9999-12-31T23:59:59Z"}, "occurred_at"),
        ({"occurred_at": "0001-01-01T00:00:00Z"}, "occurred_at"),
        ({"author_id": str(uuid4())}, "author_id"),
    ],
)
def test_an_activity_that_is_none_is_refused(
    wrong: dict[str, Any], field: str, clerk: Employee, api_of: Any
) -> None:
    if wrong.get("contact_id") == "foreign":
        wrong = {"contact_id": str(make_contact().pk)}
    body = {"customer_id": str(make_customer().pk), "description": "Called.", **wrong}
    assert field in attrs(api_of(clerk).post("/api/activities", body))


def test_activities_are_filtered(clerk: Employee, api_of: Any) -> None:
    contact = make_contact()
    late = make_activity(
        customer=contact.customer,
        contact=contact,
        type="call",
        author=clerk,
        occurred_at=at("2025-03-10 23:30"),
    )
    early = make_activity(description="Trade fair", occurred_at=at("2025-03-10 00:10"))
    client = api_of(clerk)
    for query, found in {
        "": [late, early],
        "ordering=occurred_at": [early, late],
        f"customer_id={early.customer_id}": [early],
        f"contact_id={contact.pk}": [late],
        f"author_id={clerk.pk}": [late],
        "type=call": [late],
        "search=fair": [early],
        "occurred_from=2025-03-10&occurred_to=2025-03-10": [late, early],
        "occurred_from=2025-03-11": [],
        "occurred_to=2025-03-09": [],
    }.items():
        response = client.get(f"/api/activities?{query}")
        assert ids(response) == [str(activity.pk) for activity in found], query


def test_a_day_is_a_day_where_the_person_is(clerk: Employee, api_of: Any) -> None:
    make_activity(occurred_at=at("2025-03-10 23:30"))
    clerk.timezone = "Asia/Tokyo"
    clerk.save()
    assert ids(api_of(clerk).get("/api/activities?occurred_to=2025-03-10")) == []
    assert len(ids(api_of(clerk).get("/api/activities?occurred_from=2025-03-11"))) == 1
