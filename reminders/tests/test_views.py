"""Reminders, notifications and preferences on pages and in admin."""

import pytest
from django.urls import reverse

from employees.tests.factories import make_department, make_role
from reminders.models import Notification, NotificationPreference, Reminder
from reminders.tests.factories import make_notification, make_reminder

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


def test_a_reminder_is_made_for_the_row_that_the_address_names(worker, client_of):
    department, client = make_department(name="Works"), client_of(worker)
    page = client.get(f"/reminders/new/?linked_entity_id={department.pk}")
    link = f"Department:{department.pk}"
    assert f'<option value="{link}" selected>' in page.content.decode()
    offered = client.get("/reminders/new/", {"pick": "linked_entity_id", "q": "works"})
    assert f'data-value="{link}"' in offered.content.decode()
    form = {
        "title": "Visit",
        "due_date": "2030-05-31",
        "priority": "medium",
        "repeat": "monthly",
        "linked_entity_id": f"Role:{make_role('Secret', []).pk}",
    }
    refused = client.post("/reminders/new/", form)
    assert (refused.status_code, list(refused.context["form"].errors)) == (
        422,
        ["linked_entity_id"],
    )
    answer = client.post("/reminders/new/", {**form, "linked_entity_id": link})
    assert answer.status_code == 302, answer.context["error_list"]
    page = client.get(answer["Location"]).content.decode()
    assert department.get_absolute_url() in page
    assert "Works" in client.get("/reminders/").content.decode()
    freed = client.post(f"{answer['Location']}edit/", {**form, "linked_entity_id": ""})
    assert freed.status_code == 302
    assert Reminder.objects.get().linked_entity_type == ""


@pytest.mark.parametrize("pk", ["nonsense", "01900000-0000-7000-8000-000000000000"])
def test_an_address_that_names_no_row_gives_a_plain_form(worker, client_of, pk):
    assert client_of(worker).get(f"/reminders/new/?linked_entity_id={pk}").status_code == 200


def test_editing_does_not_lose_a_concealed_link(admin, worker, client_of):
    role = make_role("Secret", [])
    reminder = make_reminder(admin, linked_entity_type="Role", linked_entity_id=role.pk)
    Reminder.objects.update(owner=worker)
    client, url = client_of(worker), reminder.get_absolute_url()
    for page in (url, f"{url}edit/", "/reminders/"):
        answer = client.get(page)
        assert answer.status_code == 200
        assert "Secret" not in answer.content.decode()
        assert str(role.pk) not in answer.content.decode()
    form = {"title": "New", "due_date": "2030-01-01", "priority": "low", "repeat": "none"}
    assert client.post(f"{url}edit/", form).status_code == 302
    reminder.refresh_from_db()
    assert (reminder.title, reminder.linked_entity_id) == ("New", role.pk)


def test_the_verbs_on_the_page(admin, worker, client_of):
    client, url = client_of(admin), make_reminder(admin).get_absolute_url()
    assert client.post(f"{url}snooze/", {"until": "2999-01-01"}).status_code == 302
    assert client.post(f"{url}snooze/", {"until": "2000-01-01"}).status_code == 422
    assert client.post(f"{url}delegate/", {"owner": str(worker.pk)}).status_code == 302
    assert client_of(worker).post(f"{url}complete/").status_code == 302
    assert client.post(f"{url}reopen/").status_code == 302


def test_what_follows_from_data_offers_neither_title_nor_deletion(worker, client_of):
    derived = make_reminder(
        worker,
        rule="test",
        linked_entity_type="Department",
        linked_entity_id=make_department().pk,
    )
    client, url = client_of(worker), derived.get_absolute_url()
    assert client.get(url).context["delete_url"] is None
    edit = client.get(f"{url}edit/").context["form"]
    assert "title" not in edit.fields
    form = {"priority": "high", **{name: edit[name].value() or "" for name in edit.fields}}
    assert client.post(f"{url}edit/", form | {"priority": "high"}).status_code == 302
    assert client.post(f"{url}delete/").status_code == 409


def test_a_panel_shows_the_reminders_about_a_row(worker, client_of):
    department = make_department()
    link = {"linked_entity_type": "Department", "linked_entity_id": department.pk}
    make_reminder(worker, title="About it", **link)
    make_reminder(worker, title="Something else")
    page = client_of(worker).get(f"/reminders/?linked_entity_id={department.pk}").content.decode()
    assert "About it" in page
    assert "Something else" not in page


def test_preferences_are_boxes_that_are_kept(worker, client_of):
    client, url = client_of(worker), "/notification-preferences/"
    form = client.get(url).context["form"]
    assert all(form[name].value() for name in form.fields)
    wanted = {name: "on" for name in form.fields if name != "reminder_due__mail"}
    assert client.post(url, wanted).status_code == 302
    (kept,) = NotificationPreference.objects.filter(enabled=False)
    assert (kept.person, kept.kind, kept.channel) == (worker, "reminder_due", "mail")
    assert not client.get(url).context["form"]["reminder_due__mail"].value()
    assert client.post(url, wanted | {"reminder_due__mail": "on"}).status_code == 302
    assert not NotificationPreference.objects.filter(enabled=False).exists()


def test_the_search_finds_ones_own_and_what_one_gave_away(worker, admin, client_of):
    own = make_reminder(worker, title="Kündigungsfrist prüfen")
    given = make_reminder(admin, description="wegen Kündigungsfrist", delegated_by=worker)
    foreign = make_reminder(admin, title="Kündigungsfrist der Leitung")
    for person, found in ((worker, {own, given}), (admin, {given, foreign})):
        groups = client_of(person).get("/search/?q=kündigungsfrist").context["groups"]
        assert [group.icon for group in groups] == ["alarm-clock"]
        urls = {option.url for option in groups[0].options}
        assert urls == {reminder.get_absolute_url() for reminder in found}
    worker.role.permissions_json = ["documents.*"]
    worker.role.save()
    assert not client_of(worker).get("/search/?q=kündigungsfrist").context["groups"]


@pytest.mark.parametrize("key", ["upcoming_reminders", "notifications"])
def test_the_widgets_show_ones_own(worker, admin, client_of, key):
    for person, title in ((worker, "For the worker"), (admin, "For the administrator")):
        make_reminder(person, title=title)
        make_notification(person, title=title)
    page = client_of(worker).get(f"/widgets/{key}/").content.decode()
    assert "For the worker" in page
    assert "administrator" not in page


def test_admin_completes_and_keeps_the_owner(admin, client_of):
    client, reminder = client_of(admin), make_reminder(admin)
    changelist = reverse("admin:reminders_reminder_changelist")
    client.post(changelist, {"action": "complete", "_selected_action": [str(reminder.pk)]})
    reminder.refresh_from_db()
    assert reminder.is_done
    form = {"title": "By hand", "due_date": "01.02.2030", "priority": "low", "repeat": "none"}
    answer = client.post(reverse("admin:reminders_reminder_add"), form)
    assert answer.status_code == 302, answer.context["errors"]
    assert Reminder.objects.get(title="By hand").owner == admin
