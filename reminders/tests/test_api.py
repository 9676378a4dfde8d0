"""Reminders, notifications and preferences over the API."""

import datetime as dt
from uuid import uuid4

import pytest

from employees.tests.factories import make_department, make_employee, make_role
from reminders.models import Notification, Reminder
from reminders.tests.factories import make_notification, make_reminder


def test_the_list_has_ones_own_newest_first(worker, admin, api_of):
    first, second = make_notification(worker), make_notification(worker)
    make_notification(admin)
    body = api_of(worker).get("/api/notifications").json()
    assert [item["id"] for item in body["items"]] == [str(second.pk), str(first.pk)]
    assert body["total"] == 2
    assert body["items"][0]["recipient_id"] == str(worker.pk)


@pytest.mark.parametrize(("value", "expected"), [("true", 1), ("false", 2)])
def test_it_filters_by_unread(worker, api_of, value, expected):
    api = api_of(worker)
    for _number in range(3):
        make_notification(worker)
    for note in Notification.objects.all()[:2]:
        assert api.post(f"/api/notifications/{note.pk}/read").status_code == 200
    assert api.get("/api/notifications", {"unread": value}).json()["total"] == expected


@pytest.mark.parametrize("query", ["unread=maybe", "colour=red", "ordering=body", "limit=0"])
def test_bad_parameters_are_refused(worker, api_of, query):
    assert api_of(worker).get(f"/api/notifications?{query}").status_code == 400


def test_reading_one_answers_with_it(worker, api_of):
    note = make_notification(worker)
    answer = api_of(worker).post(f"/api/notifications/{note.pk}/read")
    assert answer.status_code == 200
    assert answer.json()["read_at"] is not None


def test_reading_all(worker, api_of):
    make_notification(worker)
    assert api_of(worker).post("/api/notifications/read-all").status_code == 204
    assert not Notification.objects.unread().exists()


def test_those_of_others_do_not_exist(worker, admin, api_of):
    note = make_notification(worker)
    api = api_of(admin)
    assert api.get(f"/api/notifications/{note.pk}").status_code == 404
    assert api.post(f"/api/notifications/{note.pk}/read").status_code == 404


def test_nobody_writes_or_deletes_one(admin, api_of):
    note, api = make_notification(admin), api_of(admin)
    assert api.post("/api/notifications", {"title": "x"}).status_code == 405
    assert api.patch(f"/api/notifications/{note.pk}", {}).status_code == 405
    assert api.delete(f"/api/notifications/{note.pk}").status_code == 405


def test_without_the_permission_it_is_refused(clerk, api_of):
    assert api_of(clerk).get("/api/notifications").status_code == 403
    assert api_of(clerk).post("/api/notifications/read-all").status_code == 403


def test_who_may_only_view_does_not_mark(api_of):
    viewer = make_employee(role=make_role("Viewer", ["reminders.notification.view"]))
    note, api = make_notification(viewer), api_of(viewer)
    assert api.get(f"/api/notifications/{note.pk}").status_code == 200
    assert api.post(f"/api/notifications/{note.pk}/read").status_code == 403


def test_the_number_of_queries_does_not_grow(worker, api_of, django_assert_max_num_queries):
    api = api_of(worker)
    for _number in range(12):
        make_notification(worker)
    api.get("/api/notifications")
    with django_assert_max_num_queries(3):
        api.get("/api/notifications", {"limit": 3})
    with django_assert_max_num_queries(3):
        api.get("/api/notifications", {"limit": 12})


def payload(**fields):
    return {"title": "Pay it", "due_date": "2026-01-15", "priority": "high", **fields}


def test_a_reminder_is_made_read_replaced_and_deleted(worker, api_of):
    api, department = api_of(worker), make_department(name="Works")
    link = {"linked_entity_type": "Department", "linked_entity_id": str(department.pk)}
    made = api.post("/api/reminders", payload(**link))
    assert made.status_code == 201, made.content
    body = made.json()
    assert (body["owner_id"], body["status"], body["notified"]) == (str(worker.pk), "open", False)
    assert (body["linked_title"], body["linked_url"]) == ("Works", department.get_absolute_url())
    url = f"/api/reminders/{body['id']}"
    assert api.get(url).json() == body
    replaced = api.put(url, payload(title="Other", **link)).json()
    assert (replaced["title"], replaced["linked_title"]) == ("Other", "Works")
    free = api.patch(url, {"linked_entity_id": None}).json()
    assert (free["linked_entity_type"], free["linked_title"]) == ("", "")
    assert api.delete(url).status_code == 204
    assert api.get(url).status_code == 404


def test_completing_is_a_patch(worker, api_of):
    answer = api_of(worker).patch(f"/api/reminders/{make_reminder(worker).pk}/complete")
    assert (answer.status_code, answer.json()["status"]) == (200, "done")


@pytest.mark.parametrize(
    ("fields", "attr"),
    [
        ({"linked_entity_type": "Invoice"}, "linked_entity_id"),
        ({"linked_entity_type": "X", "linked_entity_id": str(uuid4())}, "linked_entity_type"),
        (
            {"linked_entity_type": "Department", "linked_entity_id": str(uuid4())},
            "linked_entity_id",
        ),
        ({"due_date": "soon"}, "due_date"),
        ({"due_date": "0001-01-01"}, "due_date"),
        ({"priority": "urgent"}, "priority"),
        ({"repeat": "hourly"}, "repeat"),
        ({"status": "done"}, "status"),
        ({"title": ""}, "title"),
    ],
)
def test_bad_input_names_its_field(worker, api_of, fields, attr):
    answer = api_of(worker).post("/api/reminders", payload(**fields))
    assert answer.status_code == 400
    assert [error["attr"] for error in answer.json()["errors"]] == [attr]


def test_a_link_that_may_not_be_seen_any_more_is_left_out_and_kept(admin, worker, api_of):
    role = make_role("Secret", [])
    reminder = make_reminder(admin, linked_entity_type="Role", linked_entity_id=role.pk)
    Reminder.objects.update(owner=worker)
    api, url = api_of(worker), f"/api/reminders/{reminder.pk}"
    for body in (api.get(url).json(), api.get("/api/reminders").json()["items"][0]):
        assert not [name for name in body if name.startswith("linked")]
        assert "Secret" not in str(body)
    replaced = api.put(url, payload())
    assert replaced.status_code == 200, replaced.content
    reminder.refresh_from_db()
    assert reminder.linked_entity_id == role.pk


def test_delegating_and_snoozing(admin, worker, api_of):
    reminder, api = make_reminder(admin), api_of(admin)
    url = f"/api/reminders/{reminder.pk}"
    snoozed = api.post(f"{url}/snooze", {"until": "2999-01-01"}).json()
    assert snoozed["snoozed_until"] == "2999-01-01"
    assert api.post(f"{url}/snooze", {}).status_code == 400
    given = api.post(f"{url}/delegate", {"owner_id": str(worker.pk)})
    assert given.json()["owner_id"] == str(worker.pk)
    assert api_of(worker).get(url).json()["delegated_by_id"] == str(admin.pk)
    again = api.post(f"{url}/delegate", {"owner_id": str(worker.pk)})
    assert [error["attr"] for error in again.json()["errors"]] == ["owner_id"]


def test_reminders_of_others_do_not_exist(admin, worker, api_of):
    url, api = f"/api/reminders/{make_reminder(worker).pk}", api_of(admin)
    assert api.get(url).status_code == 404
    assert api.patch(f"{url}/complete").status_code == 404
    assert api.get("/api/reminders").json()["total"] == 0


@pytest.mark.parametrize(
    ("query", "total"),
    [("status=open", 2), ("priority=low", 1), ("is_open=false", 0), ("due_to=2026-01-31", 1)],
)
def test_reminders_are_filtered(worker, api_of, query, total):
    make_reminder(worker, due_date=dt.date(2026, 1, 31), priority="low")
    make_reminder(worker, due_date=dt.date(2026, 2, 1))
    assert api_of(worker).get(f"/api/reminders?{query}").json()["total"] == total


def test_preferences_are_ones_own(admin, worker, api_of):
    api = api_of(worker)
    wish = {"kind": "reminder_due", "channel": "mail", "enabled": False}
    made = api.post("/api/notification-preferences", wish)
    assert made.status_code == 201, made.content
    assert made.json()["person_id"] == str(worker.pk)
    assert api.post("/api/notification-preferences", wish).status_code in {400, 409}
    url = f"/api/notification-preferences/{made.json()['id']}"
    assert api.patch(url, {"enabled": True}).json()["enabled"] is True
    assert api_of(admin).get(url).status_code == 404
    assert api.delete(url).status_code == 204


@pytest.mark.parametrize("kind", ["security", "nonsense"])
def test_security_mails_cannot_be_switched_off(worker, api_of, kind):
    wish = {"kind": kind, "channel": "mail", "enabled": False}
    answer = api_of(worker).post("/api/notification-preferences", wish)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"] == "kind"
