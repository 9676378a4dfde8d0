"""The ways in: password, throttling, reset by mail, invitation, session, API token."""

import re
from typing import Any

from django.test import Client

from employees.models import Employee

PASSWORD = "correct horse battery"


NEW = "another fine secret 42"


def sign_in(client: Client, email: str, password: str = PASSWORD, **more: Any) -> Any:
    # The place of the request is a header of WSGI, and so no field of the form.
    place = {key: more.pop(key) for key in list(more) if key.isupper()}
    return client.post("/login/", {"username": email, "password": password, **more}, **place)


def is_in(client: Client) -> bool:
    return client.get("/profile/").status_code == 200


def fail(email: str, times: int, **more: Any) -> Any:
    answer = None
    for _number in range(times):
        answer = sign_in(Client(), email, "wrong", **more)
    return answer


def link_in(message: Any) -> str:
    found = re.search(r"https?://[^/\s]+(/password-reset/\S+)", message.get_content())
    assert found
    return found[1]


def link_for(person: Employee, mailbox: list[Any]) -> str:
    answer = Client().post("/password-reset/", {"email": person.email})
    assert answer["Location"] == "/password-reset/sent/"
    return link_in(mailbox[-1])


def choose(client: Client, link: str, password: str = NEW) -> Any:
    form = client.get(link, follow=True)
    path = form.redirect_chain[-1][0] if form.redirect_chain else link
    return client.post(path, {"new_password1": password, "new_password2": password})
