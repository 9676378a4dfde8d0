"""Messages: what they hold, how they are shown, who sees them, what is unread."""

import time

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from chat.markup import plain, render
from chat.models import ChatMessage, ChatRead
from chat.services import mark_read, post_message, post_system_message
from chat.tests.factories import make_chat_message, make_chatter
from conftest import ClientOf
from employees.models import Employee
from projects.tests.factories import make_project


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "![x](https://evil.example/pixel.png)",
        '<a href="x" onclick="y()">z</a>',
        "<iframe src=//evil.example></iframe>",
        "<style>* { display: none }</style>",
        "```\n<script>\n```",
    ],
)
def test_nothing_dangerous_is_left_of_markdown(text: str) -> None:
    html = render(text).lower()
    for wrong in ("<script", "<img", "<iframe", "<style", '<a href="javascript', 'href="data:'):
        assert wrong not in html
    assert "onerror=alert" not in html.replace("&lt;img src=x onerror=alert", "")


def test_a_text_of_marks_is_shown_as_it_was_typed() -> None:
    assert render("*_" * 2000 + "\n<b>") == f"<p>{'*_' * 2000}<br>&lt;b&gt;</p>"


def test_addresses_are_links_and_names_of_files_are_not():
    html = render("See https://a.example/x?y=1, or README.md and a.example")
    assert '<a href="https://a.example/x?y=1" rel="noopener noreferrer nofollow">' in html
    assert html.count("<a ") == 1
    assert "<a" not in render("`https://a.example` javascript:alert(1) ftp://a.example")


def test_markdown_is_shown_and_links_tell_nobody_where_they_stood() -> None:
    html = render("**bold** and *it*\nnext `x`\n\n- one\n\n> said\n\n[a](https://a.example)")
    for part in ("<strong>bold</strong>", "<em>it</em>", "<br>", "<li>one", "<blockquote>"):
        assert part in html
    assert 'rel="noopener noreferrer nofollow"' in html
    assert "<h1" not in render("# Title")


@pytest.mark.parametrize("content", ["", "  \n ", "x" * 4001, "a\0b", "a\ud800b"])
def test_what_is_no_message_is_refused_at_its_field(content: str) -> None:
    project = make_project()
    author = make_chatter(project)
    with pytest.raises(ValidationError) as refused:
        post_message(by=author, project=project, content=content)
    assert list(refused.value.message_dict) == ["content"]
    assert not ChatMessage.objects.exists()


def test_the_longest_message_is_taken_and_kept_as_it_was_typed() -> None:
    text = f"**{'ü' * 3996}**"
    assert make_chat_message(content=text).content == text


def test_members_and_the_manager_see_a_room_and_nobody_else() -> None:
    manager, stranger = make_chatter(), make_chatter()
    project = make_project(project_manager=manager)
    member = make_chatter(project)
    message = make_chat_message(member, project=project)
    seen = ChatMessage.objects.all()
    assert list(seen.visible_to(member)) == list(seen.visible_to(manager)) == [message]
    assert not seen.visible_to(stranger).exists()


def test_who_may_enter_all_rooms_sees_all_but_none_nags(admin: Employee) -> None:
    make_chat_message()
    assert ChatMessage.objects.visible_to(admin).count() == 1
    assert ChatMessage.objects.unread_by(admin).count() == 0


def test_unread_is_what_others_said_after_the_point_read() -> None:
    project = make_project()
    me, other = make_chatter(project), make_chatter(project)
    post_system_message(project, "Noted")
    first = make_chat_message(other, project=project)
    make_chat_message(other, project=project)
    assert ChatMessage.objects.unread_by(me).count_by_room() == {project.pk: 2}
    assert mark_read(first, by=me) == 1
    make_chat_message(me, project=project)
    assert ChatMessage.objects.unread_by(me).count() == 0
    assert ChatMessage.objects.unread_by(other).count() == 1


def test_only_the_system_speaks_without_an_author() -> None:
    project = make_project()
    with pytest.raises(IntegrityError), transaction.atomic():
        ChatMessage.objects.create(project=project, content="x", sequence=1, version=1)


def test_how_far_one_has_read_is_nobody_elses_business(admin: Employee) -> None:
    message = make_chat_message()
    assert ChatRead.objects.visible_to(message.author).count() == 1
    assert not ChatRead.objects.visible_to(admin).exists()


def test_a_project_without_bookings_goes_with_its_room() -> None:
    message = make_chat_message()
    message.project.delete()
    assert not ChatMessage.objects.exists()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("**Bold**, *soft*, __both__ and ~~gone~~", "Bold, soft, both and gone"),
        ("run `make **kwargs` now", "run make **kwargs now"),
        (
            "see [the list](https://example.org/a_b) of snake_case_names",
            "see the list of snake_case_names",
        ),
        ("> quoted\n- first\n* second\n3 * 4 - 1", "quoted\nfirst\nsecond\n3 * 4 - 1"),
        (r"\*no emphasis\* and a < b & c", "*no emphasis* and a < b & c"),
        ("torn **off", "torn off"),
        ("[**the offer**](https://example.org)", "the offer"),
    ],
)
def test_marks_of_markdown_are_taken_out(text: str, shown: str) -> None:
    assert plain(text) == shown


@pytest.mark.parametrize("mark", list("_*~`[>-\\"))
def test_many_marks_are_taken_out_in_a_moment(mark: str) -> None:
    start = time.monotonic()
    plain("xyz" + mark * 100_000 + "a")
    assert time.monotonic() - start < 5  # each mark by itself; all with all took minutes


def test_a_message_is_found_as_it_reads(admin: Employee, client_of: ClientOf) -> None:
    make_chat_message(content="Der **Zugang** liegt in `zugang.txt` <b> bereit.", author=admin)
    for page in ("/search/?q=Zugang", "/palette/?q=Zugang"):
        found = client_of(admin).get(page).content.decode()
        assert "<mark>Zugang</mark> liegt in <mark>zugang</mark>.txt" in found
        assert "Zugang liegt in zugang.txt &lt;b&gt; bereit." in found
        assert "**" not in found
