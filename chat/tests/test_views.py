"""The rooms as pages: they work without scripts."""

from typing import Any
from uuid import uuid4

import pytest

from chat.models import ChatMessage, ChatRead
from chat.services import delete_message
from chat.tests.factories import make_chat_message, make_chatter
from employees.models import Employee
from projects.models import Project
from projects.tests.factories import make_project


@pytest.fixture
def room() -> Project:
    return make_project(title="Office move")


@pytest.fixture
def member(room: Project) -> Employee:
    return make_chatter(room)


def url_of(room: Project) -> str:
    return f"/chat/{room.pk}/"


def test_a_message_is_posted_by_a_plain_form_once(
    room: Project, member: Employee, client_of: Any
) -> None:
    client = client_of(member)
    data = {"content": "Hello **there**", "client_id": str(uuid4())}
    for _click in range(2):
        assert client.post(url_of(room), data).status_code == 302
    assert ChatMessage.objects.count() == 1
    assert "<strong>there</strong>" in client.get(url_of(room)).content.decode()


@pytest.mark.parametrize("content", ["", "x" * 4001, "a\0b"])
def test_what_cannot_be_sent_is_said_and_kept(
    content: str, room: Project, member: Employee, client_of: Any
) -> None:
    response = client_of(member).post(url_of(room), {"content": content, "client_id": "no"})
    assert response.status_code == 422
    assert "aria-invalid" in response.content.decode()
    assert not ChatMessage.objects.exists()


def test_what_people_type_is_no_html(room: Project, member: Employee, client_of: Any) -> None:
    make_chat_message(member, project=room, content="<script>alert(1)</script>")
    assert "<script>alert" not in client_of(member).get(url_of(room)).content.decode()


def test_looking_at_a_room_marks_it_as_read(
    room: Project, member: Employee, client_of: Any
) -> None:
    make_chat_message(make_chatter(room), project=room)
    client = client_of(member)
    assert 'data-tone="info"' in client.get("/chat/").content.decode()
    client.get(url_of(room))
    assert ChatRead.objects.get(employee=member).sequence == 1
    assert 'data-tone="info"' not in client.get("/chat/").content.decode()


def test_the_rooms_are_ones_own(room: Project, member: Employee, client_of: Any) -> None:
    other = make_project(title="Somewhere else")
    text = client_of(member).get("/chat/").content.decode()
    assert "Office move" in text
    assert "Somewhere else" not in text
    assert client_of(member).get(url_of(other)).status_code == 404
    assert client_of(member).post(url_of(other), {"content": "x"}).status_code == 404


def test_a_project_shows_its_room_as_a_panel(
    room: Project, member: Employee, client_of: Any
) -> None:
    make_chat_message(member, project=room, content="In the panel")
    headers = {"HX-Request": "true", "HX-Target": "panel"}
    url = f"/messages/?project_id={room.pk}"
    text = client_of(member).get(url, headers=headers).content.decode()
    assert "In the panel" in text
    assert "data-chat" in text
    assert client_of(make_chatter()).get(url, headers=headers).status_code == 404
    bad = client_of(member).get("/messages/?project_id=x", headers=headers)
    assert bad.status_code == 404


def test_earlier_messages_are_behind_a_link(
    room: Project, member: Employee, client_of: Any
) -> None:
    for number in range(52):
        make_chat_message(member, project=room, content=f"No. {number}.")
    client = client_of(member)
    text = client.get(url_of(room)).content.decode()
    assert "No. 51." in text
    assert "No. 1." not in text
    first = ChatMessage.objects.get(project=room, content="No. 2.")
    assert f"?before={first.pk}" in text
    earlier = client.get(f"{url_of(room)}?before={first.pk}").content.decode()
    assert "No. 1." in earlier
    assert "data-chat=" not in earlier
    assert client.get(f"{url_of(room)}?before=nonsense").status_code == 200


def test_own_messages_are_edited_and_deleted_by_pages(
    room: Project, member: Employee, client_of: Any
) -> None:
    message = make_chat_message(member, project=room)
    client = client_of(member)
    response = client.post(f"/messages/{message.pk}/edit/", {"content": "Better"})
    assert response["Location"] == url_of(room)
    assert client.post(f"/messages/{message.pk}/delete/").status_code == 302
    text = client.get(url_of(room)).content.decode()
    assert "Better" not in text
    assert '<div class="text"><p class="muted">' in text


def test_others_messages_have_no_such_buttons_and_are_refused(
    room: Project, member: Employee, client_of: Any
) -> None:
    message = make_chat_message(make_chatter(room), project=room, content="Mine")
    client = client_of(member)
    assert f"/messages/{message.pk}/" not in client.get(url_of(room)).content.decode()
    assert client.post(f"/messages/{message.pk}/edit/", {"content": "x"}).status_code == 422
    assert client.post(f"/messages/{message.pk}/delete/").status_code == 409
    assert ChatMessage.objects.get().content == "Mine"


def test_search_does_not_find_what_was_deleted(
    room: Project, member: Employee, client_of: Any
) -> None:
    message = make_chat_message(member, project=room, content="Findable")
    client = client_of(member)
    assert "Findable" in client.get("/messages/?search=findable").content.decode()
    delete_message(message, by=member)
    assert str(message.pk) not in client.get("/messages/?search=findable").content.decode()
    assert "Findable" not in client.get(f"/messages/{message.pk}/").content.decode()


def test_admin_looks_on_and_changes_nothing(
    room: Project, member: Employee, admin: Employee, client_of: Any
) -> None:
    message = make_chat_message(member, project=room)
    client = client_of(admin)
    url = f"/admin/chat/chatmessage/{message.pk}"
    assert client.get(f"{url}/change/").status_code == 200
    client.post(f"{url}/change/", {"content": "x"})
    client.post(f"{url}/delete/", {"post": "yes"})
    assert ChatMessage.objects.get().content == message.content
