"""Dashboards for tests."""

from typing import Any

from dashboards.models import Dashboard
from dashboards.services import create_dashboard
from employees.models import Employee
from employees.tests.factories import make_employee


def make_dashboard(person: Employee | None = None, **fields: Any) -> Dashboard:
    """A dashboard without widgets."""
    return create_dashboard(by=person or make_employee(), **{"name": "Board"} | fields)


def widget(kind: Any, x: Any = 0, y: Any = 0, w: Any = 6, h: Any = 4) -> dict[str, Any]:
    """A widget as `config_json` has it."""
    return {"type": kind, "position": {"x": x, "y": y, "w": w, "h": h}}
