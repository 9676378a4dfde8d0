"""What was typed outlives the end of a session, for the person who typed it alone."""

import re

import pytest
from django.test import Client

from conftest import ClientOf
from crm.models import Customer
from employees.models import Employee
from invoices.models import Invoice
from invoices.tests.factories import make_buyer
from workmate import services
from workmate.kept import KEPT

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"  # noqa: S105


def whose(page: str) -> str:
    found = re.search(r'name="typed_by" value="([^"]+)"', page)
    assert found
    return found[1]


def sign_in(client: Client, person: Employee) -> None:
    answer = client.post("/login/", {"username": person.email, "password": PASSWORD})
    assert answer.status_code == 302


def typed_too_late(client: Client, path: str, **typed: str) -> None:
    """The form is open, the session ends, then it is sent."""
    mark = whose(client.get(path).content.decode())
    client.logout()
    answer = client.post(path, {"typed_by": mark, **typed})
    assert answer["Location"] == f"/login/?next={path}"


def test_what_was_typed_is_there_after_signing_in_again_and_once(
    admin: Employee, client_of: ClientOf
) -> None:
    services.change(admin, by=None, language="en")
    client = client_of(admin)
    typed_too_late(client, "/customers/new/", name="Häusler & Söhne", email="no address")
    sign_in(client, admin)
    page = client.get("/customers/new/").content.decode()
    assert 'value="Häusler &amp; Söhne"' in page
    assert "What you typed is here" in page
    assert 'aria-invalid="true"' in page
    assert "Häusler" not in client.get("/customers/new/").content.decode()
    assert not Customer.objects.exists()


def test_the_lines_of_an_invoice_are_kept_too(admin: Employee, client_of: ClientOf) -> None:
    client, buyer = client_of(admin), make_buyer()
    lines = {"lines-TOTAL_FORMS": "1", "lines-INITIAL_FORMS": "0"}
    page = client.get("/invoices/new/").content.decode()
    prefix = re.search(r'name="([a-z_]+)-TOTAL_FORMS"', page)
    assert prefix
    lines = {name.replace("lines", prefix[1]): value for name, value in lines.items()}
    lines[f"{prefix[1]}-0-description"] = "Umzug der Server"
    typed_too_late(client, "/invoices/new/", customer=str(buyer.pk), **lines)
    sign_in(client, admin)
    assert "Umzug der Server" in client.get("/invoices/new/").content.decode()
    assert not Invoice.objects.exists()


def test_nobody_else_sees_what_was_typed(
    admin: Employee, clerk: Employee, client_of: ClientOf
) -> None:
    client = client_of(admin)
    typed_too_late(client, "/customers/new/", name="Geheime Kundin")
    sign_in(client, clerk)
    assert "Geheime Kundin" not in client.get("/customers/new/").content.decode()
    assert KEPT not in client.session


def test_what_no_form_of_ours_has_sent_is_not_kept(client: Client, admin: Employee) -> None:
    mark = whose(client_page(admin))
    for typed in ({}, {"typed_by": "forged"}, {"typed_by": mark, "name": "x" * 200_001}):
        assert client.post("/customers/new/", typed).status_code == 302
        assert not client.session.keys()


def client_page(person: Employee) -> str:
    client = Client()
    client.force_login(person, backend="employees.auth.PasswordBackend")
    return client.get("/customers/new/").content.decode()
