"""The floors: imports go down only, and stand at the top of the file."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

FLOORS = {
    "workmate": 0,
    "employees": 1,
    "reminders": 2,
    "system": 3,
    "documents": 3,
    "dashboards": 3,
    "crm": 4,
    "projects": 5,
    "timetracking": 6,
    "finance": 6,
    "chat": 6,
    "invoices": 7,
}
# Rooms of a lower module that an upper one may enter.
OPEN_ROOMS = {"models", "querysets", "services", "serializers", "filters"}
WAYS = "Use a reverse relation, a Panel or an event."
# Imports inside a function, each with its reason.
LATE = {
    ("documents/extraction.py", "_pdf"): "only the worker reads files",
    ("documents/extraction.py", "_docx"): "only the worker reads files",
    ("documents/extraction.py", "_xlsx"): "only the worker reads files",
    ("system/imports/reading.py", "_xlsx"): "openpyxl takes long to import, for some files alone",
    ("workmate/fields.py", "_draw"): "a field is loaded before the models that use it",
    ("employees/apps.py", "ready"): "models exist only once the apps are loaded",
    ("system/apps.py", "ready"): "models exist only once the apps are loaded",
    ("workmate/development.py", "prepare"): "Django loads in the process that prepares alone",
    ("workmate/pytest_plugin.py", "_real_engines"): "Django reads its settings after the engines",
    ("workmate/staticfiles.py", "cut_down"): "a font is cut once an installation",
    ("system/probes/kinds.py", "_check_bucket"): "botocore takes long to import, for S3 alone",
    (
        "invoices/pdf.py",
        "render_pdf",
    ): "WeasyPrint takes 1.4 s to import and needs Debian libraries",
}
FILES = [
    path
    for name in ["workmate", *settings.MODULES]
    for path in sorted((settings.BASE_DIR / name).rglob("*.py"))
    if not {"tests", "migrations"} & set(path.relative_to(settings.BASE_DIR).parts)
]


def relative(path: Path) -> str:
    return path.relative_to(settings.BASE_DIR).as_posix()


def imports(path: Path) -> Iterator[tuple[str, str]]:
    """Each imported module and where it is imported, leaving out what is for types only."""
    tree = ast.parse(path.read_text())
    typing_only = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for inner in ast.walk(node)
    }
    functions = {
        inner: node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if node in typing_only:
            continue
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module, functions.get(node, "")
        elif isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, functions.get(node, "")


@pytest.mark.parametrize("path", FILES, ids=relative)
def test_imports_go_down_only(path: Path) -> None:
    mine = path.relative_to(settings.BASE_DIR).parts[0]
    for imported, _function in imports(path):
        other, *rooms = imported.split(".")
        if other not in FLOORS or other == mine:
            continue
        where = f"{relative(path)} imports {imported}"
        assert FLOORS[other] < FLOORS[mine], f"{where}: {mine} stands below {other}. {WAYS}"
        if other != "workmate":
            assert rooms, f"{where}: import from one of its rooms"
            assert rooms[0] in OPEN_ROOMS, f"{where}: this room is private. {WAYS}"


@pytest.mark.parametrize("path", FILES, ids=relative)
def test_imports_stand_at_the_top(path: Path) -> None:
    late = {(relative(path), function) for _name, function in imports(path) if function}
    assert late <= set(LATE), f"{late - set(LATE)}: move the import to the top, or give a reason"


def test_every_reason_still_has_its_import() -> None:
    late = {(relative(path), function) for path in FILES for _name, function in imports(path)}
    assert set(LATE) <= late


def test_a_service_is_one_transaction_with_its_actor() -> None:
    bare = [
        f"{relative(path)}:{node.lineno}"
        for path in FILES
        if "services" in path.relative_to(settings.BASE_DIR).as_posix()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef)
        and any("transaction.atomic" in ast.unparse(each) for each in node.decorator_list)
    ]
    assert not bare, f"{bare}: a service is decorated by `services.acted`"


def test_every_module_has_its_floor() -> None:
    assert set(settings.MODULES) <= set(FLOORS)


@pytest.mark.parametrize("path", FILES, ids=relative)
def test_no_file_outgrows_its_room(path: Path) -> None:
    lines = len(path.read_text().splitlines())
    assert lines <= 450, f"{relative(path)} has {lines} lines: make it a package of the same name"
