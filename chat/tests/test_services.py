"""Posting, editing, deleting, reading; what the system notes; what happens at the same moment."""

from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError

from chat.models import ChatMessage, ChatRead
from chat.services import (
    delete_message,
    edit_message,
    mark_read,
    post_message,
    post_system_message,
)
from chat.tests.factories import make_chat_message, make_chatter
from employees.models import Employee
from invoices.services import finalize_invoice, mark_sent, record_payment
from invoices.tests.factories import a_line, make_buyer, make_invoice
from projects.models import Project, ProjectMember
from projects.services import complete_project, reopen_project
from projects.tests.factories import make_project, make_project_member
from workmate import services
from workmate.errors import Conflict, Forbidden
from workmate.tests.threads import at_once, failures


def test_messages_of_a_room_are_numbered_in_order() -> None:
    project = make_project()
    author = make_chatter(project)
    made = [make_chat_message(author, project=project) for _number in range(3)]
    assert [message.sequence for message in made] == [1, 2, 3]
    assert make_chat_message().sequence == 1


def test_the_same_message_sent_again_is_stored_once() -> None:
    project, key = make_project(), uuid4()
    author = make_chatter(project)
    first = post_message(by=author, project=project, content="Once", client_id=key)
    again = post_message(by=author, project=project, content="Once", client_id=key)
    assert again.pk == first.pk
    assert ChatMessage.objects.count() == 1
    other = make_chatter(project)
    assert post_message(by=other, project=project, content="x", client_id=key).pk != first.pk


def test_a_client_id_is_not_used_in_two_rooms() -> None:
    author, key = make_chatter(), uuid4()
    rooms = [make_project(project_manager=author) for _number in range(2)]
    post_message(by=author, project=rooms[0], content="x", client_id=key)
    with pytest.raises(Conflict):
        post_message(by=author, project=rooms[1], content="x", client_id=key)


def test_strangers_write_in_no_room() -> None:
    project = make_project()
    with pytest.raises(ValidationError) as refused:
        post_message(by=make_chatter(), project=project, content="x")
    assert "project" in refused.value.message_dict


def test_an_edit_draws_a_new_version_and_keeps_the_place() -> None:
    message = make_chat_message()
    make_chat_message(message.author, project=message.project)
    edited = edit_message(message, by=message.author, content="  Better ")
    assert (edited.content, edited.sequence, edited.version) == ("Better", 1, 3)
    assert edited.edited_at
    same = edit_message(edited, by=message.author, content="Better")
    assert same.version == 3


def test_a_deleted_message_leaves_a_tombstone_without_its_text() -> None:
    message = make_chat_message(content="Secret")
    gone = delete_message(message, by=message.author)
    again = delete_message(gone, by=message.author)
    assert again.version == gone.version == 2
    kept = ChatMessage.objects.get()
    assert (kept.content, kept.is_deleted) == ("", True)
    with pytest.raises(Conflict):
        edit_message(kept, by=message.author, content="Back")


@pytest.mark.parametrize(
    "act",
    [lambda m, by: edit_message(m, by=by, content="x"), lambda m, by: delete_message(m, by=by)],
)
def test_only_ones_own_messages_are_edited_and_deleted(act: Any, admin: Employee) -> None:
    message = make_chat_message()
    with pytest.raises(Forbidden):
        act(message, admin)
    note = post_system_message(message.project, "Noted")
    with pytest.raises(Forbidden):
        act(note, admin)


def test_a_message_is_not_moved_to_another_room() -> None:
    message = make_chat_message()
    with pytest.raises(ValidationError):
        edit_message(message, by=message.author, project=make_project())


def test_the_read_position_only_moves_forwards() -> None:
    project = make_project()
    author, reader = make_chatter(project), make_chatter(project)
    made = [make_chat_message(author, project=project) for _number in range(3)]
    mark_read(made[2], by=reader)
    mark_read(made[0], by=reader)
    assert ChatRead.objects.get(employee=reader).sequence == 3


@pytest.mark.django_db(transaction=True)
def test_numbers_have_no_gap_and_no_double_under_concurrency() -> None:
    project, key = make_project(), uuid4()
    ChatMessage.objects.all().delete()
    people = [make_chatter() for _number in range(4)]
    for person in people:
        make_project_member(project=project, employee=person)
    before = ChatMessage.objects.filter(project=project).version()

    def talk(person: Employee) -> Any:
        def said() -> None:
            for number in range(5):
                post_message(by=person, project=project, content=f"{number}")
            post_message(by=person, project=project, content="same", client_id=key)

        return said

    results = at_once(*(talk(person) for person in people), talk(people[0]))
    assert not failures(results)
    rows = ChatMessage.objects.filter(project=project, version__gt=before).order_by("version")
    numbers = [row.version for row in rows]
    # Five people say five things; what two threads of one person send under one id is one thing.
    assert numbers == list(range(before + 1, before + 1 + 25 + 4))


@pytest.mark.django_db(transaction=True)
def test_what_happens_in_a_project_is_noted_in_its_room(admin: Employee) -> None:
    project = services.create(
        Project, by=admin, customer=make_buyer(), title="Move", project_manager=admin
    )
    person = make_chatter(project)
    services.change(project, by=admin, status="active")
    complete_project(project, by=admin)
    reopen_project(project, by=admin)
    services.delete(ProjectMember.objects.get(employee=person), by=admin)
    notes = list(ChatMessage.objects.filter(project=project).order_by("sequence"))
    assert all(note.is_system_message and note.author_id is None for note in notes)
    assert len(notes) == 6
    assert str(person) in notes[1].content
    assert str(person) in notes[5].content


@pytest.mark.django_db(transaction=True)
def test_the_room_hears_of_its_invoices_but_not_of_amounts(admin: Employee, mailbox: Any) -> None:
    buyer = make_buyer()
    project = make_project(customer=buyer)
    invoice = make_invoice([a_line()], customer=buyer, project=project)
    ChatMessage.objects.all().delete()
    invoice = finalize_invoice(invoice, by=admin)
    invoice = mark_sent(invoice, by=admin)
    record_payment(invoice=invoice, amount=invoice.outstanding_amount, by=admin)
    notes = [row.content for row in ChatMessage.objects.order_by("sequence")]
    assert len(notes) == 3
    assert all(invoice.invoice_number in note for note in notes)
    assert not any("," in note for note in notes)
