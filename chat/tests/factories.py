"""Messages for tests."""

from itertools import count
from typing import Any

from chat.models import ChatMessage, ChatRead
from chat.services import post_message
from employees.models import Employee
from employees.tests.factories import make_employee, make_role
from projects.models import Project
from projects.tests.factories import make_project, make_project_member

_numbers = count(1)


def make_chatter(project: Project | None = None, **fields: Any) -> Employee:
    """Somebody with the role Employee; a member where a project is named."""
    person = make_employee(role=make_role("Employee"), **fields)
    if project is not None:
        make_project_member(project=project, employee=person)
    return person


def make_chat_message(author: Employee | None = None, **fields: Any) -> ChatMessage:
    """What a member of a project said."""
    project = fields.pop("project", None) or make_project()
    # By right of the author's place in the project, whatever their role allows.
    values = {"content": f"Message {next(_numbers)}", **fields}
    author = author or make_chatter(project)
    if not author.has_perm("chat.view_chatmessage"):
        number = ChatMessage.objects.filter(project=project).version() + 1
        return ChatMessage.objects.create(
            project=project, author=author, sequence=number, version=number, **values
        )
    return post_message(by=author, project=project, **values)


def make_chat_read(**fields: Any) -> ChatRead:
    """How far somebody has read."""
    return ChatRead.objects.create(**fields)
