"""Three people for every test: an administrator, a clerk of the back office, a worker."""

from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from django.utils import translation

from employees.models import Employee
from employees.tests.factories import make_employee, make_role, make_token
from workmate.tests.browser import chromium as chromium
from workmate.tests.browser import open_page as open_page
from workmate.tests.browser import site as site
from workmate.tests.oidc import oidc as oidc
from workmate.tests.oidc import oidc_server as oidc_server

ClientOf = Callable[[Employee], Client]


@pytest.fixture(autouse=True)
def _database(db: None) -> Iterator[None]:
    """Every test may use the database, and reads English; a request has its own language."""
    with translation.override("en"):
        yield


@pytest.fixture
def admin(db: None) -> Employee:
    """May do everything."""
    return make_employee(first_name="Ada", last_name="Admin", role=make_role("Admin"))


@pytest.fixture
def clerk(db: None) -> Employee:
    """Holds the whole back office, and nothing of the core."""
    role = make_role("Clerk", ["backoffice.*"])
    return make_employee(first_name="Clara", last_name="Clerk", role=role)


@pytest.fixture
def worker(db: None) -> Employee:
    """Sees only what is their own."""
    return make_employee(first_name="Willi", last_name="Worker", role=make_role("Employee"))


@pytest.fixture
def client_of() -> ClientOf:
    """A browser in which that person is signed in."""

    def signed_in(person: Employee) -> Client:
        client = Client()
        client.force_login(person, backend="employees.auth.PasswordBackend")
        return client

    return signed_in


@pytest.fixture
def api_of() -> ClientOf:
    """A client that calls the API with a token of that person; bodies are sent as JSON."""

    def with_token(person: Employee, scopes: list[str] | None = None) -> Client:
        return ApiClient(headers={"Authorization": f"Bearer {make_token(person, scopes)}"})

    return with_token


class ApiClient(Client):
    """Sends dicts as JSON."""

    def post(self, path, data=None, content_type="application/json", **extra):  # type: ignore[no-untyped-def]
        """POST as JSON."""
        return super().post(path, data, content_type=content_type, **extra)

    def put(self, path, data="", content_type="application/json", **extra):  # type: ignore[no-untyped-def]
        """PUT as JSON."""
        return super().put(path, data, content_type=content_type, **extra)

    def patch(self, path, data="", content_type="application/json", **extra):  # type: ignore[no-untyped-def]
        """PATCH as JSON."""
        return super().patch(path, data, content_type=content_type, **extra)

    def delete(self, path, data="", content_type="application/json", **extra):  # type: ignore[no-untyped-def]
        """DELETE as JSON."""
        return super().delete(path, data, content_type=content_type, **extra)
