"""Notifications over the API."""

import pytest

from employees.tests.factories import make_employee, make_role
from reminders.models import Notification
from reminders.tests.factories import make_notification


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
