"""What the measurements stand on: a filled database, a token, and which rows are asked for."""

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, cycle
from typing import Any

import django

from benchmarks.measure import Question

SAMPLE = 10
PAGE_MS = 150
FIRST_DAY = dt.datetime(2004, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Target:
    """Something to be measured: its name, its requests, and the bound that it is to keep."""

    name: str
    questions: Iterator[Question]
    most_floors: float | None = None
    most_ms: float | None = None


@dataclass(frozen=True)
class Stage:
    """An administrator's token and session, and what is measured: the API and the pages."""

    token: str
    targets: list[Target]
    cookie: str
    pages: list[Target]


def build(counts: dict[str, int]) -> Stage:
    """Migrate, fill, tidy up as a running database does by itself, and choose the rows."""
    django.setup()
    from django.core.management import call_command  # the settings are complete by now
    from django.db import connection
    from django.utils import timezone

    from benchmarks.load import fill
    from employees.models import Employee
    from employees.services import create_token
    from system.models import Company

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    fill(**counts, say=lambda line: None)
    # A company with so many rows has taken its first steps, or put them away.
    Company.objects.filter(pk=Company.current().pk).update(steps_closed_at=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    admin = Employee.objects.filter(role__name="Admin").first()
    assert admin is not None  # noqa: S101  filled just now
    _token, text = create_token(admin, by=admin, name="benchmark")
    return Stage(text, list(_targets()), _cookie_of(admin), list(_pages()))


def _cookie_of(person: Any) -> str:
    from django.conf import settings
    from django.test import Client

    client = Client()
    client.force_login(person, backend="employees.auth.PasswordBackend")
    name = settings.SESSION_COOKIE_NAME
    return f"{name}={client.cookies[name].value}"


def _pages() -> Iterator[Target]:
    """Where staff spend their day: every entry of the menu, and the pages of single rows."""
    from django.db.models import Count
    from django.urls import reverse

    from crm.models import Customer
    from employees.models import Employee
    from invoices.models import Invoice
    from projects.models import Project
    from workmate.registry import registry

    addresses = [
        reverse(item.url) + (f"?{item.query}" if item.query else "")
        for item in registry.menu_items()
    ]
    for address in dict.fromkeys(["/", *addresses, "/search/?q=Hansen"]):
        yield Target(address, _asked([address]), most_ms=PAGE_MS)
    for model, many in (
        (Customer, "invoices"),
        (Project, "time_entries"),
        (Invoice, "line_items"),
        (Employee, "time_entries"),
    ):
        rows = model.objects.annotate(rows=Count(many)).order_by("-rows")[:SAMPLE]
        paths = [row.get_absolute_url() for row in rows]
        yield Target(f"one {model._meta.model_name}", _asked(paths), most_ms=PAGE_MS)


def _targets() -> Iterator[Target]:
    from django.db.models import Count

    from crm.models import Customer
    from invoices.models import Invoice
    from projects.models import Project

    busy = Project.objects.annotate(rows=Count("time_entries")).order_by("-rows")
    buyers = Customer.objects.annotate(rows=Count("invoices")).order_by("-rows")
    documents = Invoice.objects.filter(status="paid")
    documents = documents.annotate(rows=Count("line_items")).order_by("-rows")
    projects = _ids(busy.filter(status="active"))
    for name in ("customers", "invoices", "time-entries"):
        yield Target(f"{name}, 20 rows", _asked([f"/api/{name}"]), most_floors=4)
    paths = [f"/api/invoices/{pk}" for pk in _ids(documents)]
    yield Target("one invoice", _asked(paths))
    for name, found in (("projects", _ids(busy)), ("customers", _ids(buyers))):
        paths = [f"/api/{name}/{pk}/statistics" for pk in found]
        yield Target(f"{name[:-1]} statistics", _asked(paths), most_ms=100)
    yield Target("invoice statistics", _asked(["/api/invoices/statistics"]), most_ms=100)
    yield Target("add a time entry", _new_hours(projects))


def _ids(rows: Any) -> list[str]:
    return [str(pk) for pk in rows.values_list("pk", flat=True)[:SAMPLE]]


def _asked(paths: list[str]) -> Iterator[Question]:
    return cycle([Question(path) for path in paths])


def _new_hours(projects: list[str]) -> Iterator[Question]:
    """Time entries side by side, in years of which the load set knows nothing."""
    for number in count():
        start = FIRST_DAY + dt.timedelta(minutes=20 * number)
        data = {
            "project_id": projects[number % len(projects)],
            "start_time": start.isoformat(),
            "end_time": (start + dt.timedelta(minutes=15)).isoformat(),
            "note": "Gemessen",
        }
        yield Question("/api/time-entries", json.dumps(data).encode())
