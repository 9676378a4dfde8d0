"""Messages over REST: the same rules, cursors, unread counts."""

from typing import Any
from uuid import uuid4

import pytest

from chat.models import ChatMessage
from chat.tests.factories import make_chat_message, make_chatter
from conftest import ClientOf
from employees.models import Employee
from employees.tests.factories import make_employee, make_role
from projects.models import Project
from projects.tests.factories import make_project, make_project_member


@pytest.fixture
def room() -> Project:
    return make_project()


@pytest.fixture
def member(room: Project) -> Employee:
    return make_chatter(room)


def items(response: Any) -> list[Any]:
    assert response.status_code == 200, response.content
    found: list[Any] = response.json()["items"]
    return found


def test_a_message_is_posted_and_read_back(room: Project, member: Employee, api_of: Any) -> None:
    body = {"project_id": str(room.pk), "content": "**Hi** <b>you</b>", "client_id": str(uuid4())}
    client = api_of(member)
    made = client.post("/api/messages", body)
    assert made.status_code == 201
    told = made.json()
    assert told["content"] == "**Hi** <b>you</b>"
    assert told["html"].strip() == "<p><strong>Hi</strong> &lt;b&gt;you&lt;/b&gt;</p>"
    assert (told["author_id"], told["is_system_message"]) == (str(member.pk), False)
    assert client.post("/api/messages", body).json()["id"] == told["id"]
    assert [item["id"] for item in items(client.get(f"/api/projects/{room.pk}/messages"))] == [
        told["id"]
    ]


@pytest.mark.parametrize(
    ("wrong", "attr"),
    [
        ({"content": ""}, "content"),
        ({"content": "x" * 4001}, "content"),
        ({"content": None}, "content"),
        ({"content": {"a": 1}}, "content"),
        ({"project_id": str(uuid4())}, "project_id"),
        ({"project_id": "x"}, "project_id"),
        ({"client_id": "x"}, "client_id"),
        ({"author_id": str(uuid4())}, "author_id"),
        ({"is_system_message": True}, "is_system_message"),
    ],
)
def test_bad_input_is_told_at_its_field(
    wrong: Any, attr: str, room: Project, member: Employee, api_of: Any
) -> None:
    body = {"project_id": str(room.pk), "content": "x", **wrong}
    response = api_of(member).post("/api/messages", body)
    assert response.status_code == 400, response.content
    assert response.json()["errors"][0]["attr"] == attr


def test_strangers_find_no_room(room: Project, member: Employee, api_of: Any) -> None:
    message = make_chat_message(member, project=room)
    client = api_of(make_chatter())
    assert client.get(f"/api/projects/{room.pk}/messages").status_code == 404
    assert client.get(f"/api/messages/{message.pk}").status_code == 404
    assert client.delete(f"/api/messages/{message.pk}").status_code == 404
    assert client.post(f"/api/messages/{message.pk}/read").status_code == 404
    assert client.get(f"/api/messages?before={message.pk}").status_code == 400
    assert items(client.get("/api/messages")) == []
    body = {"project_id": str(room.pk), "content": "x"}
    assert client.post("/api/messages", body).status_code == 400


def test_who_sees_all_projects_but_no_chat_reads_none(room: Project, api_of: Any) -> None:
    make_chat_message(project=room)
    role = make_role("Accountant", ["backoffice.projects.*", "backoffice.chat.chatmessage.view"])
    client = api_of(make_employee(role=role))
    assert items(client.get(f"/api/projects/{room.pk}/messages")) == []


def test_only_own_messages_are_edited_and_deleted(
    room: Project, member: Employee, api_of: Any, admin: Employee
) -> None:
    url = f"/api/messages/{make_chat_message(member, project=room).pk}"
    for other in (make_chatter(room), admin):
        assert api_of(other).delete(url).status_code == 403
        assert api_of(other).patch(url, {"content": "x"}).status_code == 403
    client = api_of(member)
    assert client.patch(url, {"content": "Better"}).json()["content"] == "Better"
    assert client.put(url, {"content": "x"}).status_code == 405
    assert client.delete(url).status_code == 204
    told = client.get(url).json()
    assert (told["content"], told["html"]) == ("", "")
    assert told["deleted_at"]
    assert client.patch(url, {"content": "Back"}).status_code == 409


def test_history_is_read_by_cursors_that_nothing_new_shifts(
    room: Project, member: Employee, api_of: Any
) -> None:
    made = [make_chat_message(member, project=room) for _number in range(7)]
    client, url = api_of(member), f"/api/projects/{room.pk}/messages"
    page = items(client.get(f"{url}?before={made[5].pk}&limit=3"))
    assert [item["sequence"] for item in page] == [5, 4, 3]
    make_chat_message(member, project=room)
    page = items(client.get(f"{url}?before={page[-1]['id']}&limit=3"))
    assert [item["sequence"] for item in page] == [2, 1]
    after = items(client.get(f"{url}?after={made[4].pk}"))
    assert [item["sequence"] for item in after] == [6, 7, 8]


def test_since_a_version_also_edits_and_deletions_are_told(
    room: Project, member: Employee, api_of: Any
) -> None:
    made = [make_chat_message(member, project=room) for _number in range(3)]
    client, url = api_of(member), f"/api/projects/{room.pk}/messages"
    client.patch(f"/api/messages/{made[0].pk}", {"content": "Better"})
    client.delete(f"/api/messages/{made[1].pk}")
    told = items(client.get(f"{url}?since=3"))
    assert [(item["sequence"], item["version"]) for item in told] == [(1, 4), (2, 5)]
    for wrong in ("-1", "x", "1e99", "99999999999999999999"):
        assert client.get(f"{url}?since={wrong}").status_code == 400


def test_unread_counts_follow_what_was_read(room: Project, member: Employee, api_of: Any) -> None:
    reader = make_chatter(room)
    made = [make_chat_message(member, project=room) for _number in range(3)]
    client = api_of(reader)
    assert client.get("/api/messages/unread").json() == {
        "unread": 3,
        "rooms": [{"project_id": str(room.pk), "unread": 3}],
    }
    assert client.post(f"/api/messages/{made[1].pk}/read").status_code == 204
    assert client.get("/api/messages/unread").json()["unread"] == 1


def test_who_left_the_project_writes_and_reads_no_more(room: Project, api_of: Any) -> None:
    leaving = make_chatter()
    membership = make_project_member(project=room, employee=leaving)
    message = make_chat_message(leaving, project=room)
    membership.delete()
    client = api_of(leaving)
    assert client.get(f"/api/messages/{message.pk}").status_code == 404
    assert client.delete(f"/api/messages/{message.pk}").status_code == 404
    assert client.get("/api/messages/unread").json()["unread"] == 0


def test_a_narrow_token_does_not_write(room: Project, member: Employee, api_of: ClientOf) -> None:
    client = api_of(member, ["backoffice.chat.chatmessage.view"])  # type: ignore[call-arg]
    body = {"project_id": str(room.pk), "content": "x"}
    assert client.post("/api/messages", body).status_code == 403
    assert not ChatMessage.objects.exists()
