"""Notifications on pages and in admin."""

from django.urls import reverse

from reminders.models import Notification
from reminders.tests.factories import make_notification

LIST = "/notifications/"


def test_the_list_shows_ones_own_with_unread_marks(worker, admin, client_of):
    make_notification(worker, title="For the worker")
    make_notification(admin, title="For the administrator")
    page = client_of(worker).get(LIST)
    assert page.status_code == 200
    assert b"For the worker" in page.content
    assert b"For the administrator" not in page.content
    assert b'data-shape="full"' in page.content


def test_the_bell_counts_the_unread(worker, client_of):
    make_notification(worker)
    make_notification(worker)
    page = client_of(worker).get(LIST).content.decode()
    assert 'id="bell"' in page
    assert '<span class="dot" aria-hidden="true">2</span>' in page


def test_opening_one_marks_it_and_leads_to_its_page(worker, client_of):
    note = make_notification(worker, url="/employees/")
    answer = client_of(worker).get(note.get_absolute_url())
    assert (answer.status_code, answer["Location"]) == (302, "/employees/")
    note.refresh_from_db()
    assert not note.is_unread


def test_opening_one_without_a_page_shows_its_text(worker, client_of):
    note = make_notification(worker, body="The whole story")
    page = client_of(worker).get(note.get_absolute_url())
    assert page.status_code == 200
    assert b"The whole story" in page.content


def test_those_of_others_are_not_found(admin, worker, client_of):
    note = make_notification(worker)
    assert client_of(admin).get(note.get_absolute_url()).status_code == 404
    assert client_of(admin).post(f"{note.get_absolute_url()}read/").status_code == 404
    note.refresh_from_db()
    assert note.is_unread


def test_all_are_marked_from_the_list(worker, client_of):
    make_notification(worker)
    client = client_of(worker)
    assert client.get(f"{LIST}read-all/").status_code == 200
    assert client.post(f"{LIST}read-all/").status_code == 302
    assert not Notification.objects.unread().exists()


def test_the_ticked_ones_are_marked(worker, client_of):
    notes = [make_notification(worker) for _number in range(2)]
    client_of(worker).post(f"{LIST}bulk/read/", {"ids": [notes[0].pk]})
    assert list(Notification.objects.unread()) == [notes[1]]


def test_without_the_permission_there_is_no_page_and_no_bell(clerk, client_of):
    client = client_of(clerk)
    assert client.get(LIST).status_code == 403
    assert b'id="bell"' not in client.get("/employees/").content


def test_the_list_does_not_ask_for_each_row(worker, client_of, django_assert_max_num_queries):
    client = client_of(worker)
    for _number in range(3):
        make_notification(worker)
    client.get(LIST)
    with django_assert_max_num_queries(9):
        client.get(LIST)
    for _number in range(9):
        make_notification(worker)
    with django_assert_max_num_queries(9):
        client.get(LIST)


def test_admin_shows_ones_own_and_changes_nothing(admin, worker, client_of):
    mine, other = make_notification(admin), make_notification(worker)
    client = client_of(admin)
    page = client.get(reverse("admin:reminders_notification_changelist"))
    assert str(mine.pk) in page.content.decode()
    assert str(other.pk) not in page.content.decode()
    change = reverse("admin:reminders_notification_change", args=[mine.pk])
    assert client.get(change).status_code == 200
    assert client.post(change, {"title": "x"}).status_code == 403
    assert client.get(reverse("admin:reminders_notification_add")).status_code == 403
