"""Single sign-on in the browser, against a real identity provider."""

from typing import Any
from urllib.parse import urlsplit

from django.test import Client as AnyClient

from employees.models import Employee


class Client(AnyClient):
    """A guest who reads English."""

    def __init__(self, **options: Any) -> None:
        super().__init__(headers={"Accept-Language": "en"}, **options)


ZITADEL = "urn:zitadel:iam:org:project:roles"


def claims_of(person: Employee | None = None, sub: str = "sub-ada", **more: Any) -> dict[str, Any]:
    email = person.email if person else "ada@firma.example"
    names = {"given_name": "Ada", "family_name": "Lovelace", "locale": "en-GB"}
    return {"sub": sub, "email": email, "email_verified": True, **names, **more}


def start(client: Client, **query: str) -> str:
    answer = client.get("/login/sso/", query)
    assert answer.status_code == 302
    return str(answer["Location"])


def back(client: Client, address: str) -> Any:
    parts = urlsplit(address)
    assert parts.path == "/login/sso/back/"
    return client.get(f"{parts.path}?{parts.query}", follow=False)


def sign_in(client: Client, oidc: Any, login: str = "ada", **query: str) -> Any:
    return back(client, oidc.sign_in(start(client, **query), login))


def is_in(client: Client) -> bool:
    return client.get("/api/employees/me").status_code == 200


def reason(client: Client, answer: Any) -> str:
    """What the sign-in page says after this answer."""
    assert answer["Location"] == "/login/"
    return " ".join(str(message) for message in client.get("/login/").context["messages"])


def person_of(client: Client) -> Employee:
    return Employee.objects.get(pk=client.get("/api/employees/me").json()["id"])
