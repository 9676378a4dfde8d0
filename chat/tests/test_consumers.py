"""The socket of a room under a real server and a real channel layer."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from chat.models import ChatMessage
from chat.services import delete_message, edit_message, post_message
from chat.tests.factories import make_chat_message, make_chatter
from conftest import ClientOf
from employees.models import ApiToken, Employee
from employees.services import deactivate_employee
from employees.tests.factories import make_employee, make_role, make_token
from projects.models import Project, ProjectMember
from projects.tests.factories import make_project
from workmate import services
from workmate.tests.server import Server

pytestmark = pytest.mark.django_db(transaction=True)
SOON = 5


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    running = Server()
    yield running
    running.stop()


@pytest.fixture
def room() -> Project:
    project = make_project()
    ChatMessage.objects.all().delete()
    return project


@pytest.fixture
def member(room: Project) -> Employee:
    person = make_chatter(room)
    ChatMessage.objects.all().delete()
    return person


Open = Callable[..., ClientConnection]


@pytest.fixture
def enter(server: Server, client_of: ClientOf) -> Iterator[Open]:
    """Open a person's socket: by the cookie of a session, or by a token."""
    opened = ExitStack()

    def entered(
        person: Any, room: Any, query: str = "", token: str = "", path: str = "", **more: Any
    ) -> ClientConnection:
        host = f"127.0.0.1:{server.port}"
        headers, origin = {}, f"http://{host}"
        if token:
            headers, origin = {"Authorization": f"Bearer {token}"}, None  # type: ignore[assignment]
        elif isinstance(person, Client):
            headers = {"Cookie": f"sessionid={person.cookies['sessionid'].value}"}
        elif person is not None:
            cookie = client_of(person).cookies["sessionid"].value
            headers = {"Cookie": f"sessionid={cookie}"}
        options: Any = {"origin": origin, "additional_headers": headers, **more}
        target = path or f"/ws/projects/{getattr(room, 'pk', room)}/chat{query}"
        return opened.enter_context(connect(f"ws://{host}{target}", **options))

    with opened:
        yield entered


def heard(socket: ClientConnection, kind: str, timeout: float = SOON) -> dict[str, Any]:
    """The next frame of that kind."""
    deadline = time.monotonic() + timeout
    while True:
        frame = json.loads(socket.recv(timeout=max(0.01, deadline - time.monotonic())))
        if frame["type"] == kind:
            return dict(frame)


def told(socket: ClientConnection) -> list[dict[str, Any]]:
    """All messages up to `ready`."""
    found = []
    while (frame := json.loads(socket.recv(timeout=SOON)))["type"] != "ready":
        if frame["type"] == "message":
            found.append(frame["message"])
    return found


def code_of(socket: ClientConnection, timeout: float = SOON) -> int:
    """The code with which the server closes, within the time."""
    deadline = time.monotonic() + timeout
    try:
        while True:
            socket.recv(timeout=max(0.01, deadline - time.monotonic()))
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd else 0


def say(socket: ClientConnection, **frame: Any) -> None:
    socket.send(json.dumps(frame))


def test_two_people_talk_and_what_is_told_is_stored(
    room: Project, member: Employee, enter: Open
) -> None:
    other = make_chatter(room)
    mine, theirs = enter(member, room), enter(other, room)
    told(mine), told(theirs)
    key = str(uuid4())
    say(mine, type="post", content="Hello", client_id=key)
    message = heard(theirs, "message")["message"]
    stored = ChatMessage.objects.get(pk=message["id"])
    assert (stored.content, str(stored.author_id)) == ("Hello", str(member.pk))
    seen = [heard(mine, "message")["message"]["id"]]
    say(mine, type="post", content="Hello", client_id=key)
    assert heard(mine, "stored")["client_id"] == key
    assert seen == [message["id"]]
    assert ChatMessage.objects.filter(is_system_message=False).count() == 1


def test_what_is_posted_over_rest_edited_and_deleted_arrives(
    room: Project, member: Employee, enter: Open, api_of: Any
) -> None:
    socket = enter(member, room)
    told(socket)
    client = api_of(member)
    made = client.post("/api/messages", {"project_id": str(room.pk), "content": "One"}).json()
    client.patch(f"/api/messages/{made['id']}", {"content": "Two"})
    client.delete(f"/api/messages/{made['id']}")
    frames = [heard(socket, "message")["message"] for _number in range(3)]
    assert [frame["content"] for frame in frames] == ["One", "Two", ""]
    assert frames[2]["deleted_at"]
    assert len({frame["id"] for frame in frames}) == 1


def test_nothing_is_told_before_it_is_committed(
    room: Project, member: Employee, enter: Open
) -> None:
    socket = enter(member, room)
    told(socket)
    with transaction.atomic():
        post_message(by=member, project=room, content="Later")
        with pytest.raises(TimeoutError):
            heard(socket, "message", timeout=0.3)
    assert heard(socket, "message")["message"]["content"] == "Later"


def test_after_a_break_everything_missed_is_told_once_and_in_order(
    room: Project, member: Employee, enter: Open
) -> None:
    first = make_chat_message(member, project=room)
    for _number in range(130):
        make_chat_message(member, project=room)
    edit_message(first, by=member, content="Changed meanwhile")
    delete_message(ChatMessage.objects.get(sequence=2), by=member)
    missed = told(enter(member, room, f"?since={first.version}"))
    assert [message["version"] for message in missed] == sorted(
        ChatMessage.objects.filter(version__gt=1).values_list("version", flat=True)
    )
    assert len({message["id"] for message in missed}) == 131
    assert told(enter(member, room, "?since=99999999")) == []
    assert told(enter(member, room, "?since=nonsense")) == []


def test_a_lost_broadcast_is_made_up_for_by_the_next(
    room: Project, member: Employee, enter: Open, monkeypatch: Any
) -> None:
    socket = enter(member, room)
    told(socket)
    with monkeypatch.context() as broken:
        broken.setattr("chat.receivers.tell", lambda *args, **kwargs: None)
        make_chat_message(member, project=room, content="Lost")
    make_chat_message(member, project=room, content="Found")
    found = [heard(socket, "message")["message"]["content"] for _number in range(2)]
    assert found == ["Lost", "Found"]


BAD_FRAMES: list[tuple[Any, str]] = [
    ("", "bad_json"),
    ("{", "bad_json"),
    ("[" * 50_000, "bad_json"),
    ("null", "bad_json"),
    ('"post"', "bad_json"),
    ('{"type": ["post"]}', "bad_json"),
    ("x" * 70_000, "too_large"),
    (b"\x00\x01", "not_text"),
    ('{"type": "dance"}', "unknown_type"),
    ('{"type": "post"}', "invalid"),
    ('{"type": "post", "content": 5}', "invalid"),
    ('{"type": "post", "content": "x", "client_id": "y"}', "invalid"),
    ('{"type": "post", "content": "x", "client_id": {}}', "invalid"),
    ('{"type": "post", "content": "  "}', "blank"),
    ('{"type": "post", "content": "a\\u0000b"}', "invalid"),
    ('{"type": "post", "content": "a\\ud800b"}', "invalid"),
    ('{"type": "edit", "id": 7, "content": "x"}', "invalid"),
    ('{"type": "delete", "id": "01900000-0000-7000-8000-000000000000"}', "not_found"),
    ('{"type": "read"}', "invalid"),
    ('{"type": "resume", "since": -1}', "invalid"),
    ('{"type": "resume", "since": 1e400}', "invalid"),
    ('{"type": "resume", "since": true}', "invalid"),
]


def test_a_bad_frame_is_answered_and_harms_nothing(
    room: Project, member: Employee, enter: Open
) -> None:
    socket = enter(member, room)
    told(socket)
    for text, code in BAD_FRAMES:
        socket.send(text)
        error = heard(socket, "error")
        assert error["code"] == code, text
        assert error["detail"]
    say(socket, type="post", content="Still here")
    assert heard(socket, "message")["message"]["content"] == "Still here"


def test_too_long_a_message_is_refused_and_the_longest_is_not(
    room: Project, member: Employee, enter: Open
) -> None:
    socket = enter(member, room)
    told(socket)
    key = str(uuid4())
    say(socket, type="post", content="ü" * 4001, client_id=key)
    error = heard(socket, "error")
    assert (error["code"], error["client_id"]) == ("max_length", key)
    say(socket, type="post", content="😀" * 4000)
    assert len(heard(socket, "message")["message"]["content"]) == 4000


def test_who_floods_is_refused_then_sent_off(room: Project, member: Employee, enter: Open) -> None:
    socket = enter(member, room)
    told(socket)
    for _number in range(200):
        say(socket, type="dance")
    assert heard(socket, "error")["code"] == "unknown_type"
    while heard(socket, "error")["code"] != "too_fast":
        pass
    assert code_of(socket) == 4429


def test_others_messages_are_not_touched_and_reads_are_counted(
    room: Project, member: Employee, enter: Open
) -> None:
    message = make_chat_message(make_chatter(room), project=room)
    socket = enter(member, room)
    told(socket)
    for kind in ("edit", "delete"):
        say(socket, type=kind, id=str(message.pk), content="x")
        assert heard(socket, "error")["code"] == "not_yours"
    say(socket, type="read", id=str(message.pk))
    assert heard(socket, "unread")["unread"] == 0
    elsewhere = make_chat_message(member, project=make_project(project_manager=member))
    say(socket, type="delete", id=str(elsewhere.pk))
    assert heard(socket, "error")["code"] == "not_found"


def test_who_may_only_read_hears_but_is_not_heard(room: Project, enter: Open) -> None:
    reader = make_employee(role=make_role("Reader", ["backoffice.chat.chatmessage.view"]))
    services.create(ProjectMember, by=None, project=room, employee=reader)
    socket = enter(reader, room)
    told(socket)
    say(socket, type="post", content="x")
    assert heard(socket, "error")["code"] == "permission_denied"


def test_closing_codes_tell_why(room: Project, enter: Open) -> None:
    silent = make_employee(role=make_role("Silent", ["backoffice.projects.*"]))
    assert code_of(enter(None, room)) == 4401
    assert code_of(enter(silent, room)) == 4403
    assert code_of(enter(make_chatter(), room)) == 4404
    assert code_of(enter(make_chatter(), uuid4())) == 4404
    assert code_of(enter(None, room, token="wm_wrong")) == 4401  # noqa: S106
    assert code_of(enter(None, "not-an-id")) == 4404


@pytest.mark.parametrize("origin", ["http://evil.example", "null", None])
def test_a_strangers_page_gets_no_socket(
    origin: Any, room: Project, member: Employee, enter: Open
) -> None:
    with pytest.raises(InvalidStatus) as refused:
        enter(member, room, origin=origin)
    assert refused.value.response.status_code == 403


def test_a_program_talks_by_token_within_its_scopes(
    room: Project, member: Employee, enter: Open
) -> None:
    socket = enter(None, room, token=make_token(member))
    told(socket)
    say(socket, type="post", content="By a program")
    assert heard(socket, "message")["message"]["author_id"] == str(member.pk)
    narrow = enter(None, room, token=make_token(member, ["backoffice.projects.*"]))
    assert code_of(narrow) == 4403
    nosy = enter(None, room, token=make_token(member, ["backoffice.chat.*"]), path="/ws/me")
    assert code_of(nosy) == 4403


def test_a_removed_member_is_out_within_five_seconds(
    room: Project, member: Employee, enter: Open
) -> None:
    socket, other = enter(member, room), enter(make_chatter(room), room)
    told(socket), told(other)
    began = time.monotonic()
    services.delete(ProjectMember.objects.get(employee=member), by=None)
    assert code_of(socket) == 4404
    assert time.monotonic() - began < SOON
    make_chat_message(project=room, content="Without you")
    assert heard(other, "message")["message"]["project_id"] == str(room.pk)


def test_so_is_one_of_whom_nobody_told_the_sockets(
    room: Project, member: Employee, enter: Open
) -> None:
    socket = enter(member, room)
    told(socket)
    ProjectMember.objects.filter(employee=member).delete()
    assert code_of(socket) == 4404


def test_a_replaced_manager_is_out(room: Project, enter: Open) -> None:
    manager = make_chatter()
    services.change(room, by=None, project_manager=manager)
    socket = enter(manager, room)
    told(socket)
    services.change(room, by=None, project_manager=None)
    assert code_of(socket) == 4404


def test_a_revoked_token_and_a_deactivated_person_are_out(
    room: Project, member: Employee, admin: Employee, enter: Open
) -> None:
    by_token, by_session = enter(None, room, token=make_token(member)), enter(member, room)
    told(by_token), told(by_session)
    ApiToken.objects.update(revoked_at=member.created_at)
    assert code_of(by_token) == 4401
    deactivate_employee(member, by=admin)
    assert code_of(by_session) == 4401


def test_signing_out_closes_the_sockets_of_that_session(
    room: Project, member: Employee, enter: Open, client_of: Any
) -> None:
    here, there = client_of(member), client_of(member)
    chat, bell = enter(here, room), enter(here, room, path="/ws/me")
    other = enter(there, room)
    told(chat), told(other)
    time.sleep(0.2)
    here.post("/logout/")
    assert code_of(chat) == code_of(bell) == 4401
    make_chat_message(member, project=room, content="Still here")
    assert heard(other, "message")


def test_a_role_without_the_right_ends_the_talk(
    room: Project, member: Employee, enter: Open
) -> None:
    socket = enter(member, room)
    told(socket)
    role = make_role("Silent", ["backoffice.projects.*"])
    services.change(member, by=None, role=role)
    assert code_of(socket) == 4403
