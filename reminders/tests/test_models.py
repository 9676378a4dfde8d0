"""Notifications: what they may say, and who reads them."""

import pytest
from django.core.exceptions import ValidationError

from reminders.models import Notification
from reminders.tests.factories import make_notification


@pytest.mark.parametrize("url", ["https://elsewhere.example/", "//elsewhere.example", "/\\x", "x"])
def test_it_links_only_to_pages_of_this_app(worker, url):
    with pytest.raises(ValidationError) as refused:
        make_notification(worker, url=url)
    assert "url" in refused.value.error_dict


def test_everybody_sees_only_their_own_even_the_administrator(admin, worker):
    mine, other = make_notification(admin), make_notification(worker)
    assert set(Notification.objects.visible_to(admin)) == {mine}
    assert set(Notification.objects.visible_to(worker)) == {other}


def test_without_the_permission_nothing_is_seen(clerk):
    make_notification(clerk)
    assert not Notification.objects.visible_to(clerk).exists()


def test_search_wants_every_word_in_title_or_body(worker):
    found = make_notification(worker, title="Rechnung bezahlt", body="Muster GmbH")
    make_notification(worker, title="Rechnung offen")
    assert list(Notification.objects.search("rechnung muster")) == [found]


def test_the_status_says_whether_it_was_read(worker):
    note = make_notification(worker)
    assert (note.status, note.is_unread) == ("unread", True)
