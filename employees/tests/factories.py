"""People, departments and roles for tests."""

from io import BytesIO
from itertools import count
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from employees.models import ApiToken, Department, Employee, Role
from employees.services import SEEDED_ROLES, create_employee, create_role, create_token
from workmate import services

_numbers = count(1)


def make_role(name: str = "Employee", permissions: list[str] | None = None, **fields: Any) -> Role:
    """A role; without permissions, the seeded one of that name."""
    found = Role.objects.filter(name=name).first()
    if found and permissions is None:
        return found
    patterns = SEEDED_ROLES[name][1] if permissions is None else permissions
    return create_role(by=None, name=name, permissions_json=patterns, **fields)


def make_department(**fields: Any) -> Department:
    """A department."""
    number = next(_numbers)
    return services.create(Department, by=None, **{"name": f"Department {number}", **fields})


def make_employee(**fields: Any) -> Employee:
    """A person with the role Employee and the password `correct horse battery`."""
    number = next(_numbers)
    values = {
        "first_name": "Erika",
        "last_name": f"Muster{number}",
        "email": f"person{number}@firma.example",
        "password": "correct horse battery",
        **fields,
    }
    values.setdefault("role", None)
    values["role"] = values["role"] or make_role()
    return create_employee(by=None, **values)


def make_photo(
    kind: str = "PNG", size: tuple[int, int] = (60, 80), name: str = "ich.png", **options: Any
) -> SimpleUploadedFile:
    """An uploaded picture: red above, blue below."""
    image = Image.new("RGB", size, "red")
    image.paste("blue", (0, size[1] // 2, *size))
    made = BytesIO()
    image.save(made, kind, **options)
    return SimpleUploadedFile(name, made.getvalue())


def make_api_token(person: Employee, **fields: Any) -> ApiToken:
    """An API token of that person."""
    return create_token(person, by=None, **{"name": "test", **fields})[0]


def make_token(person: Employee, scopes: list[str] | None = None) -> str:
    """The text of a new API token."""
    return create_token(person, by=None, name="test", scopes=scopes)[1]
